"""The English sentences that name each change in a revision. Says, never decides."""

from __future__ import annotations

from feedhub.model import Milestone, Requirement, Stage, When

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_KINDS = {
    "consultation_opens": "consultation opens",
    "consultation_closes": "consultation closes",
    "market_event": "market event",
    "tender_expected": "tender expected",
    "tender_closes": "tender closes",
    "adopted": "adopted",
    "published": "published",
    "applies_from": "applies from",
    "compliance_due": "compliance step due",
    "contract_starts": "contract starts",
    "contract_ends": "contract ends",
    "review": "review",
}


def when(value: When) -> str:
    """A date as a reader expects it: never a span as its first day."""
    first = value.first
    match value.precision.value:
        case "month":
            return f"{_MONTHS[first.month - 1]} {first.year}"
        case "quarter":
            return f"Q{(first.month + 2) // 3} {first.year}"
        case "half":
            return f"{'first' if first.month <= 6 else 'second'} half of {first.year}"
        case "year":
            return str(first.year)
    return f"{first.day} {_MONTHS[first.month - 1]} {first.year}"


def named(milestone: Milestone) -> str:
    """The milestone's kind and subject in words."""
    kind = _KINDS[milestone.kind.value]
    return f"{kind} ({milestone.subject})" if milestone.subject else kind


def moved(milestone: Milestone, old: When, new: When) -> str:
    """Name a moved date with the old and the new one."""
    return f"Date moved: {named(milestone)}: {when(old)} → {when(new)}."


def added_date(milestone: Milestone) -> str:
    """Name a date that was not known before."""
    return f"Date added: {named(milestone)} {when(milestone.when)}."


def confirmed_date(milestone: Milestone) -> str:
    """Name a date that became more exact or certain without changing its meaning."""
    return f"Date confirmed: {named(milestone)} {when(milestone.when)}."


def dropped_date(milestone: Milestone) -> str:
    """Name a date that the authority no longer gives."""
    return f"Date no longer given: {named(milestone)} {when(milestone.when)}."


def other_date(milestone: Milestone, other: When) -> str:
    """Name a second source's differing date."""
    return f"Another source gives a different date: {named(milestone)} {when(other)} beside {when(milestone.when)}."


def _topic(requirement: Requirement) -> str:
    return requirement.topic.replace("_", " ")


def _clause(requirement: Requirement) -> str:
    return requirement.clause.value.replace("_", " ")


def added(requirement: Requirement) -> str:
    """Name a requirement that was not there before."""
    return f"Requirement added: {_topic(requirement)} ({_clause(requirement)})."


def dropped(requirement: Requirement) -> str:
    """Name a requirement that is gone."""
    return f"Requirement dropped: {_topic(requirement)} ({_clause(requirement)})."


def clause_changed(old: Requirement, new: Requirement) -> str:
    """Name a requirement that is asked in another procurement role."""
    return f"{_topic(new).capitalize()} is now a {_clause(new)} (was {_clause(old)})."


def threshold_changed(old: Requirement, new: Requirement) -> str:
    """Name a requirement whose threshold changed."""
    return f"Threshold of {_topic(new)}: “{old.threshold or 'none'}” → “{new.threshold or 'none'}”."


def stage(old: Stage, new: Stage) -> str:
    """Name a step on the way from intention to force."""
    return f"Stage: {old.value.replace('_', ' ')} → {new.value.replace('_', ' ')}."
