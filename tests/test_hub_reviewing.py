"""What waits for a curator: in which order it stands, and how it is published with corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from loopback import Site, declare
from loopback import page as a_page

from feedhub.errors import InvalidInput
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.hub.reviewing import Correction
from feedhub.hub.shapes import Actor
from feedhub.model import (
    AuthorityRef,
    Clause,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    Precision,
    Requirement,
    Trust,
    When,
)
from feedhub.store import desk, to_json

CURATOR = Actor(3, "curator")
QUOTE = "Suppliers of laptops must name their factories by 1 September 2027."
ASKED = Requirement(
    "child_labour", Clause.POLICY, QUOTE, QUOTE, provenance=Evidence(quote=QUOTE, judged_by=("+must:must",))
)


def due(*first: date, precision: Precision = Precision.DAY) -> tuple[Milestone, ...]:
    return tuple(Milestone(MilestoneKind.APPLIES_FROM, When(day, precision)) for day in first)


Wait = Callable[..., int]


@pytest.fixture
def wait(each_hub: Hub, sources) -> Wait:
    """Queues a draft with a title and dates; its id."""
    declare(sources, "http://127.0.0.1:9/policy")
    load_catalogue(each_hub)

    def put(title: str, milestones: tuple[Milestone, ...] = (), minutes: int = 0) -> int:
        found = Draft(title, AuthorityRef("", "", "gb-example"), requirements=(ASKED,), milestones=milestones)
        with each_hub.store.writing() as tx:
            desk.put_waiting(tx, "review", each_hub.now() + timedelta(minutes=minutes), state=to_json(found))
        return max(i.id for i in each_hub.review_queue(per_page=99))

    return put


def titles(hub: Hub, **page: int) -> list[str]:
    return [i.title for i in hub.review_queue(**page)]


def test_what_comes_due_first_is_judged_first(each_hub: Hub, wait: Wait) -> None:
    wait("old and without a date")
    wait("in 2028", due(date(2028, 1, 1)), 1)
    wait("past alone", due(date(2026, 1, 1)), 2)
    wait("next month, beside a later one", due(date(2029, 1, 1), date(2026, 12, 20)), 3)
    wait("this quarter", due(date(2026, 10, 1), precision=Precision.QUARTER), 4)
    expected = ["this quarter", "next month, beside a later one", "in 2028", "old and without a date", "past alone"]
    assert titles(each_hub) == expected
    assert titles(each_hub, page=2, per_page=2) == expected[2:4]


def test_a_draft_is_published_as_a_curator_corrects_it(each_hub: Hub, wait: Wait) -> None:
    item = wait("Responsible buying", due(date(2027, 9, 1), date(2031, 1, 1)))
    said = Correction(
        "Factories of laptops",
        (("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE),),
        ((MilestoneKind.COMPLIANCE_DUE, When(date(2027, 9, 1), Precision.MONTH)), None),
    )
    notice = each_hub.resolve(CURATOR, item, accept=True, correction=said)
    assert notice is not None
    (asked,), (day,) = notice.requirements, notice.milestones
    assert (notice.title, notice.trust) == ("Factories of laptops", Trust.VERIFIED)
    assert (asked.topic, asked.clause) == ("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE)
    assert (asked.quote, asked.provenance.quote) == (QUOTE, QUOTE)
    assert asked.provenance.judged_by == ("curator",)
    assert (day.kind, day.when.precision) == (MilestoneKind.COMPLIANCE_DUE, Precision.MONTH)
    assert each_hub.review_queue() == []


def test_what_a_curator_leaves_alone_keeps_what_the_machine_went_by(each_hub: Hub, wait: Wait) -> None:
    item = wait("Responsible buying", due(date(2027, 9, 1)))
    (day,) = due(date(2027, 9, 1))
    said = Correction("Responsible buying", ((ASKED.topic, ASKED.clause),), ((day.kind, day.when),))
    notice = each_hub.resolve(CURATOR, item, accept=True, correction=said)
    assert notice is not None
    assert [r.provenance.judged_by for r in notice.requirements] == [("+must:must",)]


def test_a_draft_of_which_nothing_is_left_is_to_be_rejected(each_hub: Hub, wait: Wait) -> None:
    item = wait("Responsible buying", due(date(2027, 9, 1)))
    nothing = Correction("Responsible buying", (None,), (None,))
    with pytest.raises(InvalidInput, match="reject"):
        each_hub.resolve(CURATOR, item, accept=True, correction=nothing)
    with pytest.raises(InvalidInput):
        each_hub.resolve(CURATOR, item, accept=True, correction=replace(nothing, requirements=()))
    assert [i.id for i in each_hub.review_queue()] == [item]


def test_a_correction_stays_when_the_page_changes_elsewhere(sources, site: Site, open_hub: Callable[..., Hub], clock):
    """The fault: the next reading moved the date back, took the title back and added the topic a second time."""
    duty = "From 1 September 2027 all suppliers of laptops must disclose the names and addresses of their factories."
    site.pages["/policy"] = a_page(duty)
    source = declare(sources, f"{site.url}/policy")
    file = sources / "gb" / "example.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"detected"', '"review"'), encoding="utf-8")
    hub = open_hub()
    list(hub.check([source], due_only=False))
    (item,) = hub.review_queue()
    assert item.notice is not None
    (day,) = item.notice.milestones
    later = When(date(2027, 9, 2), zone=day.when.zone)
    said = Correction("Factories", (("living_wage", Clause.AWARD_CRITERION),), ((day.kind, later),))
    accepted = hub.resolve(CURATOR, item.id, accept=True, correction=said)
    assert accepted is not None
    clock.forward(days=2)
    site.pages["/policy"] = a_page(duty + " We also care for the forests of our region.")
    list(hub.check([source], due_only=False))
    after = hub.notice(accepted.id).notice
    assert (after.title, after.trust) == ("Factories", Trust.VERIFIED)
    assert [(r.topic, r.clause) for r in after.living_requirements] == [("living_wage", Clause.AWARD_CRITERION)]
    assert [m.when for m in after.living_milestones] == [later]
    assert hub.review_queue() == []
