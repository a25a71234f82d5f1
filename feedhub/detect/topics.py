"""Which of the topics that a sentence and its neighbours name a signal reports. Never finds a topic and never judges a duty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from feedhub import taxonomy
from feedhub.detect.features import STRONG, Seen

#: A topic that beside one of these says only how or where that one is met: fees paid back, equal pay, the monitors of a label.
#: In labelled passages of six hands the first was meant in 13 of 94 requirements that name both (November 2026).
_SERVES = {
    "hrdd_process": {"ecolabel_social"},
    "ilo_core_labour_standards": {"ecolabel_social"},
    "independent_monitoring": {"responsible_minerals", "ecolabel_social", "third_party_assessment"},
    "living_wage": {"non_discrimination_equality", "child_labour"},
    "remediation": {"responsible_recruitment"},
    "supply_chain_transparency": {"responsible_recruitment", "occupational_health_safety", "living_wage"},
}
#: What others say, or say of themselves, lends nothing.
NOT_THEIRS = ("oppose", "private", "report", "noise")
#: Sentences with these beside a requirement are about something else.
_FREE = (*NOT_THEIRS, "may", "relax", "advice", "history")


def surest(topics: dict[str, float]) -> tuple[str, ...]:
    """Topics for a signal from their weights: sure ones, else weak ones; core ones first."""
    sure = [t for t, weight in topics.items() if weight >= 1]
    sure = (
        sure
        if any(t in core_topics() for t in sure)
        else [t for t, weight in topics.items() if weight >= STRONG] or list(topics)
    )
    return _ordered(sure)


def reported(own: Sequence[str], silent: Iterable[Seen]) -> tuple[str, ...]:
    """The topics of a requirement with those that sentences beside it, which state no other, name beyond doubt."""
    beside = [s.topics for s in silent if not s.has(*_FREE)]
    every = dict.fromkeys((*own, *(t for topics in beside for t, weight in topics.items() if weight >= 1)))
    return _ordered([t for t in every if _SERVES.get(t, set()).isdisjoint(every)])


def _ordered(topics: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(topics, key=lambda t: t not in core_topics()))


@cache
def core_topics() -> frozenset[str]:
    """The ids of the topics that feedhub is for; the others are adjacent."""
    return frozenset(taxonomy.load().core_topics)
