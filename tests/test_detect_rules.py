"""Passages written for this test in ten languages: what binds suppliers is found, what only resembles it is not."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from feedhub import detect, taxonomy
from feedhub.model import Signal

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "detect" / "passages.jsonl").read_text("utf-8").splitlines()
]
CORE = set(taxonomy.load().core_topics)


def day(row: dict[str, Any]) -> date | None:
    return date.fromisoformat(row["page_date"]) if "page_date" in row else None


def required(text: str, lang: str = "en", page_date: date | None = None) -> list[Signal]:
    found = detect.signals(text, lang=lang, page_date=page_date)
    return [s for s in found if s.is_requirement and CORE & set(s.topics)]


@pytest.mark.parametrize("row", [r for r in ROWS if r["is_requirement"]], ids=lambda r: r["id"])
def test_a_duty_is_found_with_its_topic_and_time(row: dict[str, Any]) -> None:
    found = required(row["text"], row["lang"], day(row))
    assert found, detect.signals(row["text"], lang=row["lang"])
    if "topic" in row:
        assert row["topic"] in {t for s in found for t in s.topics}
    if "upcoming" in row:
        assert any(s.upcoming for s in found) is row["upcoming"]


@pytest.mark.parametrize("row", [r for r in ROWS if not r["is_requirement"]], ids=lambda r: r["id"])
def test_what_only_resembles_a_duty_is_none(row: dict[str, Any]) -> None:
    assert required(row["text"], row["lang"], day(row)) == []


@pytest.mark.parametrize("lang", taxonomy.LANGUAGES)
def test_the_language_is_told_without_being_given(lang: str) -> None:
    rows = [r for r in ROWS if r["lang"] == lang]
    right = [r for r in rows if bool(required(r["text"], "", day(r))) == r["is_requirement"]]
    assert len(right) >= 0.9 * len(rows)


@pytest.mark.parametrize(
    ("lang", "firm", "free"),
    [
        ("en", "Suppliers must disclose their factories.", "Suppliers may disclose their factories."),
        ("de", "Bieter müssen ihre Fabriken offenlegen.", "Bieter können ihre Fabriken offenlegen."),
        ("nl", "Leveranciers moeten hun fabrieken bekendmaken.", "Leveranciers mogen hun fabrieken bekendmaken."),
        ("sv", "Leverantören ska redovisa sina fabriker.", "Leverantören kan redovisa sina fabriker."),
        ("da", "Leverandøren skal oplyse sine fabrikker.", "Leverandøren kan oplyse sine fabrikker."),
        ("no", "Leverandøren skal oppgi sine fabrikker.", "Leverandøren kan oppgi sine fabrikker."),
        ("fr", "Les fournisseurs doivent indiquer leurs usines.", "Les fournisseurs peuvent indiquer leurs usines."),
        ("fi", "Toimittajan on ilmoitettava tehtaat.", "Toimittaja voi ilmoittaa tehtaat."),
        ("es", "Los proveedores deben indicar sus fábricas.", "Los proveedores pueden indicar sus fábricas."),
        ("it", "I fornitori devono indicare le fabbriche.", "I fornitori possono indicare le fabbriche."),
    ],
)
def test_one_modal_verb_makes_the_difference(lang: str, firm: str, free: str) -> None:
    assert required(firm, lang)
    assert not required(free, lang)


def test_a_permission_reaches_over_what_it_permits_but_not_beyond_a_colon() -> None:
    assert not required("The buyer may require that bidders must disclose their factories.")
    assert required("The buyer can use a selection criterion here: bidders must disclose their factories.")


def test_may_only_is_no_permission() -> None:
    assert required("Suppliers may only deliver laptops that were made without child labour.")


def test_the_month_of_may_permits_nothing() -> None:
    assert required("By 31 May 2027 suppliers must publish a report on forced labour.")


def test_a_relaxation_is_a_hint_and_no_duty() -> None:
    (signal,) = detect.signals("The duty to publish a modern slavery statement has been repealed.")
    assert not signal.is_requirement
    assert signal.stage in ("withdrawn", "relaxed")


def test_an_affiliation_is_an_intention_below_the_threshold_of_publication() -> None:
    (signal,) = detect.signals("The city joined Electronics Watch to improve labour rights in factories.")
    assert signal.stage == "intention"
    assert not signal.is_requirement
    assert signal.confidence < 0.8


def test_what_was_put_back_is_postponed_and_still_a_duty() -> None:
    text = "The battery due diligence duties of manufacturers are postponed and apply from 18 August 2027."
    (signal,) = required(text, page_date=date(2026, 1, 1))
    assert signal.stage == "postponed"
    assert signal.upcoming


def test_adjacent_topics_alone_are_no_core_requirement() -> None:
    text = "Contractors must hire apprentices and apply the collective agreement of the place."
    assert required(text) == []
    assert any("social_value_employment" in s.topics for s in detect.signals(text))


def test_terms_of_other_trades_are_no_topics() -> None:
    assert detect.signals("Bidders must state the total cost of ownership (TCO) of the printers.") == []


def test_words_of_the_environment_say_nothing_social() -> None:
    assert required("Laptops must carry the Blue Angel ecolabel and use less energy.") == []
