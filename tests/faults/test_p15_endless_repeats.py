"""P15: a repeat of a thousand million times is looked at 500 times at most, in a moment, and that is flagged."""

import time
from datetime import UTC, datetime
from itertools import islice

import pytest
from dateutil.rrule import rrulestr

from feedhub.model import SourceKind
from feedhub.readers import Options, read

RULES = ("FREQ=SECONDLY;COUNT=999999999", "FREQ=HOURLY;COUNT=999999999", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31")


def event(rule: str) -> bytes:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Market day\r\n"
        f"DTSTART:20200301T090000Z\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def test_the_rule_really_goes_on() -> None:
    turns = rrulestr(RULES[0], dtstart=datetime(2020, 3, 1, 9, tzinfo=UTC))
    assert len(list(islice(turns, 100_000))) == 100_000


@pytest.mark.parametrize("rule", RULES)
def test_it_ends_in_a_moment_with_few_dates(rule: str) -> None:
    began = time.process_time()
    (draft,) = read(event(rule), SourceKind.ICS, Options()).drafts
    assert len(draft.milestones) <= 2
    assert time.process_time() - began < 2


@pytest.mark.parametrize("rule", RULES[:2])
def test_the_cut_is_flagged(rule: str) -> None:
    assert any("500" in w for w in read(event(rule), SourceKind.ICS, Options()).warnings)
