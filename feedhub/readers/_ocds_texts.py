"""The texts of a merged release as blocks, each with the procurement role that its field gives it.

Knows the standard, its EU profile and the United Kingdom's extension. Never judges what a text asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedhub.model import Block, Clause
from feedhub.readers._notice_terms import PATHS
from feedhub.readers._ocds_merge import Release, at, mended, rows, words
from feedhub.text import clean_lines

Role = tuple[Clause | None, Block]

_SELECTION, _EXCLUSION = Clause.SELECTION_CRITERION, Clause.EXCLUSION_GROUND
_AWARD, _PERFORMANCE = Clause.AWARD_CRITERION, Clause.CONTRACT_PERFORMANCE_CLAUSE
#: Fields of `otherRequirements` that hold codes, not sentences.
_CODED = frozenset({"reservedParticipation"})


def blocks(release: Release) -> list[Role]:
    """Every text once, in the order in which a person would read the notice."""
    out: list[Role] = []
    seen: set[tuple[Clause | None, str]] = set()
    for clause, block in _all(release):
        if block.text and (clause, block.text) not in seen:
            seen.add((clause, block.text))
            out.append((clause, block))
    return out


def _all(release: Release) -> Iterator[Role]:
    tender = release.get("tender")
    yield from _plain(words(release, "title"), "title", "heading")
    yield from _plain(words(tender, "title"), "tender/title", "heading")
    yield from _plain(words(tender, "description"), "tender/description")
    yield from _plain(words(release, "description"), "description")
    for name in ("rationale", "noEngagementNoticeRationale"):
        yield from _plain(words(release, "planning", name), f"planning/{name}")
    for milestone in rows(release, "planning", "milestones"):
        parts = (words(milestone, "title"), words(milestone, "description"))
        yield from _plain(": ".join(p for p in parts if p), "planning/milestones")
    yield from _terms(tender, "tender")
    yield from _plain(words(tender, "riskDetails"), "tender/riskDetails")
    for item in rows(tender, "items"):
        yield from _plain(words(item, "description"), "tender/items", "item")
    for lot in rows(tender, "lots"):
        anchor = str(lot.get("id") or "")
        yield from _plain(words(lot, "title"), "tender/lots/title", "heading", anchor)
        yield from _plain(words(lot, "description"), "tender/lots/description", anchor=anchor)
        yield from _terms(lot, "tender/lots", anchor)
        yield from _plain(words(lot, "renewal", "description"), "tender/lots/renewal", anchor=anchor)


def _terms(holder: object, path: str, anchor: str = "") -> Iterator[Role]:
    """The clauses a tender or a lot carries."""
    yield from _role(
        words(holder, "contractTerms", "performanceTerms"),
        _PERFORMANCE,
        f"{path}/contractTerms/performanceTerms",
        anchor,
    )
    others = at(holder, "otherRequirements")
    if isinstance(others, dict):
        for name, value in others.items():
            if name not in _CODED:
                for text in _sentences(value):
                    yield from _role(text, _PERFORMANCE, f"{path}/otherRequirements/{name}", anchor)
    for name, clause in (
        ("selectionCriteria", _SELECTION),
        ("exclusionGrounds", _EXCLUSION),
        ("awardCriteria", _AWARD),
    ):
        yield from _role(words(holder, name, "description"), clause, f"{path}/{name}", anchor)
        for criterion in rows(holder, name, "criteria"):
            parts = [words(criterion, part) for part in ("name", "description", "minimum")]
            yield from _role(": ".join(p for p in parts if p), clause, f"{path}/{name}", anchor, "item")


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield mended(value)
    elif isinstance(value, list):
        for part in value:
            yield from _sentences(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _sentences(part)


def _plain(text: str, field: str, kind: str = "paragraph", anchor: str = "") -> Iterator[Role]:
    yield None, Block(clean_lines(text), kind, intro=field, anchor=anchor)


def _role(text: str, clause: Clause, field: str, anchor: str = "", kind: str = "paragraph") -> Iterator[Role]:
    yield clause, Block(clean_lines(text), kind, (PATHS[clause],), field, anchor=anchor)
