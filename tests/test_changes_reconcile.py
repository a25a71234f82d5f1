"""One requirement told twice: reworded, on a mirror, in a second language, in a plan and then in its tender."""

from dataclasses import replace
from datetime import date

import pytest
from test_changes import NOW, draft, known, milestone, requirement

from feedhub.changes import Decision, decide
from feedhub.model import Draft, MilestoneKind, RevisionKind, Stage

GERMAN = "Lieferanten müssen die Fabriken aller Geräte offenlegen."


def decided(first: Draft, then: Draft) -> Decision:
    return decide([known(first)], [then], NOW, source_id=then.source_id)


def german(**more: object) -> Draft:
    return draft(
        source_id="mirror", anchor="fabriken", language="de", requirements=(requirement(quote=GERMAN),), **more
    )


def test_a_reworded_section_is_the_same_notice_silently() -> None:
    reworded = requirement(quote="Whoever supplies us names every plant in which its devices are put together.")
    decision = decided(draft(), draft(requirements=(reworded,)))
    assert not decision.creates
    assert [r.kind for r in decision.revises] == [RevisionKind.EDITORIAL]


def test_a_mirror_with_the_same_words_is_a_second_source_of_one_notice() -> None:
    decision = decided(draft(), draft(source_id="mirror", anchor="other"))
    assert not decision.changed
    assert [(s.notice.id, s.draft.source_id) for s in decision.seen] == [("n1", "mirror")]


def test_the_same_facts_in_a_second_language_are_proposed_and_not_merged() -> None:
    decision = decided(draft(language="en"), german())
    assert [like[0] for like in decision.creates[0].like] == ["n1"]
    assert not decision.seen
    assert not decision.revises


@pytest.mark.parametrize(
    "other",
    [
        german(milestones=(milestone(date(2029, 1, 1)),)),
        replace(german(), requirements=(requirement("living_wage", GERMAN),)),
        replace(german(), language="en"),
    ],
    ids=["another date", "another topic", "the same language"],
)
def test_what_only_resembles_a_translation_is_not_proposed(other: Draft) -> None:
    assert decided(draft(language="en"), other).creates[0].like == ()


def test_a_convention_named_in_both_languages_is_a_fact_in_common() -> None:
    first = draft(language="en", milestones=(), requirements=(requirement(cites=("ilo-29",)),))
    then = draft(
        source_id="mirror",
        anchor="x",
        language="sv",
        milestones=(),
        requirements=(requirement(quote="Följ ILO.", cites=("ilo-29",)),),
    )
    assert [like[0] for like in decided(first, then).creates[0].like] == ["n1"]


PLAN = draft(
    title="Framework for laptops and screens",
    source_id="",
    anchor="",
    source_ref="pin-1",
    stage=Stage.PLANNED,
    milestones=(milestone(date(2027, 4, 1), kind=MilestoneKind.TENDER_EXPECTED),),
)
TENDER = replace(
    PLAN,
    source_ref="cn-1",
    stage=Stage.IN_FORCE,
    milestones=(milestone(date(2027, 5, 3), kind=MilestoneKind.TENDER_CLOSES),),
    requirements=(requirement(quote="Tenderers shall provide addresses of all sites of assembly."),),
)


def test_a_tender_that_refers_to_its_plan_is_the_next_state_of_one_notice() -> None:
    decision = decided(PLAN, replace(TENDER, previous_refs=("pin-1",)))
    assert not decision.creates
    assert [r.after.id for r in decision.revises] == ["n1"]


def test_a_tender_that_does_not_refer_to_its_plan_is_proposed() -> None:
    assert [like[0] for like in decided(PLAN, TENDER).creates[0].like] == ["n1"]


def test_two_tenders_of_one_name_are_not_proposed_for_their_name_alone() -> None:
    assert (
        decided(
            replace(TENDER, source_ref="cn-0"), replace(TENDER, requirements=(requirement(quote="Anything else."),))
        )
        .creates[0]
        .like
        == ()
    )


def test_a_weaker_and_a_stronger_rule_are_revisions_of_their_kind() -> None:
    both = (requirement(), requirement("child_labour", "No child labour is accepted."))
    stronger = decided(draft(), draft(requirements=both))
    assert stronger.revises[0].kind is RevisionKind.STRENGTHENED
    lifted = decided(draft(requirements=(requirement(threshold="over EUR 1 million"),)), draft())
    assert lifted.revises[0].kind is RevisionKind.STRENGTHENED
