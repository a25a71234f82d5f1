"""What a page of a notice says in detail: conventions by name, limits, and in words what the detector heard."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from web_house import CITY, House, draft, open_house

from feedhub import detect, taxonomy
from feedhub.detect.scoring import AGAINST, BOUND, DUTY
from feedhub.model import Evidence
from feedhub.web.languages import LANGUAGES

DUTY_TEXT = "From 1 March 2027 suppliers must respect ILO conventions 29 and 87 in contracts over EUR 139,000."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.hub.close()


def detected(house: House) -> str:
    """The address of a notice with a requirement as the detector reads it."""
    (signal,) = [s for s in detect.signals(DUTY_TEXT, lang="en") if s.is_requirement]
    asked = replace(
        draft().requirements[0],
        topic=signal.topics[0],
        quote=signal.text,
        cites=signal.cites,
        threshold=signal.threshold,
        provenance=Evidence(url="https://elm.example/policy", quote=signal.text, judged_by=signal.rules),
    )
    return f"/notices/{house.post(CITY, requirements=(asked,)).id}"


def test_a_notice_names_conventions_and_limits(house: House) -> None:
    page = house.text(detected(house))
    assert "ILO convention 29 (forced labour)" in page
    assert "ILO convention 87 (freedom of association)" in page
    assert "over EUR 139,000" in page


def test_a_notice_says_in_words_what_the_detector_heard(house: House) -> None:
    address = detected(house)
    page = house.text(address)
    assert "<li>Says that it must be done (“must”)</li>" in page
    assert "Binds suppliers (“suppliers”)" in page
    assert "Learned from labelled passages: " in page
    assert "+must" not in page
    assert "Säger att det ska göras (“must”)" in house.text(f"{address}?ui=sv")


def test_data_of_a_notice_hold_what_it_cites(house: House) -> None:
    asked = house.get(f"{detected(house)}.json").get_json()["requirements"][0]
    assert asked["cites"] == ["ilo-29", "ilo-87"]
    assert asked["threshold"] == "over EUR 139,000"


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_every_rule_has_words_in_the_languages_of_pages(lang: str) -> None:
    names = {*DUTY, *BOUND, *AGAINST, "heading", "context", "date", "row", "trigger", "force", "topic", "learned"}
    assert set(taxonomy.load().labels[lang]["rule"]) == names
