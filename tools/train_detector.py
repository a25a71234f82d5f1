"""Trains the learned scorer of the detector on `tests/corpus` and writes `feedhub/detect/weights.npz`.

    python tools/train_detector.py            train and write the weights
    python tools/train_detector.py --report   measure rules and detector on the held-out split, and on files given
    python tools/train_detector.py --across   measure the detector on the train split of each hand, that hand unseen

Deterministic: the same corpus gives the same file, byte for byte. Only rows of the train split are learned from; the calibration
is fitted on predictions for passages by hands of which the predicting model had seen nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from feedhub import taxonomy
from feedhub.detect import judge, scorer
from feedhub.detect.concepts import Told
from feedhub.detect.evaluation import page_day
from feedhub.detect.joining import joined
from feedhub.detect.scoring import Score

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
#: Who wrote a row, by its id: the letters of hands other than the first.
HAND = re.compile(r"[a-z]{2}-([a-z])\d")
#: Hands whose passages are spread over all topics: each in turn is left out.
HANDS = ("a", "b", "c", "d", "e", "f")
#: Strength of the fit (inverse of the penalty) of letters and words, and how much less freely concepts are fitted; chosen, as are the
#: counts, by what was learned from all hands but one (November 2026).
STRENGTH, CONCEPTS = 30.0, 0.2
#: What a row counts by its hand where that is not 1: of the first hand nearly every sentence stands there twice, with other goods; tender
#: wording says the same in ten languages.
COUNTS = {"": 0.5, "n": 0.2}
#: One row in so many shows whether the features are still those learned from.
SAMPLE = 10

Row = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """A row that is learned from: what the rules tell of each of its sentences, and whether it is a requirement."""

    row: Row
    told: tuple[Told, ...]

    @property
    def required(self) -> bool:
        """True for a requirement of a core topic."""
        return required(self.row)


def rows(paths: Iterable[Path]) -> list[Row]:
    """The rows that are scored: all but requirements of adjacent topics only."""
    found = [json.loads(line) for p in paths for line in p.read_text(encoding="utf-8").splitlines() if line]
    return [r for r in found if required(r) or not r["is_requirement"]]


def required(row: Row) -> bool:
    """True for a requirement of a core topic."""
    topics = row.get("topics")
    return bool(row["is_requirement"] and (not topics or any(t in taxonomy.load().core_topics for t in topics)))


def digest(chosen: Sequence[Row]) -> np.ndarray:
    """The SHA-256 of the rows learned from and of a sample of their features.

    So a test sees when the corpus, a lexicon or the features went on and the weights did not.
    """
    text = "\n".join(f"{r['id']} {required(r)} {r['text']}" for r in chosen)
    told = [t for e in examples(chosen[::SAMPLE]) for t in e.told]
    lines = matrix(told) if told else csr_matrix((0, 0))
    features = lines.indptr.astype(np.int64).tobytes() + lines.indices.astype(np.int64).tobytes()
    return np.frombuffer(hashlib.sha256(text.encode() + features).digest(), dtype=np.uint8)


def examples(chosen: Sequence[Row]) -> list[Example]:
    """The rows of which the rules tell a sentence or more: those that name a core topic somewhere."""
    out = []
    for row in chosen:
        told: list[Told] = []

        def keep(sentence: Told, into: list[Told] = told) -> Score:
            into.append(sentence)
            return sentence.points

        judge.judge(row["text"], lang=row["lang"], page_date=page_day(row), hear=keep)
        if told:
            out.append(Example(row, tuple(told)))
    return out


def matrix(sentences: Sequence[Told]) -> csr_matrix:
    """One line a sentence: hashed letters and words at equal length, then the places of its concepts and signs."""
    data: list[np.ndarray] = []
    at: list[np.ndarray] = []
    ends = [0]
    for told in sentences:
        slots = scorer.hashes(told.own.text, told.language, told.context).astype(np.int64)
        named = scorer.places(told)
        at += [slots, named + scorer.SLOTS]
        data += [np.full(len(slots), 1 / math.sqrt(max(1, len(slots)))), np.full(len(named), CONCEPTS)]
        ends.append(ends[-1] + len(slots) + len(named))
    shape = (len(sentences), scorer.SLOTS + scorer.NAMES)
    return csr_matrix((np.concatenate(data), np.concatenate(at), ends), shape=shape)


def fit(chosen: Sequence[Example]) -> dict[str, np.ndarray]:
    """A logistic regression as arrays of the weights file.

    Of a requirement of several sentences only one need state it: first the one surest by the rules, then by the first fit.
    Sentences of other rows share the weight of one.
    """
    sentences = [t for e in chosen for t in e.told]
    owner = np.array([i for i, e in enumerate(chosen) for _ in e.told])
    gold = np.array([e.required for e in chosen])[owner]
    share = np.array([_count(e) / (1 if e.required else len(e.told)) for e in chosen])[owner]
    lines = matrix(sentences)
    sure = np.array([t.points.confidence for t in sentences])
    for _ in range(2):
        best = {int(owner[i]): i for i in np.argsort(sure, kind="stable")}
        used = np.array([not gold[i] or best[int(owner[i])] == i for i in range(len(sentences))])
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, tol=1e-4, max_iter=1000)
        model.fit(lines[used], gold[used], sample_weight=share[used])
        sure = lines @ model.coef_[0]
    hashed = model.coef_[0][: scorer.SLOTS]
    scale = float(np.abs(hashed).max()) / 127
    return {
        "hashed": np.rint(hashed / scale).astype(np.int8),
        "scale": np.float32(scale),
        "named": (CONCEPTS * model.coef_[0][scorer.SLOTS :]).astype(np.float16),
        "calibration": np.array([model.intercept_[0], 1.0, 0.0], dtype=np.float32),
    }


def _count(example: Example) -> float:
    return COUNTS.get(hand(example.row), 1.0)


def hand(row: Row) -> str:
    """Who wrote a row: a letter, empty for the first hand."""
    match = HAND.match(row["id"])
    return match[1] if match else ""


def across(chosen: Sequence[Example]) -> dict[str, scorer.Weights]:
    """A model for each hand, learned from everybody else's rows; from half of the rows where nobody else wrote any."""
    hands = [h for h in HANDS if any(hand(e.row) == h for e in chosen)]
    if not hands:
        return {"": scorer.unpack(fit(chosen[::2]))}
    return {h: scorer.unpack(fit([e for e in chosen if hand(e.row) != h])) for h in hands}


def train(chosen: Sequence[Row]) -> dict[str, np.ndarray]:
    """Everything in the weights file, from rows of the train split."""
    known = examples(chosen)
    models = across(known)
    unseen = [e for e in known if hand(e.row) in models]
    raw = [max(scorer.opinion(t, models[hand(e.row)]) for t in e.told) for e in unseen]
    platt = LogisticRegression(C=1.0, solver="liblinear", random_state=0)
    platt.fit(np.array(raw)[:, None], [e.required for e in unseen])
    out = fit(known)
    out["calibration"][1:] = platt.coef_[0][0], platt.intercept_[0]
    out["corpus"] = digest(chosen)
    return out


def found(row: Row, hear: Callable[[Told], Score] | None) -> bool:
    """True when the detector, or with `hear` what that makes of a sentence, takes the row for a requirement."""
    core = taxonomy.load().core_topics
    signals = judge.judge(row["text"], lang=row["lang"], page_date=page_day(row), hear=hear)
    return any(s.is_requirement and any(t in core for t in s.topics) for s in signals)


def figures(gold: Sequence[bool], told: Sequence[bool]) -> str:
    """Precision, recall and F1."""
    both = sum(g and f for g, f in zip(gold, told, strict=True))
    return (
        f"{both / max(1, sum(told)):7.3f}{both / max(1, sum(gold)):7.3f}{2 * both / max(1, sum(gold) + sum(told)):7.3f}"
    )


def table(chosen: Sequence[Row], answers: dict[str, Sequence[bool]]) -> str:
    """Figures of each way to answer, overall and by language."""
    lines = [f"{'':6}{'rows':>6}" + "".join(f"{f'{name} P, R, F1':>21}" for name in answers)]
    for lang in ("", *sorted({r["lang"] for r in chosen})):
        mine = [i for i, r in enumerate(chosen) if lang in ("", r["lang"])]
        cells = [figures([required(chosen[i]) for i in mine], [a[i] for i in mine]) for a in answers.values()]
        lines.append(f"{lang or 'all':6}{len(mine):6}" + "".join(cells))
    return "\n".join(lines)


def report(chosen: Sequence[Row]) -> str:
    """The rules alone and the detector."""
    rules = [found(r, lambda told: told.points) for r in chosen]
    return table(chosen, {"rules": rules, "both": [found(r, None) for r in chosen]})


def left_out(chosen: Sequence[Row]) -> str:
    """The detector on rows of hands of which its scorer had seen nothing, hand by hand."""
    models = across(examples(chosen))
    out = []
    for who, model in models.items():
        rows_of = [r for r in chosen if hand(r) == who]

        def hear(told: Told, model: scorer.Weights = model) -> Score:
            return joined(told.own, told.points, scorer.opinion(told, model), told.above)

        out.append(f"hand {who}\n{table(rows_of, {'both': [found(r, hear) for r in rows_of]})}")
    return "\n\n".join(out)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the detector's learned scorer.")
    parser.add_argument("--report", action="store_true", help="measure instead of training")
    parser.add_argument(
        "--across", action="store_true", help="measure on the train split of each hand, that hand unseen"
    )
    parser.add_argument("files", nargs="*", type=Path, help="more labelled files to measure on")
    given = parser.parse_args(arguments)
    everything = rows(sorted(CORPUS.glob("*.jsonl")))
    learned_from = [r for r in everything if r["split"] == "train"]
    if given.across:
        sys.stdout.write(f"{left_out(learned_from)}\n")
    elif given.report:
        held_out = [r for r in everything if r["split"] == "test"]
        for name, chosen in [("held out", held_out), *((f.name, rows([f])) for f in given.files)]:
            sys.stdout.write(f"\n{name}\n{report(chosen)}\n")
    else:
        np.savez_compressed(scorer.WEIGHTS, allow_pickle=False, **train(learned_from))
        sys.stdout.write(f"{scorer.WEIGHTS.name}: {scorer.WEIGHTS.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
