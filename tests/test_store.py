"""The store loses nothing, on both engines: order of the log, leases, migrations, filters."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect

from feedhub.errors import Conflict, LeaseLost
from feedhub.model import (
    Announcement,
    AnnouncementKind,
    Authority,
    Fetched,
    Filter,
    Milestone,
    MilestoneKind,
    Notice,
    Precision,
    Revision,
    RevisionKind,
    When,
)
from feedhub.store import (
    Store,
    Tx,
    bits,
    catalogue,
    collecting,
    finding,
    log,
    migrate,
    migrations,
    notices,
    search,
    tables,
)
from feedhub.store.engine import writing
from feedhub.store.migrate import _config, schema_is_current
from feedhub.store.notices import Dated, Index

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    migrate(opened.engine)
    yield opened
    opened.close()


def entry(title: str = "New: x", **more) -> Announcement:
    return Announcement(0, NOW, AnnouncementKind.NEW, title, **more)


def append(store: Store, count: int, now: datetime = NOW, **more) -> list[Announcement]:
    with store.writing() as tx:
        return log.append(tx, [entry(f"New: {i}", **more) for i in range(count)], now, lambda e: e.title.casefold())


def test_the_newest_migration_is_the_one_whose_file_has_the_highest_number():
    """Whether a schema is current is read off the names, so that a start does not load alembic."""
    folder = Path(migrations.__file__).parent / "versions"
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert max(f.name for f in folder.glob("[0-9]*.py")).startswith(f"{head}_")


def test_a_start_on_the_newest_schema_does_not_load_alembic(tmp_path):
    url = f"sqlite:///{tmp_path}/f.sqlite3"
    code = f"import sys; from feedhub import store; store.migrate(store.Store.open({url!r}).engine); print('alembic' in sys.modules)"
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    ]
    assert said == ["True\n", "False\n"]


def test_migrating_twice_changes_nothing_and_the_schema_is_current(store: Store):
    migrate(store.engine)
    with store.reading() as tx:
        assert schema_is_current(tx)


def test_the_last_step_of_the_schema_can_be_taken_back_and_again(database_url: str):
    opened = Store.open(database_url)
    with writing(opened.engine) as connection:
        command.upgrade(_config(connection), "0007")
        before = set(inspect(connection).get_table_names())
    migrate(opened.engine)
    with writing(opened.engine) as connection:
        assert set(inspect(connection).get_table_names()) == before - {"contact"}
        command.downgrade(_config(connection), "0007")
        assert set(inspect(connection).get_table_names()) == before
        assert not schema_is_current(connection)
    migrate(opened.engine)
    with opened.reading() as tx:
        assert schema_is_current(tx)
    opened.close()


def test_the_schema_has_the_tables_that_the_queries_know_and_no_other(store: Store):
    with store.reading() as tx:
        made = {t for t in inspect(tx).get_table_names() if "_fts" not in t}
    assert made == {*tables.metadata.tables, "alembic_version"}


def test_a_migration_killed_half_way_leaves_nothing_and_runs_again(database_url: str, monkeypatch: pytest.MonkeyPatch):
    from alembic import op

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    opened = Store.open(database_url)
    with monkeypatch.context() as patched:
        patched.setattr(op, "create_index", dies)
        with pytest.raises(RuntimeError):
            migrate(opened.engine)
    migrate(opened.engine)
    with opened.reading() as tx:
        assert schema_is_current(tx)
        assert log.everything(tx) == []
    opened.close()


def test_parallel_writers_lose_no_entry_and_instants_stay_strictly_increasing(store: Store):
    threads = [threading.Thread(target=lambda: [append(store, 1) for _ in range(10)]) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with store.reading() as tx:
        found = log.everything(tx)
    assert [e.seq for e in found] == list(range(1, 81))
    instants = [e.instant for e in found]
    assert all(b - a >= timedelta(seconds=1) for a, b in itertools.pairwise(instants))


def test_a_transaction_that_fails_leaves_neither_entry_nor_outbox_row(store: Store):
    def fail() -> None:
        with store.writing() as tx:
            log.append(tx, [entry()], NOW, lambda e: e.title)
            raise RuntimeError("crash before commit")

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as tx:
        assert log.everything(tx) == []
        assert log.position(tx).seq == 0


def test_several_entries_end_at_now_when_seconds_are_free_and_go_on_when_not(store: Store):
    first = append(store, 3)
    assert [e.instant for e in first] == [NOW - timedelta(seconds=2), NOW - timedelta(seconds=1), NOW]
    second = append(store, 2)
    assert [e.instant for e in second] == [NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)]


def test_archives_are_full_and_the_head_keeps_the_rest(store: Store):
    append(store, 250)
    with store.reading() as tx:
        found = log.meeting(tx, Filter(), ())
    head, closed = log.head(found)
    oldest = log.archive(found, 1)
    assert (len(head), closed) == (150, 1)
    assert [head[0], head[-1], oldest[0], oldest[-1]] == [250, 101, 100, 1]


def test_a_filter_finds_entries_by_any_value_of_each_name_and_all_words(store: Store):
    append(store, 1, terms={"topic": ("a", "b"), "country": ("SE",)})
    append(store, 1, terms={"topic": ("c",), "country": ("SE",)})

    def seqs(f: Filter, *words: str) -> list[int]:
        with store.reading() as tx:
            return [e.seq for e in log.find(tx, log.condition(f, words))]

    assert seqs(Filter(sets={"topic": ("b", "c")})) == [2, 1]
    assert seqs(Filter(sets={"topic": ("b",), "country": ("SE",)})) == [1]
    assert seqs(Filter(sets={"topic": ("b",), "country": ("DE",)})) == []
    assert seqs(Filter(), "new", "w: 0") == [2, 1]
    assert seqs(Filter(), "100%_") == []


def test_bits_find_what_a_scan_finds_however_the_log_is_cut_into_pages(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bits, "PAGE", 16)
    chance = random.Random(5)
    for day in range(30):
        entries = [
            replace(
                entry(f"New: {chance.choice(('laptop', 'phone'))}"),
                kind=chance.choice((AnnouncementKind.NEW, AnnouncementKind.LESSON)),
                terms={"topic": tuple(chance.sample("abc", chance.randrange(3))), "country": (chance.choice("XY"),)},
                lead_days=chance.choice((None, 0, 1, 14, 15, 16, 400, 99_999)),
            )
            for _ in range(chance.randrange(1, 8))
        ]
        with store.writing() as tx:
            log.append(tx, entries, NOW + timedelta(days=day), lambda e: e.title.casefold())
    start = NOW.date()
    filters = [
        Filter(sets, "", start + timedelta(days=since) if since else None, start + timedelta(days=until), lead)
        for sets in ({}, {"topic": ("a",)}, {"topic": ("a", "c"), "country": ("X",)}, {"topic": ("none",)})
        for since in (None, 3, 29, 40)
        for until in (-1, 0, 11, 60)
        for lead in (None, 0, 15, 16, 99_999)
    ]
    with store.reading() as tx:
        for f in filters:
            for words in ((), ("phone",)):
                found = log.meeting(tx, f, words)
                scanned = [e.seq for e in log.find(tx, log.condition(f, words), limit=1000)]
                assert found.newest(1000) == scanned, f
                assert found.total == len(scanned)
                assert found.between(2, 5) == scanned[::-1][2:5]
        lessons = log.of_kind(log.condition(Filter(), ()), "lesson")
        assert log.meeting(tx, Filter(), (), kind="lesson").total == len(log.find(tx, lessons, limit=1000))


def test_a_log_written_before_there_were_bits_gets_them(database_url: str):
    opened = Store.open(database_url)
    with writing(opened.engine) as connection:
        command.upgrade(_config(connection), "0001")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(bits, "note", lambda *_: None)
            some = [replace(entry(str(i)), terms={"topic": ("ab"[i % 2],)}, lead_days=i) for i in range(9)]
            log.append(connection, some, NOW, lambda e: e.title)
    migrate(opened.engine)
    with opened.reading() as tx:
        assert log.meeting(tx, Filter({"topic": ("b",)}, lead_days_min=3), ()).newest(9) == [8, 6, 4]
    opened.close()


@pytest.mark.parametrize("few", [0, 1000])
def test_notices_that_meet_a_filter_are_the_same_looked_up_or_met_on_a_walk(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(finding, "FEW", few)
    monkeypatch.setattr(bits, "PAGE", 16)
    with store.writing() as tx:
        put_forty(tx)
    days = [None, date(2026, 12, 30), date(2027, 1, 20), date(2027, 6, 1), date.min, date.max]
    some = [{}, {"topic": ("a", "c")}, {"topic": ("b", "d"), "country": ("X",)}, {"topic": ("none",)}]
    filters = [Filter(sets, lead_days_min=lead) for sets in some for lead in (None, 0, 20)]
    filters += [Filter({}, "", since, until) for since in days for until in days]
    with store.reading() as tx:
        for f in filters:
            for words in ((), ("title 3",)):
                met = finding.meeting(tx, f, words)
                plain = finding.condition(f, words)
                assert met.total == finding.count(tx, plain), f
                assert finding.counts(tx, met) == finding.facets(tx, plain)
                wanted = [n.id for n in finding.find(tx, plain, sort="updated", limit=10, offset=2)]
                assert [n.id for n in finding.find(tx, met.where, sort="updated", limit=10, offset=2)] == wanted
                assert [n.id for n in finding.newest(tx, met, limit=10, offset=2)] == wanted


@pytest.mark.parametrize("country", ["X", "Y", "old", "new"])
@pytest.mark.parametrize("offset", [0, 3, 30])
def test_the_newest_are_the_same_when_a_walk_is_short_too_long_or_not_tried(
    store: Store, monkeypatch: pytest.MonkeyPatch, country: str, offset: int
):
    monkeypatch.setattr(bits, "PAGE", 16)
    with store.writing() as tx:
        put_forty(tx)
        for i in range(20):  # of “old” ones twenty stand behind all others, of “new” ones before them
            for name, shift in (("old", -1000), ("new", 1000)):
                made = Notice(f"{name}{i:02}", "a", "Title", NOW, NOW + timedelta(minutes=shift + i))
                notices.put(tx, Revision(made, 1, RevisionKind.NEW, NOW), Index({"country": (name,)}, "", ""))
    with store.reading() as tx:
        f = Filter({"country": (country,)})
        met = finding.meeting(tx, f, ())
        wanted = finding.find(tx, finding.condition(f, ()), sort="updated", limit=2, offset=offset)
        assert [n.id for n in finding.newest(tx, met, limit=2, offset=offset)] == [n.id for n in wanted]


def test_a_walk_gives_up_after_as_many_as_would_be_looked_up(store: Store):
    with store.writing() as tx:
        put_forty(tx)
    with store.reading() as tx:
        met = finding.meeting(tx, Filter({"country": ("X",)}), ())
        assert finding._on_a_walk(tx, met, 40, most=met.total) is None
        assert len(finding._on_a_walk(tx, met, 2, most=met.total) or ()) == 2


def put_forty(tx: Tx) -> None:
    """Forty notices of changing values; every third is revised to others, with another lead time."""
    catalogue.add_authority(tx, Authority("a", "A"))
    for i in range(40):
        made = Notice(f"n{i:02}", "a", "Title", NOW, NOW + timedelta(minutes=i))
        for number in range(1, 3 if i % 3 == 0 else 2):
            shift = i + number
            terms = {"topic": tuple({"ab"[shift % 2], "cde"[shift % 3]}), "country": ("XY"[shift % 5 == 0],)}
            when = When(date(2027, 1 + i % 12, 1), list(Precision)[1:][i % 5])
            dates = [Dated(Milestone(MilestoneKind.APPLIES_FROM, when, id="m1"), 0, when.first, when.last)]
            found = Index(terms, "title", f"title {i % 4}", None if i % 7 == 0 else shift, dates=dates)
            notices.put(tx, Revision(made, number, RevisionKind.NEW, NOW), found)


def test_words_are_searched_for_only_in_what_the_log_gained(store: Store, monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    search_of = search.announcement_numbers
    monkeypatch.setattr(
        search, "announcement_numbers", lambda tx, pieces, after: asked.append(after) or search_of(tx, pieces, after)
    )
    said = log.Said()

    def found() -> int:
        with store.reading() as tx:
            return log.meeting(tx, Filter(), ("new",), said=said).total

    append(store, 3)
    assert found() == 3
    append(store, 2)
    assert [found(), found()] == [5, 5]
    assert asked == [0, 3]


def test_a_page_of_bits_is_written_once_a_transaction_and_not_at_all_when_that_breaks_off(store: Store):
    written: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith("INSERT INTO notice_bits"):
            written.append(f"{statement} {parameters if many else [parameters]}")

    def broken() -> None:
        with store.writing() as tx:
            put_forty(tx)
            raise Conflict("Somebody was faster.")

    with pytest.raises(Conflict):
        broken()
    assert written == []
    with store.writing():
        pass
    assert written == []
    with store.writing() as tx:
        put_forty(tx)
    assert len(written) == 1
    with store.reading() as tx:
        assert finding.meeting(tx, Filter(), ()).total == 40


def test_notices_recorded_before_there_were_bits_get_them(database_url: str):
    opened = Store.open(database_url)
    with writing(opened.engine) as connection:
        command.upgrade(_config(connection), "0005")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(bits, "move", lambda *_: None)
            put_forty(connection)
    migrate(opened.engine)
    with opened.reading() as tx:
        for f in (Filter({"topic": ("a", "d")}), Filter(lead_days_min=17)):
            assert 0 < finding.meeting(tx, f, ()).total == finding.count(tx, finding.condition(f, ())) < 40
    opened.close()


def test_used_values_are_each_named_once(store: Store):
    put(store, notice())
    with store.reading() as tx:
        assert finding.used_values(tx, "topic") == ["x"]
        assert finding.used_values(tx, "country") == []


def notice(**more) -> Notice:
    return Notice("n1", "a", "Title", NOW, NOW, **more)


def put(store: Store, n: Notice) -> None:
    with store.writing() as tx:
        catalogue.add_authority(tx, Authority("a", "A"))
        revision = Revision(n, n.revision, RevisionKind.NEW, NOW)
        notices.put(tx, revision, Index({"topic": ("x",)}, " title ", " title "))


def test_a_revision_number_that_exists_is_a_conflict(store: Store):
    put(store, notice())
    with pytest.raises(Conflict):
        put(store, notice())
    put(store, notice(revision=2))
    with store.reading() as tx:
        assert [r.number for r in notices.revisions(tx, "n1")] == [1, 2]


def test_a_lease_is_held_by_one_and_an_old_token_is_refused(store: Store):
    with store.writing() as tx:
        first = collecting.take_lease(tx, "x", "a", NOW, 60)
        assert collecting.take_lease(tx, "x", "b", NOW, 60) is None
        second = collecting.take_lease(tx, "x", "b", NOW + timedelta(seconds=61), 60)
        assert (first, second) == (1, 2)
        with pytest.raises(LeaseLost):
            collecting.hold_lease(tx, "x", first, NOW)
        collecting.hold_lease(tx, "x", second, NOW)


def test_equal_bytes_are_kept_once_and_come_back_whole(store: Store):
    body = b"<p>\x00 page</p>" * 1000
    with store.writing() as tx:
        one = collecting.put_snapshot(tx, "s", Fetched(body, "http://x"), NOW)
        two = collecting.put_snapshot(tx, "s", Fetched(body, "http://x"), NOW + timedelta(days=1))
    assert one.digest == two.digest
    with store.reading() as tx:
        latest = collecting.latest_snapshot(tx, "s")
    assert latest is not None
    assert (latest.body, latest.at) == (body, NOW + timedelta(days=1))


def test_old_snapshots_go_unless_a_fact_cites_them_or_they_are_the_newest(store: Store):
    with store.writing() as tx:
        digests = [
            collecting.put_snapshot(tx, "s", Fetched(str(i).encode(), "u"), NOW + timedelta(days=i)).digest
            for i in range(4)
        ]
        dropped = collecting.drop_snapshots(tx, NOW + timedelta(days=30), [digests[0]])
        left = [d for d in digests if collecting.get_snapshot(tx, d) is not None]
    assert dropped == 2
    assert left == [digests[0], digests[3]]


def test_naive_instants_are_refused(store: Store):
    from sqlalchemy.exc import StatementError

    with pytest.raises(StatementError), store.writing() as tx:
        collecting.put_checks(tx, {"s": collecting.Check(datetime(2026, 1, 1), "changed")})  # noqa: DTZ001


def test_a_state_reads_back_as_it_was_written(store: Store):
    written = notice(summary="Größe ≥ 5 €", country="SE", products=("laptops",))
    put(store, written)
    with store.reading() as tx:
        assert notices.get(tx, "n1") == replace(written, confirmed=None)


def test_many_writers_of_one_process_stand_in_line(tmp_path: Path) -> None:
    """The fault: each polls for SQLite's one lock, and one that is unlucky long enough finds it locked."""
    opened = Store.open(f"sqlite:///{tmp_path / 'busy.db'}")
    migrate(opened.engine)

    @event.listens_for(opened.engine, "connect")
    def in_a_hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    opened.engine.dispose()

    def write(number: int) -> None:
        with opened.writing() as tx:
            catalogue.put_value(tx, f"n{number}", "written")
            time.sleep(0.03)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))
    with opened.reading() as tx:
        assert all(catalogue.get_value(tx, f"n{i}") == "written" for i in range(24))
    opened.close()
