"""Texts judged together get what each gets alone; what was judged is remembered, and not without end."""

import json
from pathlib import Path

import pytest

from feedhub import detect
from feedhub.detect import judge, language, sections
from feedhub.detect.lexicon import lexicon
from feedhub.detect.scoring import DUTIES
from feedhub.model import Block, Document

CORPUS = Path(__file__).resolve().parent / "corpus"
ROWS = [json.loads(line) for p in sorted(CORPUS.glob("*.jsonl")) for line in p.read_text(encoding="utf-8").splitlines()]
DUTY = "Suppliers must disclose the factories of all laptops."


def test_texts_judged_together_get_what_each_gets_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "_AT_ONCE", 7)
    texts = [r["text"] for r in ROWS[::9]]
    together = judge.judge_all([judge.Standing(t) for t in texts], lang="en")
    assert together == [judge.judge(t, lang="en") for t in texts]
    assert sum(map(len, together)) > 20


def test_each_block_has_its_own_heading_and_intro() -> None:
    blocks = (
        Block("the names of all factories", "item", ("Duties",), "Suppliers must disclose:"),
        Block("the names of all factories", "item", ("Wishes",), "We would be glad to see:"),
    )
    found = detect.examine(Document(title="", language="en", blocks=blocks))
    assert [f.index for f in found if f.signal.is_requirement] == [0]


def test_a_block_that_was_judged_is_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Document(title="", language="en", blocks=(Block(DUTY), Block("We buy chairs."), Block(DUTY)))
    first = detect.examine(page)
    monkeypatch.setattr(
        sections, "judge_all", lambda standing, **_: [] if not standing else pytest.fail("judged again")
    )
    assert detect.examine(page) == first
    assert [f.index for f in first] == [0, 2]


def test_what_was_judged_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "_kept", {})
    monkeypatch.setattr(sections, "_MOST_KEPT", 3)
    for i in range(5):
        detect.examine(Document(title="", language="en", blocks=(Block(f"{DUTY} ({i})"),)))
    assert [key[0].text[-3:] for key in sections._kept] == ["(2)", "(3)", "(4)"]


@pytest.mark.parametrize("lang", ["en", "de", "fi", "fr"])
def test_a_duty_is_seen_without_looking_for_all_that_fires(lang: str) -> None:
    words = lexicon(lang)
    texts = [r["text"].lower() for r in ROWS if r["lang"] == lang]
    seen = [words.holds(t, DUTIES) for t in texts]
    assert seen == [any(h.name in DUTIES for h in words.cues(t)) for t in texts]
    assert {True, False} == set(seen)


def test_the_model_of_languages_is_not_asked_about_a_text_without_a_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(language, "_identifier", lambda: asked.append(1) or pytest.fail("asked"))
    bare = "Papierlager Nord, Lagerhalle Sued, Werkhof West, Kantine Ost, Bauhof, Fuhrpark, Druckerei, Poststelle"
    assert judge.judge(bare, lang="fr") == []
    with pytest.raises(pytest.fail.Exception):
        judge.judge(f"{bare}, Kinderarbeit", lang="fr")
    assert asked


@pytest.mark.parametrize("lang", ["en", "de", "fi", "fr"])
def test_places_of_topics_are_the_same_in_stretches(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(r["text"].lower() for r in ROWS if r["lang"] == lang)[:60_000]
    whole = lexicon(lang).places(text)
    monkeypatch.setattr("feedhub.detect.lexicon._STRETCH", 97)
    assert sorted(lexicon(lang).places(text)) == sorted(whole)
    assert len(whole) > 500
