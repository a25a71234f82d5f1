"""One procurement is one notice, from its planning notice to its contract notice, whatever source shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from loopback import Clock, Site

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import Filter, MilestoneKind

NOTICES = Path(__file__).parent / "notices"
#: The planning notice's own number, its version, and its number in the Official Journal; a contract notice may use any.
PLANNED = "99999999-8888-4777-8666-555555555555"
DECLARATION = """[authority]
name = "Official Journal"
country = "EU"
role = "platform"

[[source]]
id = "eu-journal-planning"
title = "Planning"
kind = "eforms"
url = "{site}/planning.xml"
signposts = "market_engagement"
publish = "official"

[[source]]
id = "eu-journal-tenders"
title = "Tenders"
kind = "eforms"
url = "{site}/tender.xml"
signposts = "upcoming_procurement"
publish = "official"
"""


def planning() -> str:
    """The same buyer's planning notice (subtype 4), a year before: no procedure, no deadline, no predecessor."""
    text = (NOTICES / "eforms-competition.xml").read_text(encoding="utf-8")
    text = text.replace(">16</b:SubTypeCode>", ">4</b:SubTypeCode>").replace("00123456-2026", "00100001-2025")
    text = text.replace("11111111-2222-4333-8444-555555555555", PLANNED)
    for gone in (
        "<b:ContractFolderID>[^<]*</b:ContractFolderID>",
        "<a:NoticeDocumentReference>.*?</a:NoticeDocumentReference>",
    ):
        text = re.sub(gone, "", text, flags=re.DOTALL)
    return re.sub("<a:TenderSubmissionDeadlinePeriod>.*?</a:TenderSubmissionDeadlinePeriod>", "", text, flags=re.DOTALL)


def contract(previous: str) -> str:
    text = (NOTICES / "eforms-competition.xml").read_text(encoding="utf-8")
    assert f"{PLANNED}-01" in text
    return text.replace(f"{PLANNED}-01", previous)


@pytest.fixture
def journal(each_hub: Hub, sources: Path, site: Site) -> Hub:
    (sources / "eu").mkdir()
    (sources / "eu" / "journal.toml").write_text(DECLARATION.format(site=site.url), encoding="utf-8")
    load_catalogue(each_hub)
    return each_hub


def check(hub: Hub, clock: Clock, source: str):
    clock.forward(days=1)
    (result,) = hub.check([source])
    return result


def found(hub: Hub):
    return [n for n in hub.notices(Filter()).notices if n.source_id.startswith("eu-journal")]


def read_well_before(hub: Hub, clock: Clock, site: Site, source: str, path: str) -> None:
    """The source had its first reading, of another purchase."""
    other = (NOTICES / "eforms-competition.xml").read_text(encoding="utf-8")
    other = other.replace("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "bbbbbbbb-0000-4000-8000-000000000000")
    other = other.replace("11111111-2222-4333-8444-555555555555", "bbbbbbbb-1111-4000-8000-000000000000")
    site.pages[path] = other.replace(PLANNED, "12121212-0000-4000-8000-000000000000").replace("123456-2026", "7-2025")
    assert check(hub, clock, source).outcome.value == "baseline"


@pytest.mark.parametrize("named_by", [f"{PLANNED}-01", PLANNED, "100001-2025"])
def test_a_planning_notice_that_becomes_a_contract_notice_moves_through_its_stages(
    journal: Hub, clock: Clock, site: Site, named_by: str
):
    read_well_before(journal, clock, site, "eu-journal-tenders", "/tender.xml")
    site.pages["/planning.xml"] = planning()
    check(journal, clock, "eu-journal-planning")
    first = next(n for n in found(journal) if n.source_id == "eu-journal-planning")
    assert first.stage.value == "planned"

    site.pages["/tender.xml"] = contract(named_by)
    assert check(journal, clock, "eu-journal-tenders").outcome.value == "changed"
    now = next(n for n in found(journal) if n.id == first.id)
    assert len(found(journal)) == 2, "no second notice for the same procurement"
    assert now.stage.value == "adopted"
    assert any(m.kind is MilestoneKind.TENDER_CLOSES for m in now.living_milestones)
    assert now.first_recorded == first.first_recorded, "the lead time counts from the planning notice"
    entry = journal.recent(Filter(), 1)[0]
    assert (entry.notice_id, entry.kind.value) in {(first.id, "stage"), (first.id, "strengthened")}
    assert journal.notice(first.id).revisions[0].notice.stage.value in ("adopted", "planned")


def test_a_contract_notice_seen_before_its_planning_notice_is_joined_all_the_same(
    journal: Hub, clock: Clock, site: Site
):
    site.pages["/tender.xml"] = contract(f"{PLANNED}-01")
    check(journal, clock, "eu-journal-tenders")
    (first,) = found(journal)
    site.pages["/planning.xml"] = planning()
    check(journal, clock, "eu-journal-planning")
    (now,) = found(journal)
    assert now.id == first.id
    assert now.stage.value == "adopted", "an older notice never moves a procurement back"


def test_a_change_notice_moves_the_date_of_the_same_notice(journal: Hub, clock: Clock, site: Site):
    """BT-758: the changed notice is named, the whole notice is repeated under a new identifier and number."""
    text = contract(f"{PLANNED}-01")
    day = re.search(r"<a:TenderSubmissionDeadlinePeriod>.*?<b:EndDate>([0-9-]{10})", text, re.DOTALL)[1]
    text, day, later = text.replace(day, "2027-04-30"), "2027-04-30", "2027-06-15"
    site.pages["/tender.xml"] = text
    check(journal, clock, "eu-journal-tenders")
    (first,) = found(journal)
    own = "11111111-2222-4333-8444-555555555555"
    change = (
        f"<ea:Changes><eb:ChangedNoticeIdentifier>{own}-01</eb:ChangedNoticeIdentifier>"
        '<ea:ChangeReason><b:ReasonCode listName="change-corrig-justification">update-add</b:ReasonCode></ea:ChangeReason>'
        "</ea:Changes>"
    )
    text = text.replace(own, "22222222-2222-4333-8444-555555555555").replace("00123456-2026", "00130000-2026")
    text = text.replace("<ea:NoticeSubType>", f"{change}<ea:NoticeSubType>", 1).replace(day, later)
    site.pages["/tender.xml"] = text
    assert check(journal, clock, "eu-journal-tenders").outcome.value == "changed"
    (now,) = found(journal)
    assert now.id == first.id
    before, after = (
        {m.when.iso[:10] for m in n.living_milestones if m.kind is MilestoneKind.TENDER_CLOSES} for n in (first, now)
    )
    assert (before - after, after - before) == ({"2027-05-01"}, {"2027-06-16"}), "23:30Z is the next day there"
    assert journal.recent(Filter(), 1)[0].kind.value == "moved"
