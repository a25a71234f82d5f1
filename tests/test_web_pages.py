"""Public pages: what stands on them, what they link to, and what they never do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from loopback import Clock
from web_house import CITY, COUNTY, LIST, House, draft, milestone, open_house

from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import Evidence, Filter, Milestone, MilestoneKind, Precision, Requirement, Trust, When
from feedhub.web import words


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


PAGES = (
    "/",
    "/notices",
    "/calendar",
    "/calendar/horizon",
    "/calendar/2027/01",
    "/authorities",
    f"/authorities/{CITY}",
    "/topics",
    "/topics/supply_chain_transparency",
    "/evidence",
    "/laws",
    "/lead-times",
    "/sources",
    "/feeds",
    "/about",
    "/privacy",
    "/takedown",
    "/account/login",
)
FILTERED = ("/", "/notices", "/calendar", "/calendar/horizon", "/calendar/2027/01", "/feeds")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house without notices, for tests that only look."""
    made = open_house(tmp_path_factory.mktemp("empty"))
    yield made
    made.hub.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with two notices, for tests that only look."""
    made = open_house(tmp_path_factory.mktemp("full"))
    made.post()
    made.post(COUNTY, title="Remedy in phone factories")
    yield made
    made.hub.close()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_stands_with_and_without_notices(empty: House, full: House, address: str) -> None:
    for page in (empty.text(address), full.text(address)):
        assert page.count("<h1") == 1
        assert '<html lang="en">' in page
        assert '<main id="main"' in page


@pytest.mark.parametrize("address", PAGES)
def test_no_page_holds_inline_style_script_or_handlers(full: House, address: str) -> None:
    page = full.text(address)
    assert "<style" not in page
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"\son[a-z]+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("address", [p for p in PAGES if not p.startswith("/account")])
def test_public_pages_set_no_cookie(full: House, address: str) -> None:
    answer = full.get(address)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("address", FILTERED)
def test_a_filtered_page_links_feeds_of_exactly_its_filter(full: House, address: str) -> None:
    page = full.text(f"{address}?topic=supply_chain_transparency&country=SE&utm_source=x")
    query = "country=SE&amp;topic=supply_chain_transparency"
    for kind, file in (
        ("application/atom+xml", "/feeds/announcements.atom"),
        ("application/rss+xml", "/feeds/announcements.rss"),
        ("application/feed+json", "/feeds/announcements.json"),
        ("text/calendar", "/calendar.ics"),
    ):
        assert re.search(rf'<link rel="alternate" type="{re.escape(kind)}"[^>]*href="[^"]*{file}\?{query}"', page), kind
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{address}?{query}">' in page
    assert "webcal://127.0.0.1:8000/calendar.ics?" in page


@pytest.mark.parametrize("address", FILTERED)
@pytest.mark.parametrize("query", ["colour=red", "topic=nonsense", "from=2027-13-01", "lead_days_min=-1"])
def test_a_wrong_filter_is_400_and_says_what_is_wrong(full: House, address: str, query: str) -> None:
    assert query.partition("=")[0] in full.text(f"{address}?{query}", 400)


@pytest.mark.parametrize(
    "address", ["/authorities", "/topics", "/laws", "/evidence", "/lead-times", "/sources", "/about"]
)
def test_a_page_without_a_filter_refuses_unknown_parameters_too(full: House, address: str) -> None:
    assert "colour" in full.text(f"{address}?colour=red", 400)


@pytest.mark.parametrize(
    "address",
    ["/notices?page=0", "/notices?page=x", "/notices?sort=colour", "/notices?sort=date&sort=lead", "/calendar/horizon?rows=x",
     "/calendar/horizon?months=7", "/calendar?months=999", "/calendar?page=0"],
)  # fmt: skip
def test_a_wrong_parameter_of_the_page_itself_is_400_and_named(full: House, address: str) -> None:
    name = address.partition("?")[2].partition("=")[0]
    assert f"“{name}”" in full.text(address, 400)


def test_the_interface_language_is_no_filter(full: House) -> None:
    assert full.get("/notices?ui=sv").status_code == 200


@pytest.mark.parametrize(
    "address", ["/nothing", "/notices/none", "/topics/none", "/authorities/none", "/calendar/2027/13"]
)
def test_what_is_not_there_is_404_in_one_sentence(full: House, address: str) -> None:
    page = full.text(address, 404)
    assert "<h1>Not found</h1>" in page


def test_a_method_that_an_address_does_not_know_is_405(full: House) -> None:
    answer = full.client().delete("/notices")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_fault_of_ours_is_500_without_its_details(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Hub, "lead_times", broken)
    page = house.text("/lead-times", 500)
    assert "Our fault" in page
    assert "secret" not in page


def test_a_notice_shows_everything_that_is_known(house: House) -> None:
    notice = house.post()
    page = house.text(f"/notices/{notice.id}")
    for text in (
        notice.title,
        LIST,
        "Contract performance clause",
        "within 20 working days of signature",
        "Electronics Watch Factory Disclosure Form",
        "City of Elm",
        "Q3 2027",
        "20 January 2027",
        "Posted",
        "Notice given",
        f"/notices/{notice.id}.ics",
    ):
        assert text in page, text


def test_a_quarter_is_never_shown_as_its_first_day(house: House) -> None:
    notice = house.post()
    for address in ("/", "/calendar", "/calendar/horizon", f"/notices/{notice.id}", f"/authorities/{CITY}"):
        page = house.text(address)
        assert "Q3 2027" in page, address
        assert "2027-07-01" not in page, address
        assert "1 July 2027" not in page, address


def test_the_lead_time_stands_beside_the_tender_window(house: House) -> None:
    notice = house.post()
    page = house.text(f"/notices/{notice.id}")
    days = (date(2027, 7, 1) - date(2026, 11, 24)).days
    assert f"≈ {days} days" in page
    assert "14 to 28 days" in page


def test_a_moved_date_is_shown_as_history_in_strike(house: House) -> None:
    notice = house.post()
    later = draft(milestones=(milestone("consultation_closes", date(2027, 2, 15)), draft().milestones[1]))
    house.hub.revise(Actor(1, "buyer", CITY), notice.id, later, base_revision=notice.revision)
    page = house.text(f"/notices/{notice.id}")
    assert "15 February 2027" in page
    assert "<del>20 January 2027</del>" in page
    assert "Date moved" in page


def test_a_withdrawn_notice_says_so_and_stays(house: House) -> None:
    notice = house.post()
    house.hub.withdraw(Actor(1, "buyer", CITY), notice.id, reason="The budget is gone.", base_revision=notice.revision)
    page = house.text(f"/notices/{notice.id}")
    assert "This notice is withdrawn" in page
    assert "The budget is gone." in page
    assert notice.title not in house.text("/calendar")


def test_provenance_stands_beside_each_fact(house: House) -> None:
    where = Evidence(
        url="https://elm.example/policy", quote=LIST, context=("Before it.", "After it."), judged_by=("cue shall",), seen=date(2026, 11, 20)
    )  # fmt: skip
    fact = Requirement("hrdd_process", text=LIST, quote=LIST, trust=Trust.DETECTED, provenance=where)
    when = Milestone(
        MilestoneKind.APPLIES_FROM, When(date(2027, 9, 1), Precision.MONTH), trust=Trust.DETECTED, provenance=where
    )
    notice = house.post(requirements=(fact,), milestones=(when,))
    page = house.text(f"/notices/{notice.id}")
    assert page.count('href="https://elm.example/policy"') >= 2
    assert "seen 20 November 2026" in page
    assert "Before it." in page
    assert "cue shall" in page
    assert "September 2027" in page


def test_what_people_typed_is_never_markup(house: House) -> None:
    notice = house.post(title="<img src=x onerror=alert(1)>", summary='"><script>alert(1)</script>')
    for address in ("/", "/notices", f"/notices/{notice.id}", "/calendar/horizon", "/feeds"):
        page = house.text(address)
        assert "<img" not in page
        assert "<script>alert" not in page


def test_search_facets_and_order_narrow_the_list(house: House) -> None:
    house.post()
    house.post(COUNTY, title="Remedy in phone factories")
    assert "Remedy in phone factories" in house.text("/notices?country=GB")
    assert "Remedy in phone factories" not in house.text("/notices?country=SE")
    assert "Remedy in phone factories" in house.text("/notices?q=remedy")
    chosen = house.text("/notices?country=GB&sort=lead")
    assert re.search(r'name="country" value="GB" checked', chosen)
    assert 'aria-label="Remove Country: United Kingdom"' in chosen
    assert 'href="/notices?sort=lead"' in chosen, "removing a choice keeps the order"


def test_a_long_list_has_pages_that_keep_the_filter(house: House) -> None:
    for number in range(27):
        house.post(title=f"Laptops {number}")
    page = house.text(f"/notices?authority={CITY}")
    assert f'rel="next" href="/notices?authority={CITY}&amp;page=2"' in page
    assert 'rel="prev"' in house.text(f"/notices?authority={CITY}&page=2")


def test_the_horizon_tells_every_mark_in_words(house: House) -> None:
    house.post()
    page = house.text("/calendar/horizon")
    assert re.search(r'<a href="/notices/[^"]+" aria-label="Q3 2027: Tender expected, expected\. Factory lists for laptops\. City of Elm\. Posted by the authority\."', page)  # fmt: skip
    for rows in ("topic", "country"):
        assert "Factory lists" in house.text(f"/calendar/horizon?rows={rows}&months=36")


def test_rows_of_the_timeline_stand_in_order_of_their_next_date_and_then_by_name(house: House) -> None:
    for title, day in (("Early", date(2026, 11, 30)), *((f"Lot {n}", date(2027, 3, n)) for n in range(1, 14))):
        house.post(COUNTY, title=title, milestones=(milestone("tender_closes", day),))
    house.post(CITY, milestones=(milestone("tender_closes", date(2026, 12, 1)),))
    page = house.text(f"/calendar/horizon?authority={CITY}&authority={COUNTY}")
    labels = re.findall(r'<text class="row-label[^>]*>([^<]+)<', page)
    assert labels == ["County of Oak", "City of Elm"]
    house.post(CITY, title="As early", milestones=(milestone("tender_closes", date(2026, 11, 30)),))
    page = house.text(f"/calendar/horizon?authority={CITY}&authority={COUNTY}")
    assert re.findall(r'<text class="row-label[^>]*>([^<]+)<', page) == ["City of Elm", "County of Oak"]
    assert "Tender closes: Lot 7" in page, "the nearest stand singly"
    assert 'aria-label="March 2027: 6 more. County of Oak."' in page


def test_the_horizon_says_what_to_do_first_by_when_and_with_which_evidence(house: House) -> None:
    house.post(CITY, title="Sooner", milestones=(milestone("consultation_closes", date(2026, 12, 1)),))
    house.post(CITY, title="Later", milestones=(milestone("applies_from", date(2026, 12, 24)),))
    page = house.text("/")
    first = page.partition('aria-labelledby="first"')[2].partition("</section>")[0]
    assert "In 7 days" in first
    assert "Send your comments by then." in first
    assert "Electronics Watch Factory Disclosure Form" in first
    assert first.index("Sooner") < first.index("Later")


def test_a_withdrawn_notice_says_why(house: House) -> None:
    notice = house.post()
    house.hub.withdraw(Actor(1, "buyer", CITY), notice.id, reason="The budget was not granted.", base_revision=1)
    banner = house.text(f"/notices/{notice.id}").partition('class="banner"')[2].partition("</p>")[0]
    assert "The budget was not granted." in banner


def test_the_feed_builder_offers_first_what_notices_speak_of(house: House) -> None:
    house.post(COUNTY)
    countries = house.text("/feeds").partition("Country</legend>")[2].partition("</ul>")[0]
    assert "United Kingdom" in countries


def test_the_month_is_a_table_with_headers(house: House) -> None:
    house.post()
    page = house.text("/calendar/2027/01")
    assert '<time datetime="2027-01-20">' in page
    assert "Consultation closes" in page
    assert page.count('<th scope="col">') == 8
    assert "Q3 2027" in house.text("/calendar/2027/08")


def test_the_feed_builder_previews_counts_and_offers_addresses(house: House) -> None:
    house.post()
    page = house.text("/feeds?country=SE")
    assert "Factory lists for laptops" in page
    assert 'value="http://127.0.0.1:8000/feeds/announcements.atom?country=SE"' in page
    assert "webcal://" in page
    assert "/feeds.opml" in page
    assert "Factory lists for laptops" not in house.text("/feeds?country=GB")


def test_evidence_lists_the_notices_that_accept_it(house: House) -> None:
    notice = house.post()
    page = house.text("/evidence")
    row = page.partition('id="ew_factory_disclosure_form"')[2].partition("</tr>")[0]
    assert f"/notices/{notice.id}" in row


def test_replaced_dates_of_laws_are_struck(full: House) -> None:
    assert re.search(r"<del>\d", full.text("/laws"))


def test_sources_say_their_state_in_words(full: House) -> None:
    page = full.text("/sources")
    assert "Not read yet" in page
    assert "Policy of City of Elm" in page


def test_metrics_are_prometheus_text_and_readiness_is_json(house: House) -> None:
    house.post()
    answer = house.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.get_data(as_text=True)
    assert re.search(r"^feedhub_notices \d+$", text, re.MULTILINE)
    assert 'feedhub_sources{outcome="never"} 2' in text
    assert house.get("/readyz").get_json()["ok"] is True
    assert house.text("/healthz") == "ok\n"


@pytest.mark.parametrize(
    ("when", "text", "machine"),
    [
        (When(date(2027, 3, 1)), "1 March 2027", "2027-03-01"),
        (When(date(2027, 3, 1), Precision.MONTH), "March 2027", "2027-03"),
        (When(date(2027, 7, 1), Precision.QUARTER), "Q3 2027", ""),
        (When(date(2027, 7, 1), Precision.HALF), "Second half of 2027", ""),
        (When(date(2027, 1, 1), Precision.YEAR), "2027", "2027"),
        (When(date(2027, 2, 1), Precision.QUARTER), "February 2027 to April 2027", ""),
    ],
)
def test_a_date_reads_at_its_own_precision(when: When, text: str, machine: str) -> None:
    assert words.when_text(when) == text
    assert words.when_datetime(when) == machine


def test_a_span_that_has_begun_is_told_by_its_end() -> None:
    today = date(2026, 11, 24)
    assert words.ahead(When(date(2026, 1, 1), Precision.YEAR), today) == "by 31 December 2026"
    assert words.ahead(When(date(2027, 1, 1), Precision.QUARTER), today) == "≈ in 38 days"
    assert words.ahead(When(date(2026, 11, 25)), today) == "tomorrow"
    assert words.ahead(When(date(2026, 11, 1)), today) == "23 days ago"


def test_static_files_stay_small_and_are_cached_for_a_year(full: House) -> None:
    sizes = {name: len(full.get(f"/static/{name}").data) for name in ("feedhub.css", "feedhub.js")}
    assert sizes["feedhub.css"] < 30_000
    assert sizes["feedhub.js"] < 10_000
    address = re.search(r'href="(/static/feedhub\.css\?v=[0-9a-f]+)"', full.text("/"))
    assert address
    assert "max-age=31536000" in full.get(address[1]).headers["Cache-Control"]


def test_every_link_within_the_house_leads_somewhere(full: House) -> None:
    client, waiting, seen = full.client(), ["/"], {}
    while waiting and len(seen) < 500:
        address = waiting.pop()
        if address in seen:
            continue
        answer = client.get(address, buffered=True)
        seen[address] = answer.status_code
        if answer.content_type.startswith("text/html") and address.count("=") < 2:
            found = re.findall(r'href="([^"#]+)', answer.get_data(as_text=True))
            links = [unescape(link).removeprefix(full.hub.instance.base_url) for link in found]
            waiting += [link for link in links if link.startswith("/") and not link.startswith("/static/")]
    assert len(seen) > 100
    assert {a: s for a, s in seen.items() if s not in (200, 302)} == {}


def test_every_anchor_stands_on_its_page(full: House) -> None:
    notice = full.hub.recent(Filter(), 1)[0].notice_id
    for address in ("/", f"/notices/{notice}", "/topics/supply_chain_transparency"):
        for page, anchor in re.findall(r'href="(/[^"#?]*)#([^"]+)"', full.text(address)):
            assert f'id="{anchor}"' in full.text(page), (address, page, anchor)


def test_months_are_linked_only_as_far_as_somebody_would_look(full: House) -> None:
    assert 'rel="prev"' in full.text("/calendar/2026/11")
    assert 'rel="prev"' not in full.text("/calendar/2025/11")
    assert 'rel="next"' not in full.text("/calendar/2031/11")
    assert 'rel="prev"' in full.text("/calendar/2040/01")


def test_the_canonical_address_is_spelled_like_that_of_the_feed(full: House) -> None:
    page = full.text("/notices?q=factory+lists&country=se&page=1")
    assert 'rel="canonical" href="http://127.0.0.1:8000/notices?country=SE&amp;q=factory%20lists&amp;page=1"' in page
    assert "/feeds/announcements.atom?country=SE&amp;q=factory%20lists" in page


def test_a_page_that_names_its_filter_in_its_path_does_not_repeat_it(full: House) -> None:
    page = full.text("/topics/supply_chain_transparency")
    assert 'rel="canonical" href="http://127.0.0.1:8000/topics/supply_chain_transparency"' in page
    assert "/feeds/announcements.atom?topic=supply_chain_transparency" in page


def test_what_a_revision_changed_stands_word_by_word(full: House) -> None:
    notice = full.post(title="Lists within 20 days")
    full.hub.revise(Actor(1, "buyer", CITY), notice.id, draft(title="Lists within 10 days"), base_revision=1)
    page = full.text(f"/notices/{notice.id}/revisions/2")
    assert re.search(r"within <del>.*20.*</del><ins>.*10.*</ins> days", page)
    assert f'href="/notices/{notice.id}/revisions/2"' in full.text(f"/notices/{notice.id}")
    for address in (f"/notices/{notice.id}/revisions/1", f"/notices/{notice.id}/revisions/3", "/notices/x/revisions/2"):
        full.text(address, 404)


def test_feeds_of_a_selection_by_date_hold_what_is_announced_about_it_today(house: House) -> None:
    house.post()
    page = house.text("/notices?country=SE&from=2027-01-01&to=2027-12-31")
    assert '/feeds/announcements.atom?country=SE"' in page
    assert '/calendar.ics?country=SE&amp;from=2027-01-01&amp;to=2027-12-31"' in page
    assert "comes whatever their dates" in page
    assert "Factory lists for laptops" in house.text("/feeds?country=SE&from=2027-01-01").partition("Preview")[2]
    assert "comes whatever their dates" not in house.text("/notices?country=SE")
