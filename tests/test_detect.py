"""Signals, findings and drafts: what they hold, where they stand, what they are made of."""

import json
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from feedhub import detect
from feedhub.detect.intervals import fifths, interval
from feedhub.detect.language import reading_language
from feedhub.model import (
    Authority,
    Block,
    Clause,
    Document,
    Draft,
    MilestoneKind,
    MilestoneStatus,
    Source,
    SourceKind,
    Stage,
    Trust,
)

SEEN = date(2026, 11, 24)
DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
SOURCE = Source("gb-x-policy", "x", "Policy", SourceKind.PAGE, "https://x.example/policy")
AUTHORITY = Authority("x", "Council of X", "GB", zone="Europe/London")
TOP = ("Responsible purchasing of IT equipment",)


def page(*blocks: Block, title: str = "Purchasing") -> Document:
    return Document(title=title, blocks=blocks, language="en", url="https://x.example/policy")


def drafts(*blocks: Block, minimum: float = 0.8) -> list[Draft]:
    return detect.drafts(page(*blocks), source=SOURCE, authority=AUTHORITY, page_date=SEEN, minimum=minimum)


# -- signals


def test_a_signal_says_what_when_and_why() -> None:
    (signal,) = detect.signals(DUTY, page_date=SEEN)
    assert signal.is_requirement
    assert signal.upcoming
    assert signal.topics == ("supply_chain_transparency",)
    assert [(d.iso, d.role) for d in signal.dates] == [("2027-03-01", "applies_from")]
    assert signal.confidence >= 0.8
    assert signal.products == ("laptops",)
    assert signal.audience == "suppliers"
    assert signal.stage is Stage.ADOPTED
    assert "+must:must" in signal.rules
    assert DUTY[signal.start : signal.end] == signal.text == DUTY


def test_buying_alone_is_no_signal() -> None:
    assert detect.signals("We buy laptops, servers and phones for the city.") == []


def test_the_day_of_the_page_decides_what_is_upcoming() -> None:
    assert detect.signals(DUTY, page_date=date(2027, 2, 28))[0].upcoming
    assert not detect.signals(DUTY, page_date=date(2027, 3, 2))[0].upcoming


def test_offsets_hold_in_a_text_of_many_lines() -> None:
    text = "About us\n\nWe buy things.\n\nSuppliers must ban child la-\nbour in their factories. We are kind.\n"
    (signal,) = detect.signals(text)
    assert text[signal.start : signal.end] == signal.text
    assert signal.topics == ("child_labour",)


def test_an_empty_or_strange_text_gives_nothing() -> None:
    for text in ("", "   \n\n", "\ufeff!!!", "12345 67890", "。。。" * 50):
        assert detect.signals(text) == []


def test_a_given_language_wins() -> None:
    assert detect.signals("Leverandøren skal hindre barnearbeid.", lang="nb")[0].language == "no"


def test_evidence_trigger_law_and_threshold_are_named() -> None:
    text = (
        "With the bid, suppliers of contracts above 1 million euros must submit a SA8000 certificate "
        "under the Modern Slavery Act 2015."
    )
    (signal,) = detect.signals(text)
    assert signal.trigger == "bid"
    assert signal.evidence
    assert signal.laws
    assert "1 million" in signal.threshold


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Award criterion: up to 10 points for a living wage in the factories.", Clause.AWARD_CRITERION),
        ("Bidders convicted of child labour offences are excluded.", Clause.EXCLUSION_GROUND),
        ("During the contract the contractor must prevent forced labour.", Clause.CONTRACT_PERFORMANCE_CLAUSE),
        ("The Act on due diligence comes into force and applies to companies.", Clause.POLICY),
    ],
)
def test_the_clause_is_read_from_the_words(text: str, clause: Clause) -> None:
    assert detect.signals(text)[0].clause is clause


def test_threads_read_the_same_at_the_same_time() -> None:
    wanted = detect.signals(DUTY, page_date=SEEN)
    found: list[object] = []
    crew = [threading.Thread(target=lambda: found.append(detect.signals(DUTY, page_date=SEEN))) for _ in range(8)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert found == [wanted] * 8


# -- findings


def test_an_item_is_read_with_the_intro_of_its_list() -> None:
    block = Block("child labour", "item", TOP, intro="The supplier must guarantee that nobody is put into:")
    (finding,) = detect.examine(page(block), page_date=SEEN)
    assert finding.signal.is_requirement
    assert finding.signal.topics == ("child_labour",)
    assert (finding.block, finding.index) == (block, 0)


def test_the_date_of_an_intro_holds_for_its_items() -> None:
    block = Block("disclose the factories", "item", TOP, intro="From 1 March 2027 the supplier must:")
    (finding,) = detect.examine(page(block), page_date=SEEN)
    assert finding.signal.upcoming


def test_a_heading_lends_its_topic_to_a_bare_duty() -> None:
    block = Block("The supplier must sign this before award.", "paragraph", ("Code of conduct for suppliers",))
    (finding,) = detect.examine(page(block))
    assert finding.signal.topics == ("code_of_conduct",)


def test_a_duty_under_jobs_is_no_requirement() -> None:
    block = Block("The officer for human rights must speak English.", "paragraph", ("Jobs",))
    assert not any(f.signal.is_requirement for f in detect.examine(page(block)))


def test_a_heading_alone_is_no_finding() -> None:
    assert detect.examine(page(Block("Suppliers must respect human rights", "heading"))) == []


# -- drafts


def test_many_duties_under_one_heading_are_one_draft() -> None:
    words = ("forced labour", "child labour", "discrimination", "excessive overtime")
    (draft,) = drafts(
        *(Block(f"Suppliers must prevent {w} in their factories.", "paragraph", TOP) for w in words),
    )
    assert [r.topic for r in draft.requirements] == [
        "forced_labour",
        "child_labour",
        "non_discrimination_equality",
        "working_hours",
    ]
    assert draft.confidence == max(r.confidence for r in draft.requirements)
    assert draft.title == TOP[0]


def test_a_requirement_carries_quote_and_provenance() -> None:
    (draft,) = drafts(
        Block("Before.", "paragraph", TOP), Block(DUTY, "paragraph", TOP), Block("After.", "paragraph", TOP)
    )
    (requirement,) = draft.requirements
    assert requirement.quote == DUTY
    assert requirement.trust is Trust.DETECTED
    assert requirement.provenance.source_id == SOURCE.id
    assert requirement.provenance.url == "https://x.example/policy"
    assert requirement.provenance.context == ("Before.", "After.")
    assert "+must:must" in requirement.provenance.judged_by


def test_a_draft_names_authority_source_products_and_language() -> None:
    (draft,) = drafts(Block(DUTY, "paragraph", TOP))
    assert (draft.authority.name, draft.authority.country, draft.authority.id) == ("Council of X", "GB", "x")
    assert (draft.source_id, draft.notice_kind, draft.language) == (SOURCE.id, "policy", "en")
    assert draft.products == ("laptops",)
    assert draft.stage is Stage.ADOPTED


def test_the_anchor_is_the_id_of_the_heading_or_its_slug() -> None:
    (plain,) = drafts(Block(DUTY, "paragraph", TOP))
    assert plain.anchor == "responsible-purchasing-of-it-equipment"
    (named,) = drafts(Block(TOP[0], "heading", (), anchor="it"), Block(DUTY, "paragraph", TOP))
    assert named.anchor == "it"


def test_title_and_anchor_stay_when_only_a_date_moves() -> None:
    (before,) = drafts(Block(DUTY))
    (after,) = drafts(Block(DUTY.replace("1 March 2027", "1 June 2028")))
    assert (before.title, before.anchor) == (after.title, after.anchor)
    assert before.milestones != after.milestones


def test_dates_become_milestones() -> None:
    (draft,) = drafts(
        Block(DUTY, "paragraph", TOP),
        Block("Suppliers must report on forced labour by 30 June every year.", "paragraph", TOP),
    )
    starts, yearly = draft.milestones
    assert (starts.kind, starts.when.iso, starts.status) == (
        MilestoneKind.APPLIES_FROM,
        "2027-03-01",
        MilestoneStatus.CONFIRMED,
    )
    assert starts.when.zone == "Europe/London"
    assert (yearly.kind, yearly.recurs, yearly.when.iso) == (MilestoneKind.COMPLIANCE_DUE, "--06-30", "2027-06-30")


def test_an_old_date_is_superseded_and_never_upcoming() -> None:
    text = (
        "The due diligence duties of battery manufacturers, originally due to start on 18 August 2025, "
        "must be met from 18 August 2027."
    )
    (draft,) = drafts(Block(text, "paragraph", TOP), minimum=0.5)
    status = {m.when.iso: m.status for m in draft.milestones}
    assert status["2025-08-18"] is MilestoneStatus.SUPERSEDED
    assert status["2027-08-18"].living


def test_a_date_above_holds_for_the_sections_below_that_name_none() -> None:
    found = drafts(
        Block("This policy on human rights comes into force on 1 April 2027.", "paragraph", TOP),
        Block("Suppliers must prevent child labour.", "paragraph", (*TOP, "Action for suppliers of hardware")),
    )
    draft = found[-1]
    assert [(m.kind, m.when.iso) for m in draft.milestones] == [(MilestoneKind.APPLIES_FROM, "2027-04-01")]
    assert draft.stage is Stage.ADOPTED
    assert draft.milestones[0].provenance.quote.startswith("This policy")


def test_a_date_that_moves_with_every_reading_is_no_milestone() -> None:
    text = "Suppliers must disclose their factories as of today and within six months from now."
    (draft,) = drafts(Block(text, "paragraph", TOP))
    assert draft.milestones == ()


def test_a_short_heading_takes_the_one_above_into_the_title() -> None:
    (draft,) = drafts(Block(DUTY, "paragraph", ("Laptops and tablets", "Contract clauses")))
    assert draft.title == "Laptops and tablets – Contract clauses"


def test_findings_below_the_minimum_are_left_out() -> None:
    assert drafts(Block(DUTY, "paragraph", TOP), minimum=0.999) == []


def test_an_intention_makes_a_draft_for_review_only() -> None:
    block = Block("The council wants to promote human rights in its supply chains.", "paragraph", TOP)
    assert drafts(block) == []
    (draft,) = drafts(block, minimum=0.65)
    assert draft.stage is Stage.INTENTION
    assert draft.confidence < 0.8


def test_what_a_course_or_a_survey_aims_at_is_no_intention_of_the_authority() -> None:
    for text in (
        "The training aims to explain human rights due diligence.",
        "According to a survey companies want to do more against child labour.",
    ):
        assert drafts(Block(text, "paragraph", TOP), minimum=0.65) == []


def test_intentions_do_not_mix_with_the_duties_of_their_section() -> None:
    wish = "The council wants to promote freedom of association."
    (draft,) = drafts(Block(DUTY, "paragraph", TOP), Block(wish, "paragraph", TOP), minimum=0.65)
    assert [r.topic for r in draft.requirements] == ["supply_chain_transparency"]


def test_two_sections_are_two_drafts_even_with_the_same_heading() -> None:
    found = drafts(
        Block(DUTY, "paragraph", ("Computers and screens", "What we ask for")),
        Block("Suppliers must prevent child labour.", "paragraph", ("Phones and tablets", "What we ask for")),
    )
    assert len({d.anchor for d in found}) == 2


def test_a_date_broken_over_lines_keeps_what_it_is_for() -> None:
    text = (
        "Suppliers must disclose all factories of the laptops in use from 1\nMarch 2027 on, and name whom they employ."
    )
    (signal,) = detect.signals(text)
    assert [(d.text, d.iso, d.role) for d in signal.dates] == [("1 March 2027", "2027-03-01", "applies_from")]


# -- evaluation


def test_rows_are_scored_as_the_corpus_says() -> None:
    rows = [
        {"id": "1", "lang": "en", "text": DUTY, "is_requirement": True, "upcoming": True, "page_date": "2026-11"},
        {"id": "2", "lang": "en", "text": "We buy laptops.", "is_requirement": True, "topics": ["forced_labour"]},
        {"id": "3", "lang": "de", "text": "Bieter müssen Kinderarbeit verhindern.", "is_requirement": False},
        {"id": "4", "lang": "en", "text": "Hello.", "is_requirement": True, "topics": ["accessibility"]},
    ]
    report = detect.evaluate(rows).as_dict()
    assert report["rows"] == 4
    overall = report["overall"]["requirement"]
    assert (overall["tp"], overall["fp"], overall["fn"]) == (1, 1, 1)
    assert report["by_language"]["de"]["requirement"]["fp"] == 1
    assert [w["id"] for w in report["wrong"] if w["why"][0].startswith(("missed", "false"))] == ["2", "3"]
    assert "2: missed" in detect.evaluate(rows).as_text()


def test_a_report_of_nothing_divides_nothing() -> None:
    assert detect.evaluate([]).as_dict()["overall"]["requirement"]["f1"] == 0.0
    assert "0 rows" in detect.evaluate([]).as_text()


def test_annotating_keeps_the_row_and_gives_plain_values() -> None:
    row = detect.annotate({"id": "a", "text": DUTY, "note": 7}, today=SEEN)
    assert (row["id"], row["note"]) == ("a", 7)
    (signal,) = json.loads(json.dumps(row))["signals"]
    assert signal["upcoming"]
    assert signal["clause"] == "contract_performance_clause"
    assert signal["dates"] == [
        {"text": "1 March 2027", "iso": "2027-03-01", "precision": "day", "role": "applies_from"}
    ]


def test_a_broken_page_date_is_no_date() -> None:
    assert detect.annotate({"text": DUTY, "page_date": "2026-13-45"}, today=None)["signals"][0]["is_requirement"]


def test_the_development_corpus_is_read_well() -> None:
    corpus = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "dev.jsonl"
    if not corpus.exists():
        pytest.skip("the labelled corpus is not on this machine")
    rows = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    figures = detect.evaluate(rows).as_dict()["overall"]
    assert figures["requirement"]["f1"] >= 0.9
    assert figures["upcoming"]["f1"] >= 0.8
    assert figures["topics"]["f1"] >= 0.7


# -- strange texts


@pytest.mark.parametrize(
    "piece", ["child labour ", "1. ", "suppliers must disclose factories ", "ab-\ncd ", "((", "a;"]
)
def test_a_text_without_end_costs_no_more_than_its_length(piece: str) -> None:
    started = time.perf_counter()
    detect.signals(piece * (60_000 // len(piece)), lang="en")
    assert time.perf_counter() - started < 10


def test_a_sentence_without_end_is_quoted_in_parts() -> None:
    found = detect.signals("suppliers must disclose factories " * 400, lang="en")
    assert found
    assert all(len(s.text) <= 1500 for s in found)


def test_a_topic_broken_over_lines_is_seen_in_a_long_text() -> None:
    text = "We buy paper.\n\n" * 20 + "Suppliers must prove that no child la-\nbour is used in any of their factories."
    assert any("child_labour" in s.topics for s in detect.signals(text, lang="en"))


@pytest.mark.parametrize("given", ["en", "fr", "sv"])
def test_a_page_in_another_language_than_declared_loses_no_duty(given: str) -> None:
    duty = "Ab dem 1. März 2027 müssen Lieferanten die Fertigungsstätten aller Notebooks offenlegen."
    (found,) = [s for s in detect.signals(duty, lang=given) if s.is_requirement]
    assert found.topics == ("supply_chain_transparency",)
    assert found.dates[0].iso == "2027-03-01"


def test_small_words_of_a_quoted_law_do_not_make_a_page_german() -> None:
    duty = (
        "Suppliers must name every factory in which the laptops are made and accept the rules that follow from the "
        "Gesetz über die Sorgfaltspflichten und die Berichte von Unternehmen, as this council has asked of them before."
    )
    assert reading_language(duty, "de") == "en"
    assert reading_language("Leverantörer ska redovisa sina fabriker och varje arbetsplats i kedjan.", "sv") == "sv"


def test_neighbouring_languages_do_not_contradict_the_one_given() -> None:
    duty = "Leverandøren skal dokumentere, at der ikke anvendes børnearbejde eller tvangsarbejde i produktionen."
    assert reading_language(duty, "no") == "no"
    assert reading_language(duty, "en") == "da"


def test_intervals_draw_whole_addresses_and_are_the_same_every_time() -> None:
    apart = [(str(i), (1, 0, 0) if i % 2 else (0, 1, 1)) for i in range(40)]
    together = [(str(i % 2), told) for i, (_, told) in enumerate(apart)]
    low, high = interval(apart)
    assert 0.3 < low < 0.5 < high < 0.7
    assert interval(together) == (0.0, 1.0)
    assert interval(apart) == (low, high)
    assert interval([]) == (0.0, 0.0)


def test_the_rows_of_an_address_are_in_one_fifth() -> None:
    parts = fifths([("https://a.example/", (1, 0, 0))] * 7)
    assert sorted(parts) == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_rows_without_dates_are_not_scored_for_dates() -> None:
    row = {
        "id": "1",
        "lang": "en",
        "text": "From 1 March 2027 suppliers must disclose factories.",
        "is_requirement": True,
    }
    assert detect.evaluate([row]).as_dict()["overall"]["dates"]["fp"] == 0
    assert detect.evaluate([{**row, "dates": []}]).as_dict()["overall"]["dates"]["fp"] == 1
