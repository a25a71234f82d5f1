"""What drafts mean for what is published."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from feedhub.changes import Known, decide, founded
from feedhub.model import (
    AuthorityRef,
    Clause,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Requirement,
    RevisionKind,
    Stage,
    Trust,
    When,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SOURCE = "se-example-policy"


def requirement(topic: str = "supply_chain_transparency", quote: str = "Suppliers must disclose factories.", **more):
    return Requirement(topic=topic, quote=quote, provenance=Evidence(source_id=SOURCE), **more)


def milestone(first: date = date(2027, 3, 1), precision: Precision = Precision.DAY, **more) -> Milestone:
    kind = more.pop("kind", MilestoneKind.APPLIES_FROM)
    return Milestone(kind, When(first, precision), provenance=Evidence(source_id=SOURCE), **more)


def draft(**more) -> Draft:
    given = {
        "title": "Factories",
        "authority": AuthorityRef("Example", "SE", "se-example"),
        "source_id": SOURCE,
        "anchor": "factories",
        "requirements": (requirement(),),
        "milestones": (milestone(),),
    }
    return Draft(**{**given, **more})


def known(d: Draft | None = None, **more) -> Known:
    d = d or draft()
    notice = founded(d, "n1", "se-example", NOW)
    refs = frozenset({d.source_ref} - {""})
    return Known(notice, refs, {d.source_id: d.anchor} if d.source_id else {}, **more)


def one(found, **more):
    decision = decide([more.pop("current", known())], [found], NOW, source_id=SOURCE, today=TODAY, **more)
    assert len(decision.revises) == 1, decision
    return decision.revises[0]


def test_a_draft_that_matches_nothing_is_a_new_notice():
    decision = decide([], [draft()], NOW)
    assert [c.draft.title for c in decision.creates] == ["Factories"]


def test_the_same_draft_again_changes_nothing():
    decision = decide([known()], [draft()], NOW, source_id=SOURCE)
    assert not decision.changed
    assert [s.notice.id for s in decision.seen] == ["n1"]


def test_another_date_of_the_same_kind_is_moved_and_keeps_its_id():
    revise = one(draft(milestones=(milestone(date(2027, 6, 1)),)))
    after = revise.after.milestones[0]
    assert revise.kind is RevisionKind.MOVED
    assert (after.id, after.when.iso, after.previous.iso, after.sequence) == ("m1", "2027-06-01", "2027-03-01", 1)
    assert after.status is MilestoneStatus.MOVED
    assert "1 March 2027 → 1 June 2027" in revise.changes[0]


def test_a_finer_date_inside_the_old_span_is_confirmed_and_not_announced():
    revise = one(draft(), current=known(draft(milestones=(milestone(date(2027, 1, 1), Precision.YEAR),))))
    assert revise.kind is RevisionKind.CONFIRMED
    assert not revise.kind.announced
    assert revise.after.milestones[0].when.iso == "2027-03-01"


def test_a_coarser_date_around_the_known_one_changes_nothing():
    decision = decide(
        [known()], [draft(milestones=(milestone(date(2027, 1, 1), Precision.YEAR),))], NOW, source_id=SOURCE
    )
    assert not decision.changed


def test_a_requirement_more_is_stronger():
    revise = one(draft(requirements=(requirement(), requirement("child_labour", "No child labour is accepted."))))
    assert revise.kind is RevisionKind.STRENGTHENED
    assert [r.id for r in revise.after.requirements] == ["r1", "r2"]


def test_one_requirement_gone_is_weaker_only_after_three_good_readings():
    both = (requirement(), requirement("child_labour", "No child labour is accepted."))
    current, fewer = known(draft(requirements=both)), draft()
    for absences in (1, 2):
        decision = decide([current], [fewer], NOW, source_id=SOURCE)
        assert not decision.revises
        assert decision.seen[0].missing == {"r1": 0, "r2": absences, "m1": 0}
        current = replace(current, missing=decision.seen[0].missing)
    revise = one(fewer, current=current)
    assert revise.kind is RevisionKind.RELAXED
    assert [r.topic for r in revise.after.living_requirements] == ["supply_chain_transparency"]


def test_a_clause_that_binds_more_is_stronger_and_one_that_binds_less_weaker():
    award = draft(requirements=(requirement(clause=Clause.AWARD_CRITERION),))
    contract = draft(requirements=(requirement(clause=Clause.CONTRACT_PERFORMANCE_CLAUSE),))
    assert one(contract, current=known(award)).kind is RevisionKind.STRENGTHENED
    assert one(award, current=known(contract)).kind is RevisionKind.RELAXED


def test_other_wording_of_the_same_duty_is_editorial_and_silent():
    revise = one(draft(requirements=(requirement(quote="The factories must be disclosed by suppliers."),)))
    assert revise.kinds == (RevisionKind.EDITORIAL,)
    assert not revise.kind.announced


def test_a_stage_goes_forward_and_never_back_on_another_pages_word():
    assert one(draft(stage=Stage.ADOPTED)).kind is RevisionKind.STAGE
    adopted = known(draft(stage=Stage.ADOPTED))
    assert not decide([adopted], [draft(stage=Stage.PLANNED)], NOW, source_id=SOURCE).changed


def test_several_changes_make_one_revision_of_the_most_important_kind():
    revise = one(draft(stage=Stage.ADOPTED, milestones=(milestone(date(2027, 6, 1)),)))
    assert revise.kinds == (RevisionKind.MOVED, RevisionKind.STAGE)
    assert len(revise.changes) == 2


def test_a_notice_missing_from_three_good_readings_is_withdrawn_and_its_dates_cancelled():
    for absences in (0, 1):
        decision = decide([known(absences=absences)], [], NOW, source_id=SOURCE, complete=True)
        assert not decision.revises
        assert decision.absences[0].absences == absences + 1
    decision = decide([known(absences=2)], [], NOW, source_id=SOURCE, complete=True)
    after = decision.revises[0].after
    assert decision.revises[0].kind is RevisionKind.WITHDRAWN
    assert after.stage is Stage.WITHDRAWN
    assert [m.status for m in after.milestones] == [MilestoneStatus.CANCELLED]


def test_a_source_that_only_adds_never_withdraws():
    assert not decide([known(absences=9)], [], NOW, source_id=SOURCE, complete=False).revises


def test_many_notices_gone_at_once_are_held():
    current = [
        replace(known(draft(anchor=f"a{i}")), notice=founded(draft(anchor=f"a{i}"), f"n{i}", "se-example", NOW))
        for i in range(4)
    ]
    decision = decide(current, [], NOW, source_id=SOURCE, complete=True)
    assert len(decision.held) == 4
    assert not decision.absences


def test_another_source_with_another_date_is_shown_beside_and_moves_nothing():
    other = replace(
        draft(milestones=(replace(milestone(date(2027, 4, 1)), provenance=Evidence(source_id="other")),)),
        source_id="other",
    )
    revise = one(other)
    assert revise.kinds == (RevisionKind.TECHNICAL,)
    m = revise.after.milestones[0]
    assert (m.when.iso, [o.iso for o in m.others]) == ("2027-03-01", ["2027-04-01"])


def test_an_official_reference_finds_its_notice_whatever_the_wording():
    first = draft(source_ref="ocds-1", source_id="", anchor="")
    later = draft(
        source_ref="ocds-2",
        previous_refs=("ocds-1",),
        source_id="",
        anchor="",
        title="Something else entirely",
        stage=Stage.ADOPTED,
    )
    assert one(later, current=known(first)).kind is RevisionKind.STAGE


def test_a_reference_that_two_buyers_use_for_two_things_joins_nothing():
    other = draft(
        source_ref="reused",
        source_id="",
        anchor="",
        title="Roadworks in the harbour",
        authority=AuthorityRef("Other", "DK", "dk-other"),
    )
    decision = decide([known(draft(source_ref="reused", source_id="", anchor=""))], [other], NOW)
    assert len(decision.creates) == 1


def test_what_an_imported_file_leaves_out_is_not_gone():
    both = (requirement(), requirement("child_labour", "No child labour is accepted."))
    both = tuple(replace(r, provenance=Evidence()) for r in both)
    first = draft(source_ref="p-1", source_id="", requirements=both)
    current = known(first, missing={"r2": 2})
    decision = decide([current], [draft(source_ref="p-1", source_id="", requirements=both[:1])], NOW)
    assert not decision.revises


def test_two_procedures_with_references_of_their_own_stay_two():
    decision = decide([known(draft(source_ref="a-1", source_id=""))], [draft(source_ref="a-2", source_id="")], NOW)
    assert len(decision.creates) == 1


def test_alike_texts_of_one_authority_are_proposed_as_duplicates_not_merged():
    near = draft(
        source_id="other",
        anchor="x",
        requirements=(
            requirement(
                quote="Suppliers must know every factory and mine of their chain and disclose them to buyers on request."
            ),
        ),
    )
    decision = decide([known()], [near], NOW, source_id="other")
    assert [like[0] for like in decision.creates[0].like] == ["n1"]


@pytest.mark.parametrize("trust", list(Trust))
def test_a_notice_is_as_trusted_as_its_weakest_living_fact(trust: Trust):
    d = draft(requirements=(requirement(trust=trust),), milestones=(milestone(trust=Trust.POSTED),))
    notice: Notice = founded(d, "n1", "a", NOW)
    assert notice.trust is trust
