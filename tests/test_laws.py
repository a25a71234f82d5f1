"""The law calendar: superseded dates are history, uncertain ones are expected, disputed ones stand side by side."""

import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from loopback import Clock

from feedhub import taxonomy
from feedhub.changes import Known, decide
from feedhub.changes.merge import founded
from feedhub.hub import Hub
from feedhub.hub.laws import ROLES, SUPERSEDED, law_drafts, parse_date
from feedhub.model import Draft, Milestone, MilestoneKind, MilestoneStatus, Precision, Stage, Trust
from feedhub.store import catalogue

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LISTS = taxonomy.load()


def drafts(today: date = TODAY) -> dict[str, Draft]:
    return {d.source_ref: d for d in law_drafts(LISTS, today)}


ALL = drafts()


def upcoming(draft: Draft, today: date = TODAY) -> list[Milestone]:
    return [m for m in draft.milestones if m.status.living and m.when.last >= today]


def at(law: str, iso: str) -> Milestone:
    (found,) = [m for m in ALL[f"law:{law}"].milestones if m.when.iso == iso]
    return found


def test_each_law_is_one_draft_that_names_its_maker() -> None:
    assert list(ALL) == [f"law:{law}" for law in LISTS.laws]
    for draft in ALL.values():
        law = LISTS.laws[draft.source_ref.removeprefix("law:")]
        assert draft.notice_kind == "law"
        assert (draft.authority.id, draft.authority.country) == (law.authority, law.country)
        assert draft.authority.name
        assert len(draft.title) <= 200
        assert len(draft.summary) <= 2000


def test_each_topic_is_one_requirement_and_a_law_without_topic_has_none() -> None:
    for law in LISTS.laws.values():
        draft = ALL[f"law:{law.id}"]
        assert [r.topic for r in draft.requirements] == list(law.topics)
        assert all(r.laws == (law.id,) and r.text and r.provenance.judged_by for r in draft.requirements)
    assert ALL["law:eu-ppd-revision"].requirements == ()
    assert [r.topic for r in ALL["law:eu-eaa"].requirements] == ["accessibility"]


def test_each_of_the_eighty_five_dates_is_a_milestone_or_the_other_side_of_one() -> None:
    shown = sum(len(d.milestones) + sum(len(m.others) for m in d.milestones) for d in ALL.values())
    assert shown == 85
    roles = {d.role for law in LISTS.laws.values() for d in law.dates}
    assert roles <= {*ROLES, *SUPERSEDED}


@pytest.mark.parametrize("iso", ["2026-07-26", "2027-07-26"])
def test_replaced_dates_of_the_due_diligence_directive_are_never_upcoming(iso: str) -> None:
    milestone = at("eu-csddd", iso)
    assert milestone.status is MilestoneStatus.SUPERSEDED
    assert milestone.kind is MilestoneKind.COMPLIANCE_DUE
    for day in (date(2024, 8, 1), date(2026, 1, 1), TODAY):
        assert iso not in [m.when.iso for m in upcoming(drafts(day)["law:eu-csddd"], day)]


def test_the_due_diligence_directive_applies_from_26_july_2029() -> None:
    milestone = at("eu-csddd", "2029-07-26")
    assert milestone.kind is MilestoneKind.APPLIES_FROM
    assert (milestone.status, milestone.trust) == (MilestoneStatus.CONFIRMED, Trust.VERIFIED)
    assert [m.when.iso for m in upcoming(ALL["law:eu-csddd"])] == ["2027-07", "2028-07-26", "2029-07-26"]
    assert at("eu-csddd", "2027-07").when.precision is Precision.MONTH
    assert ALL["law:eu-csddd"].stage is Stage.ADOPTED


def test_the_forced_labour_regulation_applies_from_14_december_2027_alone() -> None:
    (milestone,) = upcoming(ALL["law:eu-flr"])
    assert (milestone.when.iso, milestone.kind) == ("2027-12-14", MilestoneKind.APPLIES_FROM)
    assert milestone.status is MilestoneStatus.CONFIRMED
    assert at("eu-flr", "2024-12-13").kind is MilestoneKind.ADOPTED
    assert at("eu-flr", "2025-12-14").kind is MilestoneKind.COMPLIANCE_DUE
    assert [r.topic for r in ALL["law:eu-flr"].requirements] == ["forced_labour", "state_imposed_forced_labour"]


def test_the_norwegian_account_is_due_every_30_june() -> None:
    (milestone,) = upcoming(ALL["law:no-apenhetsloven"])
    assert (milestone.recurs, milestone.when.iso) == ("--06-30", "2027-06-30")
    assert milestone.when.zone == "Europe/Oslo"
    for day, turn in ((date(2027, 6, 30), "2027-06-30"), (date(2027, 7, 1), "2028-06-30")):
        assert turn in [m.when.iso for m in drafts(day)["law:no-apenhetsloven"].milestones]


def test_the_british_statement_follows_the_financial_year() -> None:
    (milestone,) = upcoming(ALL["law:uk-msa"])
    assert (milestone.recurs, milestone.when.iso) == ("+6m after financial year", "2027-06-30")
    assert ALL["law:uk-msa"].stage is Stage.IN_FORCE


def test_pages_that_disagree_on_the_french_date_are_both_shown() -> None:
    milestone = at("fr-climat-resilience-35", "2026-08-21")
    assert [w.iso for w in milestone.others] == ["2026-08-22"]
    assert milestone.status is MilestoneStatus.EXPECTED
    assert milestone.trust is Trust.DETECTED
    law = LISTS.laws["fr-climat-resilience-35"]
    disputed = [d.source for d in law.dates if d.certainty == "conflict"]
    assert len(disputed) == 2
    assert all(source in milestone.note for source in disputed)
    assert ALL["law:fr-climat-resilience-35"].stage is Stage.ADOPTED


def test_only_certain_dates_are_confirmed_and_only_the_makers_pages_make_them_official() -> None:
    for draft in ALL.values():
        for m in draft.milestones:
            if m.status is MilestoneStatus.CONFIRMED:
                assert m.certainty == "certain"
                assert m.trust in (Trust.OFFICIAL, Trust.VERIFIED)
            elif m.status is MilestoneStatus.EXPECTED:
                assert m.certainty != "certain"
                assert m.trust is Trust.DETECTED
    assert at("uk-ppn009", "2025-02-24").trust is Trust.OFFICIAL
    assert at("uk-ppn002", "2025-10-01").trust is Trust.VERIFIED
    assert at("nl-isv", "2023-10-01").trust is Trust.OFFICIAL
    assert at("uk-msa", "2015").trust is Trust.VERIFIED
    assert at("no-loa-2026", "2026-07-01").trust is Trust.DETECTED


def test_every_fact_shows_where_it_was_seen_unless_nobody_looked() -> None:
    for draft in ALL.values():
        for m in draft.milestones:
            assert m.provenance.url or m.certainty in ("uncertain", "certain-from-memory"), m
            assert m.provenance.judged_by[0] == "law calendar"
            assert m.code


def test_no_two_dates_of_a_law_go_by_one_name() -> None:
    for draft in ALL.values():
        names = [(m.kind, m.subject) for m in draft.milestones]
        assert len(set(names)) == len(names), draft.source_ref


@pytest.mark.parametrize(
    ("law", "day", "stage"),
    [
        ("eu-ppd-revision", date(2025, 10, 1), Stage.INTENTION),
        ("eu-ppd-revision", date(2025, 12, 1), Stage.CONSULTATION),
        ("eu-ppd-revision", TODAY, Stage.PLANNED),
        ("epeat-2025", date(2023, 12, 15), Stage.CONSULTATION),
        ("epeat-2025", date(2025, 3, 1), Stage.ADOPTED),
        ("epeat-2025", date(2025, 11, 1), Stage.IN_FORCE),
        ("uk-nhs-slavery-2025", date(2025, 1, 1), Stage.PLANNED),
        ("uk-nhs-slavery-2025", date(2025, 12, 1), Stage.ADOPTED),
        ("uk-nhs-slavery-2025", date(2026, 5, 17), Stage.IN_FORCE),
        ("eu-flr", date(2027, 12, 13), Stage.ADOPTED),
        ("eu-flr", date(2027, 12, 14), Stage.IN_FORCE),
        ("eu-csrd", TODAY, Stage.IN_FORCE),
        ("no-loa-2026", TODAY, Stage.ADOPTED),
        ("uk-wales-sppp", TODAY, Stage.ADOPTED),
        ("de-lksg", TODAY, Stage.IN_FORCE),
        ("fr-vigilance", TODAY, Stage.IN_FORCE),
        ("nl-isv", TODAY, Stage.IN_FORCE),
    ],
)
def test_the_stage_follows_the_dates(law: str, day: date, stage: Stage) -> None:
    assert drafts(day)[f"law:{law}"].stage is stage


@pytest.mark.parametrize(
    ("text", "iso", "precision", "recurs"),
    [
        ("2026", "2026", Precision.YEAR, ""),
        ("2027-07", "2027-07", Precision.MONTH, ""),
        ("2023-Q4", "2023-10-01", Precision.QUARTER, ""),
        ("2027-12-14", "2027-12-14", Precision.DAY, ""),
        ("--05-31", "2027-05-31", Precision.DAY, "--05-31"),
        ("--11-24", "2026-11-24", Precision.DAY, "--11-24"),
        ("+6 months after FY end", "2027-06-30", Precision.DAY, "+6m after financial year"),
    ],
)
def test_dates_are_read_with_their_precision(text: str, iso: str, precision: Precision, recurs: str) -> None:
    when, rule = parse_date(text, TODAY, "Europe/London")
    assert (when.iso, when.precision, rule, when.zone) == (iso, precision, recurs, "Europe/London")


@pytest.mark.parametrize("text", ["soon", "2026-13", "2026-Q5", "26", "2026-02-30", ""])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text, TODAY, "UTC")


def test_the_weakest_living_fact_gives_the_trust_of_the_whole() -> None:
    assert ALL["law:eu-flr"].trust is Trust.VERIFIED
    assert ALL["law:eu-csddd"].trust is Trust.DETECTED


def test_the_same_day_gives_the_same_drafts() -> None:
    assert law_drafts(LISTS, TODAY) == law_drafts(LISTS, TODAY)


def test_milestones_stand_in_the_order_of_their_dates() -> None:
    for draft in ALL.values():
        firsts = [m.when.first for m in draft.milestones]
        assert all(a <= b for a, b in itertools.pairwise(firsts)), draft.source_ref


def test_reading_the_calendar_again_says_nothing_until_something_happens() -> None:
    known = [
        Known(founded(d, f"n{i}", d.authority.id, NOON), frozenset({d.source_ref}))
        for i, d in enumerate(law_drafts(LISTS, TODAY))
    ]
    assert decide(known, law_drafts(LISTS, TODAY), NOON, today=TODAY).revises == ()
    later = date(2027, 7, 1)
    turned = decide(known, law_drafts(LISTS, later), NOON, today=later).revises
    assert {r.before.source_ref for r in turned} == {"law:no-apenhetsloven", "law:uk-msa", "law:ca-s211"}
    assert not any(kind.announced for r in turned for kind in r.kinds)
    day = date(2027, 12, 14)
    applied = [r for r in decide(known, law_drafts(LISTS, day), NOON, today=day).revises if r.kinds[0].announced]
    assert ("law:eu-flr", Stage.IN_FORCE) in [(r.before.source_ref, r.after.stage) for r in applied]


def test_a_law_without_a_social_topic_is_shown_on_request_only(hub) -> None:
    from feedhub.model import Filter

    assert not any("Deforestation" in e.notice.title for e in hub.agenda(Filter()))
    assert hub.notices(Filter(sets={"law": ("eu-eudr",)})).total == 1


def test_a_maker_that_an_older_feedhub_called_a_buyer_is_called_a_legislator_and_a_declared_one_as_it_declares(
    hub: Hub, clock: Clock
) -> None:
    older = {a.id: replace(a, role="public_buyer") for a in hub.bodies().values() if a.role == "legislator"}
    declared = older.pop("fr-legislator")
    with hub.store.writing() as tx:
        catalogue.put_authorities(tx, older.values(), declared=False)
        catalogue.put_authorities(tx, [declared])
    clock.forward(days=1)
    hub.load_laws()
    assert {hub.bodies()[i].role for i in older} == {"legislator"}
    assert hub.bodies()["fr-legislator"].role == "public_buyer"
    listed = json.loads(hub.render("/api/v1/notices?law=eu-flr").body)["notices"]
    assert {n["authority"]["role"] for n in listed} == {"legislator"}
