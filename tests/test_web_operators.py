"""What an operator sees of a large service: lists that stay short, what fails before the rest, and one found among many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from loopback import Clock
from sqlalchemy import update
from web_house import House, open_house, send

from feedhub.hub.base import load_catalogue
from feedhub.store import subscriptions
from feedhub.store.tables import source, user


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def turned(client: FlaskClient, address: str) -> Iterator[str]:
    """The pages of a list, from the first to the last."""
    while address:
        page = client.get(address).get_data(as_text=True)
        assert len(page) < 150_000
        yield page
        following = re.search(r'<a rel="next" href="([^"]*)"', page)
        address = unescape(following[1]) if following else ""


def test_five_hundred_accounts_stand_on_pages_and_one_is_found_by_a_part_of_its_address(house: House) -> None:
    admin = house.signed_in("admin")
    rows: list[dict[str, Any]] = [
        {"email": f"buyer{i:03}@elm.example", "active": True, "fs_uniquifier": f"mark{i}"} for i in range(500)
    ]
    with house.hub.store.writing() as tx:
        tx.execute(user.insert(), rows)
    pages = list(turned(admin, "/admin"))
    found = [a for page in pages for a in re.findall(r'<th scope="row">([^<]+)<', page)]
    assert len(pages) == 11
    assert sorted(found) == sorted([r["email"] for r in rows] + ["admin-none@example.org"])
    (page,) = turned(admin, "/admin?q=R123%40")
    assert re.findall(r'<th scope="row">([^<]+)<', page) == ["buyer123@elm.example"]
    assert 'value="R123@"' in page
    assert "No account" in admin.get("/admin?q=%25").get_data(as_text=True)


def test_what_was_disabled_leaves_the_administrator_on_the_same_page(house: House) -> None:
    admin = house.signed_in("admin")
    house.signed_in("curator")
    page = admin.get("/admin?q=curator").get_data(as_text=True)
    action = re.search(r'action="(/admin/users/\d+/disable[^"]*)"', page)
    assert action
    answer = send(admin, unescape(action[1]), {}, page="/admin?q=curator")
    assert answer.headers["Location"] == "/admin?q=curator"


def test_two_thousand_subscriptions_stand_on_pages_and_those_in_trouble_come_first(house: House) -> None:
    admin, now = house.signed_in("admin"), house.hub.now()
    with house.hub.store.writing() as tx:
        for i in range(2000):
            values = {
                "kind": "webhook",
                "state": "active",
                "target": f"https://r{i}.example/hook",
                "target_digest": str(i),
                "host": f"r{i}.example",
                "mark": str(i),
                "asked": now,
                "failures": 3 if i == 1000 else 0,
            }
            subscriptions.put(tx, str(i), values)
    first = admin.get("/admin/deliveries").get_data(as_text=True)
    shown = re.findall(r'<th scope="row">https://(r\d+)\.', first)
    assert shown[0] == "r1000"
    pages = list(turned(admin, "/admin/deliveries"))
    assert len(pages) == 20
    assert len({r for page in pages for r in re.findall(r'<th scope="row">https://(r\d+)\.', page)}) == 2000
    assert "2,000 subscriptions" in first


@pytest.fixture
def many(tmp_path: Path, clock: Clock) -> Iterator[House]:
    """Three hundred sources of a hundred authorities beside the two of every house; two of them fail."""
    folder = tmp_path / "many" / "se"
    folder.mkdir(parents=True)
    for i in range(100):
        pages = "".join(
            f'[[source]]\nid = "se-a{i:02}-{what}"\ntitle = "{what}"\nkind = "page"\nurl = "https://a{i}.example/{what}"\n'
            'signposts = "policy"\nevery = "24h"\nseen = 2026-11-23\n[source.expect]\nat_least = 1\n'
            for what in ("policy", "news", "plans")
        )
        head = (
            f'[authority]\nname = "Body {i:02}"\ncountry = "SE"\nlanguages = ["sv"]\nwebsite = "https://a{i}.example"\n'
        )
        (folder / f"a{i:02}.toml").write_text(head + pages, encoding="utf-8")
    house = open_house(tmp_path, clock, sources=str(tmp_path / "many"))
    load_catalogue(house.hub)
    with house.hub.store.writing() as tx:
        tx.execute(update(source).where(source.c.id.in_(("se-a07-plans", "se-a93-news"))).values(failing=True))
    yield house
    house.hub.close()


def ids(page: str) -> list[str]:
    return re.findall(r'<a href="/admin/sources/(se-[^"]+)"', page)


def test_three_hundred_sources_stand_on_pages_and_those_that_fail_come_first(many: House) -> None:
    curator = many.signed_in("curator")
    pages = list(turned(curator, "/admin/sources"))
    found = [i for page in pages for i in ids(page)]
    assert len(pages) == 4
    assert found[:2] == ["se-a07-plans", "se-a93-news"]
    assert len(set(found)) == len(found) == 301, "each once; the one of the other country is not of this pattern"
    assert "302 sources" in pages[0]
    assert "2 not readable at present" in pages[0]


def test_what_fails_stands_before_what_a_curator_edited(many: House) -> None:
    curator = many.signed_in("curator")
    row = {"title": "Edited", "kind": "page", "url": "https://a50.example/x", "every": "24h", "publish": "review"}
    send(curator, "/admin/sources/se-a50-news", {**row, "signposts": "policy", "at_least": "1", "do": "save"})
    assert ids(curator.get("/admin/sources").get_data(as_text=True))[:3] == [
        "se-a07-plans",
        "se-a93-news",
        "se-a50-news",
    ]


def test_a_source_is_found_by_its_id_its_title_or_its_authority(many: House) -> None:
    curator = many.signed_in("curator")
    three = ["se-a42-news", "se-a42-plans", "se-a42-policy"]
    assert sorted(ids(curator.get("/admin/sources?q=body+42").get_data(as_text=True))) == three
    assert ids(curator.get("/admin/sources?q=A42-NEWS").get_data(as_text=True)) == ["se-a42-news"]
    assert len(ids(curator.get("/admin/sources?q=plans").get_data(as_text=True))) == 100
    assert "No source in this selection" in curator.get("/admin/sources?q=nowhere").get_data(as_text=True)
