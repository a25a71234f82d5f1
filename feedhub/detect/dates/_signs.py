"""What speaks of a date's role, as names that a learned opinion can weigh. Never decides a role, never reads weights.

Names without a language in them mean the same in all ten; stems of words let kindred languages learn from each other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feedhub.detect.dates._roles import Around, preposition
from feedhub.detect.dates._values import Piece
from feedhub.detect.dates._words import Cue, Words

_WORD = re.compile(r"[^\W\d_]+")
_STEM, _LONG = 5, 8
#: How many words beside a date count by themselves, how many letters hold them, and how far other words are heard.
_BESIDE, _WINDOW, _HEARD = 6, 90, 400
_STEPS = (10, 30, 80)
_LABEL = re.compile(r"([^\W\d][^.:;|\n]{1,40})\s?[:|]\s?(?:[^.:;|\n]{0,24})$")


@dataclass(frozen=True)
class Case:
    """One date as the learned opinion hears of it: the rules' `role`, its surroundings, and all cues of the passage.

    `ahead` is whether it lies after the day of the page, None when that or its value is not known; `cues` are those of
    the whole view, in order.
    """

    piece: Piece
    near: Around
    role: str
    view: str
    words: Words
    cues: Sequence[Cue]
    hints: Sequence[Cue]
    ahead: bool | None


def signs(case: Case) -> Iterator[str]:
    """The names for one date, some of them more than once."""
    prep = preposition(case.near, case.words)
    when = {None: "open", True: "ahead", False: "behind"}[case.ahead]
    precision = case.piece.precision.value if case.piece.precision else "none"
    yield from (f"role:{case.role}", f"role:{case.role}:{when}", f"role:{case.role}:{prep}")
    yield from (f"prep:{prep}", f"prep:{prep}:{when}", f"when:{when}", f"precision:{precision}:{when}")
    yield from (f"form:{case.piece.form}", f"place:{case.near.place}", f"place:{case.near.place}:{prep}")
    clause = case.near.clause
    for name, said in (("future", case.words.future), ("planned", case.words.planned), ("carried", case.words.carried)):
        if said.search(clause):
            yield from (f"{name}", f"{name}:{prep}", f"{name}:{when}")
        elif said.search(case.view, max(0, case.piece.start - _HEARD), case.piece.end + _HEARD):
            yield f"far:{name}"
    yield from _of_cues(case, prep, when, precision)
    yield from _of_words(case)


def _of_cues(case: Case, prep: str, when: str, precision: str) -> Iterator[str]:
    here, end = case.piece.start, case.piece.end
    begin = here - len(case.near.far)
    close = begin + len(case.near.clause)
    nearest: dict[str, tuple[int, str]] = {}
    for cue, sort in (*_within(case.cues, here, end, ""), *_within(case.hints, here, end, "hint:")):
        if cue.start < end and here < cue.end:
            continue
        side = "left" if cue.end <= here else "right"
        distance = here - cue.end if side == "left" else cue.start - end
        inside = begin <= cue.start < close
        step = sum(distance > limit for limit in _STEPS) if inside else 9
        name = f"{sort}{cue.role}{'~' if cue.weak else ''}"
        yield f"cue:{name}:{side}:{step}"
        if inside:
            nearest[side] = min(nearest.get(side, (999, "")), (distance, name))
            yield from (f"clause:{cue.role}:{much}" for much in ("", prep, when, precision))
        else:
            yield f"passage:{cue.role}:{prep}"
        yield from (f"any:{cue.role}", f"any:{cue.role}:{when}")
    yield from (f"near:{side}:{name}:{prep}" for side, (_, name) in nearest.items())


def _within(cues: Sequence[Cue], here: int, end: int, sort: str) -> Iterator[tuple[Cue, str]]:
    """The cues that are heard at a date, each with what kind it is."""
    first = bisect_left(cues, here - _HEARD, key=_start)
    for i in range(first, len(cues)):
        cue = cues[i]
        if cue.start > end + _HEARD:
            return
        yield cue, sort


def _start(cue: Cue) -> int:
    return cue.start


def _of_words(case: Case) -> Iterator[str]:
    lang, here, end = case.words.lang, case.piece.start, case.piece.end
    left = _WORD.findall(case.view[max(0, here - _WINDOW) : here])
    right = _WORD.findall(case.view[end : end + _WINDOW])
    for side, beside in (("left", left[-_BESIDE:]), ("right", right[:_BESIDE])):
        for word in beside:
            yield from (f"{side}:{word[:_STEM]}", f"beside:{word[:_LONG]}")
    for i, word in enumerate(reversed(left[-3:])):
        yield f"{lang}:-{i}:{word}"
    yield f"{lang}:-:{' '.join(left[-2:])}"
    if label := _LABEL.search(case.view[max(0, here - 70) : here]):
        yield "label"
        yield from (f"label:{word[:_STEM]}" for word in _WORD.findall(label[1])[-3:])
