"""The static face: the public part as files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from web_house import CITY, House, draft, milestone, open_house

from feedhub.errors import UsageError
from feedhub.hub.shapes import Actor
from feedhub.web.freeze import freeze


@dataclass(frozen=True)
class Frozen:
    """A house with one notice whose date moved two hundred times, and its static face."""

    house: House
    out: Path
    notice: str
    count: int

    def files(self) -> set[str]:
        return {p.relative_to(self.out).as_posix() for p in self.out.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    folder = tmp_path_factory.mktemp("frozen")
    house = open_house(folder, base_url="https://feedhub.example.org")
    notice, buyer = house.post(), Actor(1, "buyer", CITY)
    for number in range(200):
        moved = (milestone("consultation_closes", date(2027, 2, 1) + timedelta(days=number)),)
        notice = house.hub.revise(buyer, notice.id, draft(milestones=moved), base_revision=notice.revision)
    yield Frozen(house, folder / "site", notice.id, freeze(house.app, folder / "site")[0])
    house.hub.close()


def test_every_public_page_and_feed_becomes_a_file(frozen: Frozen) -> None:
    files = frozen.files()
    assert frozen.count == len([f for f in files if not f.endswith(".gz")])
    assert files >= {
        "index.html",
        "404.html",
        f"notices/{frozen.notice}/index.html",
        f"notices/{frozen.notice}.ics",
        "feeds/index.html",
        "feeds/announcements.atom",
        "feeds/announcements.rss",
        "feeds/announcements.json",
        "calendar.ics",
        "topics/supply_chain_transparency/index.html",
        "static/feedhub.css",
    }
    assert not [f for f in files if f.startswith(("account", "desk", "review", "admin"))]


def test_closed_archives_are_walked_to_the_first(frozen: Frozen) -> None:
    assert "feeds/archive/announcements/1.atom" in frozen.files()


def test_the_files_are_the_bytes_that_are_served(frozen: Frozen) -> None:
    body = frozen.house.hub.render("/feeds/announcements.atom").body
    assert (frozen.out / "feeds/announcements.atom").read_bytes() == body


def test_every_link_of_the_static_face_leads_to_a_file(frozen: Frozen) -> None:
    missing = set()
    for page in frozen.out.rglob("*.html"):
        for link in re.findall(r'href="(/[^"#?]*)"', page.read_text(encoding="utf-8")):
            target = frozen.out / link.strip("/")
            if not (target.is_file() or (target / "index.html").is_file()) and not link.startswith(
                ("/account", "/subscribe")
            ):
                missing.add(link)
    assert missing == set()


def test_a_second_time_replaces_whole_files_and_leaves_no_draft(frozen: Frozen) -> None:
    frozen.house.post(title="Something new")
    freeze(frozen.house.app, frozen.out)
    assert "Something new" in (frozen.out / "index.html").read_text(encoding="utf-8")
    assert not list(frozen.out.rglob("*.new"))


def test_a_file_is_no_folder(frozen: Frozen, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError):
        freeze(frozen.house.app, tmp_path / "site")
