"""The shelf below Flask: same answers, fewer steps, never stale for long."""

from __future__ import annotations

import gc
import gzip
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Clock
from web_house import House, open_house
from werkzeug.test import Client, TestResponse

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Rendered
from feedhub.hub.shelf import OVERHEAD, Fragments, Shelf
from feedhub.web import with_shelf
from feedhub.web.shelf import LOOK, ShelfFront

ATOM = "/feeds/announcements.atom"
PUBLIC = [
    ATOM,
    "/feeds/announcements.rss",
    "/feeds/announcements.json",
    "/feeds/notices.atom?country=SE&utm_source=x",
    "/feeds/lessons.atom",
    "/feeds/sources.atom",
    "/feeds.opml",
    "/calendar.ics",
    "/calendar.ics?reminders=events",
    "/api/v1/notices",
    "/api/v1/announcements",
    "/ocds/releases.json",
]


class Under:
    """The application that stands below the shelf, counting what reaches it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.asked: list[str] = []
        self.front = with_shelf(self, house.hub)
        self.client = Client(self.front)

    def __call__(self, environ: dict[str, object], start: object) -> object:
        self.asked.append(str(environ["PATH_INFO"]))
        return self.house.app(environ, start)  # type: ignore[arg-type]

    def get(self, address: str, method: str = "GET", **headers: str) -> TestResponse:
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.client.open(address, method=method, headers=named, buffered=True)


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    made.post()
    yield made
    made.hub.close()


@pytest.fixture
def under(house: House) -> Under:
    return Under(house)


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_shelf_answers_as_flask_does_and_flask_is_not_asked(under: Under, address: str, encoding: str) -> None:
    for method in ("GET", "HEAD"):
        ours = under.get(address, method, Accept_Encoding=encoding)
        slow = under.house.client().open(address, method=method, headers={"Accept-Encoding": encoding}, buffered=True)
        assert ours.status_code == slow.status_code == 200
        assert sorted(ours.headers) == sorted(slow.headers)
        assert ours.data == slow.data
    assert under.asked == []


def test_an_unchanged_feed_is_304_with_the_headers_of_the_slow_way(under: Under) -> None:
    first = under.get(ATOM)
    ours = under.get(ATOM, If_None_Match=first.headers["ETag"])
    slow = under.house.get(ATOM, headers={"If-None-Match": first.headers["ETag"]})
    assert (ours.status_code, ours.data) == (304, b"")
    assert sorted(ours.headers) == sorted(slow.headers)
    assert {"ETag", "Last-Modified", "Cache-Control", "Vary"} <= set(ours.headers.keys())
    assert under.asked == []


def test_if_none_match_wins_and_lists_weak_tags_and_stars_are_understood(under: Under) -> None:
    first = under.get(ATOM)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert under.get(ATOM, If_None_Match='"other"', If_Modified_Since=modified).status_code == 200
    assert under.get(ATOM, If_None_Match=f'"other", W/{tag}').status_code == 304
    assert under.get(ATOM, If_None_Match="*").status_code == 304
    assert under.get(ATOM, If_Modified_Since=modified).status_code == 304
    assert under.get(ATOM, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT").status_code == 304
    assert under.get(ATOM, If_Modified_Since="Mon, 02 Jan 2006 15:04:05 GMT").status_code == 200
    assert under.get(ATOM, If_Modified_Since="yesterday").status_code == 200


def test_each_encoding_has_its_own_strong_tag_and_the_compressed_bytes_hold_no_time(under: Under) -> None:
    plain, zipped = under.get(ATOM), under.get(ATOM, Accept_Encoding="br, gzip;q=0.5")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.data[4:8] == b"\0\0\0\0"
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert under.get(ATOM, Accept_Encoding="gzip;q=0").headers["ETag"] == plain.headers["ETag"]
    assert under.get(ATOM, Accept_Encoding="gzip", If_None_Match=plain.headers["ETag"]).status_code == 200


def test_a_public_answer_is_for_everybody_and_sets_no_cookie(under: Under) -> None:
    answer = under.get(ATOM, Cookie="session=x")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert 'rel="self"' in answer.headers["Link"]
    assert 'rel="hub"' in answer.headers["Link"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_an_unknown_host_is_refused_as_flask_refuses_it(under: Under, host: str) -> None:
    assert under.get(ATOM).status_code == 200
    answer = under.get(ATOM, Host=host)
    assert answer.status_code == 400
    assert under.asked == [ATOM]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{ATOM}?colour=red", 400),
        ("/feeds/nothing.atom", 404),
        ("/notices/none.json", 404),
        ("/feeds", 200),
        ("/", 200),
    ],
)
def test_what_is_not_on_the_shelf_goes_through_flask(under: Under, address: str, status: int) -> None:
    assert under.get(address).status_code == status
    assert under.asked == [address.partition("?")[0]]


def test_only_reading_is_answered_by_the_shelf(under: Under) -> None:
    under.get(ATOM)
    assert under.get(ATOM, "POST").status_code == 405
    assert "If-None-Match" in under.get(ATOM, "OPTIONS").headers["Access-Control-Allow-Headers"]
    assert under.asked == [ATOM, ATOM]


def test_a_publication_of_another_process_is_seen_within_250_ms(under: Under, house: House) -> None:
    other = Hub.open(house.hub.settings, clock=house.hub.clock)
    before = under.get(ATOM).data
    House(other).post(title="Said elsewhere")
    published = time.monotonic()
    while under.get(ATOM).data == before and time.monotonic() - published < 5:
        time.sleep(0.005)
    assert time.monotonic() - published < LOOK + 0.05
    assert b"Said elsewhere" in under.get(ATOM).data
    other.close()


def test_between_two_looks_the_database_is_not_asked(under: Under, monkeypatch: pytest.MonkeyPatch) -> None:
    under.get(ATOM)
    asked = []
    counter = under.house.hub.publication_counter
    monkeypatch.setattr(under.house.hub, "publication_counter", lambda: asked.append(1) or counter())
    began = time.monotonic()
    for _ in range(200):
        under.get(ATOM)
    assert len(asked) <= (time.monotonic() - began) / LOOK + 1


def test_a_calendar_is_made_anew_at_local_midnight(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 11, 24, 22, 59, tzinfo=UTC))  # one minute before midnight in Brussels
    house = open_house(tmp_path, clock)
    front = ShelfFront(house.app, house.hub)
    client = Client(front)
    client.get("/calendar.ics")
    kept = house.hub.shelf.edition
    clock.forward(minutes=2)
    front._look_at = 0.0
    client.get("/calendar.ics")
    assert house.hub.shelf.edition == (kept[0], "2026-11-25")
    house.hub.close()


def test_a_database_that_does_not_answer_leaves_what_is_public_public(
    under: Under, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = under.get(ATOM)

    def broken() -> int:
        raise OSError("no database")

    monkeypatch.setattr(under.house.hub, "publication_counter", broken)
    time.sleep(LOOK)
    assert under.get(ATOM).data == before.data


def test_made_once_however_many_ask_at_once() -> None:
    shelf, made = Shelf(), []
    together = threading.Barrier(8)

    def make() -> Rendered:
        made.append(1)
        time.sleep(0.05)
        return body(b"x")

    def ask(_: int) -> Rendered:
        together.wait()
        return shelf.get("/a", (1, ""), make)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(made) == 1
    assert len({id(f) for f in found}) == 1
    assert shelf.making == {}


def test_slow_rendering_of_one_address_holds_up_no_other() -> None:
    shelf, hold = Shelf(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(shelf.get, "/slow", (1, ""), lambda: (hold.wait(5), body(b"s"))[1])
        assert shelf.get("/quick", (1, ""), lambda: body(b"q")).body == b"q"
        assert not slow.done()
        hold.set()
        assert slow.result().body == b"s"


def test_memory_is_bounded_and_the_least_recently_used_goes_first() -> None:
    shelf = Shelf(limit=1000)
    for name in ("/a", "/b", "/c"):
        shelf.get(name, (1, ""), lambda: body(b"x" * 300, b"z" * 20))
    shelf.get("/a", (1, ""), lambda: body(b"never"))
    shelf.get("/d", (1, ""), lambda: body(b"x" * 300))
    assert list(shelf.kept) == ["/c", "/a", "/d"]
    assert shelf.size == 940
    assert shelf.get("/big", (1, ""), lambda: body(b"x" * 2000)).body == b"x" * 2000
    assert "/big" not in shelf.kept


def test_a_new_edition_empties_the_shelf_and_an_old_one_does_not_come_back() -> None:
    shelf = Shelf()
    shelf.get("/a", (1, ""), lambda: body(b"old"))
    assert shelf.get("/a", (2, ""), lambda: body(b"new")).body == b"new"
    assert shelf.get("/a", (1, ""), lambda: body(b"late")).body == b"late"
    assert shelf.peek("/a", "new") is not None
    assert shelf.size == 3


def test_kept_entries_are_bounded_too_and_outlive_editions(house: House) -> None:
    kept = Fragments(limit=3 * (OVERHEAD + 100))
    for name in "abc":
        kept[name] = b"x" * 100
    kept["a"] = b"y" * 100
    assert kept.get("b") == b"x" * 100
    kept["d"] = b"x" * 100
    assert list(kept.kept) == ["a", "b", "d"]
    assert kept.size == kept.limit
    house.hub.render(ATOM)
    before = len(house.hub.fragments.kept)
    house.post(title="One more")
    house.hub.render(ATOM)
    assert len(house.hub.fragments.kept) == before + 1


def test_a_large_body_is_kept_compressed_only_and_sent_as_before(under: Under, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [under.get(ATOM, Accept_Encoding=how) for how in ("gzip", "identity")]
    head = under.get(ATOM, method="HEAD", Accept_Encoding="identity")
    monkeypatch.setattr("feedhub.hub.shelf.LARGE", 100)
    small = Under(under.house)
    under.house.hub.shelf.kept.clear()
    for _ in range(2):
        again = [small.get(ATOM, Accept_Encoding=how) for how in ("gzip", "identity")]
        assert [a.data for a in again] == [w.data for w in whole]
        assert [dict(a.headers) for a in again] == [dict(w.headers) for w in whole]
    assert dict(small.get(ATOM, method="HEAD", Accept_Encoding="identity").headers) == dict(head.headers)
    (kept,) = under.house.hub.shelf.kept.values()
    assert kept.plain is None
    assert kept.body == whole[1].data


def test_what_fails_is_not_kept() -> None:
    shelf = Shelf()

    def broken() -> Rendered:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        shelf.get("/a", (1, ""), broken)
    assert shelf.get("/a", (1, ""), lambda: body(b"x")).body == b"x"


def test_addresses_with_additions_do_not_fill_the_memory(under: Under, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedhub.web.shelf.NAMES", 10)
    for number in range(40):
        assert under.get(f"{ATOM}?utm_campaign={number}").status_code == 200
    assert len(under.front._names) <= 10
    assert len(under.house.hub.shelf.kept) == 1


def test_servers_get_the_application_with_the_shelf(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    from feedhub.web import wsgi

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env().data_dir.name == "data"
    frozen = gc.get_freeze_count()
    front = wsgi.application()
    assert isinstance(front, ShelfFront)
    assert gc.get_freeze_count() > frozen + 10_000, "what a process holds from its start is not looked through again"
    gc.unfreeze()
    front.hub.close()


def body(plain: bytes, zipped: bytes = b"") -> Rendered:
    return Rendered(plain, "text/plain", plain.decode(), datetime(2026, 1, 1, tzinfo=UTC), zipped=zipped)
