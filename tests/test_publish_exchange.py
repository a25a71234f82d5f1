"""JSON Lines, CSV and OCDS: what leaves feedhub for other programs, and comes back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from publish_examples import (
    AUTHORITY,
    HOSTILE,
    INSTANCE,
    NOW,
    announcement,
    anything,
    milestone,
    notice,
    quarter,
    requirement,
)

from feedhub.errors import InvalidInput
from feedhub.model import (
    Clause,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Stage,
    Trust,
    When,
)
from feedhub.publish import exchange

AUTHORITIES = {AUTHORITY.id: AUTHORITY}
UUID = "2f9d0c52-6a3e-4a7e-9a55-0b7a3f1d2c11"


def shown(made: Notice) -> dict:
    return exchange.notice_json(made, AUTHORITIES.get(made.authority_id), INSTANCE)


def lines(*notices: Notice) -> list[dict]:
    return [json.loads(line) for line in exchange.jsonl(notices, shown)]


def table(*notices: Notice) -> list[dict[str, str]]:
    text = b"".join(exchange.csv(notices, shown)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def package(*notices: Notice) -> dict:
    return json.loads(exchange.ocds(notices, shown, INSTANCE, NOW))


# -- the public JSON of a notice
def test_a_notice_as_json_names_ids_authority_dates_and_provenance() -> None:
    row = exchange.notice_json(
        notice(milestones=(milestone(when=quarter(2027, 3)),)), AUTHORITY, INSTANCE, lead_days=97
    )
    assert row["uri"] == "tag:feeds.example,2026-11-24:notice/n-1"
    assert row["url"] == "https://feeds.example/notices/n-1"
    assert row["authority"] == {
        "id": "se-example",
        "name": "Exempelstads inköp",
        "role": "public_buyer",
        "country": "SE",
        "url": "https://feeds.example/authorities/se-example",
    }
    assert row["lead_time_days"] == 97
    (date_,) = row["milestones"]
    assert (date_["date"], date_["precision"], date_["last"]) == ("2027-07-01", "quarter", "2027-09-30")
    assert date_["words"] == "Q3 2027"
    assert date_["uid"] == "n-1.m1@feeds.example"
    (asked,) = row["requirements"]
    assert asked["provenance"]["url"] == "https://buyer.example/terms"
    assert asked["topic_label"] == "Supply chain transparency and factory disclosure"
    json.dumps(row)


def test_a_notice_as_json_holds_at_most_two_blocks_of_context() -> None:
    near = Evidence(url="https://buyer.example/", quote="q", context=("one", "two", "three", "four"))
    row = exchange.notice_json(notice(requirements=(requirement(provenance=near),)), AUTHORITY, INSTANCE)
    assert row["requirements"][0]["provenance"]["context"] == ["one", "two"]


def test_a_stale_notice_says_when_it_was_last_confirmed() -> None:
    row = exchange.notice_json(notice(), AUTHORITY, INSTANCE, last_confirmed=NOW)
    assert (row["stale"], row["last_confirmed"]) == (True, "2026-11-24T10:00:00Z")
    assert exchange.notice_json(notice(confirmed=NOW), AUTHORITY, INSTANCE)["stale"] is False


def test_an_announcement_as_json_has_the_id_of_the_feeds() -> None:
    row = exchange.announcement_json(announcement(5, changes=("x",), terms={"topic": ("living_wage",)}), INSTANCE)
    assert row["id"] == "tag:feeds.example,2026-11-24:announcement/5"
    assert row["instant"] == "2026-11-24T10:00:05Z"
    assert row["terms"] == {"topic": ["living_wage"]}
    assert row["notice_url"] == "https://feeds.example/notices/n-1"


def test_addresses_that_could_run_a_script_and_unsafe_characters_are_not_exported() -> None:
    bad = notice(title=HOSTILE, url="javascript:alert(1)", documents=("data:x", "https://buyer.example/a.pdf"))
    text = b"".join(exchange.jsonl([bad], shown)).decode()
    assert "javascript" not in text
    assert "\u202e" not in text
    assert json.loads(text)["documents"] == ["https://buyer.example/a.pdf"]


def test_json_lines_has_one_notice_a_line_in_the_order_given() -> None:
    body = list(exchange.jsonl([notice(id="n-2", summary="a\nb"), notice(id="n-1")], shown))
    assert [json.loads(line)["id"] for line in body] == ["n-2", "n-1"]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in body)


def test_an_unknown_authority_is_named_by_its_id() -> None:
    assert exchange.notice_json(notice(), None, INSTANCE)["authority"]["name"] == "se-example"


# -- CSV
def test_a_csv_names_articles_conventions_and_thresholds_and_gives_them_back() -> None:
    asked = requirement(cites=("ILO C029", "ILO C105"), threshold="221,000 EUR; 100 employees")
    found = notice(requirements=(asked, replace(asked, id="r2", topic="forced_labour", threshold="100 employees")))
    (row,) = table(found)
    assert (row["cites"], row["threshold"]) == ("ILO C029; ILO C105", "221,000 EUR; 100 employees")
    (draft,) = exchange.drafts(b"".join(exchange.csv([found], shown)), "export.csv") or []
    assert {r.cites for r in draft.requirements} == {("ILO C029", "ILO C105")}
    assert {r.threshold for r in draft.requirements} == {"221,000 EUR; 100 employees"}


def test_a_csv_has_a_line_a_milestone_and_one_for_a_notice_without_dates() -> None:
    rows = table(notice(milestones=(milestone(), milestone(id="m2"))), notice(id="n-2", milestones=()))
    assert [(r["notice_id"], r["milestone_id"]) for r in rows] == [("n-1", "m1"), ("n-1", "m2"), ("n-2", "")]
    assert rows[0]["date"] == "2027-03-01"
    assert rows[0]["topics"] == "supply_chain_transparency"
    assert rows[0]["authority"] == "Exempelstads inköp"


def test_a_csv_begins_with_the_mark_that_spreadsheets_need_and_ends_lines_in_crlf() -> None:
    body = b"".join(exchange.csv([notice(title='A "quoted", title')], shown))
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\r\n") == 2
    assert b'"A ""quoted"", title"' in body


@pytest.mark.parametrize(
    "text",
    ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "'=1", '"=1', "\u00a0=1"],
)
def test_no_cell_is_a_formula_for_a_spreadsheet(text: str) -> None:
    cell = exchange.neutral(text)
    assert cell == f"'{text}"
    (row,) = table(notice(title=text, summary=text, milestones=(milestone(subject=text),)))
    for name in ("title", "summary", "subject"):
        assert not row[name].startswith(("=", "+", "-", "@", "＝", "\t", "\r"))


def test_ordinary_cells_stay_as_they_are() -> None:
    for text in ("", "Title - with dash", "2027-03-01", "a=b", "https://buyer.example/?a=1"):
        assert exchange.neutral(text) == text


@settings(max_examples=60, deadline=None)
@given(title=anything, text=anything)
def test_whatever_an_authority_writes_a_csv_and_json_lines_stay_readable(title: str, text: str) -> None:
    bad = notice(
        title=title, summary=text, milestones=(milestone(subject=text),), requirements=(requirement(quote=title),)
    )
    assert len(table(bad)) == 1
    assert len(lines(bad)) == 1


# -- OCDS
@pytest.mark.parametrize(
    ("ref", "is_one"),
    [
        ("ocds-h6vhtk-04a1b2", True),
        (UUID, True),
        (f"{UUID}-01", True),
        ("00123456-2026", True),
        ("", False),
        ("SFS 2016:1145", False),
        ("2024/1760", False),
        ("PPN 009", False),
    ],
)
def test_only_what_came_from_a_procurement_notice_is_released(ref: str, is_one: bool) -> None:
    made = notice(source_ref=ref)
    assert exchange.is_procurement(made) is is_one
    assert len(package(made)["releases"]) == int(is_one)


def test_a_release_package_has_what_the_standard_requires() -> None:
    made = package(notice(source_ref="ocds-h6vhtk-04a1b2"))
    assert {"uri", "publishedDate", "publisher", "releases", "version"} <= made.keys()
    assert made["version"] == "1.1"
    assert made["license"] == INSTANCE.licence
    (release,) = made["releases"]
    assert {"ocid", "id", "date", "tag", "initiationType"} <= release.keys()
    assert release["ocid"] == "ocds-h6vhtk-04a1b2"
    assert release["initiationType"] == "tender"
    assert release["parties"][0]["roles"] == ["buyer"]
    assert release["buyer"]["id"] == release["parties"][0]["id"]


def test_every_format_says_that_a_notice_is_stale_and_only_then() -> None:
    found = notice(source_ref=UUID, confirmed=NOW)

    def stale(made: Notice) -> dict:
        return exchange.notice_json(made, AUTHORITY, INSTANCE, last_confirmed=NOW)

    fresh, old = (json.loads(exchange.ocds([found], how, INSTANCE, NOW))["releases"][0] for how in (shown, stale))
    assert not fresh.keys() & {"stale", "lastConfirmed"}
    assert (old["stale"], old["lastConfirmed"]) == (True, "2026-11-24T10:00:00Z")
    for how, word in ((shown, "no"), (stale, "yes")):
        text = b"".join(exchange.csv([found], how)).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text, newline=""))
        assert (row["stale"], row["last_confirmed"]) == (word, "2026-11-24T10:00:00Z")


def test_a_notice_without_an_ocid_gets_no_prefix_that_is_not_ours() -> None:
    (release,) = package(notice(source_ref=UUID))["releases"]
    assert release["ocid"] == f"tag:feeds.example,2026-11-24:procedure/{UUID}"
    assert release["tender"]["id"] == UUID


def test_a_release_names_the_social_goals_with_their_strategies() -> None:
    asked = (
        requirement(),
        requirement(id="r2", clause=Clause.AWARD_CRITERION),
        requirement(id="r3", topic="living_wage", clause=Clause.POLICY),
        requirement(id="r4", topic="child_labour", gone=True),
    )
    (release,) = package(notice(source_ref=UUID, requirements=asked))["releases"]
    assert release["tender"]["hasSustainability"] is True
    first, second = release["tender"]["sustainability"]
    assert first["goal"] == "social.humanRightsInSupplyChains"
    assert first["strategies"] == ["contractPerformanceConditions", "awardCriteria"]
    assert second["goal"] == "social.laborRightsPromotion"
    assert "strategies" not in second


def test_a_release_gives_a_day_only_where_the_day_is_known() -> None:
    noon = datetime(2027, 6, 1, 10, 0, tzinfo=UTC)
    dates = (
        milestone(kind=MilestoneKind.TENDER_CLOSES, when=When(date(2027, 6, 1), Precision.INSTANT, noon)),
        milestone(id="m2", when=quarter(2027, 3)),
        milestone(id="m3", when=When(date(2027, 3, 1), zone="Europe/Stockholm"), status=MilestoneStatus.CANCELLED),
    )
    (release,) = package(notice(source_ref=UUID, milestones=dates, cpv=("30213100",)))["releases"]
    tender = release["tender"]
    assert tender["tenderPeriod"] == {"endDate": "2027-06-01T10:00:00Z"}
    assert [m.get("dueDate") for m in tender["milestones"]] == [
        "2027-06-01T10:00:00Z",
        None,
        "2027-03-01T23:59:59+01:00",
    ]
    assert "Q3 2027" in tender["milestones"][1]["description"]
    assert tender["milestones"][2]["status"] == "notMet"
    assert tender["items"][0]["classification"] == {"scheme": "CPV", "id": "30213100"}


@pytest.mark.parametrize(
    ("stage", "tag", "status"),
    [
        (Stage.PLANNED, "planning", "planned"),
        (Stage.ADOPTED, "tender", "active"),
        (Stage.WITHDRAWN, "tenderCancellation", "cancelled"),
    ],
)
def test_a_release_says_where_the_procedure_stands(stage: Stage, tag: str, status: str) -> None:
    (release,) = package(notice(source_ref=UUID, stage=stage))["releases"]
    assert (release["tag"], release["tender"]["status"]) == ([tag], status)


def test_two_exports_of_one_state_have_the_same_bytes() -> None:
    many = [notice(id=f"n-{i}", source_ref=UUID) for i in range(9)]
    assert package(*many) == package(*many)
    assert list(exchange.csv(many, shown)) == list(exchange.csv(many, shown))


# -- coming back
def full() -> Notice:
    noon = When(date(2027, 6, 1), Precision.INSTANT, datetime(2027, 6, 1, 10, 0, tzinfo=UTC), "Europe/Stockholm")
    dates = (
        milestone(when=quarter(2027, 3), subject="lot 1"),
        milestone(id="m2", kind=MilestoneKind.TENDER_CLOSES, when=noon),
        milestone(id="m3", kind=MilestoneKind.REVIEW, when=When(date(2028, 1, 1), Precision.YEAR)),
    )
    return notice(title="=Terms of 2027", source_ref=UUID, milestones=dates, cpv=("30213100",))


@pytest.mark.parametrize("fmt", ["jsonl", "csv"])
def test_an_export_comes_back_as_drafts_with_the_same_dates_and_demands(fmt: str) -> None:
    write = exchange.jsonl if fmt == "jsonl" else exchange.csv
    (draft,) = exchange.drafts(b"".join(write([full()], shown)), f"export.{fmt}") or []
    assert draft.title == "=Terms of 2027"
    assert (draft.authority.id, draft.authority.name, draft.authority.country) == (AUTHORITY.id, AUTHORITY.name, "SE")
    assert draft.stage is Stage.ADOPTED
    assert draft.url == "https://buyer.example/villkor"
    assert draft.cpv == ("30213100",)

    def seen(m: Milestone) -> tuple:
        return (m.kind, m.when, m.subject, m.status)

    wanted = [replace(m, when=replace(m.when, zone=m.when.zone)) for m in full().milestones]
    assert [seen(m) for m in draft.milestones] == [seen(m) for m in wanted]
    (asked,) = draft.requirements
    assert (asked.topic, asked.clause) == ("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE)
    assert asked.evidence == ("ew_factory_disclosure_form",)


def test_a_files_claim_of_trust_is_not_believed() -> None:
    (draft,) = exchange.drafts(b"".join(exchange.jsonl([full()], shown)), "export.jsonl") or []
    assert {draft.trust, *(m.trust for m in draft.milestones), *(r.trust for r in draft.requirements)} == {
        Trust.DETECTED
    }


def test_a_short_file_made_by_hand_is_enough() -> None:
    text = "title,authority,country,topic,milestone,date\r\nLiving wage at desks,City of X,nl,living_wage,applies_from,2027-03\r\n"
    (draft,) = exchange.drafts(text.encode(), "plan.csv") or []
    assert (draft.authority.name, draft.authority.country) == ("City of X", "NL")
    assert draft.requirements[0].topic == "living_wage"
    assert draft.milestones[0].when == When(date(2027, 3, 1), Precision.MONTH)
    row = b'{"title": "T", "authority": "City of X", "milestones": [{"kind": "review", "date": "2028"}]}\n\n'
    (other,) = exchange.drafts(row, "plan.ndjson") or []
    assert other.milestones[0].when == When(date(2028, 1, 1), Precision.YEAR)


def test_a_file_of_another_kind_is_left_to_others() -> None:
    assert exchange.drafts(b"<xml/>", "notice.xml") is None


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.jsonl", b"{", "line 1: this is not JSON"),
        ("a.jsonl", b"[1]", "must be a JSON object"),
        ("a.jsonl", b'{"authority": "A"}', "“title” is missing"),
        ("a.jsonl", b'{"title": "T"}', "“authority” is missing"),
        ("a.jsonl", b'{"title": "T", "authority": "A", "stage": "maybe"}', "unknown stage “maybe”"),
        ("a.jsonl", b'{"title": "T", "authority": "A", "milestones": [{"date": "2027"}]}', "unknown kind"),
        (
            "a.jsonl",
            b'{"title": "T", "authority": "A", "milestones": [{"kind": "review", "date": "31/12"}]}',
            "no date",
        ),
        ("a.jsonl", b'{"title": "T", "authority": "A", "requirements": [{"topic": "tea"}]}', "unknown topic “tea”"),
        ("a.jsonl", b'{"title": "T", "authority": "A", "requirements": 7}', "must be a list"),
        ("a.jsonl", b"\xff\xfe", "not UTF-8"),
        ("a.csv", b"name,date\nx,y\n", "must name the columns"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(name: str, body: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        exchange.drafts(body, name)
