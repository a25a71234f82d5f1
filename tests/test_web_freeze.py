"""The static face: the public part as files."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from web_house import CITY, House, draft, milestone, open_house

from feedhub.errors import UsageError
from feedhub.hub.shapes import Actor
from feedhub.model import Filter
from feedhub.web._static_links import file_of, twin
from feedhub.web.freeze import MARKER, Frozen, freeze

BASE = "https://feedhub.example.org"


@dataclass(frozen=True)
class Site:
    """A house with thirty notices, one of them moved two hundred times, and its static face."""

    house: House
    out: Path
    notice: str
    done: Frozen

    def files(self) -> set[str]:
        return {p.relative_to(self.out).as_posix() for p in self.out.rglob("*") if p.is_file()} - {MARKER}

    def text(self, name: str) -> str:
        return (self.out / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("frozen")
    house = open_house(folder, base_url=BASE)
    for number in range(30):
        house.post(title=f"Laptops {number}")
    notice, buyer = house.post(), Actor(1, "buyer", CITY)
    for number in range(200):
        moved = (milestone("consultation_closes", date(2027, 2, 1) + timedelta(days=number)),)
        notice = house.hub.revise(buyer, notice.id, draft(milestones=moved), base_revision=notice.revision)
    yield Site(house, folder / "site", notice.id, freeze(house.hub, folder / "site"))
    house.hub.close()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house of which only the first addresses are walked: enough to see how files are written."""
    monkeypatch.setattr("feedhub.web.freeze.addresses", lambda *_, **__: ())
    made = open_house(tmp_path, base_url=BASE)
    yield made
    made.hub.close()


def links(text: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'\b(?:href|src)="([^"]*)"', text)]


def test_every_public_page_and_feed_becomes_a_file_with_a_compressed_copy(site: Site) -> None:
    files = site.files()
    plain = {f for f in files if not f.endswith(".gz")}
    assert site.done == Frozen(len(plain), 0, 0)
    assert files >= {
        "index.html",
        "404.html",
        f"notices/{site.notice}/index.html",
        f"notices/{site.notice}.ics",
        f"notices/{site.notice}.rss",
        "feeds/index.html",
        "feeds/announcements.atom",
        "feeds/announcements.atom.gz",
        "feeds/announcements.rss",
        "feeds/announcements.json",
        "feeds/lessons.atom",
        "calendar.ics",
        "topics/supply_chain_transparency/index.html",
        "static/feedhub.css",
        "ocds/releases.json",
    }
    for name in files - plain:
        body = (site.out / name).read_bytes()
        assert gzip.decompress(body) == (site.out / name.removesuffix(".gz")).read_bytes()
        assert body[4:8] == b"\0\0\0\0"


def test_every_page_of_a_list_is_a_file_that_names_the_file_of_the_next(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("feedhub.hub.exports.LIST", 2)
    monkeypatch.setattr("feedhub.web.freeze._DOORS", ("/api/v1/notices",))
    monkeypatch.setattr("feedhub.web.freeze._MORE", ())
    titles = {small.post(title=f"Laptops {number}").title for number in range(5)}
    freeze(small.hub, tmp_path / "site")
    name, found = "api/v1/notices", set()
    while name:
        made = json.loads((tmp_path / "site" / name).read_bytes())
        found |= {row["title"] for row in made["notices"]}
        name = made.get("next", "").removeprefix(f"{BASE}/")
    assert found >= titles


def test_every_file_is_on_disk_before_it_takes_its_place_and_nothing_else_is_waited_for(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled, out = set(), tmp_path / "site"

    def fsync(file: int) -> None:
        settled.add(os.fstat(file).st_ino)
        assert not list(out.rglob("*.html")), "none has its place yet"

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "sync", lambda: pytest.fail("the whole machine is waited for"))
    freeze(small.hub, out)
    written = {p.stat().st_ino for p in out.rglob("*") if p.is_file() and p.name != MARKER}
    assert written == settled


def test_nothing_that_asks_for_an_account_or_a_service_becomes_a_file(site: Site) -> None:
    closed = ("account", "desk", "review", "admin", "subscribe", "websub", "metrics", "healthz", "readyz")
    assert not [f for f in site.files() if f.startswith(closed)]
    for page in site.out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<form" not in text, page
        assert "csrf" not in text, page


def test_the_feeds_are_the_bytes_that_are_served(site: Site) -> None:
    for address in ("/feeds/announcements.atom", "/feeds/announcements.rss", "/calendar.ics", "/ocds/releases.json"):
        assert (site.out / address[1:]).read_bytes() == site.house.hub.render(address).body


def test_every_link_of_a_page_is_relative_and_leads_to_a_file(site: Site) -> None:
    """So that the site works from a bucket, below any folder, and from a disk."""
    outside, missing = set(), set()
    for page in site.out.rglob("*.html"):
        if page.name == "404.html":
            continue
        for link in links(re.sub(r'<link rel="canonical"[^>]*>', "", page.read_text(encoding="utf-8"))):
            parts = urlsplit(link)
            if parts.scheme or not parts.path:
                outside |= (
                    {link} if link.startswith(BASE) or parts.scheme not in ("http", "https", "webcal", "") else set()
                )
            elif not (page.parent / parts.path).is_file():
                missing.add((page.relative_to(site.out).as_posix(), link))
    assert missing == set()
    assert outside == set()


def test_the_page_for_unknown_addresses_works_at_any_depth(site: Site) -> None:
    for link in links(site.text("404.html")):
        assert link.startswith(("https://", "#")), link
        if link.startswith(BASE):
            assert (site.out / urlsplit(link).path[1:]).is_file(), link


def test_a_page_names_its_own_address_on_the_site(site: Site) -> None:
    canonical = re.search(r'rel="canonical" href="([^"]*)"', site.text("topics/living_wage/index.html"))
    assert canonical
    assert canonical[1] == f"{BASE}/topics/living_wage/"


def test_lists_of_many_pages_can_be_turned_page_by_page(site: Site) -> None:
    found, name = set[str](), "notices/index.html"
    for _ in range(10):
        found |= set(re.findall(r'href="(?:\.\./)*(n[0-9a-f]+)/index\.html', site.text(name)))
        following = re.search(r'rel="next" href="([^"]*)"', site.text(name))
        if following is None:
            break
        name = (site.out / name).parent.joinpath(unescape(following[1])).resolve().relative_to(site.out).as_posix()
    assert name == f"notices/page-{-(-site.house.hub.notices(Filter()).total // 25)}/index.html"
    assert len(found) >= site.house.hub.notices(Filter()).total
    assert 'rel="prev" href="../index.html"' in site.text("notices/page-2/index.html")


def test_the_calendar_can_be_turned_page_by_page_too(site: Site) -> None:
    """The fault: the second page of the calendar led back to the first."""
    name, turned = "calendar/index.html", 1
    while following := re.search(r'rel="next" href="([^"]*)"', site.text(name)):
        name = (site.out / name).parent.joinpath(unescape(following[1])).resolve().relative_to(site.out).as_posix()
        turned += 1
    hub = site.house.hub
    assert turned == hub.dates(Filter(), *hub.ahead(24), per_page=60).pages > 1
    assert name == f"calendar/page-{turned}/index.html"


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/calendar?page=2&past=12", "calendar/past-12-page-2/index.html"),
        ("/calendar/horizon?page=3&rows=topic&months=36", "calendar/horizon/months-36-rows-topic-page-3/index.html"),
        ("/sources?authority=se-elm#se-elm-policy", "sources/authority-se-elm/index.html"),
        ("/lead-times?page=2", "lead-times/page-2/index.html"),
        ("/authorities?page=2", "authorities/page-2/index.html"),
        ("/evidence/sa8000?page=3", "evidence/sa8000/page-3/index.html"),
        ("/calendar?topic=living_wage&page=2", "calendar/index.html"),
        ("/notices?page=1", "notices/index.html"),
    ],
)
def test_an_address_has_the_file_that_shows_it_best(address: str, file: str) -> None:
    assert file_of(twin(address), page=True) == file


def test_the_feed_of_a_topic_is_a_file_of_its_own_that_names_itself(site: Site) -> None:
    name = "feeds/topic-supply_chain_transparency/announcements.atom"
    assert f"../../{name}" in links(site.text("topics/supply_chain_transparency/index.html"))
    feed = feedparser.parse((site.out / name).read_bytes()).feed
    assert [link.href for link in feed.links if link.rel == "self"] == [f"{BASE}/{name}"]
    assert "?" not in "".join(link.href for link in feed.links)
    assert (site.out / "calendar/topic-supply_chain_transparency/calendar.ics").is_file()


def test_the_calendar_of_a_topic_names_its_file_and_keeps_its_uid(site: Site) -> None:
    name = "calendar/topic-supply_chain_transparency/calendar.ics"
    raw = (site.out / name).read_bytes()
    head = raw.partition(b"BEGIN:VEVENT")[0]
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    lines = head.replace(b"\r\n ", b"").decode().split("\r\n")
    assert f"SOURCE;VALUE=URI:{BASE}/{name}" in lines
    assert f"URL:{BASE}/calendar/" in lines
    assert not [line for line in lines if "?" in line and not line.startswith("uid:")]
    served = site.house.hub.render("/calendar.ics?topic=supply_chain_transparency").body
    uid = next(line for line in lines if line.startswith("uid:"))
    assert uid.encode() in served.replace(b"\r\n ", b"")
    assert served.partition(b"BEGIN:VEVENT")[2] == raw.partition(b"BEGIN:VEVENT")[2]


def test_a_calendar_program_is_led_to_the_file_too(site: Site) -> None:
    found = [link for name in site.files() if name.endswith(".html") for link in links(site.text(name))]
    webcal = {link for link in found if link.startswith("webcal:")}
    assert "webcal://feedhub.example.org/calendar/topic-supply_chain_transparency/calendar.ics" in webcal
    assert not [link for link in webcal if "?" in link]


def test_a_filter_without_a_file_leads_to_the_whole_page(site: Site) -> None:
    page = site.text("topics/supply_chain_transparency/index.html")
    assert "../../feeds/index.html" in links(page)
    assert not [link for link in links(page) if "topic=" in link]


def test_closed_archives_are_walked_to_the_first(site: Site) -> None:
    assert "feeds/archive/announcements/1.atom" in site.files()


def test_json_is_left_as_it_is_served(site: Site) -> None:
    assert json.loads(site.text("openapi.json"))["openapi"].startswith("3.1")


def test_a_second_run_rewrites_only_what_changed(small: House, tmp_path: Path) -> None:
    out = tmp_path / "site"
    first = freeze(small.hub, out)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in out.rglob("*") if p.is_file()}
    assert freeze(small.hub, out) == Frozen(0, first.written, 0)
    assert {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in out.rglob("*") if p.is_file()} == before
    small.post(title="Something new")
    again = freeze(small.hub, out)
    assert 0 < again.written < first.written
    assert "Something new" in (out / "index.html").read_text(encoding="utf-8")
    same = out / "openapi.json"
    assert (same.stat().st_mtime_ns, same.stat().st_ino) == before[same]


def test_what_no_address_serves_any_more_goes(small: House, tmp_path: Path) -> None:
    out = tmp_path / "site"
    freeze(small.hub, out)
    old = out / "notices" / "gone"
    old.mkdir(parents=True)
    (old / "index.html").write_text("x", encoding="utf-8")
    (old / "index.html.gz").write_bytes(b"x")
    (out / ".index.html.new").write_text("half", encoding="utf-8")
    assert freeze(small.hub, out).removed == 1
    assert not old.exists()
    assert not list(out.rglob("*.new"))


def test_a_run_that_is_cut_off_leaves_whole_files_and_the_next_one_mends(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    freeze(small.hub, out)
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    small.post(title="Something new")
    replace, done = Path.replace, []

    def cut(self: Path, target: Path) -> Path:
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(target)
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            freeze(small.hub, out)
    after = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and not p.name.endswith(".new")}
    assert all(after[p] == before[p] for p in before if p not in done)
    freeze(small.hub, out)
    assert freeze(small.hub, out).written == 0
    assert not list(out.rglob("*.new"))


def test_a_folder_that_is_not_ours_is_left_alone(small: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        freeze(small.hub, tmp_path / "file")
    other = tmp_path / "photos"
    other.mkdir()
    (other / "cat.jpg").write_bytes(b"x")
    with pytest.raises(UsageError, match="not empty"):
        freeze(small.hub, other)
    assert [p.name for p in other.iterdir()] == ["cat.jpg"]


def test_progress_tells_how_many_are_done_of_those_known(small: House, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    freeze(small.hub, tmp_path / "site", lambda done, known: told.append((done, known)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert all(done <= known for done, known in told)
    assert told[-1][0] == told[-1][1]
