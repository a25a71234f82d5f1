"""The closed lists hold together: every id that one list names exists in the other, in every language."""

import dataclasses
from pathlib import Path

import pytest

from feedhub import taxonomy
from feedhub.model import (
    AnnouncementKind,
    Clause,
    MilestoneKind,
    MilestoneStatus,
    Outcome,
    Precision,
    RevisionKind,
    Signposts,
    Stage,
    Trust,
)

LISTS = taxonomy.load()
SHARED = Path(__file__).resolve().parents[2] / "shared"
CUES = {
    *("obligation", "soft_or_permissive", "timing_effective", "timing_planned", "consultation_dialogue"),
    *("notice_types", "procurement_role", "scope_ict", "change_or_relaxation", "negative_context"),
}


def test_there_are_twenty_six_topics_of_which_twenty_two_are_in_scope() -> None:
    assert len(LISTS.topics) == 26
    assert len(LISTS.core_topics) == 22
    adjacent = {"conflict_affected_areas", "social_value_employment", "local_labour_clause", "accessibility"}
    assert set(LISTS.topics) - set(LISTS.core_topics) == adjacent


def test_loading_twice_gives_the_same_object_that_cannot_be_changed() -> None:
    assert taxonomy.load() is LISTS
    with pytest.raises(TypeError):
        LISTS.topics["new"] = LISTS.topics["living_wage"]  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        LISTS.topics["living_wage"].label = "other"  # type: ignore[misc]


def test_topics_name_clauses_of_the_model_and_at_least_one_proof() -> None:
    for topic in LISTS.topics.values():
        assert set(topic.clauses) <= set(Clause), topic.id
        assert topic.clauses, topic.id
        assert topic.evidence, topic.id
        assert topic.definition.endswith("."), topic.id
    assert set(LISTS.clauses) == set(Clause)


def test_evidence_proves_topics_that_exist_and_can_be_recognised() -> None:
    for kind in LISTS.evidence.values():
        assert kind.topics, kind.id
        assert set(kind.topics) <= set(LISTS.topics), kind.id
        assert kind.words.get(""), kind.id
        assert set(kind.words) - {""} <= set(taxonomy.LANGUAGES), kind.id


@pytest.mark.parametrize(
    "name",
    ["EcoVadis", "SA8000", "SMETA", "CMRT", "EMRT", "EPEAT", "MSAT", "ISO 45001", "TCO Certified", "RBA VAP"],
)
def test_the_proofs_of_the_field_are_known_by_their_names(name: str) -> None:
    assert any(name in kind.words[""] for kind in LISTS.evidence.values())


@pytest.mark.parametrize("lang", taxonomy.LANGUAGES)
def test_every_language_has_terms_of_every_core_topic_and_all_cues(lang: str) -> None:
    terms = LISTS.terms[lang]
    assert set(terms) == set(LISTS.topics)
    missing = {t for t in LISTS.core_topics if not terms[t]}
    assert not missing
    assert set(LISTS.cues[lang]) == CUES
    assert all(LISTS.cues[lang][cue] for cue in CUES)


@pytest.mark.parametrize("lang", ["en", "da", "de", "fr", "nb", "nl", "sv"])
def test_pages_can_name_everything_in_their_languages(lang: str) -> None:
    wanted = {
        "topic": LISTS.topics,
        "definition": LISTS.topics,
        "clause": Clause,
        "evidence": LISTS.evidence,
        "product": LISTS.products,
        "stage": Stage,
        "trust": Trust,
        "milestone": MilestoneKind,
        "milestone_status": MilestoneStatus,
        "precision": Precision,
        "signposts": Signposts,
        "outcome": Outcome,
        "announcement": {*AnnouncementKind, *RevisionKind},
        "criterion": LISTS.criteria,
        "law_role": {d.role for law in LISTS.laws.values() for d in law.dates},
    }
    for kind, ids in wanted.items():
        names = LISTS.labels[lang][kind]
        assert {str(i) for i in ids} <= set(names), (lang, kind)
        assert all(names.values()), (lang, kind)


def test_a_label_falls_back_to_english_and_then_to_the_id_in_words() -> None:
    assert LISTS.label("topic", "living_wage", "sv").startswith("Löner")
    assert LISTS.label("topic", "living_wage", "sv-FI").startswith("Löner")
    assert LISTS.label("topic", "living_wage", "xx") == LISTS.topics["living_wage"].label
    assert LISTS.label("topic", "not_there") == "not there"
    assert LISTS.label("country", "GB", "sv") == "Storbritannien"
    assert LISTS.label("country", "DE", "sv-FI") == "Tyskland"
    assert LISTS.label("law", "eu-flr") == "Forced Labour Regulation (EU) 2024/3015"


@pytest.mark.parametrize("lang", ["nb", "no", "nn", "nb-NO"])
def test_norwegian_has_names_under_each_of_its_codes(lang: str) -> None:
    assert LISTS.label("stage", "in_force", lang) == "Gjelder"
    assert LISTS.label("country", "AT", lang) == "Østerrike"


@pytest.mark.parametrize(
    ("code", "product"),
    [
        ("30213100", "laptops"),
        ("30213100-6", "laptops"),
        ("30213300", "desktops"),
        ("30213200", "tablets"),
        ("30231310", "monitors"),
        ("32250000", "phones"),
        ("48820000", "servers"),
        ("30232110", "printers"),
        ("30121100", "printers"),
        ("32420000", "network"),
        ("30237460", "peripherals"),
        ("30200000", "computers"),
        ("50320000", "maintenance"),
        ("51610000", "installation"),
        ("30000000", None),
        ("03111000", None),
        ("302131", None),
        ("", None),
    ],
)
def test_the_longest_beginning_of_a_cpv_code_names_the_product(code: str, product: str | None) -> None:
    assert LISTS.product_for_cpv(code) == product


@pytest.mark.parametrize("code", ["30000000", "30000000-9", "30200000", "30213000", "32344000", "32500000", "48800000"])
def test_ict_is_seen_under_its_own_codes_and_under_the_codes_above_them(code: str) -> None:
    assert LISTS.is_ict(["09134200", code])


@pytest.mark.parametrize("codes", [[], ["48000000"], ["50000000"], ["30197600"], ["79000000-4"], ["3020"]])
def test_other_codes_are_not_ict(codes: list[str]) -> None:
    assert not LISTS.is_ict(codes)


def test_every_ict_code_of_the_cpv_sample_is_ict() -> None:
    file = SHARED / "samples" / "cpv" / "cpv_ict_hardware_multilang.csv"
    if not file.exists():
        pytest.skip("the folder of CPV samples is absent")
    codes = [line[:8] for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    beginnings = ("302", "3012", "3225", "323", "324", "325", "488", "503", "516")
    asked = [c for c in codes if c.startswith(beginnings)]
    assert len(asked) > 300
    assert [c for c in asked if not LISTS.is_ict([c])] == []


def test_countries_are_found_by_the_codes_that_platforms_use() -> None:
    assert [LISTS.country(c) for c in ("UK", "GBR", "gb", "DEU", "EL", "INT", "EU", "XX", "")] == [
        *("GB", "GB", "GB", "DE", "GR", "INT", "EU"),
        *(None, None),
    ]
    assert LISTS.zone("UK") == "Europe/London"
    assert LISTS.zone("SE") == "Europe/Stockholm"
    assert LISTS.zone("") == "Europe/Brussels"
    assert all(names["en"] for names in LISTS.countries.values())


def test_the_law_calendar_is_whole() -> None:
    assert len(LISTS.laws) == 28
    assert sum(len(law.dates) for law in LISTS.laws.values()) == 85
    for law in LISTS.laws.values():
        assert set(law.topics) <= set(LISTS.topics), law.id
        assert law.country in LISTS.countries, law.id
        assert law.who, law.id
        assert law.relevance, law.id
        assert law.cites, law.id
        assert law.authority_name, law.id
        assert Stage(law.stage), law.id
        for given in law.dates:
            assert given.certainty in ("certain", "probable", "uncertain", "conflict", "certain-from-memory")
            assert given.source.startswith("http") or given.certainty in ("uncertain", "certain-from-memory"), given
            assert bool(given.was) is ("superseded" in given.role), given


def test_the_law_calendar_agrees_with_the_facts_it_was_made_from() -> None:
    file = SHARED / "domain" / "legislation.yaml"
    if not file.exists():
        pytest.skip("the folder of domain facts is absent")
    text = file.read_text(encoding="utf-8")
    for law in LISTS.laws.values():
        at = text.index(f"- id: {law.id}\n")
        end = text.find("\n- id: ", at + 1)
        part = text[at : end if end > 0 else None]
        assert part.count("role:") == len(law.dates), law.id
        for given in law.dates:
            assert given.date in part, (law.id, given.date)
            assert given.source in part, (law.id, given.source)


@pytest.mark.parametrize(
    ("cite", "law"),
    [
        ("2024/1760", "eu-csddd"),
        ("CSDDD", "eu-csddd"),
        ("LkSG", "de-lksg"),
        ("Åpenhetsloven", "no-apenhetsloven"),
        ("Modern Slavery Act", "uk-msa"),
        ("2024/3015", "eu-flr"),
    ],
)
def test_laws_are_known_by_the_names_that_texts_use(cite: str, law: str) -> None:
    assert [x.id for x in LISTS.laws.values() if cite in x.cites] == [law]
