"""A learned opinion of what a date is for, heard beside the rules. Never reads a date, never trains.

The rules keep what is plain: spans of years or from an event, days of every year, dates that were moved away from, and
every role of theirs against which the opinion is not sure enough.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from feedhub.detect.dates._signs import Case, signs

#: Made by `make train` from the labelled dates under `tests/corpus`; a reviewed file of the package.
WEIGHTS = Path(__file__).resolve().parent / "roles.npz"
SLOTS = 1 << 13
#: How sure an opinion must be against a role that the rules found words for (measured November 2026, hands unseen).
_SURE = 0.7
_KEPT = ("trigger", "recurring_deadline", "superseded_date")
#: Roles of the rules that are learned under one name.
LEARNED_AS = {
    "in_force": "applies_from",
    "published": "mentioned",
    "award_expected": "mentioned",
    "guidance_due": "mentioned",
}


@dataclass(frozen=True)
class Weights:
    """What was learned: the names of roles, one line of weights and one bias for each."""

    roles: tuple[str, ...]
    lines: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


@cache
def weights() -> Weights:
    """The learned weights; the same object every time. Raises OSError when the package lacks its file."""
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        return unpack({name: kept[name] for name in kept.files})


def unpack(kept: dict[str, npt.NDArray[Any]]) -> Weights:
    """Weights from the arrays of the file: eight bits a slot and one scale for them."""
    lines = kept["lines"].astype(np.float32) * np.float32(kept["scale"])
    return Weights(tuple(str(role) for role in kept["roles"]), lines, kept["bias"].astype(np.float32))


def heard(case: Case, learned: Weights | None = None) -> str:
    """The role of a date after the opinion was heard. Pure; safe in threads."""
    if case.role in _KEPT or case.piece.form == "years":
        return case.role
    role, share = opinion(case, learned or weights())
    if role == case.role == "mentioned" and share < _SURE and case.ahead is not False and _binds(case):
        return "applies_from"
    if role == LEARNED_AS.get(case.role, case.role) or (case.role != "mentioned" and share < _SURE):
        return case.role
    return role


def _binds(case: Case) -> bool:
    """Whether the clause of a date that is not past speaks of what holds from a day on."""
    begin = case.piece.start - len(case.near.far)
    close = begin + len(case.near.clause)
    said = (c for c in (*case.cues, *case.hints) if begin <= c.start < close)
    return any(c.role in ("applies_from", "in_force") and not c.weak for c in said)


def opinion(case: Case, known: Weights) -> tuple[str, float]:
    """The likeliest role, and its share of all."""
    odds = known.lines[:, slots(case)].sum(axis=1) + known.bias
    shares = 1 / (1 + np.exp(-odds))
    best = int(shares.argmax())
    return known.roles[best], float(shares[best] / shares.sum())


def slots(case: Case) -> npt.NDArray[np.int64]:
    """The places, each once, of the signs of a date."""
    return np.array(sorted({_slot(name) for name in signs(case)}), dtype=np.int64)


@lru_cache(maxsize=1 << 14)
def _slot(name: str) -> int:
    return zlib.crc32(name.encode()) % SLOTS
