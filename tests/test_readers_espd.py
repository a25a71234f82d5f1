"""ESPD requests become drafts that say through which criterion a requirement will be asked."""

from pathlib import Path

import pytest

from feedhub.errors import ReadError
from feedhub.model import Clause, Draft, Stage, Trust
from feedhub.readers import Options, espd

HERE = Path(__file__).parent / "notices"
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples" / "espd"
REQUESTS = sorted(SAMPLES.glob("*.xml"))
BODY = (HERE / "espd-request.xml").read_bytes()


@pytest.fixture(scope="module")
def draft() -> Draft:
    return espd.read(BODY, Options()).drafts[0]


def test_a_request_belongs_to_its_procedure_and_buyer(draft: Draft) -> None:
    assert (draft.notice_kind, draft.stage, draft.source_ref) == ("espd", Stage.ADOPTED, "PP-2026-7")
    assert (draft.authority.name, draft.authority.country) == ("Harbour Authority", "IE")


def test_criteria_are_known_by_their_uuid_in_any_case(draft: Draft) -> None:
    ground = [r for r in draft.requirements if r.criterion == "d789d01a-fe03-4ccd-9898-73f9cfa080d1"]
    assert {r.topic for r in ground} == {"child_labour", "forced_labour"}
    assert {(r.clause, r.trust) for r in ground} == {(Clause.EXCLUSION_GROUND, Trust.OFFICIAL)}


def test_supply_chain_management_is_a_selection_criterion(draft: Draft) -> None:
    chain = [r for r in draft.requirements if r.topic == "supply_chain_transparency"]
    assert [(r.clause, r.criterion) for r in chain] == [
        (Clause.SELECTION_CRITERION, "dc12a151-7fdf-4733-a8f0-30f667292e66")
    ]


def test_what_the_buyer_wrote_under_a_criterion_is_detected(draft: Draft) -> None:
    own = [r for r in draft.requirements if r.trust is Trust.DETECTED]
    assert [(r.topic, r.clause) for r in own] == [("forced_labour", Clause.SELECTION_CRITERION)]


def test_criteria_about_who_the_bidder_is_are_no_blocks() -> None:
    (document,) = espd.read(BODY, Options()).documents
    assert {b.path[0] for b in document.blocks} == {"Exclusion ground", "Selection criterion"}
    assert not any("Small or medium-sized" in b.text for b in document.blocks)


def test_environmental_law_is_listed_without_a_social_topic(draft: Draft) -> None:
    assert "a80ddb62-d25b-4e4e-ae22-3968460dc0a9" in draft.codes["criterion"]
    assert "a80ddb62-d25b-4e4e-ae22-3968460dc0a9" not in {r.criterion for r in draft.requirements}


def test_an_impossible_issue_date_is_left_out_and_named() -> None:
    reading = espd.read(BODY, Options())
    assert reading.drafts[0].published is None
    assert any("2026-02-29" in w for w in reading.warnings)


def test_a_suppliers_response_is_no_request() -> None:
    with pytest.raises(ReadError) as refused:
        espd.read(BODY.replace(b"QualificationApplicationRequest", b"QualificationApplicationResponse"), Options())
    assert refused.value.reason == "wrong_kind"


@pytest.mark.skipif(not REQUESTS, reason="the sample requests are not on this machine")
@pytest.mark.parametrize("file", REQUESTS, ids=lambda f: f.name)
def test_every_sample_request_yields_the_criteria_that_all_versions_share(file: Path) -> None:
    (draft,) = espd.read(file.read_bytes(), Options()).drafts
    assert {r.topic for r in draft.requirements} >= {
        "child_labour",
        "ilo_core_labour_standards",
        "supply_chain_transparency",
    }
