"""The labelled passages: enough of them, labels of the closed lists, twins kept on one side of the split."""

import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from feedhub import taxonomy
from feedhub.model import Clause

HERE = Path(__file__).resolve().parent / "corpus"
LANGUAGES = ("da", "de", "en", "es", "fi", "fr", "it", "nl", "no", "sv")
#: The first hand's files are named by language alone, those of others by `hand-language`; two hold all languages.
MIXED = ("notices", "plain")
EVERY = [json.loads(line) for p in sorted(HERE.glob("*.jsonl")) for line in p.read_text(encoding="utf-8").splitlines()]
ROWS = {lang: [r for r in EVERY if r["lang"] == lang] for lang in LANGUAGES}
ALL = [r for rows in ROWS.values() for r in rows]
UNTOUCHED = [
    json.loads(line)
    for p in sorted((HERE / "untouched").glob("*.jsonl"))
    for line in p.read_text(encoding="utf-8").splitlines()
]
STAGES = {"signal", "planned", "consultation", "adopted", "in_force", "n/a"}
FORMS = {"prose", "pdf", "list", "table", "label", "heading"}


def test_ten_languages_have_files_and_no_other() -> None:
    assert {p.stem.split("-")[-1] for p in HERE.glob("*.jsonl")} == {*LANGUAGES, *MIXED}
    assert {r["lang"] for r in EVERY} == set(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_150_passages_and_40_situations(lang: str) -> None:
    assert len(ROWS[lang]) >= 150
    assert len({r["situation"] for r in ROWS[lang]}) >= 40
    assert {r["lang"] for r in ROWS[lang]} == {lang}
    assert {r["form"] for r in ROWS[lang]} == FORMS


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_topic_is_required_and_only_mentioned_in_every_language(lang: str) -> None:
    topics = set(taxonomy.load().topics)
    for required in (True, False):
        assert {t for r in ROWS[lang] if r["is_requirement"] is required for t in r["topics"]} == topics


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everyday_text_without_any_topic_is_there(lang: str) -> None:
    assert sum(not r["topics"] and not r["is_requirement"] for r in ROWS[lang]) >= 20


def test_labels_are_those_of_the_closed_lists() -> None:
    clauses = {c.value for c in Clause} | {"none"}
    for r in ALL:
        assert r["stage"] in STAGES, r["id"]
        assert r["clause"] in clauses, r["id"]
        assert r["split"] in ("train", "test"), r["id"]
        assert r["is_requirement"] == (r["clause"] != "none"), r["id"]


def test_only_what_is_planned_or_adopted_lies_ahead() -> None:
    for r in ALL:
        if r["is_requirement"]:
            assert r["upcoming"] == (r["stage"] in ("planned", "consultation", "adopted")), r["id"]
        elif not r["upcoming"]:  # a repeal or a delay that lies ahead is planned and no requirement
            assert r["stage"] in ("signal", "n/a"), r["id"]


def test_dates_stand_in_their_text_and_upcoming_ones_after_the_page() -> None:
    for r in ALL:
        for told in r.get("dates", ()):
            assert told["text"] in r["text"].replace("-\n", "").replace("\n", " "), r["id"]
            ahead = told["role"] == "applies_from" and r["upcoming"] and r["page_date"]
            if ahead and told["precision"] == "day":
                assert date.fromisoformat(told["iso"]) > date.fromisoformat(r["page_date"]), r["id"]


def test_ids_and_texts_are_unique() -> None:
    assert max(Counter(r["id"] for r in ALL).values()) == 1
    assert max(Counter((r["lang"], " ".join(r["text"].split())) for r in ALL).values()) == 1


def test_twins_stand_on_one_side_of_the_split() -> None:
    sides = defaultdict(set)
    for r in ALL:
        sides[r["situation"]].add(r["split"])
    assert all(len(split) == 1 for split in sides.values())
    assert 0.15 <= sum(r["split"] == "test" for r in ALL) / len(ALL) <= 0.35


def test_the_untouched_passages_stand_apart_and_keep_to_the_closed_lists() -> None:
    clauses = {c.value for c in Clause} | {"none"}
    known = {" ".join(r["text"].split()) for r in ALL}
    assert min(Counter(r["lang"] for r in UNTOUCHED).values()) >= 29
    for r in UNTOUCHED:
        assert r["split"] in ("untouched", "fresh"), r["id"]
        assert (r["stage"] in STAGES, r["clause"] in clauses, r["form"] in FORMS) == (True, True, True), r["id"]
        assert set(r["topics"]) <= set(taxonomy.load().topics), r["id"]
        assert r["is_requirement"] == (r["clause"] != "none"), r["id"]
        if r["is_requirement"]:
            assert r["upcoming"] == (r["stage"] in ("planned", "consultation", "adopted")), r["id"]
        assert " ".join(r["text"].split()) not in known, r["id"]
