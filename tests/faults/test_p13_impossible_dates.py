"""P13: an impossible, year-1, far-future or skipped date becomes none, with a flag, and none is made up in its place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil import parser
from loopback import Clock, Site, declare, page
from watching import ABOUT, check

from feedhub import detect
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import Block, Document, Precision, SourceKind
from feedhub.readers import Options, read

DUTY = "From {when} suppliers must disclose the factories of all laptops."
WRONG = ("31 February 2027", "29 February 2027", "2027-13-01", "1 March 0001", "1 March 9999", "2027-02-30")


def test_careless_parsers_invent_dates() -> None:
    assert parser.parse("March 2027", default=datetime(2026, 11, 24, tzinfo=UTC)).day == 24
    assert date.fromisoformat("0001-01-01").year == 1
    skipped = datetime(2026, 3, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert skipped.astimezone(UTC).astimezone(skipped.tzinfo) != skipped, "that night 02:30 never was"


@pytest.mark.parametrize("when", WRONG)
def test_in_text_it_has_no_value_and_says_why(when: str) -> None:
    document = Document("Policy", (Block(DUTY.format(when=when)),), "en")
    found = [d for f in detect.examine(document) for d in f.signal.dates]
    assert found
    assert all(d.iso is None and d.precision is None and d.why for d in found)


@pytest.mark.parametrize("when", WRONG)
def test_a_watched_page_with_such_a_date_gives_the_duty_without_a_date(
    when: str, hub: Hub, site: Site, clock: Clock, sources
) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = page(ABOUT, DUTY.format(when=when))
    check(hub, clock)
    (notice,) = hub.authority("gb-example").notices
    assert notice.requirements
    assert notice.milestones == ()
    assert when in notice.requirements[0].quote, "the reader sees what the page says"


def event(start: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Market day\r\n{start}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()


@pytest.mark.parametrize("start", ["DTSTART:20270231T090000Z", "DTSTART:00010101T000000Z", "DTSTART:99991231T000000Z"])
def test_in_a_calendar_it_is_left_out_and_named(start: str) -> None:
    reading = read(event(start), SourceKind.ICS, Options())
    assert reading.drafts[0].milestones == ()
    assert reading.warnings


def test_an_hour_that_the_clock_skips_keeps_its_day_only() -> None:
    reading = read(event("DTSTART;TZID=Europe/Berlin:20270328T023000"), SourceKind.ICS, Options())
    (milestone,) = reading.drafts[0].milestones
    assert (milestone.when.first, milestone.when.precision, milestone.when.instant) == (
        *(date(2027, 3, 28), Precision.DAY),
        None,
    )
