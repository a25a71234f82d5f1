"""Notices, announcements and pages that the tests of `publish` share; hostile text among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from feedhub.model import (
    Announcement,
    AnnouncementKind,
    Authority,
    Clause,
    Evidence,
    Instance,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    NoticeRef,
    Precision,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.publish import FeedPage, StatePage, wording

INSTANCE = Instance("feeds.example", "2026-11-24", "https://feeds.example", name="feedhub")
NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
AUTHORITY = Authority("se-example", "Exempelstads inköp", "SE", languages=("sv",), zone="Europe/Stockholm")

#: Everything that has ever broken a feed or a calendar, in one text.
HOSTILE = (
    "Tender\x00 \x0b<script>alert(1)</script> ]]> &amp; &lt;b&gt; \u202egnirts\u202c \u200b\ud800 "
    "a;b,c\\N d\\n e\\ \r\nBEGIN:VEVENT\r\nATTACH:x 😀👩‍👩‍👧 שלום “quoted” 'single' \"double\" \ufffe\uffff\x85\u2028"
)

#: Any text at all, lone surrogates and controls too.
anything = st.text(st.characters(), max_size=60)


def requirement(**changes: object) -> Requirement:
    made = Requirement(
        topic="supply_chain_transparency",
        clause=Clause.CONTRACT_PERFORMANCE_CLAUSE,
        text="Name every final assembly site within 30 days of signature.",
        quote="Leverantören ska redovisa samtliga fabriker.",
        trigger="within_30_days",
        evidence=("ew_factory_disclosure_form",),
        trust=Trust.VERIFIED,
        provenance=Evidence(url="https://buyer.example/terms", quote="Leverantören ska redovisa samtliga fabriker."),
        id="r1",
    )
    return replace(made, **changes)


def milestone(**changes: object) -> Milestone:
    made = Milestone(
        kind=MilestoneKind.APPLIES_FROM,
        when=When(date(2027, 3, 1), zone="Europe/Stockholm"),
        status=MilestoneStatus.CONFIRMED,
        trust=Trust.VERIFIED,
        provenance=Evidence(url="https://buyer.example/dates", seen=date(2026, 11, 20)),
        id="m1",
    )
    return replace(made, **changes)


def notice(**changes: object) -> Notice:
    made = Notice(
        id="n-1",
        authority_id=AUTHORITY.id,
        title="Hållbara villkor för datorer",
        first_recorded=NOW,
        updated=NOW,
        country="SE",
        summary="New joint terms for laptops and monitors.",
        stage=Stage.ADOPTED,
        url="https://buyer.example/villkor",
        language="sv",
        products=("laptops",),
        milestones=(milestone(),),
        requirements=(requirement(),),
        trust=Trust.VERIFIED,
    )
    return replace(made, **changes)


def announcement(seq: int = 1, **changes: object) -> Announcement:
    about = changes.pop("notice", notice())
    kind = changes.pop("kind", AnnouncementKind.NEW)
    made = Announcement(
        seq=seq,
        instant=NOW + timedelta(seconds=seq),
        kind=kind,
        title=wording.announcement_title(kind, about, subject="A source"),
        notice_id=about.id if about else "",
        revision=1,
        authority_id=AUTHORITY.id,
        authority_name=AUTHORITY.name,
        notice=about,
        lead_days=97,
    )
    return replace(made, **changes)


def reader(known: dict) -> Callable[[Sequence], dict]:
    """Gives what is known of the keys it is asked for, as the store does."""
    return lambda keys: {key: known[key] for key in keys if key in known}


def ref(about: Notice) -> NoticeRef:
    return NoticeRef(**{f.name: getattr(about, f.name) for f in fields(NoticeRef)})


def feed_page(*announcements: Announcement, **changes: object) -> FeedPage:
    values: dict[str, object] = {
        "instance": INSTANCE,
        "title": "feedhub: everything announced",
        "subtitle": "What public buyers are going to require.",
        "path": "/feeds/announcements.atom?country=SE&topic=living_wage",
        "html_path": "/notices?country=SE&topic=living_wage",
        "updated": announcements[0].instant if announcements else NOW,
        "hub_url": "https://feeds.example/websub",
        "seqs": tuple(a.seq for a in announcements),
        "read": reader({a.seq: a for a in announcements}),
        "alternates": {"rss": "/feeds/announcements.rss", "json": "/feeds/announcements.json"},
    }
    return FeedPage(**{**values, **changes})


def state_page(*notices: Notice, **changes: object) -> StatePage:
    values: dict[str, object] = {
        "instance": INSTANCE,
        "title": "feedhub: all notices",
        "path": "/feeds/notices.atom",
        "html_path": "/notices",
        "updated": NOW,
        "notices": tuple(ref(n) for n in notices),
        "read": reader({n.id: n for n in notices}),
        "authorities": {AUTHORITY.id: AUTHORITY},
        "complete": True,
    }
    return StatePage(**{**values, **changes})


def quarter(year: int, number: int) -> When:
    return When(date(year, number * 3 - 2, 1), Precision.QUARTER)
