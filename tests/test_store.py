"""The store loses nothing, on both engines: order of the log, leases, migrations, filters."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedhub.errors import Conflict, LeaseLost
from feedhub.model import Announcement, AnnouncementKind, Authority, Fetched, Filter, Notice, Revision, RevisionKind
from feedhub.store import Store, catalogue, collecting, log, migrate, notices
from feedhub.store.migrate import schema_is_current
from feedhub.store.notices import Index

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


def test_migrating_twice_changes_nothing_and_the_schema_is_current(store: Store):
    migrate(store.engine)
    with store.reading() as tx:
        assert schema_is_current(tx)


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
    where = log.condition(Filter(), ())
    with store.reading() as tx:
        head, closed = log.head(tx, where)
        oldest = log.archive(tx, where, 1)
    assert (len(head), closed) == (150, 1)
    assert [e.seq for e in (head[0], head[-1], oldest[0], oldest[-1])] == [250, 101, 100, 1]


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
