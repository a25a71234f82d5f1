"""What a date is for, from the words around it in the same clause. Never reads a date, never sees the calendar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from feedhub.detect.dates._values import NO_YEAR, Piece
from feedhub.detect.dates._words import Cue, Words
from feedhub.detect.dates._words import words as words_of
from feedhub.model import Precision

_REACH = 80
_COMMA = re.compile(r"[,()]")
_ASIDE = re.compile(r"[,(]")
#: A clause ends with a stop after a word of three letters or more (so not after "1." or "Nr."), ; or a line.
_CLAUSE = re.compile(r"[.!?;\n](?:(?<=[!?;\n])|(?=\s|$)(?:(?<=\w\w\w.)|(?<=\w\).)))")
#: Subjects that a preposition turns into a point of their own, and what it turns them into.
_BY_PREPOSITION = {
    ("consultation", "from"): "consultation_open",
    ("consultation", "to"): "consultation_close",
    ("consultation", "by"): "consultation_close",
    ("consultation_open", "to"): "consultation_close",
    ("guidance", "by"): "guidance_due",
    ("guidance", "to"): "guidance_due",
    ("contract", "from"): "contract_start",
    ("contract", "since"): "contract_start",
    ("contract", "to"): "contract_end",
    ("contract_start", "to"): "contract_end",
    ("contract_end", "from"): "contract_start",
    ("contract_end", "since"): "contract_start",
    ("published", "from"): "applies_from",
    ("published", "by"): "deadline",
    ("deadline", "from"): "applies_from",
    ("applies_from", "to"): "deadline",
    ("applies_from", "by"): "deadline",
    ("event", "from"): "event",
    ("adopted", "by"): "deadline",
    ("adopted", "from"): "applies_from",
}
#: The genitive of "1 May" begins a row ("du 1er au 15 mai") and says nothing of a day alone ("décret du 1er mai").
_PREPOSITION_ALONE = {"from": "applies_from", "by": "deadline", "to": "deadline"}
#: Cues that say something only together with a preposition.
_SUBJECTS = ("consultation", "tender", "contract", "guidance")
#: What the second date of a row is, when the first opens something.
_RUNS = {"contract_start": "contract_end", "consultation_open": "consultation_close"}
_MOVES = ("moved", "superseded", "undone")
_FAR = 80
#: What a comma parts from a date counts less when something stands on the date's own side.
_PARTED = 70
_NEEDS_NEARNESS = {"applies_from": 34, "superseded": 40, "published": 45, "adopted": 45}
_AHEAD = frozenset(
    [
        "applies_from",
        "in_force",
        "consultation_close",
        "consultation_open",
        "event",
        "tender_expected",
        "tender_deadline",
        "award_expected",
        "contract_end",
        "deadline",
        "review",
        "guidance_due",
    ]
)


@dataclass(frozen=True)
class Around:
    """The words around one date, within its clause.

    `left` ends at the date and begins after the date before; `right` begins after the date, or after the row of dates
    it belongs to ("from 1 to 15 May"), and ends before the next; `far` is the clause up to the date, dates and all.
    `place` says where in a row of dates it stands: "" alone, "first", "last".
    """

    left: str
    right: str
    far: str
    clause: str
    place: str = ""
    follows: bool = False


def around(view: str, pieces: Sequence[Piece], i: int, words: Words) -> Around:
    """The surroundings of the i-th date."""
    here, last = pieces[i], i
    while last + 1 < len(pieces) and _joined(view, pieces, last + 1, words) and last < i + 6:
        last += 1
    joined = _joined(view, pieces, i, words)
    before = pieces[i - 1].end if i else 0
    after = pieces[last + 1].start if last + 1 < len(pieces) else len(view)
    begin = max(0, here.start - 3 * _REACH)
    for m in _CLAUSE.finditer(view, begin, here.start):
        begin = m.end()
    end = pieces[last].end
    stop = _CLAUSE.search(view, end, end + 2 * _REACH)
    close = stop.start() if stop else min(len(view), end + 2 * _REACH)
    return Around(
        left=view[max(begin, before, here.start - _FAR) : here.start],
        right=view[end : min(after, close, end + _REACH)],
        far=view[begin : here.start],
        clause=view[begin:close],
        place="first" if last > i and not joined else "last" if joined else "",
        follows=bool(i) and pieces[i - 1].start >= begin,
    )


def _joined(view: str, pieces: Sequence[Piece], i: int, words: Words) -> bool:
    if not 0 < i < len(pieces) or pieces[i].start - pieces[i - 1].end > 24:
        return False
    return words.join.fullmatch(view, pieces[i - 1].end, pieces[i].start) is not None


def roles(view: str, pieces: Sequence[Piece], words: Words) -> list[tuple[str, Around]]:
    """The role of every date, in order, and what stands around it; `mentioned` when nothing says more."""
    out: list[tuple[str, Around]] = []
    for i, piece in enumerate(pieces):
        near = around(view, pieces, i, words)
        before = out[-1][0] if near.follows else ""
        out.append((_role(piece, near, words, before), near))
    return out


def yearly(piece: Piece, near: Around, words: Words) -> bool:
    """True when a day without a year comes round every year."""
    if piece.why != NO_YEAR or piece.day is None:
        return False
    right = _ASIDE.split(near.right, maxsplit=1)[0][:30]
    return bool(words.recurring.search(near.left[-40:]) or words.recurring.search(right))


def _every_year(piece: Piece, near: Around, words: Words) -> bool:
    """True when a month without a year is one of every year: "each year in March"."""
    if piece.why != NO_YEAR or piece.day is not None or piece.precision is not Precision.MONTH:
        return False
    return words.recurring.search(near.left[-24:]) is not None


def lies_ahead(role: str, near: Around, words: Words) -> bool:
    """True when the words speak of a day to come."""
    return role in _AHEAD or words.future.search(near.clause) is not None


def preposition(near: Around, words: Words) -> str:
    """Which kind of preposition stands right before (or, in Finnish, right after) the date; "" for none."""
    return _preposition(near.left[-40:], near.right if words.after else "", words.lang)


@lru_cache(maxsize=512)
def _preposition(left: str, right: str, lang: str) -> str:
    known = words_of(lang)
    left = known.closed.sub("", left)
    found = [(m.end() - m.start(), k) for k, p in known.before.items() if (m := p.search(left))]
    found += [(m.end() - m.start(), k) for k, p in known.after.items() if (m := p.match(right))]
    return max(found)[1] if found else ""


def _role(piece: Piece, near: Around, words: Words, before: str) -> str:
    if piece.form in ("trigger", "within"):
        return "trigger"
    prep = preposition(near, words)
    if prep != "since" and (yearly(piece, near, words) or _every_year(piece, near, words)):
        return "recurring_deadline"
    if prep == "of" and near.place == "first":
        prep = "from"
    left, right = list(words.said(near.left)), list(words.said(near.right))
    if moved := _moved(near, words, (left, right), prep, before):
        return moved
    if prep == "after" and (words.future.search(near.clause) or _buys(near, words)):
        return "applies_from"
    cue = _nearest(near, left, [] if prep == "of" else right)
    if near.place == "last" and (not cue or cue == before or before in _RUNS):
        return "mentioned" if before == "applies_from" and prep == "to" else _RUNS.get(before, before)
    if near.place == "first" and cue in ("consultation", "consultation_close", "contract", "contract_end"):
        prep = "from"
    if cue == "consultation_close" and near.place == "first":
        return "consultation_open"
    if (
        cue in ("tender", "published")
        and _of_tender(left, right)
        and words.planned.search(f"{near.left[-_REACH:]}\n{near.right}")
    ):
        return "tender_expected"
    subjects = {c.role for c in left}
    if cue == "deadline" and "consultation" in subjects:
        return "consultation_close"
    if cue == "published" and "guidance" in subjects and words.future.search(near.left):
        return "guidance_due"
    if cue == "applies_from" and prep == "to" and "contract" in subjects:
        return "contract_end"
    role = _BY_PREPOSITION.get((cue, prep), "" if cue in _SUBJECTS else cue)
    role = role or _PREPOSITION_ALONE.get(prep, "mentioned")
    if role == "deadline" and prep in ("by", "to") and words.carried.search(near.clause) and _buys(near, words):
        return "applies_from"
    return "applies_from" if role == "mentioned" and before == "superseded_date" else role


def _buys(near: Around, words: Words) -> bool:
    """True when the clause speaks of contracts or tenders: what they hold from a day on binds whoever bids then."""
    return any(c.role.startswith(("contract", "tender")) for c in words.said(near.clause))


def _of_tender(left: list[Cue], right: list[Cue]) -> bool:
    return any(c.role == "tender" for c in (*left, *right))


def _moved(near: Around, words: Words, cues: tuple[list[Cue], list[Cue]], prep: str, before: str) -> str:
    """The old and the new date of something that was moved."""
    left, right = cues
    for cue in left:
        if cue.role == "superseded" and len(near.left) - cue.end <= (16 if cue.weak else _NEEDS_NEARNESS["superseded"]):
            return "superseded_date"
    if any(c.role == "undone" and c.start < 16 for c in right):
        return "superseded_date"
    if not any(c.role == "moved" for c in (*left, *right)) and not (
        near.follows and any(c.role == "moved" for c in words.said(near.far[-120:]))
    ):
        return ""
    if prep in ("from", "of") and before != "superseded_date":
        return "superseded_date"
    if prep == "to" and {c.role for c in left} & {"contract", "contract_end"}:
        return "contract_end"
    return "applies_from" if prep in ("to", "on", "") or before == "superseded_date" else ""


def _nearest(near: Around, left: list[Cue], right: list[Cue]) -> str:
    """The cue that stands nearest; longer ones count for more, and a subject only without another cue.

    A comma or bracket after the date ends its reach to the right, unless the date begins the clause.
    """
    begun = not left and len(near.far.split()) <= 4
    if not begun and (stop := _COMMA.search(near.right)):
        right = [c for c in right if c.end <= stop.start()]
    comma = near.left.rfind(",")
    of_contract = any(c.role.startswith("contract") and not c.weak for c in (*left, *right))
    found: list[tuple[float, str]] = []
    for cue in left:
        if of_contract or not cue.weak or cue.role != "contract_end":
            _weigh(found, cue, len(near.left) - cue.end, _PARTED * bool(right and cue.end <= comma))
    for cue in right:
        far = cue.role in _SUBJECTS and ((cue.start > 30 and not begun) or cue.role == "contract")
        if not far and (of_contract or not cue.weak or cue.role != "contract_end"):
            _weigh(found, cue, cue.start, 12)
    return min(found)[1] if found else ""


def _weigh(found: list[tuple[float, str]], cue: Cue, distance: int, more: int) -> None:
    if cue.role in _MOVES or distance > _NEEDS_NEARNESS.get(cue.role, _FAR):
        return
    found.append(
        (distance + more + _FAR * (cue.role in _SUBJECTS) + 25 * cue.weak - (cue.end - cue.start) / 2, cue.role)
    )
