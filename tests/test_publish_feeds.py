"""Atom, RSS, JSON Feed and OPML, read back by the programs and parsers that readers use."""

from __future__ import annotations

import json
import locale
import re
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from hypothesis import given, settings
from lxml import etree
from publish_examples import (
    AUTHORITY,
    HOSTILE,
    INSTANCE,
    NOW,
    announcement,
    anything,
    feed_page,
    milestone,
    notice,
    quarter,
    requirement,
    state_page,
)

from feedhub.model import AnnouncementKind, Evidence, Precision, Stage, Trust, When
from feedhub.publish import Outline, _entries, _feedgen_extension, feeds

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "f": "tag:feedhub.invalid,2026:ns/1",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FORMATS = ("atom", "rss", "json")


def atom(page, report=lambda _: None):
    return etree.fromstring(feeds.render(page, "atom", report))


def rss(page, report=lambda _: None):
    return etree.fromstring(feeds.render(page, "rss", report)).find("channel")


def loaded(page, report=lambda _: None):
    return json.loads(feeds.render(page, "json", report))


def links(parent, rel):
    return [link.attrib for link in parent.findall("a:link", NS) if link.get("rel") == rel]


# -- Atom
def test_an_atom_feed_has_one_self_link_which_is_its_canonical_address() -> None:
    feed = atom(feed_page(announcement()))
    (self_link,) = links(feed, "self")
    assert self_link["href"] == "https://feeds.example/feeds/announcements.atom?country=SE&topic=living_wage"
    assert self_link["type"] == "application/atom+xml"


def test_an_atom_feed_has_one_alternate_for_each_type_and_language() -> None:
    feed = atom(feed_page(announcement(), alternates={o: f"/feeds/announcements.{o}" for o in FORMATS}))
    kinds = Counter((a.get("type"), a.get("hreflang")) for a in links(feed, "alternate"))
    assert set(kinds.values()) == {1}
    assert ("text/html", "en") in kinds
    assert {t for t, _ in kinds} == {"text/html", "application/rss+xml", "application/feed+json"}


def test_an_entry_keeps_the_relation_type_and_language_of_every_link() -> None:
    entry = atom(feed_page(announcement())).find("a:entry", NS)
    (page,) = links(entry, "alternate")
    (source,) = links(entry, "via")
    assert (page["href"], page["type"]) == ("https://feeds.example/notices/n-1", "text/html")
    assert (source["href"], source["hreflang"]) == ("https://buyer.example/villkor", "sv")


def test_every_entry_has_the_elements_that_rfc_4287_asks_for() -> None:
    feed = atom(feed_page(announcement(2), announcement(1)))
    for parent in (feed, *feed.findall("a:entry", NS)):
        for name in ("id", "title", "updated", "author"):
            assert len(parent.findall(f"a:{name}", NS)) == 1, name
        assert parent.findtext("a:author/a:name", None, NS)
    for entry in feed.findall("a:entry", NS):
        assert len(entry.findall("a:published", NS)) == 1
        assert entry.find("a:content", NS).get("type") == "html"


def test_every_instant_is_utc_in_whole_seconds() -> None:
    odd = notice(updated=NOW + timedelta(days=1, microseconds=5))
    for feed in (atom(feed_page(announcement())), atom(state_page(odd))):
        stamps = [e.text for e in feed.iter("{*}updated", "{*}published")]
        assert len(stamps) == 3
        assert all(ZULU.fullmatch(s) for s in stamps)


def test_updated_is_never_before_published_even_when_the_clock_went_back() -> None:
    entry = atom(state_page(notice(updated=NOW - timedelta(days=9)))).find("a:entry", NS)
    assert entry.findtext("a:updated", None, NS) >= entry.findtext("a:published", None, NS)


def test_an_empty_feed_is_dated_by_its_page_and_never_by_the_clock() -> None:
    page = feed_page(updated=datetime(2020, 1, 1, tzinfo=UTC))
    assert atom(page).findtext("a:updated", None, NS) == "2020-01-01T00:00:00Z"
    assert rss(page).findtext("lastBuildDate") == "Wed, 01 Jan 2020 00:00:00 GMT"
    this_year = str(datetime.now(tz=UTC).year)
    for fmt in FORMATS:
        assert f"{this_year}-" not in feeds.render(page, fmt).decode().replace("2026-11-24", "").replace(",2026:", "")
    assert loaded(page)["items"] == []


def test_entries_stand_newest_first_whatever_order_they_come_in() -> None:
    page = feed_page(announcement(2), announcement(3), announcement(1))
    wanted = [f"tag:feeds.example,2026-11-24:announcement/{n}" for n in (3, 2, 1)]
    assert [e.text for e in atom(page).findall("a:entry/a:id", NS)] == wanted
    assert [e.text for e in rss(page).findall("item/guid")] == wanted
    assert [i["id"] for i in loaded(page)["items"]] == wanted


def test_order_of_the_log_wins_over_instants() -> None:
    later = replace(announcement(2), instant=NOW - timedelta(days=3))
    ids = [e.text for e in atom(feed_page(announcement(1), later)).findall("a:entry/a:id", NS)]
    assert ids[0].endswith("/2")


def test_notices_of_one_instant_have_one_order() -> None:
    many = [notice(id=f"n-{i}") for i in range(5)]
    one, other = state_page(*many), state_page(*reversed(many))
    assert feeds.render(one, "atom") == feeds.render(other, "atom")


def test_categories_carry_scheme_and_label_for_what_can_be_filtered() -> None:
    entry = atom(feed_page(announcement())).find("a:entry", NS)
    found = {c.get("scheme").rpartition("/")[2]: c for c in entry.findall("a:category", NS)}
    assert set(found) == {"authority", "country", "topic", "product", "stage", "trust", "clause"}
    assert found["authority"].get("label") == AUTHORITY.name
    assert (found["country"].get("term"), found["country"].get("label")) == ("SE", "Sweden")
    assert found["topic"].get("term") == "supply_chain_transparency"
    assert all(c.get("label") for c in found.values())
    assert found["topic"].get("scheme") == "tag:feeds.example,2026-11-24:scheme/topic"


def test_a_withdrawal_keeps_the_categories_that_people_subscribed_to() -> None:
    gone = notice(requirements=(), stage=Stage.WITHDRAWN)
    terms = {"topic": ("living_wage",), "stage": ("adopted", "withdrawn")}
    entry = atom(feed_page(announcement(kind=AnnouncementKind.WITHDRAWN, notice=gone, terms=terms))).find("a:entry", NS)
    terms_shown = [c.get("term") for c in entry.findall("a:category", NS)]
    assert "living_wage" in terms_shown
    assert "withdrawn" in terms_shown
    assert "adopted" not in terms_shown


def test_languages_are_said_on_the_feed_the_entry_a_foreign_title_and_a_quote() -> None:
    feed = atom(feed_page(announcement()))
    assert feed.get(XML_LANG) == "en"
    assert feed.find("a:entry", NS).get(XML_LANG) == "en"
    assert '<blockquote lang="sv">' in feed.findtext("a:entry/a:content", None, NS)
    state = atom(state_page(notice())).find("a:entry", NS)
    assert state.find("a:title", NS).get(XML_LANG) == "sv"


def test_the_own_namespace_tells_what_an_entry_is_about() -> None:
    moved = milestone(when=quarter(2027, 3), previous=When(date(2027, 3, 1)))
    for parent in (
        atom(feed_page(announcement(notice=notice(milestones=(moved,))))).find("a:entry", NS),
        rss(feed_page(announcement(notice=notice(milestones=(moved,))))).find("item"),
    ):
        assert parent.findtext("f:kind", None, NS) == "new"
        assert parent.findtext("f:stage", None, NS) == "adopted"
        assert parent.findtext("f:trust", None, NS) == "verified"
        assert parent.findtext("f:topic", None, NS) == "supply_chain_transparency"
        assert parent.findtext("f:clause", None, NS) == "contract_performance_clause"
        assert parent.find("f:leadTime", NS).get("days") == "97"
        said = dict(parent.find("f:milestone", NS).attrib)
        assert said == {
            "kind": "applies_from",
            "date": "2027-07-01",
            "precision": "quarter",
            "status": "confirmed",
            "trust": "verified",
            "previous": "2027-03-01",
        }


def test_the_licence_is_stated_in_every_format() -> None:
    page = feed_page(announcement())
    assert "CC BY 4.0" in atom(page).findtext("a:rights", None, NS)
    assert links(atom(page), "license")[0]["href"] == INSTANCE.licence
    assert "CC BY 4.0" in rss(page).findtext("copyright")
    assert loaded(page)["_feedhub"]["licence"] == INSTANCE.licence


# -- what an entry says
def test_the_body_says_what_is_required_from_when_how_sure_and_where_that_stands() -> None:
    body = atom(feed_page(announcement())).findtext("a:entry/a:content", None, NS)
    for wanted in (
        "Exempelstads inköp (Sweden)",
        "Asked of suppliers of laptops",
        "Supply chain transparency",
        "contract performance clause",
        "Name every final assembly site within 30 days of signature.",
        "Evidence accepted: Electronics Watch Factory Disclosure Form",
        "Applies from <strong>1 March 2027</strong> (confirmed; verified by a curator)",
        '<a href="https://buyer.example/dates">Source</a> seen 20 November 2026',
        "Leverantören ska redovisa samtliga fabriker.",
        '<a href="https://feeds.example/notices/n-1">',
        '<a href="https://buyer.example/villkor">The original</a>',
    ):
        assert wanted in body


def test_a_moved_date_shows_the_old_one_and_what_another_source_says() -> None:
    moved = milestone(when=quarter(2027, 3), previous=When(date(2027, 3, 1)), others=(When(date(2028, 1, 1)),))
    body = atom(feed_page(announcement(notice=notice(milestones=(moved,))))).findtext("a:entry/a:content", None, NS)
    assert "<strong>Q3 2027</strong>" in body
    assert "was 1 March 2027" in body
    assert "another source says 1 January 2028" in body
    assert "1 July 2027" not in body


def test_a_digest_lists_its_lines_and_an_answer_its_text() -> None:
    digest = announcement(kind=AnnouncementKind.DIGEST, notice=None, items=("Q3 2027: review – A & B",), notice_id="")
    answer = announcement(2, kind=AnnouncementKind.ANSWER, summary="Yes, group certificates count.")
    feed = atom(feed_page(answer, digest))
    first, second = [e.text for e in feed.findall("a:entry/a:content", NS)]
    assert "Yes, group certificates count." in first
    assert "<li>Q3 2027: review – A &amp; B</li>" in second
    assert "Yes, group certificates count." in feed.findtext("a:entry/a:summary", None, NS)


def test_changes_open_the_body_and_the_summary() -> None:
    said = announcement(changes=("Date moved: applies from: 1 March 2027 → 1 June 2027.",))
    feed = atom(feed_page(said))
    assert feed.findtext("a:entry/a:content", None, NS).startswith("<ul><li>Date moved: applies from")
    assert feed.findtext("a:entry/a:summary", None, NS).startswith("Date moved: applies from")


def test_a_link_that_could_run_a_script_is_in_no_format() -> None:
    evil = Evidence(url="javascript:alert(1)", quote="x")
    bad = notice(url="javascript:alert(1)", requirements=(requirement(provenance=evil),))
    for fmt in FORMATS:
        assert b"javascript" not in feeds.render(feed_page(announcement(notice=bad)), fmt)
    assert links(atom(feed_page(announcement(notice=bad))).find("a:entry", NS), "via") == []


def test_markup_in_texts_is_shown_as_text() -> None:
    bad = notice(title=HOSTILE, summary=HOSTILE, requirements=(requirement(text=HOSTILE, quote=HOSTILE),))
    page = feed_page(announcement(notice=bad, authority_name=HOSTILE, changes=(HOSTILE,)))
    for body in (
        atom(page).findtext("a:entry/a:content", None, NS),
        rss(page).findtext("item/content:encoded", None, NS),
        loaded(page)["items"][0]["content_html"],
    ):
        assert "<script" not in body
        assert "&lt;script&gt;" in body
    assert "<" not in rss(page).findtext("item/title")
    assert "<" not in rss(page).findtext("item/description")
    assert "&amp;lt;b&amp;gt;" in rss(page).findtext("item/description")


# -- RSS
def test_an_rss_channel_links_to_the_page_for_people() -> None:
    channel = rss(feed_page(announcement()))
    assert [e.text for e in channel.findall("link")] == ["https://feeds.example/notices?country=SE&topic=living_wage"]


def test_an_rss_channel_has_self_hub_and_paging_links() -> None:
    channel = rss(feed_page(announcement(), prev_archive="/feeds/archive/announcements/4.rss"))
    assert [a["href"] for a in links(channel, "self")] == [
        "https://feeds.example/feeds/announcements.atom?country=SE&topic=living_wage"
    ]
    assert [a["href"] for a in links(channel, "hub")] == ["https://feeds.example/websub"]
    assert [a["href"] for a in links(channel, "prev-archive")] == [
        "https://feeds.example/feeds/archive/announcements/4.rss"
    ]


def test_an_rss_guid_is_the_atom_id_and_no_link() -> None:
    guid = rss(feed_page(announcement(7))).find("item/guid")
    assert guid.get("isPermaLink") == "false"
    assert guid.text == atom(feed_page(announcement(7))).findtext("a:entry/a:id", None, NS)


def test_an_rss_item_names_its_authority_and_has_a_plain_description_beside_the_body() -> None:
    item = rss(feed_page(announcement())).find("item")
    assert item.findtext("dc:creator", None, NS) == AUTHORITY.name
    assert item.findtext("content:encoded", None, NS).startswith("<p>")
    assert item.findtext("description").startswith("Exempelstads inköp (Sweden): ")
    assert item.findtext("link") == "https://feeds.example/notices/n-1"


def test_rss_dates_are_english_and_leave_the_locale_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the locale of the process was touched")

    monkeypatch.setattr(locale, "setlocale", refused)
    channel = rss(feed_page(announcement()))
    assert channel.findtext("item/pubDate") == "Tue, 24 Nov 2026 10:00:01 GMT"
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == NOW + timedelta(seconds=1)


def test_feeds_rendered_at_the_same_time_do_not_disturb_each_other() -> None:
    pages = [feed_page(*(announcement(n + i) for i in range(5))) for n in range(1, 7)]
    alone = [feeds.render(p, "rss") for p in pages]
    together: list[bytes] = [b""] * len(pages)

    def work(i: int) -> None:
        together[i] = feeds.render(pages[i], "rss")

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(pages))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


# -- JSON Feed
TOP = {"version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "next_url": str}
TOP |= {"authors": list, "language": str, "hubs": list, "items": list, "_feedhub": dict}
ITEM = {"id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str}
ITEM |= {"summary": str, "date_published": str, "date_modified": str, "authors": list, "tags": list, "language": str}
ITEM |= {"_feedhub": dict}


def assert_json_feed(feed: dict) -> None:
    """The rules of JSON Feed 1.1 for the members that feedhub uses."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "items", "feed_url"} <= feed.keys() <= TOP.keys()
    for parent, shape in ((feed, TOP), *((item, ITEM) for item in feed["items"])):
        for name, value in parent.items():
            assert isinstance(value, shape[name]), name
        for author in parent.get("authors", []):
            assert author
            assert author.keys() <= {"name", "url", "avatar"}
    for hub in feed.get("hubs", []):
        assert hub.keys() == {"type", "url"}
    assert feed["_feedhub"]["about"].startswith("https://")
    for item in feed["items"]:
        assert item["id"]
        assert "content_html" in item or "content_text" in item
        assert ITEM.keys() >= item.keys()
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        for name in ("date_published", "date_modified"):
            assert ZULU.fullmatch(item[name])
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])


def test_a_json_feed_keeps_to_version_1_1() -> None:
    page = feed_page(announcement(2), announcement(1), prev_archive="/feeds/archive/announcements/1.json")
    feed = loaded(page)
    assert_json_feed(feed)
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://feeds.example/websub"}]
    assert feed["next_url"] == "https://feeds.example/feeds/archive/announcements/1.json"
    item = feed["items"][0]
    assert item["external_url"] == "https://buyer.example/villkor"
    assert item["_feedhub"]["milestones"][0]["date"] == "2027-03-01"
    assert item["_feedhub"]["lead_time_days"] == 97
    assert_json_feed(loaded(state_page(notice())))


@pytest.mark.parametrize("unit", ["Long words of an authority. ", "😀"])
def test_a_json_feed_of_200_long_entries_stays_under_its_limit_and_lists_them_all(unit: str) -> None:
    wordy = notice(title=unit * 250, summary=unit * 400, requirements=tuple(requirement(id=f"r{i}") for i in range(20)))
    page = feed_page(*(announcement(n, notice=wordy) for n in range(1, 201)))
    warnings: list[str] = []
    body = feeds.render(page, "json", warnings.append)
    assert len(body) <= 250_000
    feed = json.loads(body)
    assert_json_feed(feed)
    assert [i["id"].rpartition("/")[2] for i in feed["items"]] == [str(n) for n in range(200, 0, -1)]
    assert warnings == []


def test_a_json_feed_shortens_the_oldest_entries_first() -> None:
    wordy = notice(requirements=tuple(requirement(id=f"r{i}") for i in range(25)))
    items = loaded(feed_page(*(announcement(n, notice=wordy) for n in range(1, 101))))["items"]
    assert "What is required" in items[0]["content_html"]
    assert "What is required" not in items[-1].get("content_html", "")


# -- paging and archives
def test_an_archive_is_marked_and_linked_to_its_neighbours_and_the_head() -> None:
    page = feed_page(
        announcement(),
        path="/feeds/archive/announcements/2.atom",
        archive=True,
        current="/feeds/announcements.atom",
        prev_archive="/feeds/archive/announcements/1.atom",
        next_archive="/feeds/archive/announcements/3.atom",
    )
    for feed in (atom(page), rss(page)):
        assert feed.find("fh:archive", NS) is not None
        assert links(feed, "current")[0]["href"] == "https://feeds.example/feeds/announcements.atom"
        assert links(feed, "prev-archive")[0]["href"].endswith("/1.atom")
        assert links(feed, "next-archive")[0]["href"].endswith("/3.atom")
    assert atom(feed_page(announcement())).find("fh:archive", NS) is None


def test_head_archive_and_every_format_have_one_feed_id() -> None:
    head = feed_page(path="/feeds/announcements.atom?country=SE")
    archive = feed_page(path="/feeds/archive/x/1.rss", archive=True, current="/feeds/announcements.rss?country=SE")
    other = feed_page(path="/feeds/announcements.atom?country=NL")
    ids = [atom(p).findtext("a:id", None, NS) for p in (head, archive, other)]
    assert ids[0] == ids[1] == loaded(head)["_feedhub"]["id"]
    assert ids[2] != ids[0]


def test_a_state_feed_says_when_it_is_complete_and_pages_otherwise() -> None:
    whole = atom(state_page(notice()))
    assert whole.find("fh:complete", NS) is not None
    paged = atom(state_page(notice(), complete=False, first="/a", previous="/b", next="/c", last="/d"))
    assert paged.find("fh:complete", NS) is None
    assert [links(paged, rel)[0]["href"] for rel in ("first", "previous", "next", "last")] == [
        f"https://feeds.example/{n}" for n in "abcd"
    ]


def test_a_withdrawn_notice_has_a_tombstone_beside_its_entry() -> None:
    gone = notice(id="n-2", stage=Stage.WITHDRAWN, updated=NOW + timedelta(days=2))
    page = state_page(notice(), gone, tombstones=(("n-9", NOW),))
    stones = {e.get("ref"): e.get("when") for e in atom(page).findall("at:deleted-entry", NS)}
    assert stones == {
        "tag:feeds.example,2026-11-24:notice/n-2": "2026-11-26T10:00:00Z",
        "tag:feeds.example,2026-11-24:notice/n-9": "2026-11-24T10:00:00Z",
    }
    assert atom(page).findtext("a:entry/a:title", None, NS).startswith("Withdrawn: ")
    assert len(loaded(page)["_feedhub"]["deleted"]) == 2


def test_a_stale_notice_says_so_without_being_newer() -> None:
    page = state_page(notice(), stale={"n-1": NOW - timedelta(days=40)})
    entry = atom(page).find("a:entry", NS)
    assert entry.findtext("f:lastConfirmed", None, NS) == "2026-10-15T10:00:00Z"
    assert "last confirmed 15 October 2026" in entry.findtext("a:content", None, NS)
    assert entry.findtext("a:updated", None, NS) == "2026-11-24T10:00:00Z"
    assert loaded(page)["items"][0]["_feedhub"]["last_confirmed"] == "2026-10-15T10:00:00Z"


# -- robustness
@pytest.mark.parametrize("fmt", FORMATS)
def test_a_second_rendering_has_the_same_bytes(fmt: str) -> None:
    page = feed_page(*(announcement(n) for n in range(1, 20)))
    assert feeds.render(page, fmt) == feeds.render(page, fmt)


@pytest.mark.parametrize("fmt", FORMATS)
def test_an_entry_that_cannot_be_rendered_is_left_out_and_reported(fmt: str) -> None:
    naive = replace(announcement(2), instant=datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001 -- that is the fault
    told: list[str] = []
    body = feeds.render(feed_page(announcement(3), naive, announcement(1)), fmt, told.append)
    ids = re.findall(rb"announcement/(\d+)", body)
    assert set(ids) == {b"3", b"1"}
    assert len(told) == 1
    assert "Announcement 2 was left out" in told[0]
    assert b"announcement/2" not in feeds.render(feed_page(naive, updated=NOW), fmt)


@pytest.mark.parametrize("fmt", ["atom", "rss"])
def test_an_entry_that_only_the_library_refuses_is_left_out_too(fmt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_feedgen_extension, "clean", lambda text: text)
    bad = announcement(2, notice=notice(milestones=(milestone(subject="a control \x01 character"),)))
    told: list[str] = []
    feed = etree.fromstring(feeds.render(feed_page(bad, announcement(1)), fmt, told.append))
    assert len(list(feed.iter("{*}entry", "{*}item"))) == 1
    assert len(told) == 1
    assert "Announcement 2 was left out" in told[0]


@pytest.mark.parametrize("fmt", FORMATS)
def test_what_was_rendered_once_is_kept_and_changes_no_byte(fmt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[object, ...], bytes] = {}
    one = feed_page(*(announcement(n, notice=notice(summary="y" * 1900)) for n in range(1, 150)))
    first = feeds.render(one, fmt, kept=kept)
    monkeypatch.setattr(_entries, "_announced", lambda _, seq, __: pytest.fail(f"made again: {seq}"))
    unread = replace(one, read=lambda seqs: pytest.fail(f"read again: {seqs}"))
    assert feeds.render(unread, fmt, kept=kept) == first
    other = replace(one, seqs=one.seqs[::7], path="/feeds/announcements.atom?country=NO")
    again = feeds.render(other, fmt, kept=kept)
    monkeypatch.undo()
    assert again == feeds.render(other, fmt)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_notice_that_changed_is_never_shown_as_it_was_kept(fmt: str) -> None:
    kept: dict[tuple[object, ...], bytes] = {}
    feeds.render(state_page(notice()), fmt, kept=kept)
    for page in (
        state_page(notice(title="Another title", revision=2)),
        state_page(notice(), stale={"n-1": NOW - timedelta(days=40)}),
        state_page(notice(), authorities={AUTHORITY.id: replace(AUTHORITY, name="A new name")}),
    ):
        assert feeds.render(page, fmt, kept=kept) == feeds.render(page, fmt)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no feed format"):
        feeds.render(feed_page(), "gopher")


@settings(max_examples=60, deadline=None)
@given(title=anything, text=anything, name=anything)
def test_whatever_an_authority_writes_every_format_stays_readable(title: str, text: str, name: str) -> None:
    bad = notice(
        title=title + HOSTILE,
        summary=text,
        language=text[:8],
        country="SE",
        products=(name or "x",),
        requirements=(
            requirement(text=text, quote=title, trigger=name, threshold=text, evidence=(name,), laws=(text,)),
        ),
        milestones=(milestone(subject=title, note=text, provenance=Evidence(url=name, quote=text)),),
        url=name,
    )
    page = feed_page(announcement(notice=bad, title=title, changes=(text,), authority_name=name), title=title)
    told: list[str] = []
    assert len(atom(page, told.append).findall("a:entry", NS)) == 1
    assert len(rss(page, told.append).findall("item")) == 1
    assert_json_feed(loaded(page, told.append))
    assert told == []


@pytest.mark.parametrize("fmt", ["atom", "rss"])
def test_feedparser_lists_what_was_published(fmt: str) -> None:
    moved = announcement(2, kind=AnnouncementKind.MOVED)
    found = feedparser.parse(feeds.render(feed_page(moved, announcement(1)), fmt))
    assert not found.bozo
    assert [e.title for e in found.entries] == [
        "Date moved: Hållbara villkor för datorer",
        "New: Hållbara villkor för datorer",
    ]
    assert [e.id.rpartition("/")[2] for e in found.entries] == ["2", "1"]
    assert {e.link for e in found.entries} == {"https://feeds.example/notices/n-1"}
    assert found.entries[0].published_parsed[:6] == (2026, 11, 24, 10, 0, 2)
    assert found.feed.link == "https://feeds.example/notices?country=SE&topic=living_wage"


def test_content_types_are_exact_and_name_their_charset() -> None:
    assert dict(feeds.CONTENT_TYPES) == {
        "atom": "application/atom+xml; charset=utf-8",
        "rss": "application/rss+xml; charset=utf-8",
        "json": "application/feed+json; charset=utf-8",
        "opml": "text/x-opml; charset=utf-8",
    }


def test_a_span_is_never_shown_as_its_first_day() -> None:
    spanning = notice(milestones=(milestone(when=When(date(2027, 7, 1), Precision.HALF)),), trust=Trust.DETECTED)
    entry = atom(feed_page(announcement(notice=spanning))).find("a:entry", NS)
    for name in ("title", "summary", "content"):
        assert "1 July 2027" not in entry.findtext(f"a:{name}", None, NS)
    assert "second half of 2027" in entry.findtext("a:content", None, NS)


# -- OPML
def test_an_opml_file_lists_subscriptions_by_group_with_text_and_title() -> None:
    outlines = [
        Outline(
            "Sweden", "Sweden: announcements", "/feeds/announcements.atom?country=SE", "/notices?country=SE", "Land"
        ),
        Outline("All", "All announcements", "/feeds/announcements.atom", "/notices"),
        Outline("A & B <c>", "", "/feeds/x.atom", "/x", "Land"),
    ]
    body = feeds.opml(INSTANCE, HOSTILE, outlines, NOW)
    root = etree.fromstring(body)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/dateModified") == "Tue, 24 Nov 2026 10:00:00 GMT"
    top = root.findall("body/outline")
    assert [o.get("text") for o in top] == ["All", "Land"]
    inner = top[1].findall("outline")
    assert [o.get("text") for o in inner] == ["Sweden", "A & B"]
    for outline in (top[0], *inner):
        assert outline.get("type") == "rss"
        assert outline.get("text")
        assert outline.get("title")
        assert outline.get("xmlUrl").startswith("https://feeds.example/feeds/")
        assert outline.get("htmlUrl").startswith("https://feeds.example/")
    assert body == feeds.opml(INSTANCE, HOSTILE, outlines, NOW)
