"""Who subscribes, what each is owed and when it is sent: agreed first, exactly once owed, tried again, given up."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from loopback import ROOT, SHARED, START, Clock, free_port
from receivers import MailServer, Receiver
from sqlalchemy import select

from feedhub.errors import InvalidInput, NotFound, TooMany
from feedhub.hub import Hub
from feedhub.hub.deliveries import BACK_OFF, next_digest
from feedhub.hub.shapes import Actor
from feedhub.model import (
    Announcement,
    AuthorityRef,
    Clause,
    Draft,
    Filter,
    Milestone,
    MilestoneKind,
    Requirement,
    Stage,
    When,
)
from feedhub.schedule import Clock as Ticking
from feedhub.store.tables import delivery, outbox, subscription

ELM = Actor(1, "buyer", "se-elm")
EVERYTHING = Filter()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


def declare_elm(folder: Path) -> None:
    (folder / "se").mkdir(exist_ok=True)
    text = '[authority]\nname = "City of Elm"\ncountry = "SE"\nlanguages = ["en"]\nwebsite = "https://elm.example"\n'
    (folder / "se" / "elm.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def open_elm(
    open_hub: Callable[..., Hub], started: Callable[[str], str], sources: Path, server: MailServer
) -> Callable[..., Hub]:
    declare_elm(sources)

    def make(engine: str = "sqlite", **more: str) -> Hub:
        hub = open_hub(**{"database_url": started(engine), "smtp_url": server.url, **more})
        hub.deliver_due()
        return hub

    return make


@pytest.fixture
def elm(open_elm: Callable[..., Hub]) -> Hub:
    return open_elm()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def each_elm(request: pytest.FixtureRequest, open_elm: Callable[..., Hub]) -> Hub:
    return open_elm(request.param)


def post(hub: Hub, title: str = "Factory lists", topic: str = "supply_chain_transparency") -> str:
    draft = Draft(
        title,
        AuthorityRef("", "", "se-elm"),
        stage=Stage.PLANNED,
        language="en",
        requirements=(Requirement(topic, Clause.AWARD_CRITERION, "Names its factories."),),
        milestones=(Milestone(MilestoneKind.TENDER_EXPECTED, When(date(2027, 7, 1))),),
    )
    return hub.post(ELM, draft).id


def topic(hub: Hub, path: str = "/feeds/announcements.atom") -> str:
    return hub.instance.url(path)


def websub(
    hub: Hub, callback: str, mode: str = "subscribe", path: str = "/feeds/announcements.atom", **more: str
) -> None:
    fields = {"hub.mode": mode, "hub.callback": callback, "hub.topic": topic(hub, path)}
    hub.ask_websub({**fields, **{f"hub.{k}": v for k, v in more.items()}}.items(), "192.0.2.7")


def subscribe_mail(
    hub: Hub, server: MailServer, address: str = "r@s.example", rhythm: str = "immediate", f: Filter = EVERYTHING
) -> str:
    """Subscribe and say yes; the token that ends it, from the first digest's point of view."""
    hub.ask_mail(address, f, rhythm, "192.0.2.7")
    hub.deliver_due()
    text = server.mails.pop().get_body(("plain",)).get_content()
    hub.confirm_subscription(re.search(r"/subscribe/confirm/(\S+)", text)[1])
    return text


def rows(hub: Hub, table=subscription) -> list:
    with hub.store.reading() as tx:
        return list(tx.execute(select(table).order_by(table.c.id)))


# -- WebSub


def test_a_subscriber_that_agrees_gets_the_whole_feed_on_every_announcement(each_elm: Hub, receiver: Receiver):
    websub(each_elm, f"{receiver.url}/cb", secret="s3cret")
    each_elm.deliver_due()
    post(each_elm)
    assert each_elm.deliver_due() == 1
    (got,) = receiver.got
    made = each_elm.render("/feeds/announcements.atom")
    assert got.body == made.body
    assert got.headers["content-type"] == made.content_type
    assert got.headers["x-hub-signature"] == "sha256=" + hmac.new(b"s3cret", got.body, hashlib.sha256).hexdigest()
    assert each_elm.deliver_due() == 0
    assert len(receiver.got) == 1


def test_who_does_not_echo_the_challenge_is_never_pushed_to_and_forgotten(elm: Hub, receiver: Receiver):
    receiver.agrees.clear()
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    post(elm)
    elm.deliver_due()
    assert len(receiver.asked) == 1
    assert receiver.got == []
    assert rows(elm) == []


def test_nothing_announced_before_the_subscription_is_owed(elm: Hub, receiver: Receiver):
    post(elm)
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    assert receiver.got == []


def test_many_announcements_at_once_are_one_push_of_the_feed(elm: Hub, receiver: Receiver):
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    for i in range(3):
        post(elm, f"Number {i}")
    elm.deliver_due()
    assert len(receiver.got) == 1


def test_a_filtered_feed_is_pushed_only_when_it_is_concerned(elm: Hub, receiver: Receiver):
    websub(elm, f"{receiver.url}/wages", path="/feeds/announcements.atom?topic=living_wage")
    websub(elm, f"{receiver.url}/state", path="/feeds/notices.json?topic=living_wage")
    elm.deliver_due()
    post(elm)
    elm.deliver_due()
    assert receiver.got == []
    post(elm, "Wages", "living_wage")
    elm.deliver_due()
    assert sorted(g.path for g in receiver.got) == ["/state", "/wages"]


def test_the_feed_of_one_notice_is_pushed_when_that_notice_changes(elm: Hub, receiver: Receiver):
    notice_id = post(elm)
    websub(elm, f"{receiver.url}/one", path=f"/notices/{notice_id}.atom")
    elm.deliver_due()
    post(elm, "Another")
    elm.deliver_due()
    assert receiver.got == []
    elm.withdraw(ELM, notice_id, reason="Not needed", base_revision=1)
    elm.deliver_due()
    assert [g.path for g in receiver.got] == ["/one"]


def test_leaving_is_asked_too_and_ends_the_pushes(elm: Hub, receiver: Receiver):
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    receiver.agrees.discard("unsubscribe")
    websub(elm, f"{receiver.url}/cb", "unsubscribe")
    elm.deliver_due()
    post(elm)
    elm.deliver_due()
    assert len(receiver.got) == 1
    receiver.agrees.add("unsubscribe")
    websub(elm, f"{receiver.url}/cb", "unsubscribe")
    elm.deliver_due()
    post(elm, "Second")
    elm.deliver_due()
    assert len(receiver.got) == 1


def test_a_new_secret_holds_only_once_the_callback_agreed_to_it(elm: Hub, receiver: Receiver):
    websub(elm, f"{receiver.url}/cb", secret="old")
    elm.deliver_due()
    receiver.agrees.clear()
    websub(elm, f"{receiver.url}/cb", secret="new")
    elm.deliver_due()
    post(elm)
    elm.deliver_due()
    wanted = hmac.new(b"old", receiver.got[0].body, hashlib.sha256).hexdigest()
    assert receiver.got[0].headers["x-hub-signature"] == f"sha256={wanted}"


def test_a_lease_is_ten_days_at_most_and_ends(elm: Hub, receiver: Receiver, clock: Clock):
    websub(elm, f"{receiver.url}/cb", lease_seconds="99999999")
    elm.deliver_due()
    assert receiver.asked[0].query["hub.lease_seconds"] == "864000"
    clock.forward(days=10, seconds=1)
    post(elm)
    elm.deliver_due()
    assert receiver.got == []
    elm.sweep_subscriptions()
    assert rows(elm)[0].state == "ended"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hub.topic", "http://127.0.0.1:1/other"),
        ("hub.topic", "http://127.0.0.1:8000/notices"),
        ("hub.topic", "http://127.0.0.1:8000/feeds/announcements.atom?topic=unheard_of"),
        ("hub.topic", "http://127.0.0.1:8000/feeds/announcements.atom?utm_source=x"),
        ("hub.topic", "http://127.0.0.1:8000/feeds/archive/announcements/1.atom"),
        ("hub.callback", ""),
        ("hub.callback", "ftp://x.example/"),
        ("hub.callback", "https://u:p@x.example/"),
        ("hub.mode", "publish"),
        ("hub.secret", "x" * 200),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused_with_a_sentence(elm: Hub, field: str, value: str):
    good = {"hub.mode": "subscribe", "hub.callback": "https://x.example/cb", "hub.topic": topic(elm)}
    with pytest.raises(InvalidInput):
        elm.ask_websub({**good, field: value}.items(), "192.0.2.7")
    assert rows(elm) == []


def test_a_callback_in_a_private_network_is_never_reached(open_elm: Callable[..., Hub], receiver: Receiver):
    hub = open_elm(push_allow="")
    websub(hub, f"{receiver.url}/cb")
    hub.deliver_due()
    assert receiver.asked == []
    assert rows(hub) == []


def test_an_outside_hub_is_told_of_the_feeds_that_changed(open_elm: Callable[..., Hub], receiver: Receiver):
    hub = open_elm(hub_url=f"{receiver.url}/hub")
    receiver.got.clear()
    assert dict(hub.render("/feeds/announcements.atom").links)["hub"] == f"{receiver.url}/hub"
    post(hub)
    hub.deliver_due()
    (got,) = receiver.got
    assert got.path == "/hub"
    assert b"announcements.atom%3Fauthority%3Dse-elm" in got.body


# -- failing


def test_a_receiver_that_fails_is_tried_again_ever_later(elm: Hub, receiver: Receiver, clock: Clock):
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    receiver.statuses["/cb"] = 500
    post(elm)
    elm.deliver_due()
    for count, wait in enumerate(BACK_OFF[:4], 1):
        assert len(receiver.got) == count
        clock.forward(seconds=wait.total_seconds() - 1)
        elm.deliver_due()
        assert len(receiver.got) == count
        clock.forward(seconds=1)
        elm.deliver_due()
    receiver.statuses["/cb"] = 204
    clock.forward(days=1)
    assert elm.deliver_due() == 1
    assert rows(elm)[0].failures == 0


def test_410_ends_a_subscription_at_once(elm: Hub, receiver: Receiver, clock: Clock):
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    receiver.statuses["/cb"] = 410
    post(elm)
    elm.deliver_due()
    post(elm, "Second")
    clock.forward(days=1)
    elm.deliver_due()
    assert len(receiver.got) == 1
    assert (rows(elm)[0].state, rows(elm)[0].why) == ("ended", "gone")


def test_after_seven_days_of_failures_a_subscriber_is_given_up_and_told(elm: Hub, receiver: Receiver, clock: Clock):
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    receiver.statuses["/cb"] = 500
    post(elm)
    for _ in range(9):
        elm.deliver_due()
        clock.forward(days=1)
    assert rows(elm)[0].state == "dead"
    assert receiver.asked[-1].query["hub.mode"] == "denied"
    tries = len(receiver.got)
    post(elm, "Second")
    elm.deliver_due()
    assert len(receiver.got) == tries
    assert elm.delivery_counts()["dead"] == 1
    receiver.statuses["/cb"] = 204
    elm.try_again(rows(elm)[0].id)
    post(elm, "Third")
    elm.deliver_due()
    assert len(receiver.got) == tries + 1


def test_one_that_hangs_does_not_keep_the_others_waiting(elm: Hub, receiver: Receiver):
    import socket

    silent = socket.create_server(("127.0.0.1", 0), backlog=50)
    with elm.store.writing() as tx:
        from feedhub.hub.deliveries import key_of, new_row
        from feedhub.store import subscriptions as queries

        for i in range(20):
            host = f"http://127.0.0.1:{silent.getsockname()[1]}" if i < 10 else receiver.url
            row = new_row("websub", f"{host}/{i}", START, topic="/feeds/announcements.atom", state="active")
            queries.put(tx, key_of(str(i)), row)
    post(elm)
    stop, began = threading.Event(), time.monotonic()
    worker = threading.Thread(target=elm.deliver_due, args=(stop,))
    worker.start()
    while len(receiver.got) < 10 and time.monotonic() - began < 5:
        time.sleep(0.02)
    waited = time.monotonic() - began
    stop.set()
    silent.close()
    worker.join(timeout=15)
    assert len(receiver.got) == 10
    assert waited < 3


# -- webhooks


def test_a_webhook_gets_each_announcement_signed_once_it_answered_a_ping(elm: Hub, receiver: Receiver):
    made = elm.ask_webhook(f"{receiver.url}/w", EVERYTHING, "192.0.2.7")
    receiver.statuses["/w"] = 401
    elm.deliver_due()
    post(elm)
    elm.deliver_due()
    assert [json.loads(g.body)["type"] for g in receiver.got] == ["ping"]
    receiver.statuses["/w"] = 200
    elm.clock.forward(hours=1)
    elm.deliver_due()
    post(elm, "First")
    post(elm, "Second")
    elm.deliver_due()
    got = receiver.got[2:]
    assert [json.loads(g.body)["announcement"]["title"] for g in got] == ["New: First", "New: Second"]
    for g in got:
        message = g.headers["x-feedhub-timestamp"].encode() + b"." + g.body
        wanted = hmac.new(made.secret.encode(), message, hashlib.sha256).hexdigest()
        assert g.headers["x-feedhub-signature"] == f"sha256={wanted}"


def test_a_webhook_that_failed_gets_the_same_delivery_again_and_the_rest_in_order(
    elm: Hub, receiver: Receiver, clock: Clock
):
    elm.ask_webhook(f"{receiver.url}/w", EVERYTHING, "192.0.2.7")
    elm.deliver_due()
    receiver.got.clear()
    receiver.statuses["/w"] = 503
    post(elm, "First")
    post(elm, "Second")
    elm.deliver_due()
    receiver.statuses["/w"] = 200
    clock.forward(minutes=1)
    elm.deliver_due()
    names = [g.headers["x-feedhub-delivery"] for g in receiver.got]
    assert names[0] == names[1]
    assert names[2] != names[1]
    assert len(names) == 3


def test_a_webhook_is_shown_and_ended_by_its_link(elm: Hub, receiver: Receiver):
    made = elm.ask_webhook(f"{receiver.url}/w", EVERYTHING, "192.0.2.7")
    elm.deliver_due()
    token = made.link.rpartition("/")[2]
    assert elm.subscription(token).state == "active"
    elm.unsubscribe(token)
    post(elm)
    elm.deliver_due()
    assert len(receiver.got) == 1
    assert elm.subscription(token).state == "ended"


# -- e-mail


def test_a_mail_comes_only_after_consent_and_never_after_leaving(each_elm: Hub, server: MailServer):
    each_elm.ask_mail("r@s.example", EVERYTHING, "immediate", "192.0.2.7")
    each_elm.deliver_due()
    post(each_elm, "Before consent")
    each_elm.deliver_due()
    (asked,) = server.mails
    token = re.search(r"/subscribe/confirm/(\S+)", asked.get_body(("plain",)).get_content())[1]
    each_elm.confirm_subscription(token)
    post(each_elm, "After consent")
    each_elm.deliver_due()
    assert len(server.mails) == 2
    text = server.mails[1].get_body(("plain",)).get_content()
    assert "After consent" in text
    assert "Before consent" not in text
    stop = re.search(r"/subscribe/end/([^>]+)>", server.mails[1]["List-Unsubscribe"])[1]
    each_elm.unsubscribe(stop)
    each_elm.unsubscribe(stop)
    post(each_elm, "After leaving")
    each_elm.deliver_due()
    assert len(server.mails) == 2
    assert rows(each_elm) == []
    with pytest.raises(NotFound):
        each_elm.confirm_subscription(token)


def test_a_daily_digest_holds_the_day_and_is_never_blank(elm: Hub, server: MailServer, clock: Clock):
    subscribe_mail(elm, server, rhythm="daily")
    post(elm, "First")
    clock.forward(minutes=5)
    post(elm, "Second")
    elm.deliver_due()
    assert server.mails == []
    clock.at = next_digest("daily", clock.at)
    elm.deliver_due()
    (mail,) = server.mails
    assert mail["Subject"].startswith("2 announcements:")
    clock.forward(days=1)
    elm.deliver_due()
    assert len(server.mails) == 1


def test_digests_go_out_at_eight_local_time_and_weekly_ones_on_mondays():
    assert next_digest("daily", START).isoformat() == "2026-11-25T07:00:00+00:00"
    assert next_digest("weekly", START).isoformat() == "2026-11-30T07:00:00+00:00"
    assert next_digest("daily", START + timedelta(days=150)).hour == 6


def test_an_address_with_two_filters_gets_an_announcement_once(elm: Hub, server: MailServer):
    subscribe_mail(elm, server)
    subscribe_mail(elm, server, f=Filter().with_value("country", "SE"))
    post(elm)
    elm.deliver_due()
    assert len(server.mails) == 1


def test_a_filter_decides_what_comes_by_mail(elm: Hub, server: MailServer):
    subscribe_mail(elm, server, f=Filter().with_value("topic", "living_wage"))
    post(elm)
    elm.deliver_due()
    assert server.mails == []
    post(elm, "Wages", "living_wage")
    elm.deliver_due()
    assert len(server.mails) == 1


def test_mail_that_cannot_be_sent_waits_and_never_ends_a_subscription_for_our_fault(
    open_elm: Callable[..., Hub], server: MailServer, clock: Clock
):
    hub = open_elm()
    subscribe_mail(hub, server)
    server.close()
    post(hub)
    for _ in range(12):
        hub.deliver_due()
        clock.forward(days=1)
    assert rows(hub)[0].state == "active"
    assert hub.delivery_counts()["mail_pending"] == 1


def test_an_address_is_asked_three_times_a_day_at_most_and_nobody_hears_of_it(elm: Hub, server: MailServer):
    for _ in range(6):
        elm.ask_mail("R@s.example", EVERYTHING, "daily", "192.0.2.7")
        elm.deliver_due()
    assert len(server.mails) == 3


def test_an_address_that_never_answered_is_forgotten(elm: Hub, clock: Clock):
    elm.ask_mail("r@s.example", EVERYTHING, "daily", "192.0.2.7")
    clock.forward(days=4)
    elm.sweep_subscriptions()
    assert rows(elm) == []


def test_a_link_that_was_changed_is_not_one_of_ours(elm: Hub, server: MailServer):
    text = subscribe_mail(elm, server)
    token = re.search(r"/subscribe/confirm/(\S+)", text)[1]
    for bad in (token[:-2], "x", token.swapcase()):
        with pytest.raises(NotFound):
            elm.confirm_subscription(bad)
    with pytest.raises(NotFound):
        elm.unsubscribe(token)


def test_without_a_mail_server_nobody_is_asked(open_elm: Callable[..., Hub]):
    hub = open_elm(smtp_url="")
    with pytest.raises(InvalidInput, match="no mail"):
        hub.ask_mail("r@s.example", EVERYTHING, "daily", "192.0.2.7")


# -- limits


def test_requests_of_one_address_are_counted_and_trusted_networks_are_not(elm: Hub, clock: Clock):
    for i in range(20):
        elm.ask_webhook(f"https://h{i}.example/", EVERYTHING, "192.0.2.7")
    with pytest.raises(TooMany):
        elm.ask_webhook("https://more.example/", EVERYTHING, "192.0.2.7")
    for i in range(25):
        elm.ask_webhook(f"https://t{i}.example/", EVERYTHING, "127.0.0.1")
    clock.forward(hours=1, seconds=1)
    elm.ask_webhook("https://more.example/", EVERYTHING, "192.0.2.7")


def test_one_host_holds_only_so_many_webhooks(elm: Hub):
    for i in range(50):
        elm.ask_webhook(f"https://h.example/{i}", EVERYTHING, "127.0.0.1")
    with pytest.raises(TooMany):
        elm.ask_webhook("https://h.example/more", EVERYTHING, "127.0.0.1")


# -- at least once, exactly once owed


def test_every_announcement_is_turned_into_deliveries_once(elm: Hub, receiver: Receiver):
    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    post(elm)
    elm.deliver_due()
    assert all(r.done is not None for r in rows(elm, outbox))
    assert [(r.subscription_id, r.state) for r in rows(elm, delivery)] == [(rows(elm)[0].id, "done")]


def test_two_senders_at_once_send_once(each_elm: Hub, receiver: Receiver):
    websub(each_elm, f"{receiver.url}/cb")
    each_elm.deliver_due()
    post(each_elm)
    senders = [threading.Thread(target=each_elm.deliver_due) for _ in range(4)]
    for s in senders:
        s.start()
    for s in senders:
        s.join()
    assert len(receiver.got) == 1


def test_killed_between_commit_and_delivery_it_is_delivered_once_after_the_restart(
    environment: dict[str, str], sources: Path, receiver: Receiver, tmp_path: Path
):
    declare_elm(sources)
    code = dedent("""
        import os, signal, sys
        sys.path.insert(0, sys.argv[1])
        from feedhub.config import Settings
        from feedhub.hub import Hub
        from test_hub_subscriptions import post, websub
        hub = Hub.open(Settings.from_env())
        websub(hub, sys.argv[2])
        hub.deliver_due()
        post(hub)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    env = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(ROOT / "tests"), f"{receiver.url}/cb"]
    killed = subprocess.run(command, env=env, check=False, timeout=60, cwd=tmp_path)
    assert killed.returncode == -signal.SIGKILL
    assert receiver.got == []
    from feedhub.config import Settings

    hub = Hub.open(Settings.from_env(environment))
    hub.deliver_due()
    hub.deliver_due()
    hub.close()
    assert len(receiver.got) == 1


def test_a_claim_of_a_process_that_died_runs_out(elm: Hub, receiver: Receiver, clock: Clock):
    from feedhub.store import subscriptions as queries

    websub(elm, f"{receiver.url}/cb")
    elm.deliver_due()
    post(elm)
    elm._fan_out()
    with elm.store.writing() as tx:
        assert queries.claim(tx, "dead", clock.at, clock.at + timedelta(seconds=45), 10)
    assert elm.deliver_due() == 0
    clock.forward(seconds=46)
    assert elm.deliver_due() == 1


def test_the_clock_delivers_within_two_seconds_of_a_post(elm: Hub, receiver: Receiver):
    websub(elm, f"{receiver.url}/cb")
    with Ticking(elm, tick=3600, refresh=lambda: None):
        began = time.monotonic()
        while not receiver.asked and time.monotonic() - began < 5:
            time.sleep(0.02)
        time.sleep(0.3)
        began = time.monotonic()
        post(elm)
        while not receiver.got and time.monotonic() - began < 5:
            time.sleep(0.02)
        assert receiver.got
        assert time.monotonic() - began < 2


def test_an_address_is_never_shown_whole_to_operators(elm: Hub, server: MailServer):
    subscribe_mail(elm, server, "somebody@s.example")
    (shown,) = elm.shown_subscriptions()
    assert shown.target == "s…@s.example"


def test_the_log_holds_no_subscriber(elm: Hub, server: MailServer):
    subscribe_mail(elm, server, "somebody@s.example")
    post(elm)
    with elm.store.reading() as tx:
        from feedhub.store import log

        assert all(isinstance(e, Announcement) and "somebody" not in repr(e) for e in log.everything(tx))


CHECK = SHARED / "tools" / "websub_check.py"


@pytest.mark.skipif(not CHECK.exists(), reason="the conformance check is not on this machine")
def test_the_hub_passes_the_conformance_check(
    open_elm: Callable[..., Hub], environment: dict[str, str], tmp_path: Path
):
    from werkzeug.serving import make_server

    from feedhub.web import create_app

    port = free_port()
    hub = open_elm(base_url=f"http://127.0.0.1:{port}")
    hub.clock = __import__("feedhub.hub.base", fromlist=["system_clock"]).system_clock
    trigger = tmp_path / "go"
    served = make_server("127.0.0.1", port, create_app(hub), threaded=True)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    stop = threading.Event()

    def posts() -> None:
        while not stop.wait(0.02):
            if trigger.exists():
                trigger.unlink()
                post(hub, "Factory lists")

    poster = threading.Thread(target=posts, daemon=True)
    poster.start()
    with Ticking(hub, tick=3600, refresh=lambda: None):
        command = [
            sys.executable,
            str(CHECK),
            f"http://127.0.0.1:{port}/feeds/announcements.atom",
            f"touch '{trigger}'; sleep 1",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    stop.set()
    poster.join()
    served.shutdown()
    served.server_close()
    assert done.returncode == 0, done.stdout + done.stderr
