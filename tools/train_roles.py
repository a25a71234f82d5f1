"""Trains the learned opinion of what a date is for, and writes `feedhub/detect/dates/roles.npz`.

    python tools/train_roles.py            train and write the weights
    python tools/train_roles.py --across   measure on each hand's rows what was learned from the others

Learns from the labelled dates of the train split of `tests/corpus/*.jsonl` and from `tests/corpus/dates.txt`.
Deterministic: the same corpus gives the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from feedhub.detect.dates import _learned, find
from feedhub.detect.dates._learned import LEARNED_AS, SLOTS, slots
from feedhub.detect.dates._signs import Case
from feedhub.detect.dating import comparable, meaning, spans
from feedhub.detect.evaluation import page_day

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
SENTENCES = CORPUS / "dates.txt"
#: Strength of the fit (inverse of the penalty): chosen on hands that were not learned from (November 2026).
STRENGTH = 0.5
#: Names of roles among the labels of different hands, as they are learned.
ROLES = {
    **LEARNED_AS,
    "consultation_closes": "consultation_close",
    "consultation_opens": "consultation_open",
    "tender_publication": "tender_expected",
    "adopted_by_cabinet": "adopted",
    "hearing": "event",
    **dict.fromkeys(
        ("background_event", "updated", "expected", "target", "policy_period", "trial_period", "trigger"), "mentioned"
    ),
}


@dataclass(frozen=True)
class Example:
    """A labelled date: the rules' case, the role to be learned, whether it is scored, and whose hand wrote it."""

    case: Case
    role: str
    scored: bool
    hand: str


def told(text: str, lang: str, day: date | None, country: str = "") -> Iterator[tuple[Case, str]]:
    """The dates that are read in a text with their values."""
    cases: dict[int, Case] = {}

    def hear(case: Case) -> str:
        cases[case.piece.start] = case
        return case.role

    for one in find(text, lang, day, country, hear=hear):
        yield cases[one.start], one.iso or ""


def of_row(row: dict[str, Any], hand: str) -> Iterator[Example]:
    """The dates of a labelled row that are read with a labelled value."""
    gold = {comparable(d["iso"]): d["role"] for d in row.get("dates", ()) if d.get("iso") and d.get("in_text", True)}
    for text, language in spans(row["text"], row["lang"]):
        for case, value in told(text, language, page_day(row)):
            role = gold.pop(comparable(value), "")
            if role:
                yield Example(case, ROLES.get(role, role), meaning(role) is not None, hand)


def of_sentence(line: str) -> Iterator[Example]:
    """The dates of a sentence with expected roles."""
    lang, text, expected, day, country = line.split("|")
    wanted = [part.rsplit(" ", 1)[1] for part in expected.split(" ; ") if part]
    found = list(told(text, lang, date.fromisoformat(day) if day else None, country))
    if len(found) == len(wanted):
        for (case, _), role in zip(found, wanted, strict=True):
            yield Example(case, ROLES.get(role, role), True, "sentences")


def examples() -> list[Example]:
    """Everything that is learned from, in a fixed order."""
    out: list[Example] = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        hand = "-".join(path.stem.split("-")[:-1])
        out += [e for row in rows if row["split"] == "train" for e in of_row(row, hand)]
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    out += [e for line in lines if "|" in line for e in of_sentence(line)]
    return [e for e in out if e.role not in ("trigger", "recurring_deadline")]


def matrix(chosen: Sequence[Example]) -> csr_matrix:
    """One line a date: its signs."""
    places = [slots(e.case) for e in chosen]
    ends = np.cumsum([0, *(len(p) for p in places)])
    return csr_matrix((np.ones(ends[-1]), np.concatenate(places), ends), shape=(len(chosen), SLOTS))


def fit(chosen: Sequence[Example]) -> dict[str, np.ndarray]:
    """One logistic regression a role, as arrays of the weights file."""
    lines, gold = matrix(chosen), np.array([e.role for e in chosen])
    roles = sorted(set(gold))
    weights, bias = [], []
    for role in roles:
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, tol=1e-4, max_iter=1000)
        model.fit(lines, gold == role)
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    scale = float(np.abs(weights).max()) / 127
    return {
        "roles": np.array(roles),
        "lines": np.rint(np.array(weights) / scale).astype(np.int8),
        "scale": np.float32(scale),
        "bias": np.array(bias, dtype=np.float32),
    }


def digest(chosen: Sequence[Example]) -> np.ndarray:
    """The SHA-256 of what is learned from, so that a test sees when corpus or signs went on and the weights did not."""
    text = "\n".join(f"{e.role} {e.case.view} {e.case.piece.start} {slots(e.case).tolist()}" for e in chosen)
    return np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint8)


def train() -> dict[str, np.ndarray]:
    """Everything in the weights file."""
    chosen = examples()
    return {**fit(chosen), "corpus": digest(chosen)}


def across() -> str:
    """The share of right roles on the rows of each hand: by the rules, and with what was learned from the other hands."""
    known = examples()
    lines = []
    for hand in sorted({e.hand for e in known}):
        learned = _learned.unpack(fit([e for e in known if e.hand != hand]))
        mine = [e for e in known if e.hand == hand and e.scored]
        rules = sum(meaning(e.case.role) == meaning(e.role) for e in mine)
        both = sum(meaning(_learned.heard(e.case, learned)) == meaning(e.role) for e in mine)
        lines.append(f"{hand or 'first':10} {len(mine):5} rules {rules / len(mine):.3f} both {both / len(mine):.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the learned opinion of what a date is for.")
    parser.add_argument("--across", action="store_true", help="measure on each hand what was learned from the others")
    if parser.parse_args(arguments).across:
        sys.stdout.write(f"{across()}\n")
        return
    np.savez_compressed(_learned.WEIGHTS, allow_pickle=False, **train())
    sys.stdout.write(f"{_learned.WEIGHTS.name}: {_learned.WEIGHTS.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
