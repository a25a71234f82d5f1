"""eForms notices and pages of TED's search become drafts: codes as facts, clauses by their terms, dates kept or flagged."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from feedhub.errors import ReadError
from feedhub.model import Clause, Draft, MilestoneKind, Precision, Stage, Trust
from feedhub.readers import Options, eforms

HERE = Path(__file__).parent / "notices"
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
NOTICES = sorted(SAMPLES.glob("eforms-notices*/**/*.xml"))
PERFORMANCE, AWARD, EXCLUSION = Clause.CONTRACT_PERFORMANCE_CLAUSE, Clause.AWARD_CRITERION, Clause.EXCLUSION_GROUND

needs_samples = pytest.mark.skipif(not NOTICES, reason="the sample notices are not on this machine")


def text_of(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def read(text: str, **options: str) -> Draft:
    return eforms.read(text.encode(), Options(**options)).drafts[0]


@pytest.fixture(scope="module")
def competition() -> Draft:
    return read(text_of("eforms-competition.xml"))


def test_a_notice_is_read_in_its_own_language_whatever_the_namespace_prefixes(competition: Draft) -> None:
    assert competition.title == "Bärbara datorer till skolor"
    assert competition.summary == "Ramavtal om bärbara datorer."
    assert competition.language == "sv"


def test_another_notice_language_gives_the_other_texts() -> None:
    draft = read(text_of("eforms-competition.xml").replace("<b:NoticeLanguageCode>SWE", "<b:NoticeLanguageCode>ENG"))
    assert draft.title == "Laptops for schools"
    assert draft.authority.name == "The Lake Region"


def test_the_leader_of_a_group_of_buyers_is_the_authority(competition: Draft) -> None:
    assert (competition.authority.name, competition.authority.country) == ("Region Sjö", "SE")


def test_the_procedure_identifier_is_the_reference_and_earlier_notices_are_named(competition: Draft) -> None:
    assert competition.source_ref == "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    assert competition.previous_refs[:2] == (
        "99999999-8888-4777-8666-555555555555-01",
        "99999999-8888-4777-8666-555555555555",
    )


def test_a_planning_notice_is_known_by_its_own_identifier() -> None:
    assert read(text_of("eforms-consultation.xml")).source_ref == "77777777-2222-4333-8444-555555555555"


def test_the_address_is_that_of_the_publication_and_documents_are_web_addresses_only(competition: Draft) -> None:
    assert competition.url == "https://ted.europa.eu/en/notice/-/detail/123456-2026"
    assert competition.documents == ("https://tenders.example/42",)
    assert competition.published == date(2026, 3, 2)


def test_cpv_codes_name_the_products(competition: Draft) -> None:
    assert competition.cpv == ("30213100", "30237000")
    assert competition.products[0] == "laptops"


def test_social_codes_are_official_requirements(competition: Draft) -> None:
    facts = {r.topic: r for r in competition.requirements if "BT-775" in r.provenance.judged_by[0]}
    assert facts["hrdd_process"].trust is Trust.OFFICIAL
    assert facts["hrdd_process"].clause is PERFORMANCE
    assert competition.codes["BT-775"] == ("hum-right", "gen-eq")


def test_a_social_code_takes_the_role_of_the_only_clause_that_names_its_topic(competition: Draft) -> None:
    equality = [r for r in competition.requirements if r.topic == "non_discrimination_equality"]
    assert [(r.clause, r.trust) for r in equality] == [(AWARD, Trust.OFFICIAL)]
    assert "lika lön" in equality[0].quote


def test_terms_of_performance_are_detected_with_the_sentence_as_quote(competition: Draft) -> None:
    found = {r.topic: r for r in competition.requirements if r.trust is Trust.DETECTED}
    assert found["child_labour"].clause is PERFORMANCE
    assert found["child_labour"].quote == "Leverantören ska motverka tvångs- och barnarbete i leveranskedjan."
    assert found["child_labour"].provenance.judged_by[0] == "BT-70 Terms of performance"


def test_a_word_end_shared_by_two_words_is_read_for_both(competition: Draft) -> None:
    assert "forced_labour" in {r.topic for r in competition.requirements}


def test_a_word_that_tenders_use_for_machines_too_is_no_social_topic(competition: Draft) -> None:
    assert "accessibility" not in {r.topic for r in competition.requirements}


def test_an_exclusion_ground_names_the_criterion_of_the_espd(competition: Draft) -> None:
    ground = [r for r in competition.requirements if r.clause is EXCLUSION]
    assert {r.topic for r in ground} == {"child_labour", "forced_labour"}
    assert {r.criterion for r in ground} == {"d789d01a-fe03-4ccd-9898-73f9cfa080d1"}


def test_exclusion_grounds_of_tenders_without_ict_stay_codes() -> None:
    roads = text_of("eforms-competition.xml").replace("30213100", "45233120").replace("30237000", "45233140")
    draft = read(roads)
    assert draft.codes["BT-67"] == ("exg-crim-traffick",)
    assert EXCLUSION not in {r.clause for r in draft.requirements}


def test_each_text_is_one_block_under_the_role_its_field_gives_it() -> None:
    document = eforms.read(text_of("eforms-competition.xml").encode(), Options()).documents[0]
    roles = {block.intro.split()[0]: block.path for block in document.blocks}
    assert roles["BT-70"] == ("Contract performance clause",)
    assert roles["BT-540"] == ("Award criterion",)
    assert roles["BT-67"] == ("Exclusion ground",)
    assert [b.text for b in document.blocks].count("Ramavtal om bärbara datorer.") == 1
    assert document.ref == "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def test_date_and_time_make_an_instant_dated_in_the_buyers_zone(competition: Draft) -> None:
    closing = [m for m in competition.milestones if m.code == "BT-131"]
    assert closing[0].when.instant == datetime(2026, 4, 30, 23, 30, tzinfo=UTC)
    assert closing[0].when.first == date(2026, 5, 1)
    assert closing[0].when.zone == "Europe/Stockholm"


def test_lots_that_close_on_different_days_are_told_apart(competition: Draft) -> None:
    assert [m.subject for m in competition.milestones if m.code == "BT-131"] == ["LOT-0001", "LOT-0002"]


def test_the_end_of_a_contract_is_reckoned_to_the_month(competition: Draft) -> None:
    (end,) = [m for m in competition.milestones if m.kind is MilestoneKind.CONTRACT_ENDS]
    assert (end.when.iso, end.when.precision, end.code) == ("2028-08", Precision.MONTH, "BT-36")


def test_an_impossible_date_is_left_out_and_named() -> None:
    reading = eforms.read(text_of("eforms-competition.xml").encode(), Options())
    assert "BT-13" not in {m.code for m in reading.drafts[0].milestones}
    assert any("BT-13" in w and "2026-02-30" in w for w in reading.warnings)


@pytest.mark.parametrize("wrong", ["0001-01-01+01:00", "9999-12-31Z", "31/12/2026", "2026-13-01"])
def test_a_year_one_or_far_future_date_is_never_kept(wrong: str) -> None:
    reading = eforms.read(text_of("eforms-consultation.xml").replace("2026-10-01+02:00", wrong).encode(), Options())
    assert "BT-127" not in {m.code for m in reading.drafts[0].milestones}
    assert any("BT-127" in w for w in reading.warnings)


def test_a_time_the_clock_change_skips_keeps_the_day_only() -> None:
    skipped = text_of("eforms-competition.xml").replace(
        "2026-05-15+02:00</b:EndDate><b:EndTime>12:00:00+02:00", "2026-03-29</b:EndDate><b:EndTime>02:30:00"
    )
    closing = [m for m in read(skipped).milestones if m.when.first == date(2026, 3, 29)]
    assert [(m.when.precision, m.when.instant) for m in closing] == [(Precision.DAY, None)]


def test_a_market_consultation_opens_with_its_answers_and_the_planned_tender() -> None:
    draft = read(text_of("eforms-consultation.xml"), country="IE")
    assert (draft.notice_kind, draft.stage) == ("consultation", Stage.CONSULTATION)
    found = {m.code: m for m in draft.milestones}
    assert found["BT-127"].kind is MilestoneKind.TENDER_EXPECTED
    assert found["BT-127"].when.first == date(2026, 10, 1)
    assert found["BT-800"].kind is MilestoneKind.CONSULTATION_CLOSES
    assert found["BT-800"].when.instant == datetime(2026, 2, 20, 11, tzinfo=UTC)
    assert found["BT-800"].when.zone == "Europe/Dublin"


@pytest.mark.parametrize(
    ("subtype", "kind", "stage", "urgent"),
    [
        ("4", "planning", Stage.PLANNED, False),
        ("8", "planning", Stage.PLANNED, True),
        ("E2", "planning", Stage.PLANNED, False),
        ("CEI", "competition", Stage.ADOPTED, False),
        ("26", "veat", Stage.ADOPTED, False),
        ("29", "result", Stage.IN_FORCE, False),
        ("39", "modification", Stage.IN_FORCE, False),
    ],
)
def test_the_subtype_gives_kind_stage_and_urgency(subtype: str, kind: str, stage: Stage, urgent: bool) -> None:
    draft = read(text_of("eforms-consultation.xml").replace(">E1<", f">{subtype}<"))
    assert (draft.notice_kind, draft.stage, draft.urgent) == (kind, stage, urgent)


def test_an_empty_form_is_refused_and_becomes_no_notice() -> None:
    root = (
        '<ContractNotice xmlns="urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2" '
        'xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        "<b:IssueDate>2026-11-20+01:00</b:IssueDate></ContractNotice>"
    )
    with pytest.raises(ReadError) as caught:
        read(root)
    assert caught.value.reason == "unparseable"
    assert "neither an identifier nor a buyer" in str(caught.value)


def test_a_change_notice_that_cancels_withdraws() -> None:
    change = (
        "<ea:Changes><eb:ChangedNoticeIdentifier>42-01</eb:ChangedNoticeIdentifier><ea:ChangeReason>"
        '<b:ReasonCode listName="change-corrig-justification">cancel</b:ReasonCode></ea:ChangeReason></ea:Changes>'
    )
    draft = read(text_of("eforms-competition.xml").replace("<ea:NoticeSubType>", f"{change}<ea:NoticeSubType>", 1))
    assert draft.stage is Stage.WITHDRAWN
    assert {"42-01", "42"} <= set(draft.previous_refs)


def test_a_page_of_the_search_gives_a_draft_for_each_notice() -> None:
    draft = read(text_of("ted-search.json"))
    assert (draft.title, draft.language) == ("Skærme til regionen", "da")
    assert (draft.authority.name, draft.authority.country) == ("Region Øst", "DK")
    assert draft.source_ref == "77777777-2222-4333-8444-555555555555"
    assert (draft.notice_kind, draft.urgent) == ("planning", True)
    assert draft.cpv == ("30231000", "30230000")
    assert {(r.topic, r.trust) for r in draft.requirements} == {
        ("hrdd_process", Trust.OFFICIAL),
        ("child_labour", Trust.DETECTED),
    }
    assert [(m.code, m.when.iso) for m in draft.milestones] == [("BT-131", "2026-05-01")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "unparseable"),
        (b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>', "unparseable"),
        (b"<a>" * 100_000, "unparseable"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "wrong_kind"),
        (b"\x00\x01\x02", "unparseable"),
        (b"", "empty"),
        (b'{"message": "Syntax error", "error": {"type": "QUERY_SYNTAX_ERROR"}}', "wrong_kind"),
        (b'{"notices": []}', "empty"),
        (b"[" * 100_000, "unparseable"),
    ],
)
def test_hostile_and_foreign_content_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        eforms.read(body, Options())
    assert refused.value.reason == reason


@needs_samples
def test_the_danish_ict_notice_yields_its_social_clause() -> None:
    (file,) = [f for f in NOTICES if f.name.startswith("20-587026")]
    draft = read(file.read_text(encoding="utf-8"))
    topics = {r.topic for r in draft.requirements if r.clause is PERFORMANCE}
    assert topics >= {"hrdd_process", "ilo_core_labour_standards", "child_labour"}
    assert "laptops" in draft.products
