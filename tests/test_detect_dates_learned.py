"""The learned opinion of what a date is for: reproducible, small, and bound by what the rules know."""

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from feedhub.detect.dates import _learned, find
from feedhub.detect.dates._signs import Case

ROOT = Path(__file__).resolve().parents[1]

MOVED = """
de|Die Pflichten, die ab dem 18. August 2025 gelten sollten, beginnen nun am 18. August 2027.|2025-08-18 2027-08-18
nl|De plicht begint niet op 1 mei 2026, maar pas op 1 mei 2027.|2026-05-01 2027-05-01
sv|Kravet träder inte i kraft 1 maj 2026 utan 1 maj 2027.|2026-05-01 2027-05-01
it|L'obbligo slitta dal 1 maggio 2026 al 1 maggio 2027.|2026-05-01 2027-05-01
fi|Velvoitetta ei sovelleta vielä 1.5.2026, kuten alun perin oli tarkoitus, vaan 1.5.2027 alkaen.|2026-05-01 2027-05-01
"""

ROLES = """
da|Kommende udbud: Servere. Offentliggørelse: 3. kvartal 2028.||tender_expected
no|Fellesavtale for nettbrett. Kunngjøring: september 2028.||tender_expected
fi|Tulossa: Näytöt. Hankintailmoitus: Q3/2028.||tender_expected
it|Avviso di pre-informazione. Lancio della procedura: ottobre 2028.||tender_expected
nl|Tot en met 29 december staat het concept van de gedragscode open voor reacties.|2028-11-25|consultation_close
fr|Le projet de charte est soumis à concertation jusqu'au 18 septembre.|2028-06-30|consultation_close
sv|Kursen i socialt ansvar hålls den 4 maj 2028.||event
de|Die Sorgfaltspflicht beginnt am 14. Dezember 2028.||applies_from
"""


@pytest.fixture(scope="module")
def trainer() -> ModuleType:
    pytest.importorskip("sklearn", reason="training needs scikit-learn of the dev extra")
    spec = importlib.util.spec_from_file_location("train_roles", ROOT / "tools" / "train_roles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_roles"] = module
    spec.loader.exec_module(module)
    return module


def rows(table: str) -> list[list[str]]:
    return [line.split("|") for line in table.strip().splitlines()]


def test_the_weights_are_a_small_file_of_the_package() -> None:
    assert _learned.WEIGHTS.parent == Path(_learned.__file__).parent
    assert _learned.WEIGHTS.stat().st_size <= 200 * 1024


def test_the_weights_were_learned_from_the_corpus_as_it_is_and_are_learned_again(trainer: ModuleType) -> None:
    again = trainer.train()
    with np.load(_learned.WEIGHTS) as kept:
        assert bytes(kept["corpus"]) == bytes(again["corpus"]), "run: make train"
        assert all(np.array_equal(kept[name], again[name]) for name in kept.files)


@pytest.mark.parametrize(("lang", "text", "days"), rows(MOVED))
def test_a_day_that_was_moved_is_superseded_and_the_later_one_is_not(lang: str, text: str, days: str) -> None:
    earlier, later = find(text, lang)
    assert f"{earlier.iso} {later.iso}" == days
    assert (earlier.role, later.role == "superseded_date") == ("superseded_date", False)


@pytest.mark.parametrize(("lang", "text", "day", "role"), rows(ROLES))
def test_words_that_no_rule_lists_in_a_row_still_say_what_a_date_is_for(
    lang: str, text: str, day: str, role: str
) -> None:
    (one,) = find(text, lang, date.fromisoformat(day) if day else None)
    assert one.role == role


def test_what_the_rules_call_superseded_stays_so_whatever_the_opinion_is() -> None:
    heard: list[Case] = []

    def hear(case: Case) -> str:
        heard.append(case)
        return case.role

    find("It was originally planned for 1 March 2027.", "en", hear=hear)
    certain = _learned.Weights(("applies_from",), np.ones((1, _learned.SLOTS), np.float32), np.ones(1, np.float32))
    assert [_learned.heard(case, certain) for case in heard] == ["superseded_date"]
