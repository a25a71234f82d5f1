"""What a suspicious stranger tries: wrong parameters, methods and ids of every route, and lists that never end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from loopback import Clock
from web_house import CITY, COUNTY, House, draft, milestone, open_house, send, token
from werkzeug.routing import Rule

from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Draft, Filter, Precision
from feedhub.store import catalogue, desk, to_json
from feedhub.web.security import CSP

BUYER = Actor(1, "buyer", CITY)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with two notices, for tests that only look."""
    made = open_house(tmp_path_factory.mktemp("stranger"))
    made.post()
    made.post(COUNTY, title="Remedy in phone factories")
    yield made
    made.hub.close()


@pytest.fixture
def own(tmp_path: Path, clock: Clock) -> Iterator[House]:
    """A house of one test's own."""
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def addresses(house: House) -> list[tuple[Rule, str]]:
    """Every route with an address that exists where one can be named, in order of the routes."""
    notice = house.hub.notices(Filter()).notices[0].id
    names = {"authority_id": CITY, "topic_id": "living_wage", "notice_id": notice, "year": "2027", "month": "3"}
    names |= {"number": "2", "source_id": "se-elm-policy", "question_id": "x", "token": "x", "kind": "json"}
    names |= {"item_id": "1", "user_id": "1", "subscription_id": "1", "name": "announcements.atom"}
    names["filename"] = "feedhub.css"
    rules = sorted(house.app.url_map.iter_rules(), key=str)
    return [(r, re.sub(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>", lambda m: names[m[1]], r.rule)) for r in rules]


@pytest.fixture(scope="module")
def public(house: House) -> list[str]:
    """The addresses of pages that everybody may read."""
    rooms = ("pages", "calendar", "signposts", "builder", "subscribe")
    found = [a for r, a in addresses(house) if r.endpoint.partition(".")[0] in rooms and "GET" in r.methods]
    return [a for a in found if house.get(a).status_code == 200]


STRANGE = (
    *("page=0", "page=-1", "page=99999999999999999999", "page=1e3", "page=%D9%A3", "page=", "page=1&page=2"),
    *("ui=xx", "ui=sv&ui=de", "ui=%00", "ui=%22%3E%3Cb%3E", "ui=sv%27"),
    *("from=0000-00-00", "from=9999-12-31", "to=0001-01-01", "from=2027-02-30", "from=2027-03-01&to=2026-03-01"),
    *("q=%00", "q=%FF%FE", "q=%22", "q=%22%22%22", "q=%25_%5C*", "q=%E2%80%AE", "q=a", "q=" + "x" * 201, "q=" + "y+" * 5000),
    *("country=se", "country=%F0%9F%87%B8%F0%9F%87%AA", "topic=__proto__", "lead_days_min=99999", "lead_days_min=1.5"),
    *("months=0", "months=61", "rows=", "rows=author", "sort=match", "past=13", "=", "&&&", "?", "%", "a[]=1", "topic[]=x"),
)  # fmt: skip


@pytest.mark.parametrize("query", STRANGE)
def test_strange_parameters_are_answered_or_refused_in_a_sentence_and_never_break_a_page(
    house: House, public: list[str], query: str
) -> None:
    for address in public:
        answer = house.get(f"{address}?{query}")
        assert answer.status_code in (200, 400), (address, query, answer.status_code)
        if answer.status_code == 400:
            said = re.search(r'<p class="lead"[^>]*>(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
            assert said, (address, query)
            name = re.escape(re.split("=|%", query)[0])
            assert re.search(f"[“„”]{name}|Unknown {name}", unescape(said[1])), (address, query, said[1])


@pytest.mark.parametrize(
    "address",
    ["/authorities?topic=living_wage", "/topics?topic=living_wage", "/laws?topic=living_wage", "/evidence?q=x", "/about?lang=en",
     "/lead-times?country=SE", "/sources?topic=living_wage", f"/authorities/{CITY}?topic=living_wage",
     f"/authorities/{CITY}?authority={COUNTY}", "/topics/living_wage?topic=child_labour"],
)  # fmt: skip
def test_a_filter_that_a_page_does_not_have_is_refused_and_named(house: House, address: str) -> None:
    name = address.partition("?")[2].partition("=")[0]
    assert f"This page has no “{name}”" in house.text(address, 400)


def test_what_a_page_knows_is_named_in_its_refusal(house: House) -> None:
    said = house.text("/calendar/horizon?colour=red", 400)
    for name in ("topic", "rows", "months", "page", "ui"):
        assert name in said.partition("This page has no")[2].partition("</p>")[0]


def test_an_unknown_id_is_404_with_a_search_box(house: House) -> None:
    for address in ("/notices/none", "/topics/none", "/authorities/none", "/nothing", "/notices/none/revisions/2"):
        page = house.text(address, 404)
        assert '<form class="search" action="/notices"' in page, address


def test_every_answer_of_every_route_carries_the_headers_that_protect(house: House) -> None:
    seen = set()
    for rule, address in addresses(house):
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
            answer = house.client().open(address, method=method, buffered=True)
            seen.add(answer.status_code)
            assert answer.status_code < 500, (method, address, answer.status_code)
            assert answer.headers["Content-Security-Policy"] == CSP, (method, address)
            assert answer.headers["X-Content-Type-Options"] == "nosniff", (method, address)
            assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin", (method, address)
            if answer.status_code == 405:
                assert set(answer.headers["Allow"].split(", ")) <= (rule.methods or set()) | {
                    "GET",
                    "HEAD",
                    "OPTIONS",
                    "POST",
                }
    assert {200, 302, 400, 404, 405} <= seen


def test_head_says_what_get_says_and_sends_nothing(house: House, public: list[str]) -> None:
    for address in public:
        got, head = house.get(address), house.client().head(address, buffered=True)
        assert head.status_code == 200, address
        assert head.data == b"", address
        for name in ("Content-Type", "Content-Length", "Cache-Control", "Content-Language", "Vary"):
            assert head.headers.get(name) == got.headers.get(name), (address, name)


def test_no_route_takes_a_post_without_the_proof_of_our_own_form(house: House) -> None:
    """But for links that are their own proof, and the WebSub hub, which asks the callback itself."""
    admin = house.signed_in("admin")
    exempt = ("subscribe.confirm", "subscribe.end", "subscribe.websub")
    tried = 0
    for rule, address in addresses(house):
        if "POST" not in (rule.methods or ()) or rule.endpoint in exempt:
            continue
        for client in (house.client(), admin):
            answer = client.post(address, data={"decision": "accept", "email": "a@example.org", "csrf_token": "forged"})
            assert answer.status_code == 400, (address, answer.status_code)
            assert "reload the page" in answer.get_data(as_text=True), address
            tried += 1
    assert tried >= 40


# -- lists that never end


def turned(house: House, address: str, client: object = None) -> Iterator[str]:
    """The pages of a list, from the first to the last."""
    asked = client or house.client()
    for _ in range(50):
        page = asked.get(address).get_data(as_text=True)  # type: ignore[attr-defined]
        yield page
        following = re.search(r'<a rel="next" href="([^"]*)"', page)
        if following is None:
            return
        address = unescape(following[1])
    pytest.fail("the list has no end")


def watched(house: House, number: int) -> None:
    """Add sources to the city; the last of them cannot be read."""
    with house.hub.store.writing() as tx:
        known = catalogue.source_states(tx)
        base = next(s.source for s in known if s.source.authority_id == CITY)
        more = [replace(base, id=f"{CITY}-more-{i:03}", title=f"Page {i}") for i in range(number)]
        catalogue.put_sources(tx, [*(s.source for s in known), *more])
        catalogue.set_state(tx, more[-1].id, failing=True)


def test_sources_stand_on_pages_with_the_unreadable_authority_first(own: House) -> None:
    watched(own, 90)
    pages = list(turned(own, "/sources"))
    ids = [i for page in pages for i in re.findall(r'<tr id="([^"]+)"', page)]
    assert len(ids) == len(set(ids)) == 92
    assert len(pages) == 3
    assert ids[-1] == "gb-oak-policy"
    assert "92 sources" in pages[2]
    assert "1 not readable" in pages[2]


def test_sources_of_one_authority_or_country_can_be_asked_for(own: House) -> None:
    watched(own, 3)
    page = own.text(f"/sources?authority={COUNTY}")
    assert re.findall(r'<tr id="([^"]+)"', page) == ["gb-oak-policy"]
    assert len(re.findall(r'<tr id="([^"]+)"', own.text("/sources?country=SE"))) == 4
    assert "No source in this selection" in own.text("/sources?country=NO")


def test_the_link_of_a_notice_or_an_authority_leads_to_the_row_of_its_source(own: House) -> None:
    watched(own, 60)
    page = own.text(f"/authorities/{COUNTY}")
    link = re.search(r'href="(/sources[^"#]*)#([^"]+)"', page)
    assert link
    assert f'id="{link[2]}"' in own.text(unescape(link[1]))


def test_a_buyer_reaches_every_notice_of_the_authority(own: House) -> None:
    first = own.post(title="The first of many")
    for i in range(60):
        own.post(title=f"Later {i}")
    client = own.buyer()
    pages = list(turned(own, "/desk", client))
    assert sum(len(re.findall(r"/revise\"", page)) for page in pages) == 61
    assert client.get(f"/desk/{first.id}/revise").status_code == 200


def test_a_notice_among_very_many_can_still_be_revised(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault: the desk looked for a notice among the five hundred that were changed last."""
    first = own.post()
    monkeypatch.setattr(type(own.hub), "own_notices", lambda *_, **__: [])
    assert own.buyer().get(f"/desk/{first.id}/revise").status_code == 200


def test_the_review_queue_stands_on_pages_and_says_how_much_waits(own: House) -> None:
    with own.hub.store.writing() as tx:
        for i in range(60):
            state = to_json(Draft(f"Draft {i}", AuthorityRef("", "", CITY)))
            desk.put_waiting(tx, "new", own.hub.now() + timedelta(seconds=i), state=state)
    client = own.signed_in("curator")
    pages = list(turned(own, "/review", client))
    assert len(pages) == 3
    assert all("60 drafts wait." in page for page in pages)
    assert [t for page in pages for t in re.findall(r">(Draft \d+)</h2>", page)] == [f"Draft {i}" for i in range(60)]
    send(client, "/review/60", {"decision": "reject"}, "/review")
    assert "59 drafts wait." in client.get("/review").get_data(as_text=True)


@pytest.mark.parametrize("month", ["2026/02", "2027/03", "2030/05"])
def test_what_a_month_leaves_out_stands_where_it_says(own: House, month: str) -> None:
    """The fault: the list began today and ended in two years, so that other months led to an empty page."""
    day = date(int(month[:4]), int(month[5:]), 10)
    for i in range(9):
        dates = (
            milestone("consultation_closes", day),
            milestone("tender_expected", day.replace(day=1), Precision.MONTH),
        )
        own.post(title=f"Notice {i}", milestones=dates)
        own.post(title=f"Other {i}", milestones=dates[1:])
    page = own.text(f"/calendar/{month}?authority={CITY}")
    links = {unescape(a): int(n) for a, n in re.findall(r'<a href="(/calendar\?[^"]*)">(\d+) more', page)}
    shown = {"day": 4, "month": 12}
    assert sorted(links.values()) == [9 - shown["day"], 18 - shown["month"]]
    for address, more in links.items():
        total = re.search(r"<strong>(\d+)</strong> dates? in this selection", own.text(address))
        assert total, address
        span = address.count(day.isoformat()) == 2
        assert int(total[1]) >= more + (shown["day"] if span else shown["month"]), address


def test_a_selection_by_date_says_nothing_of_months_ahead(own: House) -> None:
    own.post(milestones=(milestone("applies_from", date(2026, 2, 1)),))
    page = own.text(f"/calendar?authority={CITY}&from=2026-01-01&to=2026-12-31")
    assert "<strong>1</strong> date in this selection." in page
    assert "in the next" not in page
    assert draft().title not in own.text("/calendar")


def test_a_guarded_list_refuses_what_it_does_not_know(own: House) -> None:
    admin = own.signed_in("admin")
    assert admin.get("/review?topic=living_wage").status_code == 400
    assert admin.get("/review?page=0").status_code == 400
    assert admin.get(f"/admin/sources?authority={CITY}").status_code == 200
    assert token(admin.get("/admin"))


def test_a_server_process_puts_what_its_start_made_out_of_the_collectors_sight(
    own: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault: one page in twenty took 100 ms longer, while all objects of the process were looked through."""
    from feedhub.web import wsgi

    done: list[str] = []
    monkeypatch.setattr(wsgi, "create_app", lambda hub: done.append("app") or own.app)
    monkeypatch.setattr(wsgi.Hub, "open", lambda *_: done.append("hub") or own.hub)
    for name in ("collect", "freeze", "set_threshold"):
        monkeypatch.setattr(wsgi.gc, name, lambda *_, name=name: done.append(name))
    wsgi.application()
    assert done == ["hub", "app", "collect", "freeze", "set_threshold"]


def test_the_figures_of_a_full_row_fit_their_frames(own: House) -> None:
    for i in range(130):
        own.post(title=f"Notice {i}", milestones=(milestone("tender_expected", date(2027, 3, 1 + i % 28)),))
    page = own.text("/calendar/horizon")
    frame = re.search(r'<use href="#heap(\d+)"[^>]*/><text class="heap-text"[^>]*>(\d+)<', page)
    assert frame
    assert (frame[1], frame[2]) == ("15", "122"), "half of a wide frame, and all but the nearest"


def test_questions_stand_on_pages_and_the_desk_counts_them_all(own: House) -> None:
    for i in range(13):
        notice = own.post(title=f"Notice {i}")
        for k in range(5):
            own.hub.ask_question(notice.id, f"Does a list of tier {k} suffice for this?")
    client = own.buyer()
    pages = list(turned(own, "/desk/questions", client))
    assert len(set(re.findall(r'href="(/desk/questions/\w+)"', "".join(pages)))) == 65
    assert [("65 questions wait." in page) for page in pages] == [True, True]
    assert "65 questions wait" in client.get("/desk").get_data(as_text=True)
