"""Titles, dates and summaries: the words of the public log."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from publish_examples import HOSTILE, NOW, anything, milestone, notice, quarter, requirement

from feedhub.model import AnnouncementKind, MilestoneKind, MilestoneStatus, Precision, RevisionKind, Stage, Trust, When
from feedhub.publish import wording
from feedhub.publish._links import safe_url

KIND = AnnouncementKind


@pytest.mark.parametrize(
    ("when", "english", "figures"),
    [
        (When(date(2027, 3, 1)), "1 March 2027", "2027-03-01"),
        (When(date(2027, 3, 1), Precision.MONTH), "March 2027", "2027-03"),
        (quarter(2027, 3), "Q3 2027", "2027-Q3"),
        (When(date(2027, 1, 1), Precision.HALF), "first half of 2027", "2027-H1"),
        (When(date(2027, 7, 1), Precision.HALF), "second half of 2027", "2027-H2"),
        (When(date(2027, 1, 1), Precision.YEAR), "2027", "2027"),
        (When(date(2027, 12, 1), Precision.QUARTER), "December 2027 to February 2028", "2027-12/2028-02"),
        (When(date(2027, 4, 1), Precision.YEAR), "April 2027 to March 2028", "2027-04/2028-03"),
    ],
)
def test_a_date_is_said_at_its_own_precision(when: When, english: str, figures: str) -> None:
    assert wording.when(when) == english
    assert wording.when(when, lang="sv") == figures


def test_a_timed_date_is_said_in_the_authoritys_own_time() -> None:
    noon = When(date(2027, 6, 1), Precision.INSTANT, datetime(2027, 6, 1, 10, 0, tzinfo=UTC), "Europe/Stockholm")
    assert wording.when(noon) == "1 June 2027, 12:00 (Stockholm time)"


def test_an_unknown_zone_is_said_as_utc() -> None:
    odd = When(date(2027, 6, 1), Precision.INSTANT, datetime(2027, 6, 1, 10, 0, tzinfo=UTC), "Mars/../Olympus")
    assert wording.when(odd) == "1 June 2027, 10:00 (UTC time)"


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        (KIND.NEW, "New: "),
        (KIND.MOVED, "Date moved: "),
        (KIND.STRENGTHENED, "Stronger: "),
        (KIND.RELAXED, "Weaker: "),
        (KIND.VERIFIED, "Confirmed: "),
        (KIND.RETRACTED, "Correction: "),
        (KIND.WITHDRAWN, "Withdrawn: "),
        (KIND.POSTPONED, "Postponed: "),
        (KIND.SUPERSEDED, "Replaced: "),
    ],
)
def test_a_title_begins_with_the_word_of_its_kind(kind: AnnouncementKind, begins: str) -> None:
    assert wording.announcement_title(kind, notice()) == f"{begins}Hållbara villkor för datorer"


@pytest.mark.parametrize(
    ("stage", "begins"),
    [
        (Stage.PLANNED, "Now planned: "),
        (Stage.CONSULTATION, "Now in consultation: "),
        (Stage.ADOPTED, "Now adopted: "),
        (Stage.IN_FORCE, "Now in force: "),
    ],
)
def test_a_new_stage_is_named_in_the_title(stage: Stage, begins: str) -> None:
    assert wording.announcement_title(KIND.STAGE, notice(), stage=stage).startswith(begins)
    assert wording.announcement_title(KIND.STAGE, notice(stage=stage)).startswith(begins)


def test_every_announced_revision_kind_and_every_other_kind_has_a_title() -> None:
    for kind in AnnouncementKind:
        assert wording.announcement_title(kind, notice()).endswith("Hållbara villkor för datorer")
    assert {k.value for k in RevisionKind if k.announced} <= {k.value for k in AnnouncementKind}


def test_a_moved_date_names_the_new_and_the_old_one() -> None:
    moved = milestone(when=When(date(2027, 6, 1)), previous=When(date(2027, 3, 1)))
    title = wording.announcement_title(KIND.MOVED, notice(), milestone=moved)
    assert title == "Date moved: Hållbara villkor för datorer – applies from 1 June 2027 (was 1 March 2027)"


@pytest.mark.parametrize(("days", "begins"), [(30, "In 30 days: "), (1, "Tomorrow: "), (0, "Today: ")])
def test_a_reminder_says_how_far_off_the_day_is(days: int, begins: str) -> None:
    closes = milestone(kind=MilestoneKind.TENDER_CLOSES)
    title = wording.announcement_title(KIND.REMINDER, notice(), milestone=closes, days=days)
    assert title == f"{begins}Hållbara villkor för datorer – tender closes 1 March 2027"


def test_a_reminder_of_a_month_names_the_month_and_counts_no_days() -> None:
    opens = milestone(when=When(date(2027, 3, 1), Precision.MONTH))
    title = wording.announcement_title(KIND.REMINDER, notice(), milestone=opens, days=30)
    assert title.startswith("In March 2027: ")
    assert "30 days" not in title


def test_a_successor_is_named_in_the_title() -> None:
    title = wording.announcement_title(KIND.SUPERSEDED, notice(), replaced_by="Terms of 2028")
    assert title == "Replaced: Hållbara villkor för datorer – by Terms of 2028"


def test_a_detected_notice_says_so_in_words() -> None:
    found = notice(trust=Trust.DETECTED)
    assert wording.announcement_title(KIND.NEW, found) == "New: Hållbara villkor för datorer (detected, not reviewed)"
    assert wording.notice_title(found).endswith("(detected, not reviewed)")
    assert "detected" not in wording.announcement_title(KIND.NEW, notice())


@pytest.mark.parametrize("kind", list(AnnouncementKind))
def test_a_long_title_is_cut_but_keeps_its_beginning_and_its_end(kind: AnnouncementKind) -> None:
    long = notice(title="Hållbara leveranskedjor " * 500, trust=Trust.DETECTED)
    title = wording.announcement_title(kind, long, milestone=milestone(), days=30, replaced_by="y" * 400)
    assert len(title) <= 200
    assert title.endswith("(detected, not reviewed)")
    assert "…" in title


def test_a_title_of_a_digest_needs_no_notice() -> None:
    assert wording.announcement_title(KIND.DIGEST, None, subject="Exempelstad") == "Overview: Exempelstad"


def test_an_ended_notice_is_titled_as_ended() -> None:
    assert wording.notice_title(notice(stage=Stage.WITHDRAWN)).startswith("Withdrawn: ")
    assert wording.notice_title(notice(stage=Stage.SUPERSEDED)).startswith("Replaced: ")


def test_a_title_holds_no_tag_and_no_control_character() -> None:
    title = wording.announcement_title(KIND.NEW, notice(title=HOSTILE))
    assert "<" not in title
    assert not {c for c in title if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u202c\u200b"}


@settings(max_examples=150, deadline=None)
@given(text=anything)
def test_any_text_makes_a_title_that_can_be_published(text: str) -> None:
    title = wording.announcement_title(KIND.NEW, notice(title=text))
    assert 5 < len(title) <= 200
    title.encode("utf-8")


def test_a_comparison_in_a_title_is_no_tag() -> None:
    assert wording.notice_title(notice(title="Contracts < 5 M and > 1 M")) == "Contracts < 5 M and > 1 M"


def test_a_summary_says_who_asks_what_from_when_and_how_sure_that_is() -> None:
    expected = notice(milestones=(milestone(status=MilestoneStatus.EXPECTED, when=quarter(2027, 3)),))
    text = wording.summary(expected, "Exempelstads inköp", changes=["Stage: planned → adopted."], lead_days=97)
    assert text.startswith("Stage: planned → adopted. Exempelstads inköp (Sweden): ")
    assert wording.topic("supply_chain_transparency") in text
    assert "applies from Q3 2027 (expected)" in text
    assert "Lead time: 97 days." in text
    assert "verified by a curator" in text


def test_a_summary_has_no_more_than_two_thousand_characters() -> None:
    wordy = notice(summary="x y " * 5000, requirements=tuple(requirement(id=f"r{i}") for i in range(200)))
    assert len(wording.summary(wordy, "A" * 3000, changes=["c " * 3000] * 5)) <= 2000


def test_a_stale_notice_says_when_it_was_last_confirmed() -> None:
    assert "Last confirmed 24 November 2026." in wording.summary(notice(), "A", last_confirmed=NOW)


def test_instants_are_written_in_utc_with_whole_seconds() -> None:
    east = datetime(2026, 11, 24, 12, 0, 0, 999999, tzinfo=timezone(timedelta(hours=2)))
    assert wording.stamp(east) == "2026-11-24T10:00:00Z"
    with pytest.raises(ValueError, match="time zone"):
        wording.stamp(datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001 -- that is the point


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "javascript://buyer.example/%0aalert(1)",
        "java\x00script:alert(1)",
        "data:text/html,x",
        "/relative",
        "//host/path",
        "http:///path",
        "https://user:pw@buyer.example/",
        "https://buyer.example\\@evil.example/",
        "http://[::1",
        "https://host:port/",
        "ftp://buyer.example/",
        "",
    ],
)
def test_an_address_that_is_not_plain_http_is_not_published(url: str) -> None:
    assert safe_url(url) == ""


def test_an_address_is_published_in_ascii() -> None:
    assert safe_url("https://köp.example/ö sida?q=å#b") == "https://xn--kp-fka.example/%C3%B6%20sida?q=%C3%A5#b"
    assert safe_url("https://buyer.example/a%20b?x=1&y=2") == "https://buyer.example/a%20b?x=1&y=2"
