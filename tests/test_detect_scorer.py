"""The learned scorer and its join with the rules: small, the same every time, fair on what it has not seen."""

import hashlib
import importlib.util
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from feedhub import detect
from feedhub.detect import judge, scorer
from feedhub.detect._view import view
from feedhub.detect.concepts import Told, concepts
from feedhub.detect.features import Seen, count, look
from feedhub.detect.joining import joined
from feedhub.detect.lexicon import lexicon
from feedhub.detect.scoring import Score

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
ALL = [json.loads(line) for p in sorted(CORPUS.glob("*.jsonl")) for line in p.read_text(encoding="utf-8").splitlines()]
HELD_OUT = [r for r in ALL if r["split"] == "test"]
NOTHING = Seen(0, 0, "", view(""))

LANGUAGES = ("da", "de", "en", "es", "fi", "fr", "it", "nl", "no", "sv")


def seen(*cues: str) -> Seen:
    return Seen(0, 0, "", view(""), cues=dict.fromkeys(cues, "x"))


def told(text: str, lang: str, context: str = "") -> list[Told]:
    """What the scorer hears of a text, sentence by sentence."""
    out: list[Told] = []

    def keep(sentence: Told) -> Score:
        out.append(sentence)
        return sentence.points

    judge.judge(text, lang=lang, intro=context, hear=keep)
    return out


def opinion(text: str, lang: str, context: str = "") -> float:
    """The highest log odds that a sentence of a text gets; far below zero when none names a topic."""
    return max((scorer.opinion(t) for t in told(text, lang, context)), default=-9.0)


@pytest.fixture(scope="module")
def trainer() -> ModuleType:
    pytest.importorskip("sklearn", reason="training needs scikit-learn of the dev extra")
    spec = importlib.util.spec_from_file_location("train_detector", ROOT / "tools" / "train_detector.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_detector"] = module
    spec.loader.exec_module(module)
    return module


def test_the_weights_are_a_small_file_of_the_package() -> None:
    assert scorer.WEIGHTS.parent == Path(scorer.__file__).parent
    assert scorer.WEIGHTS.stat().st_size <= 5 * 1024 * 1024


def test_the_weights_were_learned_from_the_corpus_as_it_is(trainer: ModuleType) -> None:
    learned_from = [r for r in trainer.rows(sorted(CORPUS.glob("*.jsonl"))) if r["split"] == "train"]
    with np.load(scorer.WEIGHTS) as kept:
        assert bytes(kept["corpus"]) == bytes(trainer.digest(learned_from)), "run: make train"


def test_other_features_of_the_same_corpus_are_noticed(trainer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    some = [r for r in ALL if r["lang"] == "fi" and r["split"] == "train"][:60]
    before = bytes(trainer.digest(some))
    assert bytes(trainer.digest(some)) == before
    monkeypatch.setattr(scorer, "signs", lambda text, context="": ["sign:new"])
    assert bytes(trainer.digest(some)) != before, "a changed feature would go unnoticed"


def test_training_again_gives_the_same_bytes(trainer: ModuleType, tmp_path: Path) -> None:
    some = [r for r in trainer.rows([CORPUS / "fi.jsonl"]) if r["split"] == "train"]
    sums = set()
    for name in ("one.npz", "two.npz"):
        np.savez_compressed(tmp_path / name, allow_pickle=False, **trainer.train(some))
        sums.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(sums) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_unseen_twins_are_told_apart_in_every_language(lang: str) -> None:
    """In four of five unseen situations of a language the requirement scores above its twins."""
    by_situation: dict[str, dict[bool, list[float]]] = {}
    for r in HELD_OUT:
        if r["lang"] == lang:
            kept = by_situation.setdefault(r["situation"], {True: [], False: []})
            kept[r["is_requirement"]].append(opinion(r["text"], r["lang"]))
    pairs = [k for k in by_situation.values() if k[True] and k[False]]
    right = sum(np.mean(k[True]) > np.mean(k[False]) for k in pairs)
    assert right / len(pairs) >= 0.8, f"{right} of {len(pairs)}"


def test_opinions_are_finite_and_the_same_in_many_threads() -> None:
    sentences = [t for r in HELD_OUT for t in told(r["text"], r["lang"])]
    once = [scorer.opinion(t) for t in sentences]
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(scorer.opinion, sentences))
    assert once == again
    assert np.isfinite(once).all()


def test_empty_and_odd_texts_have_an_opinion() -> None:
    for text in ("", " ", "\n", "|", "…", "ＩＬＯ", "İ" * 400, "a" * 100_000):
        own = look(text, 0, len(text), lexicon("en"))
        assert np.isfinite(scorer.opinion(Told(own, Score(0.0, 0.0, ()), NOTHING, "tlh")))


def test_what_governs_a_passage_counts() -> None:
    item = "a list of the factories"
    assert opinion(item, "en", "Obligations of the supplier:") > opinion(item, "en")


def test_a_concept_has_the_same_name_in_every_language() -> None:
    def names(text: str, lang: str) -> set[str]:
        own = look(text, 0, len(text), lexicon(lang))
        count(own, lexicon(lang))
        return set(concepts(Told(own, Score(0.9, 2.4, ()), NOTHING, lang)))

    english = names("Suppliers must disclose their factories.", "en")
    german = names("Lieferanten müssen ihre Fabriken offenlegen.", "de")
    shared = {"cue:must", "cue:supplier", "cue:factory", "topic:supply_chain_transparency:True", "strong:supplier"}
    assert shared <= english & german


def test_a_sentence_takes_a_fifth_of_a_millisecond() -> None:
    """Processor time, the best of three rounds; the bound leaves room for a busy machine."""
    sentences = [t for r in HELD_OUT for t in told(r["text"], r["lang"])]
    best = 1.0
    for _ in range(3):
        begun = time.process_time()
        for t in sentences:
            scorer.opinion(t)
        best = min(best, (time.process_time() - begun) / len(sentences))
    assert best < 0.0006


def test_held_out_passages_are_judged_well_and_confidences_keep_their_word() -> None:
    report = detect.evaluate(HELD_OUT)
    assert report.overall["requirement"].as_dict()["f1"] >= 0.85
    sure = [report.reliability[name] for name in ("0.9-1.0", "0.8-0.9")]
    assert sum(b.right for b in sure) / sum(b.rows for b in sure) >= 0.9
    assert sum(b.rows for b in report.reliability.values()) <= len(HELD_OUT)
    assert report.as_dict()["reliability"]["0.9-1.0"]["rows"] == sure[0].rows
    assert "0.9-1.0" in report.as_text()


def test_the_learned_opinion_is_named_among_the_rules() -> None:
    (signal,) = detect.signals("From 1 March 2027 suppliers must disclose the factories of all laptops.")
    assert any(r.startswith(("+learned:0.", "+learned:1.")) for r in signal.rules)


def test_the_opinion_is_the_confidence() -> None:
    missed = Score(0.3, 1.5, ("+scope:x",))
    assert joined(seen("supplier"), missed, 2.0, NOTHING).confidence == pytest.approx(0.881, abs=0.001)
    assert joined(seen("supplier", "must"), Score(0.7, 2.4, ()), -1.0, NOTHING).confidence < 0.5


def test_without_words_of_a_duty_a_sentence_stays_below_publication() -> None:
    lifted = joined(seen("supplier"), Score(0.3, 0.0, ()), 9.0, NOTHING)
    assert 0.5 <= lifted.confidence < 0.8
    assert lifted.duty > 0


@pytest.mark.parametrize("word", ["may", "relax", "advice", "intend"])
def test_only_a_certain_opinion_is_heard_against_a_word_of_freedom(word: str) -> None:
    points = Score(0.2, 2.4, ())
    assert joined(seen("supplier", word), points, 0.9, NOTHING).confidence <= 0.2
    assert joined(seen("supplier", word), points, 9.0, NOTHING).confidence < 0.8
    assert joined(seen("supplier", word, "must"), points, 9.0, NOTHING).confidence > 0.8


def test_a_duty_of_the_buyer_alone_is_not_lifted() -> None:
    assert joined(seen("buyer"), Score(0.4, 2.4, ()), 0.9, NOTHING).confidence < 0.5


@pytest.mark.parametrize("word", ["private", "noise", "oppose", "report"])
def test_words_of_others_bind_nobody_even_beside_a_duty(word: str) -> None:
    points = Score(0.2, 2.4, ())
    assert joined(seen("supplier", "must", word), points, 2.0, NOTHING).confidence <= 0.2
    assert joined(seen("supplier", "must", word), points, 9.0, NOTHING).confidence < 0.8
