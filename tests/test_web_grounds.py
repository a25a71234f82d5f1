"""What a notice says about the law behind a requirement, the ESPD, proofs, whom to ask, and who else asks the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from web_house import CITY, COUNTY, House, draft, open_house

from feedhub import taxonomy
from feedhub.hub import Hub
from feedhub.hub.grounds import Reach, ground
from feedhub.hub.shapes import Actor
from feedhub.model import Authority, Clause, Requirement
from feedhub.store import catalogue

LISTS = taxonomy.load()
TODAY = date(2026, 11, 24)
FORCED = Requirement("forced_labour", Clause.EXCLUSION_GROUND)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.hub.close()


def asked(**more: object) -> Requirement:
    return replace(draft().requirements[0], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("topic", "laws", "reach"),
    [
        ("hrdd_process", ("de-lksg",), Reach.WITHIN),
        ("hrdd_process", ("eu-csddd",), Reach.AHEAD),
        ("hrdd_process", ("eu-csddd", "de-lksg"), Reach.WITHIN),
        ("living_wage", ("eu-csddd",), Reach.BEYOND),
        ("living_wage", ("our own charter",), Reach.UNNAMED),
        ("living_wage", (), Reach.UNNAMED),
    ],
)
def test_a_requirement_is_measured_by_the_laws_that_it_names(topic: str, laws: tuple[str, ...], reach: Reach) -> None:
    found = ground(LISTS, Requirement(topic, laws=laws), "DE", TODAY)
    assert found.reach is reach


def test_labels_policies_and_proposals_bind_nobody_by_themselves() -> None:
    soft = [
        law for law in LISTS.laws.values() if law.kind in ("label", "policy_note", "contract_instrument", "proposal")
    ]
    assert soft
    for law in soft:
        found = ground(LISTS, Requirement(law.topics[0] if law.topics else "audits", laws=(law.id,)), "GB", TODAY)
        assert (found.reach, found.laws) == (Reach.VOLUNTARY, (law,))


def test_without_a_named_law_those_of_the_country_and_of_its_union_are_shown() -> None:
    german = ground(LISTS, Requirement("hrdd_process"), "DE", TODAY).laws
    british = ground(LISTS, Requirement("hrdd_process"), "GB", TODAY).laws
    assert {"de-lksg", "eu-csddd"} <= {law.id for law in german}
    assert {law.country for law in german} <= {"DE", "EU"}
    assert {law.country for law in british} <= {"GB"}


@pytest.mark.parametrize(
    ("topic", "clause", "country", "criterion"),
    [
        ("forced_labour", Clause.EXCLUSION_GROUND, "SE", "Child labour and other forms of trafficking in human beings"),
        (
            "freedom_of_association",
            Clause.EXCLUSION_GROUND,
            "NO",
            "Breaching of obligations in the fields of labour law",
        ),
        ("supply_chain_transparency", Clause.SELECTION_CRITERION, "DE", "Supply chain management"),
        ("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE, "DE", None),
        ("forced_labour", Clause.EXCLUSION_GROUND, "GB", None),
        ("forced_labour", Clause.EXCLUSION_GROUND, "US", None),
    ],
)
def test_the_espd_criterion_follows_from_topic_clause_and_country(
    topic: str, clause: Clause, country: str, criterion: str | None
) -> None:
    found = ground(LISTS, Requirement(topic, clause), country, TODAY).criterion
    assert (found.label if found else None) == criterion


def test_a_criterion_that_the_notice_names_is_shown_as_named(house: House) -> None:
    named = asked(criterion="a34b70d6-c43d-4726-9a88-8e2b438424bf", clause=Clause.EXCLUSION_GROUND)
    page = house.text(f"/notices/{house.post(CITY, requirements=(named,)).id}")
    assert (
        "Through ESPD criterion “Breaching of obligations in the fields of labour law”, which the notice names." in page
    )
    assert "a34b70d6" not in page


def test_a_notice_says_on_what_law_it_stands_and_how_the_espd_will_ask(house: House) -> None:
    address = f"/notices/{house.post(CITY, requirements=(replace(FORCED, laws=('eu-csddd',)),)).id}"
    page = house.text(address)
    assert '<a href="/laws#eu-csddd">CSDDD</a>' in page
    assert "Yes: no law that it names deals with this topic." in page
    assert "Will be asked through ESPD criterion “Child labour and other forms of trafficking in human beings”." in page
    assert LISTS.laws["eu-csddd"].who in page
    assert "Barnarbete och andra former av människohandel" in house.text(f"{address}?ui=sv")


def test_a_law_in_the_law_calendar_is_not_measured_by_itself(house: House) -> None:
    laws = [n for n in house.hub.notices(house.hub.parse_filter(()), per_page=100).notices if n.notice_kind == "law"]
    assert laws
    assert "Beyond the law?" not in house.text(f"/notices/{laws[0].id}")


def test_a_notice_names_the_proof_that_is_accepted(house: House) -> None:
    page = house.text(f"/notices/{house.post(CITY).id}")
    assert "Evidence accepted" in page
    assert "Electronics Watch Factory Disclosure Form" in page


def test_both_databases_give_grounds_and_the_authorities_of_related_notices(each_hub: Hub) -> None:
    bodies = [
        Authority(CITY, "City of Elm", "SE", contact="helpdesk@elm.example"),
        Authority(COUNTY, "County of Oak", "GB"),
    ]
    with each_hub.store.writing() as tx:
        catalogue.put_authorities(tx, bodies)
    mine = each_hub.post(Actor(1, "buyer", CITY), draft(CITY))
    other = each_hub.post(Actor(1, "buyer", COUNTY), draft(COUNTY, "The same from the county"))
    view = each_hub.notice(mine.id)
    assert view.authority.contact == "helpdesk@elm.example"
    assert [g.reach for g in view.grounds.values()] == [Reach.BEYOND]
    assert other.id in [n.id for n in view.related]
    assert view.others[COUNTY].name == "County of Oak"


def declare(house: House, change: Callable[[Authority], Authority]) -> None:
    with house.hub.store.writing() as tx:
        found = catalogue.get_authority(tx, CITY)
        assert found is not None
        catalogue.put_authorities(tx, [change(found)])


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        (
            "helpdesk@elm.example",
            '<a href="mailto:helpdesk@elm.example" rel="noopener nofollow">helpdesk@elm.example</a>',
        ),
        (
            "https://elm.example/contact",
            '<a href="https://elm.example/contact" rel="noopener nofollow">elm.example</a>',
        ),
        ("", '<a href="https://elm.example" rel="noopener nofollow">elm.example</a>'),
    ],
)
def test_a_notice_and_its_authority_say_whom_to_ask(house: House, contact: str, link: str) -> None:
    declare(house, lambda a: replace(a, contact=contact))
    for address in (f"/notices/{house.post(CITY).id}", f"/authorities/{CITY}"):
        page = house.text(address)
        assert "Contact" in page
        assert link in page


def test_a_notice_names_the_others_who_ask_the_same(house: House) -> None:
    mine = house.post(CITY)
    house.post(COUNTY, "The same from the county")
    page = house.text(f"/notices/{mine.id}").partition("Others who ask the same")[2]
    assert "The same from the county" in page
    assert "County of Oak" in page
    assert "Supply chain transparency and factory disclosure" in page


def test_an_authority_shows_its_pages_by_purpose_and_how_well_they_are_read(house: House) -> None:
    page = house.text(f"/authorities/{CITY}").partition("Where it says so")[2]
    assert '<a href="https://elm.example/policy" rel="noopener nofollow">Policy of City of Elm</a>' in page
    assert "<h3>Policy</h3>" in page
    assert "Not read yet" in page
