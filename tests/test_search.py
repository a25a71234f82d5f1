"""Search finds the same on both engines, in compounds and without accents, and no query is an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from web_house import CITY, House, draft, open_house

from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import Announcement, AnnouncementKind, Authority, Filter, Notice, Revision, RevisionKind
from feedhub.store import Store, catalogue, finding, log, migrate, notices, search
from feedhub.store.notices import Index
from feedhub.text import fold, pieces

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
WORDS = [
    "Leverantörskedja",
    "Lieferkettensorgfaltspflicht",
    "toimitusketjussa",
    "ketensamenwerking",
    "straße",
    "Übereinkommen",
    "ÆØÅ",
    "ict",
    "district",
    "3TG",
    "100%_",
    "a'b",
    '"x"',
    "NEAR(",
    "AND",
    "*",
    "x:y",
    "due",
    "diligence",
    "laptops",
    "policy",
    "漢字",
    "𝒳",
    "İ",
    "ﬁ",
]
texts = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map(" ".join)


@pytest.fixture(scope="module")
def stores(postgres_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    folder = tmp_path_factory.mktemp("search")
    both = Store.open(f"sqlite:///{folder / 's.sqlite3'}"), Store.open(postgres_database)
    for store in both:
        migrate(store.engine)
        with store.writing() as tx:
            catalogue.add_authority(tx, Authority("a", "A"))
    yield both
    for store in both:
        store.close()


def fill(store: Store, kept: list[str]) -> None:
    with store.writing() as tx:
        for table in ("announcement", "notice_text", "revision", "notice"):
            tx.execute(text(f"DELETE FROM {'outbox' if table == 'announcement' else table}"))
            tx.execute(text(f"DELETE FROM {table}"))
        for number, words in enumerate(kept):
            n = Notice(f"n{number}", "a", "Title", NOW, NOW)
            found = f" {fold(words)} "
            notices.put(tx, Revision(n, 1, RevisionKind.NEW, NOW), Index({}, found, found))
        entries = [Announcement(0, NOW, AnnouncementKind.NEW, w, summary=str(i)) for i, w in enumerate(kept)]
        log.append(tx, entries, NOW, lambda e: f" {fold(e.title)} ")


def found(store: Store, query: str) -> tuple[set[str], set[str]]:
    wanted = pieces(query)
    with store.reading() as tx:
        here = finding.find(tx, finding.condition(Filter(), wanted), limit=1000)
        told = log.find(tx, log.condition(Filter(), wanted))
    return {n.id for n in here}, {f"n{e.summary}" for e in told}


@pytest.mark.postgres
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.lists(texts, min_size=1, max_size=6), queries=st.lists(texts, min_size=1, max_size=8))
def test_both_engines_find_the_same_in_notices_and_in_the_log(
    stores: tuple[Store, Store], kept: list[str], queries: list[str]
) -> None:
    for store in stores:
        fill(store, kept)
    for query in queries:
        plain = {f"n{i}" for i, t in enumerate(kept) if all(p in f" {fold(t)} " for p in pieces(query))}
        for store in stores:
            assert found(store, query) == (plain, plain), query


@pytest.mark.parametrize(
    ("query", "text_"),
    [
        ("leverantör", "Krav på leverantörskedjan"),
        ("kedja", "leverantörskedja"),
        ("Sorgfaltspflicht", "Lieferkettensorgfaltspflicht"),
        ("keten", "ketenverantwoordelijkheid"),
        ("toimitusketju", "toimitusketjussa"),
        ("malmo", "Malmö"),
        ("Malmö", "MALMO"),
        ("strasse", "Straße"),
        ("factories", "a factory list"),
        ("laptops", "each laptop"),
        ("ict", "ICT hardware"),
        ("diligence due", "due diligence"),
        ('"due diligence"', "human-rights due diligence"),
        ("3TG", "conflict minerals (3TG)"),
    ],
)
def test_a_query_finds(query: str, text_: str) -> None:
    assert all(p in f" {fold(text_)} " for p in pieces(query))


@pytest.mark.parametrize(
    ("query", "text_"),
    [
        ("ict", "district, conflict, restrict"),
        ("it", "with items"),
        ('"due diligence"', "diligence is due"),
        ("laptop monitor", "laptops only"),
    ],
)
def test_a_query_does_not_find(query: str, text_: str) -> None:
    assert not all(p in f" {fold(text_)} " for p in pieces(query))


@given(st.text(max_size=60))
def test_no_piece_is_shorter_than_an_index_can_look_up(query: str) -> None:
    assert all(len(p) >= search.SHORTEST for p in pieces(query))


def test_pages_feeds_calendar_and_interface_agree(each_hub: Hub) -> None:
    with each_hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
    actor = Actor(1, "buyer", CITY)
    each_hub.post(actor, draft(title="Krav på leverantörskedjan"))
    each_hub.post(actor, draft(title="Något annat", requirements=draft().requirements))
    f = each_hub.parse_filter([("q", "kedjan")])
    assert [n.title for n in each_hub.notices(f).notices] == ["Krav på leverantörskedjan"]
    assert {e.notice.title for e in each_hub.agenda(f)} == {"Krav på leverantörskedjan"}
    for address in ("/feeds/announcements.atom", "/feeds/notices.json", "/calendar.ics", "/api/v1/notices"):
        body = each_hub.render(f"{address}?q=kedjan").body.decode()
        assert "leverant" in body
        assert "annat" not in body


def test_a_revised_text_is_found_by_its_new_words_only(each_hub: Hub) -> None:
    with each_hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
    actor = Actor(1, "buyer", CITY)
    notice = each_hub.post(actor, draft(title="Old words"))
    each_hub.revise(actor, notice.id, draft(title="Young words"), base_revision=1)
    for query, number in (("old words", 0), ("young words", 1)):
        assert each_hub.notices(each_hub.parse_filter([("q", query)])).total == number


@pytest.mark.parametrize(
    "query", ['"', "'", "*", "NEAR(a b)", "a OR b", "-x", "x:y", "^", "%", "_", "\\", "( ) AND", "🦉"]
)
def test_no_query_is_an_error(house: House, query: str) -> None:
    for path in ("/", "/notices", "/calendar", "/calendar/horizon", "/feeds", "/feeds/announcements.atom"):
        assert house.client().get(path, query_string={"q": query}).status_code == 200


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.hub.close()


@pytest.mark.postgres
def test_postgresql_searches_with_an_index_and_the_same_without(stores: tuple[Store, Store]) -> None:
    store = stores[1]
    fill(store, ["leverantörskedja", "something else"])
    with store.writing() as tx:
        assert search.is_indexed(tx)
        tx.execute(text("SET LOCAL enable_seqscan = off"))
        plan = tx.execute(text("EXPLAIN SELECT 1 FROM notice_text WHERE text LIKE '%leverant%'")).scalars().all()
        assert any("ix_notice_text_trigrams" in line for line in plan)
        tx.execute(text("DROP INDEX ix_notice_text_trigrams"))
    with store.reading() as tx:
        assert not search.is_indexed(tx)
    assert found(store, "kedja")[0] == {"n0"}
    migrate(store.engine)
    with store.reading() as tx:
        assert search.is_indexed(tx)


def test_texts_written_before_the_index_are_found_after_the_upgrade(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    from feedhub.store.engine import writing
    from feedhub.store.migrate import _config

    store = Store.open(database_url)
    with writing(store.engine) as tx:
        command.upgrade(_config(tx), "0001")
        tx.execute(text("INSERT INTO authority (id, name, state) VALUES ('a', 'A', '{}')"))
        tx.execute(
            text(
                "INSERT INTO notice (id, authority_id, stage, live, revision, first_recorded, updated, search, state)"
                " VALUES ('n1', 'a', 'planned', true, 1, :now, :now, 'leverantorskedja', :state)"
            ),
            {"now": NOW.replace(tzinfo=None), "state": '{"id": "n1", "authority_id": "a", "title": "T", '
             '"first_recorded": "2026-11-24T12:00:00+00:00", "updated": "2026-11-24T12:00:00+00:00"}'},
        )  # fmt: skip
        state = '{"seq": 1, "instant": "2026-11-24T12:00:00+00:00", "kind": "new", "title": "T"}'
        tx.execute(
            text(
                "INSERT INTO announcement (seq, instant, kind, search, state) VALUES (1, :now, 'new', 'kedja', :state)"
            ),
            {"now": NOW.replace(tzinfo=None), "state": state},
        )

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    from alembic import op

    with monkeypatch.context() as patched:
        patched.setattr(op, "create_index", dies)
        with pytest.raises(RuntimeError):
            migrate(store.engine)
    migrate(store.engine)
    with store.reading() as tx:
        assert [n.id for n in finding.find(tx, finding.condition(Filter(), pieces("kedja")))] == ["n1"]
        assert [e.seq for e in log.find(tx, log.condition(Filter(), pieces("kedja")))] == [1]
    store.close()


def test_words_in_a_title_come_before_words_in_a_text(each_hub: Hub) -> None:
    with each_hub.store.writing() as tx:
        catalogue.add_authority(tx, Authority(CITY, "City of Elm", "SE"))
    for title, summary in (("First", "a living wage roadmap"), ("Living wage roadmap", "x"), ("Wage", "living")):
        each_hub.post(Actor(1, "buyer", CITY), draft(title=title, summary=summary))
    f = each_hub.parse_filter([("q", "living wage"), ("authority", CITY)])
    found = [n.title for n in each_hub.notices(f, sort="match").notices]
    assert found[0] == "Living wage roadmap"
    assert sorted(found) == ["First", "Living wage roadmap", "Wage"]


def test_the_best_match_is_offered_only_where_something_is_sought(house: House) -> None:
    assert "Best match first" in house.text("/notices?q=laptops")
    assert "Best match first" not in house.text("/notices")
    house.text("/notices?sort=match", 400)
