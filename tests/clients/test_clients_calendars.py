"""What vdirsyncer with khal, and calcurse, make of the calendar; and every calendar of a feedhub full of odd text."""

from __future__ import annotations

import re
import sys
import urllib.request
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from client_programs import Khal, run
from clients_house import BUYER, Served, needs
from loopback import SHARED
from publish_examples import HOSTILE
from web_house import CITY, COUNTY, draft, milestone

from feedhub.model import Filter, MilestoneStatus, Precision

pytestmark = pytest.mark.clients

#: UID → (first day, title).
Events = dict[str, tuple[date, str]]
ADDRESS = f"/calendar.ics?authority={CITY}"


def fetch(served: Served, address: str) -> bytes:
    with urllib.request.urlopen(served.base + address, timeout=10) as answer:
        return bytes(answer.read())


def events(body: bytes) -> Events:
    """Our own calendar, read by a library."""
    found = {}
    for event in icalendar.Calendar.from_ical(body).walk("VEVENT"):
        start = event["DTSTART"].dt
        found[str(event["UID"])] = (start.date() if hasattr(start, "date") else start, str(event["SUMMARY"]))
    return found


class Calcurse:
    """Imports a file and lists it; it keeps no UIDs, so days and titles are compared."""

    def __init__(self, folder: Path) -> None:
        needs("calcurse")
        self.folder = folder
        folder.mkdir()

    def days(self, body: bytes) -> set[tuple[date, str]]:
        (self.folder / "dates.ics").write_bytes(body)
        run(self.folder, "calcurse", "-q", "-D", "data", "-i", "dates.ics")
        text = (self.folder / "data" / "apts").read_text(encoding="utf-8")
        rows = re.findall(r"^(\d\d)/(\d\d)/(\d{4}) .*?\] (?:>\S+ )?(.*)$", text, re.MULTILINE)
        return {(date(int(y), int(m), int(d)), title) for m, d, y, title in rows}


def fill(served: Served) -> Any:
    """Notices with dates of every precision; the one that moves."""
    dates = [
        milestone("consultation_closes", date(2027, 1, 20)),
        milestone("applies_from", date(2027, 3, 1), Precision.MONTH),
        milestone("tender_expected", date(2027, 7, 1), Precision.QUARTER, status=MilestoneStatus.EXPECTED),
        milestone("review", date(2028, 1, 1), Precision.YEAR, status=MilestoneStatus.EXPECTED),
    ]
    served.house.post(title="Büromöbel; oder, genauer: Laptops \\ Docks 😀", milestones=tuple(dates))
    return served.house.post(title="Moves", milestones=tuple(dates[:2]))


def test_khal_shows_every_date_that_we_publish_and_no_other(served: Served, tmp_path: Path) -> None:
    fill(served)
    khal = Khal(tmp_path / "client", served.base + ADDRESS)
    khal.poll()
    ours = events(fetch(served, ADDRESS))
    assert len(ours) >= 6
    assert khal.events() == sorted(ours.values())


def test_a_moved_date_moves_in_khal_and_a_withdrawn_one_says_so(served: Served, tmp_path: Path) -> None:
    moving = fill(served)
    khal = Khal(tmp_path / "client", served.base + ADDRESS)
    khal.poll()
    before = khal.events()
    served.clock.forward(hours=1)
    later = tuple(
        replace(m, when=replace(m.when, first=m.when.first + timedelta(days=9)))
        if m.kind == "consultation_closes"
        else m
        for m in draft(milestones=moving.milestones).milestones
    )
    moved = served.house.hub.revise(
        BUYER, moving.id, draft(title="Moves", milestones=later), base_revision=moving.revision
    )
    served.settle()
    khal.poll()
    after = khal.events()
    (old,), (new,) = set(before) - set(after), set(after) - set(before)
    assert new[0] - old[0] == timedelta(days=9)
    assert len(after) == len(before)
    served.clock.forward(hours=1)
    served.house.hub.withdraw(BUYER, moved.id, reason="The purchase is off.", base_revision=moved.revision)
    served.settle()
    khal.poll()
    gone = [title for _, title in khal.events() if title.endswith("Moves")]
    assert len(gone) == 2
    assert all(title.startswith("CANCELLED: ") for title in gone)
    assert khal.events() == sorted(events(fetch(served, ADDRESS)).values())


def test_calcurse_lists_the_same_days_and_titles(served: Served, tmp_path: Path) -> None:
    fill(served)
    body = fetch(served, f"{ADDRESS}&to=2027-02-28")
    ours = set(events(body).values())
    assert ours
    assert Calcurse(tmp_path / "client").days(body) >= ours


def test_reminders_are_events_of_their_own_in_khal(served: Served, tmp_path: Path) -> None:
    fill(served)
    address = f"{ADDRESS}&reminders=events"
    khal = Khal(tmp_path / "client", served.base + address)
    khal.poll()
    ours = events(fetch(served, address))
    assert len(ours) > len(events(fetch(served, ADDRESS)))
    assert khal.events() == sorted(ours.values())


def test_every_calendar_of_a_feedhub_full_of_odd_text_passes_the_linter(served: Served, tmp_path: Path) -> None:
    linter = SHARED / "tools" / "ics_lint.py"
    if not linter.is_file():
        pytest.skip("the linter of calendars is not here")
    fill(served)
    dates = tuple(
        milestone(kind, date(2027, 2, 28) + timedelta(days=17 * n), precision, subject=HOSTILE)
        for n, (kind, precision) in enumerate(
            (k, p) for k in ("tender_closes", "applies_from", "review") for p in Precision if p is not Precision.INSTANT
        )
    )
    odd = served.house.post(COUNTY, title=HOSTILE, summary=HOSTILE * 20, milestones=dates)
    ends = served.house.post(COUNTY, title="Ends " + HOSTILE, milestones=dates[:3])
    served.house.hub.withdraw(replace(BUYER, authority_id=COUNTY), ends.id, reason=HOSTILE, base_revision=ends.revision)
    served.settle()
    addresses = [
        "/calendar.ics",
        "/calendar.ics?reminders=events",
        *(f"/calendar.ics?authority={a.authority.id}" for a in served.house.hub.authorities()),
        *(f"/notices/{n.id}.ics" for n in served.house.hub.notices(Filter(), per_page=1000).notices),
        f"/notices/{odd.id}.ics",
    ]
    files = []
    for number, address in enumerate(addresses):
        files.append(tmp_path / f"{number}.ics")
        files[-1].write_bytes(fetch(served, address))
    assert len(events(files[-1].read_bytes())) == len(dates)
    run(tmp_path, sys.executable, linter, *files)
