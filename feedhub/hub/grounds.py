"""On what ground a requirement stands: the laws it names, whether it goes beyond them, and how the ESPD will ask it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from feedhub.hub.laws import stage_on
from feedhub.model import Notice, Requirement, Stage
from feedhub.taxonomy import Criterion, Law, Taxonomy

#: Kinds of the law calendar that bind by themselves; the others are rules for buyers, contract terms, labels and plans.
BINDING = ("act", "directive", "ordinance", "regulation")


class Reach(StrEnum):
    """How far a requirement goes, measured by what the law calendar knows of the laws that it names."""

    #: A law that it names is in force and deals with its topic.
    WITHIN = "within"
    #: A law that it names deals with its topic, and is not in force yet.
    AHEAD = "ahead"
    #: It names laws, and none of them deals with its topic.
    BEYOND = "beyond"
    #: It names only what binds nobody by itself: policies for buyers, contract terms, labels, proposals.
    VOLUNTARY = "voluntary"
    #: It names no law that the calendar knows.
    UNNAMED = "unnamed"


@dataclass(frozen=True)
class Ground:
    """The legal basis of one requirement.

    `laws` are the known laws by which its reach is judged; when it names none, those of its country on its topic.
    `criterion` is the ESPD criterion through which it will be asked, `stated` whether the notice itself names it.
    """

    reach: Reach
    laws: tuple[Law, ...]
    criterion: Criterion | None = None
    stated: bool = False


def grounds(taxonomy: Taxonomy, notice: Notice, country: str, today: date) -> dict[str, Ground]:
    """Requirement id → ground; none for a notice that is a law itself. `country` is where the authority buys."""
    if notice.notice_kind == "law":
        return {}
    return {r.id: ground(taxonomy, r, country, today) for r in notice.living_requirements}


def ground(taxonomy: Taxonomy, asked: Requirement, country: str, today: date) -> Ground:
    """The ground of one requirement of an authority of a country, on a calendar date."""
    stated = taxonomy.criteria.get(asked.criterion)
    criterion = stated or taxonomy.criterion_for(asked.topic, asked.clause.value, country)
    reach, laws = _reach(taxonomy, asked, country, today)
    return Ground(reach, laws, criterion, stated is not None)


def _reach(taxonomy: Taxonomy, asked: Requirement, country: str, today: date) -> tuple[Reach, tuple[Law, ...]]:
    named = tuple(taxonomy.laws[i] for i in asked.laws if i in taxonomy.laws)
    if not named:
        return Reach.UNNAMED, tuple(law for law in taxonomy.laws_in(asked.topic, country) if law.kind in BINDING)
    binding = tuple(law for law in named if law.kind in BINDING)
    if not binding:
        return Reach.VOLUNTARY, named
    covering = tuple(law for law in binding if asked.topic in law.topics)
    if not covering:
        return Reach.BEYOND, binding
    forceful = tuple(law for law in covering if stage_on(law, today) is Stage.IN_FORCE)
    return (Reach.WITHIN, forceful) if forceful else (Reach.AHEAD, covering)
