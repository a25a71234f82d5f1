"""OCDS packages become drafts: releases merged by process, dates kept or flagged, goals as facts, dirt mended."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from feedhub.errors import ReadError
from feedhub.model import Clause, Draft, MilestoneKind, Precision, Stage, Trust
from feedhub.readers import Options, ocds

HERE = Path(__file__).parent / "notices"
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
FILES = sorted(SAMPLES.glob("ocds-*/**/*.json"))
NO_RELEASES = ("schema", "extension.json")

PACKAGE = (HERE / "ocds-package.json").read_bytes()
PERFORMANCE = Clause.CONTRACT_PERFORMANCE_CLAUSE


def release() -> dict[str, Any]:
    """The older release of the package, for changing."""
    found: dict[str, Any] = deepcopy(json.loads(PACKAGE.replace(b"1e9999", b"1"))["releases"][1])
    return found


def read(payload: object) -> Draft:
    return ocds.read(json.dumps(payload).encode(), Options()).drafts[0]


@pytest.fixture(scope="module")
def merged() -> Draft:
    (draft,) = ocds.read(PACKAGE, Options()).drafts
    return draft


def test_releases_of_one_process_are_one_draft_in_order_of_their_dates(merged: Draft) -> None:
    assert merged.source_ref == "ocds-h6vhtk-0abc12"
    assert merged.title == "Laptops and docks"
    assert merged.url == "https://notices.example/n2"
    assert merged.published == date(2026, 5, 4)


def test_the_last_notice_says_the_kind_and_a_planned_procurement_notice_is_urgent(merged: Draft) -> None:
    assert (merged.notice_kind, merged.stage, merged.urgent) == ("planning", Stage.PLANNED, True)
    assert merged.codes["noticeType"] == ("UK3",)


def test_the_engagement_notice_alone_is_a_consultation() -> None:
    draft = read(release())
    assert (draft.notice_kind, draft.stage, draft.urgent) == ("consultation", Stage.CONSULTATION, False)


def test_buyer_and_country_come_from_the_party_with_the_buyers_id(merged: Draft) -> None:
    assert (merged.authority.name, merged.authority.country) == ("Hill County Council", "GB")


def test_cpv_codes_lose_their_check_digit(merged: Draft) -> None:
    assert merged.cpv == ("30213100", "30237000")
    assert "laptops" in merged.products


def test_a_time_without_offset_is_local_time_of_the_buyer(merged: Draft) -> None:
    (closes,) = [m for m in merged.milestones if m.kind is MilestoneKind.CONSULTATION_CLOSES]
    assert closes.when.instant == datetime(2026, 3, 20, 17, tzinfo=UTC)
    assert closes.when.zone == "Europe/London"
    summer = release()
    summer["planning"]["milestones"][0]["dueDate"] = "2026-06-19T17:00:00"
    assert read(summer).milestones[0].when.instant == datetime(2026, 6, 19, 16, tzinfo=UTC)


def test_the_future_notice_is_a_day_on_which_the_tender_is_expected(merged: Draft) -> None:
    (expected,) = [m for m in merged.milestones if m.kind is MilestoneKind.TENDER_EXPECTED]
    assert (expected.when.iso, expected.when.precision) == ("2026-09-30", Precision.DAY)
    assert expected.code == "tender/communication/futureNoticeDate"


def test_the_contract_of_a_lot_has_a_first_and_a_last_day(merged: Draft) -> None:
    days = {m.kind: m.when.iso for m in merged.milestones}
    assert days[MilestoneKind.CONTRACT_STARTS] == "2027-01-01"
    assert days[MilestoneKind.CONTRACT_ENDS] == "2028-12-31"


def test_midnight_of_a_british_summer_written_in_utc_is_the_next_day() -> None:
    summer = release()
    summer["tender"]["lots"][0]["contractPeriod"] = {"startDate": "2026-03-31T23:00:00Z"}
    assert [m.when.iso for m in read(summer).milestones if m.kind is MilestoneKind.CONTRACT_STARTS] == ["2026-04-01"]


def test_a_supplier_day_is_an_event_to_attend() -> None:
    day = release()
    day["planning"]["milestones"][0]["description"] = "Supplier day at the town hall"
    assert read(day).milestones[0].kind is MilestoneKind.MARKET_EVENT


def test_a_goal_is_official_in_each_clause_that_its_strategies_name(merged: Draft) -> None:
    goals = [r for r in merged.requirements if r.topic == "hrdd_process" and r.trust is Trust.OFFICIAL]
    assert {r.clause for r in goals} == {Clause.AWARD_CRITERION, PERFORMANCE}
    assert merged.codes["hasSustainability"] == ("true",)


def test_performance_terms_are_detected(merged: Draft) -> None:
    found = {r.topic: r for r in merged.requirements if r.trust is Trust.DETECTED}
    assert found["forced_labour"].clause is PERFORMANCE
    assert found["forced_labour"].provenance.judged_by[0] == "tender/contractTerms/performanceTerms"


def test_lost_line_breaks_are_mended_and_the_description_of_the_release_is_a_block() -> None:
    (document,) = ocds.read(PACKAGE, Options()).documents
    texts = [b.text for b in document.blocks]
    assert "Devices for staff.\nTwo lots." in texts
    assert "Bidders should read our supplier charter.\nIt names three duties." in texts
    assert not any("rnrn" in t for t in texts)


def test_words_that_end_in_rn_stay_whole() -> None:
    plain = release()
    plain["description"] = "We concern ourselves with modern slavery in return."
    (document,) = ocds.read(json.dumps(plain).encode(), Options()).documents
    assert any("concern ourselves with modern slavery in return." in b.text for b in document.blocks)


def test_an_impossible_number_is_left_out_and_named() -> None:
    assert any("impossible number" in w for w in ocds.read(PACKAGE, Options()).warnings)


@pytest.mark.parametrize("wrong", ["2026-02-30T10:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "soon"])
def test_an_impossible_date_is_left_out_and_named(wrong: str) -> None:
    odd = release()
    odd["tender"]["tenderPeriod"] = {"endDate": wrong}
    reading = ocds.read(json.dumps(odd).encode(), Options())
    assert MilestoneKind.TENDER_CLOSES not in {m.kind for m in reading.drafts[0].milestones}
    assert any("tender/tenderPeriod/endDate" in w for w in reading.warnings)


def test_a_later_release_overrides_only_what_it_carries_and_null_removes() -> None:
    later = {
        "ocid": "ocds-h6vhtk-0abc12",
        "id": "9",
        "date": "2026-07-01",
        "tag": ["tenderUpdate"],
        "tender": {"description": None, "lots": [{"id": "LOT-1", "title": "All devices"}]},
    }
    draft = read({"releases": [later, release()]})
    assert draft.title == "Laptops and docks"
    assert draft.summary == "Bidders should read our supplier charter. It names three duties."
    assert MilestoneKind.CONTRACT_ENDS in {m.kind for m in draft.milestones}


def test_a_record_gives_its_compiled_release_or_else_its_releases() -> None:
    compiled = {"records": [{"ocid": "ocds-x-1", "compiledRelease": release()}]}
    embedded = {"records": [{"ocid": "ocds-x-1", "releases": [{"id": "1", **release()}]}]}
    assert read(compiled).title == read(embedded).title == "Laptops and docks"


def test_a_versioned_release_is_read_as_it_stands_now() -> None:
    values = [{"releaseDate": "2026-01-01", "value": "Old"}, {"releaseDate": "2026-02-01", "value": "New"}]
    record = {"ocid": "ocds-x-1", "versionedRelease": {"ocid": "ocds-x-1", "tender": {"id": "t", "title": values}}}
    assert read({"records": [record]}).title == "New"


def test_lines_of_json_are_read_as_releases() -> None:
    other = {**release(), "ocid": "ocds-h6vhtk-0abc99"}
    body = b"\n".join(json.dumps(r).encode() for r in (release(), other))
    assert [d.source_ref for d in ocds.read(body, Options()).drafts] == ["ocds-h6vhtk-0abc12", "ocds-h6vhtk-0abc99"]


def test_a_cancelled_tender_is_withdrawn() -> None:
    gone = release()
    gone["tender"]["status"] = "cancelled"
    assert read(gone).stage is Stage.WITHDRAWN


def test_a_fragment_is_read_and_flagged() -> None:
    cut = {"ocid": "ocds-h6vhtk-1", "id": "1", "tag": ["compiled"], "tender": {"id": "1", "_truncated_here": True}}
    reading = ocds.read(json.dumps(cut).encode(), Options())
    assert any("fragment" in w for w in reading.warnings)


def test_fields_of_the_wrong_shape_are_passed_over() -> None:
    odd = {
        "ocid": "ocds-x-2",
        "id": 3,
        "tag": "planning",
        "buyer": "Council",
        "parties": {"a": 1},
        "planning": [],
        "tender": {"title": 5, "items": "none", "lots": [None, 7], "tenderPeriod": "2026", "communication": []},
    }
    assert read(odd).source_ref == "ocds-x-2"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe", "unparseable"),
        (b"[" * 100_000, "unparseable"),
        (b'{"a":' * 100_000, "unparseable"),
        (b"{not json", "unparseable"),
        (b'"/etc/passwd"', "wrong_kind"),
        (b'{"$schema": "x", "id": "y", "definitions": {}}', "wrong_kind"),
        (b'{"releases": []}', "empty"),
    ],
)
def test_hostile_and_foreign_content_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as refused:
        ocds.read(body, Options())
    assert refused.value.reason == reason


def test_an_empty_window_is_fine_where_nothing_is_expected() -> None:
    assert ocds.read(b'{"releases": []}', Options(at_least=0)).drafts == ()


@pytest.mark.skipif(not FILES, reason="the sample releases are not on this machine")
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_sample_is_read_or_said_to_be_no_release(file: Path) -> None:
    if any(part in file.name for part in NO_RELEASES):
        with pytest.raises(ReadError) as refused:
            ocds.read(file.read_bytes(), Options())
        assert refused.value.reason == "wrong_kind"
        return
    reading = ocds.read(file.read_bytes(), Options())
    assert [d.source_ref for d in reading.drafts] == [d.ref for d in reading.documents]
    assert all(d.title for d in reading.drafts)
