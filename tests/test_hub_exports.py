"""Lists for other programs: every notice that meets a filter is on one of their pages, and none is lost behind others."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from loopback import Clock
from web_house import CITY, COUNTY, draft

from feedhub.errors import FilterError, NotFound
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import Authority, Filter
from feedhub.store import catalogue

LISTS = {"/api/v1/notices": "notices", "/api/v1/announcements": "announcements", "/ocds/releases.json": "releases"}
TENDERS = 5


@pytest.fixture
def filled(each_hub: Hub, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Five procurement notices, and seven posts that came later; pages of two."""
    monkeypatch.setattr("feedhub.hub.exports.LIST", 2)
    with each_hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
        catalogue.add_authority(tx, Authority(COUNTY, "County of Oak", "GB"))
    for number in range(TENDERS):
        body = COUNTY if number % 2 else CITY
        each_hub.post(Actor(1, "admin"), draft(body, f"Tender {number}", source_ref=f"ocds-h6vhtk-{number:06}"))
    clock.forward(days=1)
    for number in range(7):
        each_hub.post(Actor(1, "admin"), draft(CITY, f"Lot {number}"))
    return each_hub


def page(hub: Hub, address: str) -> Any:
    return json.loads(hub.render(address).body)


def walked(hub: Hub, address: str) -> list[Any]:
    """All pages from an address on, by their links in the body, which the Link header repeats."""
    pages = []
    while address:
        made = hub.render(address)
        pages.append(json.loads(made.body))
        links = pages[-1].get("links", pages[-1])
        said = {rel: href for rel, href in made.links if rel in ("prev", "next")}
        assert said == {rel: links[rel] for rel in ("prev", "next") if rel in links}
        parts = urlsplit(links.get("next", ""))
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    return pages


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("query", ["", f"?authority={CITY}", "?q=lot"])
def test_pages_of_a_list_hold_everything_that_meets_a_filter_once(filled: Hub, address: str, query: str) -> None:
    found = [row["id"] for p in walked(filled, address + query) for row in p[LISTS[address]]]
    assert len(set(found)) == len(found)
    f = filled.parse_filter([tuple(query[1:].split("="))] if query else [])
    expected = {
        "notices": filled.notices(f).total,
        "announcements": len(page(filled, f"/feeds/announcements.json{query}")["items"]),
        "releases": {"": TENDERS, "?q=lot": 0}.get(query, 3),
    }
    assert len(found) == expected[LISTS[address]]


def test_releases_are_not_lost_behind_newer_notices_that_are_none(filled: Hub) -> None:
    pages = walked(filled, "/ocds/releases.json")
    assert [len(p["releases"]) for p in pages] == [2, 2, 1]
    assert [urlsplit(p["uri"]).query for p in pages] == ["", "page=2", "page=3"]
    for before, after in pairwise(pages):
        assert after["links"]["prev"] == before["uri"]
    assert any("pagination" in e for e in pages[0]["extensions"])


def test_a_short_list_has_no_links(filled: Hub) -> None:
    made = page(filled, f"/ocds/releases.json?authority={COUNTY}")
    assert len(made["releases"]) == 2
    assert "links" not in made
    assert not any("pagination" in e for e in made["extensions"])


def test_a_page_that_is_not_there_is_refused(filled: Hub) -> None:
    assert page(filled, "/ocds/releases.json?q=nothing")["releases"] == []
    for address in LISTS:
        with pytest.raises(NotFound, match="no such page"):
            filled.render(f"{address}?page=99")
        with pytest.raises(FilterError, match="page number"):
            filled.render(f"{address}?page=0")


def test_what_came_from_procurement_is_no_filter_of_the_public(filled: Hub) -> None:
    assert "procurement" not in filled.counts(Filter())
    with pytest.raises(FilterError):
        filled.render("/api/v1/notices?procurement=yes")
