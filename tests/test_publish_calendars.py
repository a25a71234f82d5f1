"""Calendars to subscribe to, read back with icalendar and, where it is at hand, a linter that counts octets."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.parser import Contentline
from publish_examples import AUTHORITY, HOSTILE, INSTANCE, NOW, anything, milestone, notice, quarter, reader

from feedhub.model import Milestone, MilestoneKind, MilestoneStatus, Notice, Precision, Stage, Trust, When
from feedhub.publish import CalendarPage, Event, calendars

LINTER = Path(__file__).resolve().parents[2] / "shared" / "tools" / "ics_lint.py"


@dataclass(frozen=True)
class About(Event):
    """An event that brings along what it is about."""

    notice: Notice | None = None
    milestone: Milestone | None = None


def event(about=None, what=None, **changes: object) -> About:
    what = what or milestone()
    about = about or notice(milestones=(what,))
    values = {"authority": AUTHORITY, "notice": about, "milestone": what, **changes}
    return About(about.id, what.id, about.revision, **values)


def page(*events: About, **changes: object) -> CalendarPage:
    known = {}
    for e in events:
        dates = {m.id: m for m in known.get(e.notice_id, e.notice).milestones} | {e.milestone_id: e.milestone}
        known[e.notice_id] = replace(e.notice, milestones=tuple(dates.values()))
    read = reader(known)
    return replace(
        CalendarPage(INSTANCE, "feedhub: dates", "/calendar.ics?country=SE", "/calendar?country=SE", events, NOW, read),
        **changes,
    )


def bytes_of(*events: Event, **changes: object) -> bytes:
    return calendars.render(page(*events, **changes))


def parsed(*events: Event, **changes: object) -> Calendar:
    return Calendar.from_ical(bytes_of(*events, **changes))


def first(*events: Event, **changes: object):
    return parsed(*events, **changes).walk("VEVENT")[0]


def unfolded(body: bytes) -> list[str]:
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


ESCAPED = "\\^;,:abc d"


@given(st.one_of(st.text(st.sampled_from(ESCAPED), max_size=400), st.text(st.characters(codec="utf-8"), max_size=200)))
def test_lines_are_folded_where_icalendar_folds_them(text: str) -> None:
    line = text.replace("\n", "")
    assert calendars._Line(line).to_ical() == Contentline(line).to_ical()


# -- the calendar
def test_a_calendar_names_itself_and_says_how_often_to_come_back() -> None:
    lines = unfolded(bytes_of(title="Dates; Sweden, all"))
    for wanted in (
        "VERSION:2.0",
        "PRODID:-//feedhub//feedhub//EN",
        "NAME:Dates\\; Sweden\\, all",
        "X-WR-CALNAME:Dates\\; Sweden\\, all",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "SOURCE;VALUE=URI:https://feeds.example/calendar.ics?country=SE",
        "URL:https://feeds.example/calendar?country=SE",
        "LAST-MODIFIED:20261124T100000Z",
        "COLOR:darkslateblue",
    ):
        assert wanted in lines
    assert not [line for line in lines if line.startswith("METHOD")]


def test_a_calendar_has_one_uid_for_ever_and_another_for_each_filter() -> None:
    def uid(path: str) -> str:
        return str(parsed(path=path)["UID"])

    assert uid("/calendar.ics") == uid("/calendar.ics")
    assert uid("/calendar.ics") != uid("/calendar.ics?country=SE")


def test_the_uid_of_the_calendar_is_not_taken_for_that_of_its_first_event() -> None:
    names = [line.partition(b":")[0] for line in bytes_of(event()).split(b"\r\n")]
    assert names.index(b"uid") < names.index(b"BEGIN", 1) < names.index(b"UID")


def test_lines_end_in_crlf_and_have_at_most_75_octets_of_whole_characters() -> None:
    body = bytes_of(event(notice(title="Ö😀" * 90, summary="ß😀" * 400)))
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", body)
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")


def test_a_second_rendering_has_the_same_bytes_with_and_without_what_was_kept() -> None:
    events = [event(what=milestone(id=f"m{i}")) for i in range(5)]
    kept: dict[tuple[object, ...], bytes] = {}
    once = bytes_of(*events)
    assert bytes_of(*events) == once
    assert [calendars.render(page(*events), kept=kept) for _ in range(2)] == [once, once]


def test_a_changed_notice_is_never_served_from_what_was_kept() -> None:
    kept: dict[tuple[object, ...], bytes] = {}
    calendars.render(page(event(notice(title="Old title"))), kept=kept)
    revised = notice(title="New title", revision=2)
    renamed = replace(event(), authority=replace(AUTHORITY, name="A new name"))
    for changed in (page(event(revised)), page(renamed), page(event(), alarms=(7,))):
        assert calendars.render(changed, kept=kept) == calendars.render(changed)


# -- an event
def test_an_event_has_a_uid_of_notice_and_milestone_alone() -> None:
    one = first(event())
    moved = first(event(notice(title="Another title", url="https://other.example/"), milestone(when=quarter(2028, 1))))
    assert str(one["UID"]) == str(moved["UID"]) == "n-1.m1@feeds.example"


def test_an_event_is_stamped_by_its_revision_and_counts_its_changes() -> None:
    changed = NOW + timedelta(days=3, microseconds=77)
    made = first(event(what=milestone(sequence=2, changed=changed)))
    assert made["DTSTAMP"].dt == made["LAST-MODIFIED"].dt == datetime(2026, 11, 27, 10, 0, 0, tzinfo=UTC)
    assert made["SEQUENCE"] == 2
    assert first(event())["DTSTAMP"].dt == NOW


def test_a_later_revision_of_the_notice_stamps_its_events() -> None:
    later = notice(updated=NOW + timedelta(days=9))
    assert first(event(later, milestone(changed=NOW)))["LAST-MODIFIED"].dt == NOW + timedelta(days=9)


@pytest.mark.parametrize(
    ("when", "starts", "ends"),
    [
        (When(date(2027, 3, 1)), date(2027, 3, 1), date(2027, 3, 2)),
        (When(date(2027, 12, 31)), date(2027, 12, 31), date(2028, 1, 1)),
        (When(date(2027, 2, 1), Precision.MONTH), date(2027, 2, 1), date(2027, 3, 1)),
        (quarter(2027, 4), date(2027, 10, 1), date(2028, 1, 1)),
        (When(date(2027, 1, 1), Precision.HALF), date(2027, 1, 1), date(2027, 7, 1)),
        (When(date(2027, 1, 1), Precision.YEAR), date(2027, 1, 1), date(2028, 1, 1)),
    ],
)
def test_a_day_or_a_span_is_one_event_of_whole_days_with_the_day_after_as_end(
    when: When, starts: date, ends: date
) -> None:
    body = bytes_of(event(what=milestone(when=when)))
    (made,) = Calendar.from_ical(body).walk("VEVENT")
    assert (made["DTSTART"].dt, made["DTEND"].dt) == (starts, ends)
    assert f"DTSTART;VALUE=DATE:{starts:%Y%m%d}" in unfolded(body)
    assert f"DTEND;VALUE=DATE:{ends:%Y%m%d}" in unfolded(body)


def test_a_span_says_in_words_that_the_day_is_not_known() -> None:
    made = first(event(what=milestone(when=quarter(2027, 3))))
    assert str(made["SUMMARY"]).startswith("Applies from Q3 2027: ")
    assert "The day is not known" in str(made["DESCRIPTION"])
    assert "1 July" not in str(made["DESCRIPTION"])


def test_a_timed_event_is_in_utc_and_says_the_local_time() -> None:
    noon = When(date(2027, 6, 1), Precision.INSTANT, datetime(2027, 6, 1, 10, 0, tzinfo=UTC), "Europe/Stockholm")
    body = bytes_of(event(what=milestone(kind=MilestoneKind.MARKET_EVENT, when=noon)))
    assert "DTSTART:20270601T100000Z" in unfolded(body)
    made = Calendar.from_ical(body).walk("VEVENT")[0]
    assert "DTEND" not in made
    assert "1 June 2027, 12:00 (Stockholm time)" in str(made["DESCRIPTION"])


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (MilestoneStatus.EXPECTED, "TENTATIVE"),
        (MilestoneStatus.CONFIRMED, "CONFIRMED"),
        (MilestoneStatus.MOVED, "CONFIRMED"),
        (MilestoneStatus.CANCELLED, "CANCELLED"),
        (MilestoneStatus.SUPERSEDED, "CANCELLED"),
    ],
)
def test_a_status_says_how_firm_the_date_is(status: MilestoneStatus, shown: str) -> None:
    made = first(event(what=milestone(status=status)))
    assert str(made["STATUS"]) == shown
    assert str(made["SUMMARY"]).startswith("CANCELLED: ") is (shown == "CANCELLED")
    assert ("(expected)" in str(made["SUMMARY"])) is (shown == "TENTATIVE")


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.SUPERSEDED])
def test_the_end_of_a_notice_cancels_all_its_events(stage: Stage) -> None:
    dates = (milestone(), milestone(id="m2", kind=MilestoneKind.REVIEW))
    ended = notice(stage=stage, milestones=dates)
    made = parsed(*(event(ended, m) for m in dates)).walk("VEVENT")
    assert [str(e["STATUS"]) for e in made] == ["CANCELLED", "CANCELLED"]
    assert all(str(e["SUMMARY"]).startswith("CANCELLED: ") for e in made)


def test_an_event_links_its_notice_names_its_topics_and_blocks_nobodys_time() -> None:
    made = first(event())
    assert str(made["URL"]) == "https://feeds.example/notices/n-1"
    assert str(made["TRANSP"]) == "TRANSPARENT"
    assert "Supply chain transparency and factory disclosure" in [str(c) for c in made["CATEGORIES"].cats]
    assert str(made["COLOR"]) == "darkgreen"
    text = str(made["DESCRIPTION"])
    for wanted in (
        "Exempelstads inköp (Sweden)",
        "Applies from: 1 March 2027 (confirmed; verified by a curator).",
        "Required: Supply chain transparency",
        "Notice: https://feeds.example/notices/n-1",
        "Original: https://buyer.example/dates",
    ):
        assert wanted in text


def test_a_moved_event_says_where_it_stood_before() -> None:
    made = first(event(what=milestone(when=quarter(2027, 3), previous=When(date(2027, 3, 1)))))
    assert "Before: 1 March 2027." in str(made["DESCRIPTION"])


def test_a_detected_date_says_so_in_its_title_even_when_the_title_is_long() -> None:
    made = first(event(notice(title="Hållbara villkor " * 600, trust=Trust.DETECTED)))
    assert len(str(made["SUMMARY"])) <= 200
    assert str(made["SUMMARY"]).endswith("(detected, not reviewed)")


def test_a_reminder_is_an_event_of_its_own_so_many_days_ahead() -> None:
    both = parsed(event(), event(reminder_days=30)).walk("VEVENT")
    assert [str(e["UID"]) for e in both] == ["n-1.m1@feeds.example", "n-1.m1-r30@feeds.example"]
    assert both[1]["DTSTART"].dt == date(2027, 1, 30)
    assert str(both[1]["SUMMARY"]) == "30 days to applies from: Hållbara villkor för datorer"


def test_a_yearly_date_is_one_event_a_year() -> None:
    yearly = milestone(recurs="--06-30", when=When(date(2027, 6, 30)))
    turns = [event(what=yearly, occurrence=date(year, 6, 30)) for year in (2027, 2028)]
    made = parsed(*turns, event(what=yearly, occurrence=date(2028, 6, 30), reminder_days=7)).walk("VEVENT")
    assert [str(e["UID"]) for e in made] == [
        "n-1.m1-2027@feeds.example",
        "n-1.m1-2028@feeds.example",
        "n-1.m1-2028-r7@feeds.example",
    ]
    assert [e["DTSTART"].dt for e in made] == [date(2027, 6, 30), date(2028, 6, 30), date(2028, 6, 23)]
    assert all("RRULE" not in e for e in made)


def test_alarms_are_offered_on_living_dates_only_when_asked_for() -> None:
    living, gone = event(), event(what=milestone(id="m2", status=MilestoneStatus.CANCELLED))
    assert parsed(living).walk("VALARM") == []
    alarms = parsed(living, gone, event(reminder_days=30), alarms=(30,)).walk("VALARM")
    assert [a["TRIGGER"].dt for a in alarms] == [timedelta(days=-30)]


# -- robustness
def test_an_event_that_stands_twice_is_listed_once_and_reported() -> None:
    told: list[str] = []
    body = calendars.render(page(event(), event()), told.append)
    assert body.count(b"BEGIN:VEVENT") == 1
    assert "n-1.m1@feeds.example" in told[0]


def test_an_event_that_cannot_be_rendered_is_left_out_and_reported() -> None:
    naive = event(what=milestone(id="m2", changed=datetime(2026, 11, 24)))  # noqa: DTZ001 -- that is the fault
    told: list[str] = []
    body = calendars.render(page(event(), naive), told.append)
    assert body.count(b"BEGIN:VEVENT") == 1
    assert body.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert "n-1.m2@feeds.example was left out" in told[0]


def test_a_reminder_before_all_time_is_left_out() -> None:
    early = event(what=milestone(when=When(date(1, 1, 5))), reminder_days=30)
    told: list[str] = []
    assert b"BEGIN:VEVENT" not in calendars.render(page(early), told.append)
    assert len(told) == 1


def test_the_last_year_of_all_time_is_rendered() -> None:
    assert first(event(what=milestone(when=When(date(9999, 1, 1), Precision.YEAR))))["DTSTART"].dt == date(9999, 1, 1)


def test_a_backslash_before_n_is_no_line_break() -> None:
    lines = unfolded(bytes_of(event(notice(title="path C:\\New\\name"))))
    (line,) = [x for x in lines if x.startswith("SUMMARY:")]
    assert line == "SUMMARY:Applies from: path C:\\\\New\\\\name"


def test_text_can_neither_end_its_line_nor_its_event() -> None:
    bad = notice(title=HOSTILE, summary=HOSTILE)
    bad_date = milestone(subject=HOSTILE, note=HOSTILE)
    lines = unfolded(bytes_of(event(bad, bad_date), title=HOSTILE, description=HOSTILE))
    assert lines.count("BEGIN:VEVENT") == 1
    assert not [line for line in lines if line.startswith("ATTACH")]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202e\u200b]", "".join(lines))


@settings(max_examples=50, deadline=None)
@given(title=anything, text=anything)
def test_whatever_an_authority_writes_the_calendar_stays_readable(title: str, text: str) -> None:
    what = milestone(subject=title, note=text, when=quarter(2027, 1))
    body = bytes_of(event(notice(title=title, summary=text, milestones=(what,)), what), title=title, description=text)
    assert len(Calendar.from_ical(body).walk("VEVENT")) == 1
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))


@pytest.mark.skipif(not LINTER.exists(), reason="the linter that counts octets is not beside this checkout")
def test_a_linter_finds_nothing_in_a_calendar_of_hostile_texts(tmp_path: Path) -> None:
    texts = [
        HOSTILE,
        "שלום עולם " * 300,
        "😀" * 2500,
        "a\r\nb\rc\nd",
        "<b onclick=x>y</b>;,\\n\\N\\;",
        "Ü" * 10_000,
        "\\" * 99,
    ]
    events = [
        event(
            notice(id=f"n-{i}{j}", title=text, summary=text, stage=stage),
            milestone(when=when, subject=text, note=text, status=list(MilestoneStatus)[i % 5]),
            reminder_days=30 if j == 2 else None,
        )
        for i, text in enumerate(texts)
        for j, (when, stage) in enumerate(
            [
                (quarter(2027, 2), Stage.ADOPTED),
                (When(date(2027, 3, 1)), Stage.WITHDRAWN),
                (When(date(2028, 2, 29)), Stage.PLANNED),
            ]
        )
    ]
    file = tmp_path / "calendar.ics"
    file.write_bytes(bytes_of(*events, title=HOSTILE * 30, description=HOSTILE * 30, alarms=(30, 7)))
    run = subprocess.run([sys.executable, str(LINTER), str(file)], capture_output=True, text=True, check=False)
    assert "errors 0 warnings 0" in run.stdout, run.stdout
    assert run.returncode == 0


def test_events_that_did_not_change_are_not_serialised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[object, ...], bytes] = {}
    body = calendars.render(page(*(event(notice(id=f"n-{i}")) for i in range(300))), kept=kept)
    monkeypatch.setattr(calendars, "_event", lambda *_: pytest.fail("made again"))
    assert calendars.render(page(*(event(notice(id=f"n-{i}")) for i in range(300))), kept=kept) == body
