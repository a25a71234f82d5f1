"""Calendars become drafts: one for each event, repeats capped, impossible dates flagged."""

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feedhub.errors import ReadError
from feedhub.model import Draft, MilestoneKind, MilestoneStatus, Precision, Stage
from feedhub.readers import Options, Reading, ics

EVENTS = (Path(__file__).parent / "notices" / "events.ics").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def calendar(*lines: str) -> bytes:
    event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260110T080000Z", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *event, "END:VCALENDAR", ""]).encode()


def read(*lines: str) -> Reading:
    return ics.read(calendar(*lines), Options())


@pytest.fixture(scope="module")
def drafts() -> dict[str, Draft]:
    return {d.source_ref.partition("@")[0]: d for d in ics.read(EVENTS, Options(country="IE")).drafts}


def test_a_timed_event_is_an_instant_in_its_zone(drafts: dict[str, Draft]) -> None:
    (day,) = drafts["supplier-day"].milestones
    assert day.kind is MilestoneKind.MARKET_EVENT
    assert day.when.instant == datetime(2026, 6, 16, 9, tzinfo=UTC)
    assert day.when.zone == "Europe/Dublin"
    assert day.note == "Pier 4"


def test_the_calendars_name_stands_for_the_authority(drafts: dict[str, Draft]) -> None:
    authority = drafts["supplier-day"].authority
    assert (authority.name, authority.country) == ("Harbour Authority purchasing", "IE")
    assert drafts["supplier-day"].url == "https://harbour.example/supplier-day"


def test_an_all_day_consultation_closes_on_its_day(drafts: dict[str, Draft]) -> None:
    (closes,) = drafts["consultation"].milestones
    assert (closes.kind, closes.when.iso) == (MilestoneKind.CONSULTATION_CLOSES, "2026-07-03")
    assert closes.when.precision is Precision.DAY


def test_a_yearly_day_is_a_rule_with_its_next_turn(drafts: dict[str, Draft]) -> None:
    assert [(m.when.iso, m.recurs) for m in drafts["report"].milestones] == [("2026-06-30", "--06-30")]


def test_only_the_next_two_turns_are_kept_without_excepted_ones_and_with_moved_ones(drafts: dict[str, Draft]) -> None:
    assert [m.when.iso for m in drafts["clinic"].milestones] == ["2026-01-20", "2026-01-26"]


def test_a_cancelled_event_is_withdrawn(drafts: dict[str, Draft]) -> None:
    gone = drafts["cancelled"]
    assert gone.stage is Stage.WITHDRAWN
    assert [m.status for m in gone.milestones] == [MilestoneStatus.CANCELLED]


def test_events_and_documents_are_aligned_by_reference() -> None:
    reading = ics.read(EVENTS, Options())
    assert [d.source_ref for d in reading.drafts] == [d.ref for d in reading.documents]
    assert "Bring questions." in [b.text for b in reading.documents[0].blocks]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;COUNT=999999999",
        "FREQ=DAILY;COUNT=999999999",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=SECONDLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=NONSENSE",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;UNTIL=rubbish",
    ],
)
def test_no_repetition_runs_away(rule: str) -> None:
    started = time.monotonic()
    (draft,) = read("SUMMARY:x", "DTSTART:20260301T090000Z", f"RRULE:{rule}").drafts
    assert len(draft.milestones) <= 2
    assert time.monotonic() - started < 2


def test_a_huge_count_says_that_it_was_cut() -> None:
    assert any(
        "500" in w for w in read("SUMMARY:x", "DTSTART:20200301T090000Z", "RRULE:FREQ=HOURLY;COUNT=999999999").warnings
    )


@pytest.mark.parametrize("start", ["20261399", "00010101T000000", "99991231T000000", "2026-01-01"])
def test_an_impossible_start_is_left_out_and_named(start: str) -> None:
    reading = read("SUMMARY:Odd", f"DTSTART:{start}")
    assert reading.drafts[0].milestones == ()
    assert reading.warnings


def test_a_start_the_clock_change_skips_keeps_the_day_only() -> None:
    (milestone,) = read("SUMMARY:x", "DTSTART;TZID=Europe/Berlin:20260329T023000").drafts[0].milestones
    assert (milestone.when.first, milestone.when.instant) == (date(2026, 3, 29), None)


def test_the_higher_sequence_of_one_uid_wins_and_a_tie_is_flagged() -> None:
    one = ["SUMMARY:Old", "DTSTART;VALUE=DATE:20260901", "SEQUENCE:1", "END:VEVENT", "BEGIN:VEVENT", "UID:1"]
    newer = ics.read(calendar(*one, "SUMMARY:New", "DTSTART;VALUE=DATE:20260902", "SEQUENCE:2"), Options())
    assert [d.title for d in newer.drafts] == ["New"]
    tie = ics.read(calendar(*one, "SUMMARY:New", "DTSTART;VALUE=DATE:20260902", "SEQUENCE:1"), Options())
    assert any("share the UID" in w for w in tie.warnings)


def test_an_event_without_uid_keeps_one_reference_at_every_reading() -> None:
    body = calendar("SUMMARY:Market day", "DTSTART;VALUE=DATE:20260901").replace(b"UID:1\r\n", b"")
    assert [d.source_ref for d in ics.read(body, Options()).drafts] == ["2026-09-01 Market day"]


def test_a_broken_exception_or_rule_spoils_nothing_else() -> None:
    reading = read("SUMMARY:x", "DTSTART:20260301T090000Z", "RRULE:COUNT=2", "EXDATE:2026011CT093000")
    assert [m.when.iso for m in reading.drafts[0].milestones] == ["2026-03-01"]


def test_a_deadline_for_tenders_is_one() -> None:
    (milestone,) = read("SUMMARY:Tender deadline for laptops", "DTSTART;VALUE=DATE:20260901").drafts[0].milestones
    assert milestone.kind is MilestoneKind.TENDER_CLOSES


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "unparseable"),
        (b"\x00\x01", "unparseable"),
        (b"hello", "unparseable"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n", "truncated"),
        (b"BEGIN:VCALENDAR\r\nno line\r\nEND:VCALENDAR\r\n", "unparseable"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "unparseable"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "empty"),
    ],
)
def test_a_broken_calendar_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        ics.read(body, Options())
    assert refused.value.reason == reason
