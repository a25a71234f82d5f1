"""Lists by subject: authorities by country, kinds of evidence and who accepts them. Each page of them stays small."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from loopback import Clock
from web_house import CITY, COUNTY, House, draft, open_house

from feedhub.model import Authority
from feedhub.store import catalogue, log
from feedhub.taxonomy import load
from feedhub.text import fold


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def turned(house: House, address: str) -> list[str]:
    """The pages of a list, from the first to the last."""
    out = []
    while True:
        out.append(house.text(address))
        following = re.search(r'<a rel="next" href="([^"]*)"', out[-1])
        if following is None:
            return out
        address = unescape(following[1])


def settled(house: House, number: int, country: str = "SE") -> None:
    """Add authorities to a country."""
    with house.hub.store.writing() as tx:
        for i in range(number):
            catalogue.add_authority(tx, Authority(f"{country.lower()}-more-{i:04}", f"Town {i:04}", country))
        log.touch(tx)


def listed(page: str) -> list[str]:
    return re.findall(r'<a href="/authorities/([^"]+)"', page)


def test_each_authority_stands_once_in_a_list_whose_pages_stay_small(house: House) -> None:
    settled(house, 1000)
    pages = turned(house, "/authorities")
    found = [a for page in pages for a in listed(page)]
    assert len(found) == len(set(found)) == len(house.hub.authorities())
    assert max(len(listed(page)) for page in pages) == 60
    assert max(len(gzip.compress(page.encode())) for page in pages) < 40_000
    assert max(len(page) for page in pages) < 90_000


def test_authorities_are_found_by_name_whatever_the_accents_and_by_country(house: House) -> None:
    with house.hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority("se-vaxjo", "Växjö kommun", "SE"))
        log.touch(tx)
    assert listed(house.text("/authorities?q=vaxjo")) == ["se-vaxjo"]
    assert COUNTY in listed(house.text("/authorities?country=GB"))
    assert CITY not in listed(house.text("/authorities?country=GB"))
    page = house.text("/authorities?q=vaxjo&country=GB")
    assert listed(page) == []
    assert "No authority fits." in page
    assert 'name="q" type="search" maxlength="200" value="vaxjo"' in page
    assert '<option value="GB" selected>' in page


def test_pages_of_authorities_keep_what_was_asked_for(house: House) -> None:
    settled(house, 100)
    pages = turned(house, "/authorities?country=SE&q=town")
    assert [len(listed(page)) for page in pages] == [60, 40]
    assert 'href="/authorities?country=SE&amp;q=town"' in pages[1]


def test_countries_head_their_authorities_in_the_order_of_their_names(house: House) -> None:
    heads = re.findall(r'id="c-[^"]*">([^<]*)', house.text("/authorities?ui=de"))
    assert heads == sorted(heads, key=fold)
    assert "Schweden" in heads


def test_who_makes_laws_is_called_a_legislator_and_who_owns_a_label_its_owner(house: House) -> None:
    roles = {v.authority.id: v.authority.role for v in house.hub.authorities()}
    assert {roles[law.authority] for law in load().laws.values() if law.kind == "act"} == {"legislator"}
    assert {roles[law.authority] for law in load().laws.values() if law.kind == "label"} == {"label_owner"}


def accepted(house: House, number: int) -> None:
    for i in range(number):
        house.post(title=f"Factory lists {i:03}")


def test_more_notices_that_accept_a_proof_are_one_step_away_and_are_exactly_those(house: House) -> None:
    accepted(house, 32)
    (asked,) = draft().requirements
    house.post(title="Another proof", requirements=(replace(asked, evidence=("sa8000",)),))
    row = house.text("/evidence").partition('id="ew_factory_disclosure_form"')[2].partition("</tr>")[0]
    assert '<a href="/evidence/ew_factory_disclosure_form">27 more</a>' in row
    pages = turned(house, "/evidence/ew_factory_disclosure_form")
    found = [t for page in pages for t in re.findall(r"Factory lists \d+|Another proof", page)]
    assert sorted(set(found)) == [f"Factory lists {i:03}" for i in range(32)]
    assert len(pages) == 2


def test_a_kind_of_evidence_says_what_it_can_show_and_that_nobody_accepts_it_yet(house: House) -> None:
    page = house.text("/evidence/sa8000")
    assert "/topics/" in page
    assert "No notice accepts it yet." in page
    assert "Not found" in house.text("/evidence/nothing", 404)


def test_proofs_in_buyers_own_words_have_pages_of_their_own(house: House) -> None:
    words = "Letter from the works council/union, 100% signed?"
    (asked,) = draft().requirements
    house.post(title="In our words", requirements=(replace(asked, evidence=(words,)),))
    (address,) = re.findall(r'<th scope="row"><a href="(/evidence/Letter[^"]*)"', house.text("/evidence"))
    page = house.text(unescape(address))
    assert "In our words" in page
    assert "<h1>Letter from the works council/union, 100% signed?</h1>" in page


def test_many_proofs_in_buyers_own_words_take_further_pages(house: House) -> None:
    (asked,) = draft().requirements
    for i in range(0, 70, 10):
        words = tuple(f"Proof of our own {k}" for k in range(i, i + 10))
        house.post(title=f"Notice {i}", requirements=(replace(asked, evidence=words),))
    first, second = turned(house, "/evidence")
    own = [set(re.findall(r'<th scope="row"><a [^>]*>(Proof of our own \d+)', page)) for page in (first, second)]
    assert [len(found) for found in own] == [60, 10]
    assert len(own[0] | own[1]) == 70
    assert [all(f'id="{kind}"' in page for kind in load().evidence) for page in (first, second)] == [True, False]
