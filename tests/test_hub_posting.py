"""Buyers post, revise and withdraw; curators confirm and retract; every step is in every format at once."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date

import feedparser
import pytest
from loopback import Clock, declare

from feedhub.errors import Conflict, InvalidInput, NotAllowed, NotFound
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.hub.shapes import Actor
from feedhub.model import (
    AuthorityRef,
    Clause,
    Draft,
    Filter,
    Milestone,
    MilestoneKind,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.store import log

BUYER = Actor(1, "buyer", "gb-example")
OTHER = Actor(2, "buyer", "gb-other")
CURATOR = Actor(3, "curator")


@pytest.fixture
def desk(each_hub: Hub, sources) -> Hub:
    declare(sources, "http://127.0.0.1:9/policy")
    declare(sources, "http://127.0.0.1:9/other", source_id="gb-other-policy", name="other")
    load_catalogue(each_hub)
    return each_hub


def draft(**more) -> Draft:
    given = {
        "title": "Factory disclosure for laptops",
        "authority": AuthorityRef("", "", "gb-example"),
        "summary": "We will ask for the final assembly sites.",
        "language": "en",
        "products": ("laptops",),
        "requirements": (
            Requirement("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE, text="Name the factories."),
        ),
        "milestones": (Milestone(MilestoneKind.APPLIES_FROM, When(date(2027, 9, 1))),),
    }
    return Draft(**{**given, **more})


def formats(hub: Hub) -> list[list[str]]:
    """The titles of this authority's entries in all three formats, newest first."""
    query = "?authority=gb-example"
    feeds = [feedparser.parse(hub.render(f"/feeds/announcements.{f}{query}").body) for f in ("atom", "rss")]
    items = json.loads(hub.render(f"/feeds/announcements.json{query}").body)["items"]
    return [*([e.title for e in f.entries] for f in feeds), [i["title"] for i in items]]


def test_each_step_of_a_buyer_is_an_entry_in_every_format_within_a_second(desk: Hub, clock: Clock):
    began = time.monotonic()
    notice = desk.post(BUYER, draft())
    clock.forward(minutes=1)
    moved = draft(milestones=(Milestone(MilestoneKind.APPLIES_FROM, When(date(2027, 12, 1))),))
    notice = desk.revise(BUYER, notice.id, moved, base_revision=1)
    clock.forward(minutes=1)
    notice = desk.withdraw(BUYER, notice.id, reason="The framework is cancelled.", base_revision=2)
    for titles in formats(desk):
        assert [t.split(":")[0] for t in titles] == ["Withdrawn", "Date moved", "New"]
    assert time.monotonic() - began < 3
    assert notice.stage is Stage.WITHDRAWN


def test_what_a_buyer_posts_is_trusted_as_posted_whatever_the_draft_says(desk: Hub):
    forged = replace(
        draft(), trust=Trust.OFFICIAL, requirements=(Requirement("child_labour", trust=Trust.OFFICIAL, text="x"),)
    )
    notice = desk.post(BUYER, forged)
    assert notice.trust is Trust.POSTED
    assert notice.requirements[0].trust is Trust.POSTED
    assert notice.authority_id == "gb-example"


def test_a_form_sent_twice_makes_one_notice(desk: Hub):
    assert desk.post(BUYER, draft(), key="k1").id == desk.post(BUYER, draft(), key="k1").id
    assert len(desk.own_notices(BUYER)) == 1


def test_a_buyer_posts_only_for_its_own_authority(desk: Hub):
    with pytest.raises(NotAllowed):
        desk.post(OTHER, draft())


def test_another_buyers_notice_is_not_found(desk: Hub):
    notice = desk.post(BUYER, draft())
    with pytest.raises(NotFound):
        desk.revise(OTHER, notice.id, draft(authority=AuthorityRef("", "", "gb-other")), base_revision=1)


def test_a_revision_on_an_old_state_is_a_conflict_and_changes_nothing(desk: Hub):
    notice = desk.post(BUYER, draft())
    desk.revise(BUYER, notice.id, draft(title="Another title"), base_revision=1)
    with pytest.raises(Conflict):
        desk.revise(BUYER, notice.id, draft(title="A third title"), base_revision=1)
    assert desk.notice(notice.id).notice.title == "Another title"


def test_a_draft_without_requirement_and_date_is_refused_with_a_sentence(desk: Hub):
    with pytest.raises(InvalidInput) as error:
        desk.post(BUYER, draft(requirements=(), milestones=()))
    assert error.value.fields["requirements"]


def test_a_preview_stores_nothing(desk: Hub):
    assert desk.preview(BUYER, draft()).title == draft().title
    assert desk.own_notices(BUYER) == []


def test_only_curators_confirm_and_retract(desk: Hub):
    notice = desk.post(BUYER, draft())
    with pytest.raises(NotAllowed):
        desk.retract(BUYER, notice.id, "no")
    desk.retract(CURATOR, notice.id, "posted by mistake of ours")
    assert formats(desk)[0][0].startswith("Correction:")


def test_instants_grow_strictly_even_when_the_clock_steps_back(desk: Hub, clock: Clock):
    for step in (0, 0, -3600, 5):
        clock.forward(seconds=step)
        desk.post(BUYER, draft(title=f"Notice {step} {clock.at.isoformat()}"))
    log = desk.recent(Filter(), 100)
    instants = [e.instant for e in reversed(log)]
    assert instants == sorted(set(instants))
    assert all(i.microsecond == 0 for i in instants)


def test_a_subscriber_to_the_old_value_sees_what_it_subscribed_to_change(desk: Hub, clock: Clock):
    notice = desk.post(BUYER, draft())
    clock.forward(minutes=1)
    other = draft(requirements=(Requirement("child_labour", text="No child labour."),))
    desk.revise(BUYER, notice.id, other, base_revision=1)
    titles = [e.kind.value for e in desk.recent(Filter(sets={"topic": ("supply_chain_transparency",)}), 10)]
    assert titles[0] != "new"
    assert len(titles) == 2


def test_two_renderings_are_the_same_bytes(desk: Hub, open_hub):
    desk.post(BUYER, draft())
    again = open_hub(database_url=desk.settings.database_url)
    for address in (
        "/feeds/announcements.atom",
        "/feeds/announcements.rss",
        "/feeds/announcements.json",
        "/feeds/notices.atom",
        "/calendar.ics",
        "/feeds.opml",
    ):
        assert desk.render(address).body == again.render(address).body, address


def test_reminders_go_out_once_at_eight_local_and_again_after_a_move(desk: Hub, clock: Clock):
    near = draft(milestones=(Milestone(MilestoneKind.APPLIES_FROM, When(date(2027, 1, 4))),))
    notice = desk.post(BUYER, near)

    def titles() -> list[str]:
        found = desk.recent(Filter(sets={"authority": ("gb-example",)}), 50)
        return [e.title for e in reversed(found) if e.kind.value == "reminder"]

    desk.remind()
    assert titles() == []
    clock.at = clock.at.replace(day=25, hour=8, minute=1)
    desk.remind()
    desk.remind()
    assert len(titles()) == 1
    assert titles()[0].startswith("In 40 days:")
    clock.at = clock.at.replace(month=12, day=5)
    desk.remind()
    assert titles()[-1].startswith("In 30 days:")
    moved = draft(milestones=(Milestone(MilestoneKind.APPLIES_FROM, When(date(2027, 1, 20))),))
    desk.revise(BUYER, notice.id, moved, base_revision=1)
    clock.at = clock.at.replace(day=21)
    desk.remind()
    assert titles()[-1].startswith("In 30 days:")
    assert len(titles()) == 3


def test_walking_the_archives_from_the_head_gives_every_entry_once(desk: Hub, clock: Clock):
    first = desk.post(BUYER, draft())
    (entry,) = desk.recent(Filter(sets={"authority": ("gb-example",)}), 1)
    with desk.store.writing() as tx:
        log.append(tx, [entry] * 204, clock.forward(hours=1), lambda e: e.title)
    seen: list[str] = []
    address = f"/feeds/announcements.atom?authority={first.authority_id}"
    while address:
        feed = feedparser.parse(desk.render(address).body)
        seen += [e.id for e in feed.entries]
        previous = [link.href for link in feed.feed.links if link.rel == "prev-archive"]
        address = previous[0].removeprefix(desk.settings.base_url) if previous else ""
    assert len(seen) == len(set(seen)) == 205


def test_dates_ahead_are_counted_as_the_agenda_lists_them(desk: Hub):
    yearly = Milestone(MilestoneKind.COMPLIANCE_DUE, When(date(2027, 6, 30)), recurs="--06-30", subject="report")
    past = Milestone(MilestoneKind.CONSULTATION_CLOSES, When(date(2020, 1, 1)))
    desk.post(BUYER, draft(milestones=(*draft().milestones, yearly, past)))
    for pairs in ((), (("country", "GB"),), (("from", "2027-07-01"), ("to", "2028-03-01")), (("q", "disclosure"),)):
        f = desk.parse_filter(pairs)
        assert desk.count_dates(f, *desk.ahead(24)) == len(desk.agenda(f, months=24)) > 0


def test_a_cancelled_event_stays_in_the_calendar_for_ninety_days(desk: Hub, clock: Clock):
    notice = desk.post(BUYER, draft())
    desk.withdraw(BUYER, notice.id, reason="No budget.", base_revision=notice.revision)
    uid = desk.instance.uid(notice.id, "m1").encode()

    def event() -> bytes:
        body = desk.render("/calendar.ics").body.replace(b"\r\n ", b"")
        return next((part for part in body.split(b"BEGIN:VEVENT") if uid in part), b"")

    assert b"STATUS:CANCELLED" in event()
    clock.forward(days=89)
    assert b"SUMMARY:CANCELLED: " in event()
    clock.forward(days=2)
    assert event() == b""


def test_the_calendar_shows_the_past_year_and_from_and_to_are_dates_of_events(desk: Hub, clock: Clock):
    days = (date(2025, 9, 1), date(2026, 1, 15), date(2027, 9, 1))
    dates = [Milestone(MilestoneKind.APPLIES_FROM, When(day), subject=str(day)) for day in days]
    desk.post(BUYER, draft(milestones=tuple(dates)))

    def shown(query: str = "") -> list[bool]:
        body = desk.render(f"/calendar.ics?authority=gb-example{query}").body
        return [f"DTSTART;VALUE=DATE:{day:%Y%m%d}".encode() in body for day in days]

    assert shown() == [False, True, True]
    assert shown("&from=2025-01-01&to=2026-06-01") == [True, True, False]
    assert shown("&from=2027-01-01") == [False, False, True]
    entries = json.loads(desk.render("/feeds/announcements.json?authority=gb-example&from=2027-01-01").body)["items"]
    assert entries == [], "on a feed they are instants of announcements"
