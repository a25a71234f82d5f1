"""What a date is for, from the words around it in the same clause. Never reads a date, never sees the calendar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from feedhub.detect.dates._values import NO_YEAR, Piece
from feedhub.detect.dates._words import Words

_REACH = 60
#: A clause ends with a stop after a word of three letters or more (so not after "1." or "Nr."), ; or a line.
_CLAUSE = re.compile(r"(?<=\w\w\w)[.!?](?=\s|$)|(?<=\w\))[.!?](?=\s|$)|[;!?]|\n")
#: Subjects that a preposition turns into a point of their own, and what it turns them into.
_BY_PREPOSITION = {
    ("consultation", "from"): "consultation_open",
    ("consultation", "to"): "consultation_close",
    ("consultation", "by"): "consultation_close",
    ("consultation_open", "to"): "consultation_close",
    ("tender", "by"): "tender_close",
    ("contract", "from"): "contract_start",
    ("contract", "since"): "contract_start",
    ("contract", "to"): "contract_end",
    ("contract_start", "to"): "contract_end",
    ("contract_end", "from"): "contract_start",
    ("contract_end", "since"): "contract_start",
    ("published", "from"): "applies_from",
    ("published", "by"): "deadline",
    ("deadline", "from"): "applies_from",
    ("adopted", "by"): "deadline",
    ("adopted", "from"): "applies_from",
}
_PREPOSITION_ALONE = {"from": "applies_from", "since": "applies_from", "by": "deadline", "to": "deadline"}
#: Cues that say something only together with a preposition.
_SUBJECTS = ("consultation", "tender", "contract")
_MOVES = ("moved", "superseded")
_FAR = 80
_NEEDS_NEARNESS = {"applies_from": 34, "superseded": 40, "published": 45, "adopted": 45}
_AHEAD = frozenset(
    [
        "applies_from",
        "in_force",
        "consultation_close",
        "consultation_open",
        "event",
        "tender_expected",
        "tender_close",
        "award_expected",
        "contract_end",
        "deadline",
        "review",
        "guidance_due",
    ]
)


@dataclass(frozen=True)
class Around:
    """The words around one date: `left` and `right` within clause and neighbouring dates, `far` the clause before."""

    left: str
    right: str
    far: str
    clause: str


def around(view: str, pieces: Sequence[Piece], i: int) -> Around:
    """The surroundings of the i-th date."""
    here = pieces[i]
    before = pieces[i - 1].end if i else 0
    after = pieces[i + 1].start if i + 1 < len(pieces) else len(view)
    low = max(0, here.start - 3 * _REACH)
    begin = low
    for m in _CLAUSE.finditer(view, low, here.start):
        begin = m.end()
    stop = _CLAUSE.search(view, here.end, here.end + 2 * _REACH)
    close = stop.start() if stop else min(len(view), here.end + 2 * _REACH)
    left = view[max(begin, before, here.start - _REACH - 20) : here.start]
    right = view[here.end : min(after, close, here.end + _REACH)]
    return Around(left, right, view[begin : here.start], view[begin:close])


def roles(view: str, pieces: Sequence[Piece], words: Words) -> list[str]:
    """The role of every date, in order; `mentioned` when nothing says more."""
    out: list[str] = []
    for i, piece in enumerate(pieces):
        near = around(view, pieces, i)
        joined = bool(i) and near.far and words.join.fullmatch(view[pieces[i - 1].end : piece.start]) is not None
        before = out[i - 1] if joined else ""
        out.append(_role(piece, near, words, before))
    return out


def yearly(piece: Piece, near: Around, words: Words) -> bool:
    """True when a day without a year comes round every year."""
    if piece.why != NO_YEAR or piece.day is None:
        return False
    right = re.split(r"[,(]", near.right, maxsplit=1)[0][:30]
    return bool(words.recurring.search(near.left[-40:]) or words.recurring.search(right))


def lies_ahead(role: str, near: Around, words: Words) -> bool:
    """True when the words speak of a day to come."""
    return role in _AHEAD or words.future.search(near.clause) is not None


def preposition(near: Around, words: Words) -> str:
    """Which kind of preposition stands right before (or, in Finnish, right after) the date; "" for none."""
    found = [(m.end() - m.start(), k) for k, p in words.before.items() if (m := p.search(near.left))]
    found += [(m.end() - m.start(), k) for k, p in words.after.items() if (m := p.match(near.right))]
    return max(found)[1] if found else ""


def _role(piece: Piece, near: Around, words: Words, before: str) -> str:
    if piece.form in ("trigger", "within"):
        return "trigger"
    if yearly(piece, near, words):
        return "recurring_deadline"
    prep = preposition(near, words)
    moved = _moved(near, words, prep, before)
    if moved:
        return moved
    cue = _nearest(near, words)
    if not cue and before:
        cue = before
        if before in ("contract_start", "consultation_open", "event"):
            return {"contract_start": "contract_end", "consultation_open": "consultation_close"}.get(before, before)
        return before if prep in ("", "to", "on") or before != "applies_from" else _PREPOSITION_ALONE.get(prep, before)
    role = _BY_PREPOSITION.get((cue, prep), "" if cue in _SUBJECTS else cue)
    if cue == "applies_from" and prep == "by":
        role = "deadline"
    return role or _PREPOSITION_ALONE.get(prep, "mentioned")


def _moved(near: Around, words: Words, prep: str, before: str) -> str:
    """The old and the new date of something that was moved."""
    old = [len(near.left) - end for role, _, end in words.said(near.left) if role == "superseded"]
    if old and min(old) <= _NEEDS_NEARNESS["superseded"]:
        return "superseded_date"
    if not any(role == "moved" for text in (near.far[-120:], near.right) for role, _, _ in words.said(text)):
        return ""
    if prep == "from" and before != "superseded_date":
        return "superseded_date"
    return "applies_from" if prep in ("to", "on", "") or before == "superseded_date" else ""


def _nearest(near: Around, words: Words) -> str:
    """The cue that stands nearest; the longer one of two that end together, and a subject only without another."""
    right = re.split(r"[,()]", near.right, maxsplit=1)[0]
    found: list[tuple[int, int, str]] = []
    for role, start, end in words.said(near.left):
        distance = len(near.left) - end
        if role not in _MOVES and distance <= _NEEDS_NEARNESS.get(role, _FAR):
            found.append((distance + _FAR * (role in _SUBJECTS), start - end, role))
    for role, start, end in words.said(right):
        if role not in _MOVES and start <= _NEEDS_NEARNESS.get(role, _FAR):
            found.append((start + 12 + _FAR * (role in _SUBJECTS), start - end, role))
    return min(found)[2] if found else ""
