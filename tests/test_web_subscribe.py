"""The doors to push: forms that ask, links that confirm and end, the hub's answers, deliveries for administrators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from loopback import Clock
from receivers import MailServer, Receiver
from web_house import House, open_house, send


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def house(tmp_path: Path, clock: Clock, server: MailServer) -> Iterator[House]:
    made = open_house(tmp_path, clock, smtp_url=server.url, push_allow="127.0.0.0/8")
    made.hub.deliver_due()
    yield made
    made.hub.close()


def ask(house: House, query: str = "", **fields: str) -> tuple[FlaskClient, object]:
    client = house.client()
    values = {"email": "r@s.example", "rhythm": "immediate", **fields}
    return client, send(client, f"/subscribe/mail{query}", values, f"/subscribe{query}")


def link(mail: object, name: str) -> str:
    text = mail.get_body(("plain",)).get_content().replace("\n", " ")
    return re.search(rf"(/subscribe/{name}/\S+)", text)[1]


def subscribed(house: House, server: MailServer) -> str:
    """A confirmed subscription; the address that ends it."""
    ask(house)
    house.hub.deliver_due()
    house.client().post(link(server.mails[-1], "confirm"))
    house.post()
    house.hub.deliver_due()
    return link(server.mails[-1], "end")


def test_the_page_says_what_one_will_be_told_of(house: House):
    page = house.text("/subscribe?topic=living_wage")
    assert house.hub.taxonomy.label("topic", "living_wage").lower() in page.lower()
    assert 'action="/subscribe/mail?topic=living_wage"' in page
    assert house.get("/subscribe").headers["Cache-Control"] == "no-store"


def test_without_a_mail_server_the_page_offers_no_mail(tmp_path: Path):
    bare = open_house(tmp_path)
    assert "sends no mail" in bare.text("/subscribe")
    assert 'name="email"' not in bare.text("/subscribe")
    bare.hub.close()


def test_mail_is_asked_for_confirmed_by_a_button_and_ended_by_one_click(house: House, server: MailServer):
    stop = subscribed(house, server)
    assert len(server.mails) == 2
    assert "Factory lists" in server.mails[1]["Subject"]
    page = house.text(stop)
    assert '<form method="post">' in page
    assert "r…@s.example" in page
    assert "r@s.example" not in page
    one_click = house.client().post(stop, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert "Set-Cookie" not in one_click.headers
    assert house.client().post(stop).status_code == 200
    house.post(title="After leaving")
    house.hub.deliver_due()
    assert len(server.mails) == 2


def test_opening_the_link_alone_neither_confirms_nor_ends(house: House, server: MailServer):
    ask(house)
    house.hub.deliver_due()
    house.text(link(server.mails[0], "confirm"))
    house.post()
    house.hub.deliver_due()
    assert len(server.mails) == 1


def test_the_answer_is_the_same_whatever_is_known_of_an_address(house: House, server: MailServer):
    _, first = ask(house)
    house.hub.deliver_due()
    house.client().post(link(server.mails[0], "confirm"))
    answers = [ask(house)[1] for _ in range(5)]
    assert {a.status_code for a in answers} == {200}
    assert {a.data for a in answers} == {first.data}


@pytest.mark.parametrize(("field", "value"), [("email", "no address"), ("email", ""), ("rhythm", "hourly")])
def test_a_form_that_is_wrong_says_so_beside_the_field(house: House, server: MailServer, field: str, value: str):
    _, answer = ask(house, **{field: value})
    assert answer.status_code == 400
    assert 'class="error"' in answer.get_data(as_text=True)
    house.hub.deliver_due()
    assert server.mails == []


def test_a_form_without_its_proof_is_refused(house: House):
    for address, fields in (("mail", {"email": "r@s.example"}), ("webhook", {"url": "https://x.example/"})):
        assert house.client().post(f"/subscribe/{address}", data=fields).status_code == 400


def test_an_unknown_filter_cannot_be_subscribed_to(house: House):
    assert house.get("/subscribe?topic=unheard_of").status_code == 400


def test_a_webhooks_secret_is_shown_once_and_its_link_shows_and_ends_it(house: House, receiver: Receiver):
    client = house.client()
    answer = send(client, "/subscribe/webhook", {"url": f"{receiver.url}/w"}, "/subscribe")
    page = answer.get_data(as_text=True)
    secret = re.search(r'id="secret"[^>]*value="([^"]+)"', page)[1]
    where = re.search(r"(/subscribe/end/[^\"]+)", page)[1]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Waits for its first answer" in house.text(where)
    house.hub.deliver_due()
    assert "Active" in house.text(where)
    assert secret not in house.text(where)
    client.post(where)
    assert "Ended" in house.text(where)


def test_a_webhook_at_no_address_is_refused(house: House):
    client = house.client()
    answer = send(client, "/subscribe/webhook", {"url": "javascript:alert(1)"}, "/subscribe")
    assert answer.status_code == 400


def test_a_broken_link_is_404(house: House):
    for name in ("confirm", "end"):
        assert house.get(f"/subscribe/{name}/nothing").status_code == 404
        assert house.client().post(f"/subscribe/{name}/nothing").status_code == 404


def test_the_hub_accepts_and_refuses_in_plain_text_without_a_cookie(house: House, receiver: Receiver):
    topic = house.hub.instance.url("/feeds/announcements.atom")
    good = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": f"{receiver.url}/cb?mine=1"}
    answer = house.client().post("/websub", data=good)
    assert answer.status_code == 202
    assert "Set-Cookie" not in answer.headers
    bad = house.client().post("/websub", data={**good, "hub.topic": "http://127.0.0.1:1/x"})
    assert bad.status_code == 400
    assert bad.content_type == "text/plain; charset=utf-8"
    house.hub.deliver_due()
    assert receiver.asked[0].query["mine"] == "1"


def test_too_many_requests_are_429(house: House, monkeypatch: pytest.MonkeyPatch):
    topic = house.hub.instance.url("/feeds/announcements.atom")
    form = {"hub.mode": "unsubscribe", "hub.topic": topic, "hub.callback": "https://x.example/"}
    monkeypatch.setattr("feedhub.hub.subscriptions.WEBSUB_PER_HOUR", 2)
    away = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    codes = [house.client().post("/websub", data=form, **away).status_code for _ in range(3)]
    assert codes == [202, 202, 429]


def test_feeds_name_their_hub_in_header_and_document_alike(house: House):
    answer = house.get("/feeds/announcements.atom")
    hub = house.hub.instance.url("/websub")
    assert f'<{hub}>; rel="hub"' in answer.headers["Link"]
    assert answer.headers["Link"].count('rel="self"') == 1
    assert hub in answer.get_data(as_text=True)
    assert "/websub" not in house.get("/calendar.ics").headers["Link"]


def test_administrators_see_who_is_told_and_try_again(house: House, server: MailServer, receiver: Receiver):
    subscribed(house, server)
    house.hub.ask_webhook(f"{receiver.url}/w", house.hub.parse_filter(()), "127.0.0.1")
    house.hub.deliver_due()
    receiver.statuses["/w"] = 500
    house.post(title="Fails")
    house.hub.deliver_due()
    admin = house.signed_in("admin")
    page = admin.get("/admin/deliveries").get_data(as_text=True)
    assert "The receiver answered 500." in page
    assert "r@s.example" not in page
    receiver.statuses["/w"] = 200
    again = re.search(r'action="(/admin/deliveries/\d+/again)"', page)[1]
    assert send(admin, again, {}, "/admin/deliveries").status_code == 303
    assert house.hub.deliver_due() == 1


def test_metrics_count_what_is_owed(house: House, server: MailServer):
    subscribed(house, server)
    server.close()
    house.post(title="Waits")
    house.hub.deliver_due()
    text = house.text("/metrics")
    assert 'feedhub_deliveries{kind="mail",state="pending"} 1' in text
    assert 'feedhub_deliveries{kind="mail",state="done"} 1' in text
    assert "feedhub_subscriptions_failing 1" in text
