"""Fixtures: settings in a temporary folder, both databases, a hub with a clock that tests move, pages on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loopback import Clock, Site
from postgres_server import postgres_server

from feedhub.config import Settings
from feedhub.hub import Hub


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as cores: a third of the time of these tests is waiting for sockets and disks."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of this test session, without a database name."""
    with postgres_server() as url:
        if url is None:
            pytest.skip("PostgreSQL is not installed here")
        yield url


_number = iter(range(1_000_000))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'feedhub.sqlite3'}"
    return new_database(request.getfixturevalue("postgres"))


def new_database(server: str, template: str = "template1") -> str:
    """A new database on a PostgreSQL server, empty or a copy of another one."""
    import psycopg

    name = f"t{os.getpid()}_{next(_number)}"
    with psycopg.connect("postgresql" + server.removeprefix("postgresql+psycopg") + "/postgres", autocommit=True) as c:
        c.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server}/{name}"


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> str:
    """The URL of an empty PostgreSQL database for tests that share one."""
    return new_database(postgres)


@pytest.fixture(scope="session")
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Give the URL of a fresh copy of a database in which feedhub was started once, per engine."""
    made: dict[str, str] = {}
    folder = tmp_path_factory.mktemp("started")
    (folder / "none").mkdir()

    def copy(engine: str) -> str:
        server = request.getfixturevalue("postgres") if engine == "postgresql" else ""
        if engine not in made:
            url = new_database(server) if server else f"sqlite:///{folder / 'first.sqlite3'}"
            env = {
                "FEEDHUB_DATA_DIR": str(folder),
                "FEEDHUB_SOURCES": str(folder / "none"),
                "FEEDHUB_DATABASE_URL": url,
            }
            Hub.open(Settings.from_env(env), clock=Clock()).close()
            made[engine] = url
        if server:
            return new_database(server, made[engine].rpartition("/")[2])
        file = folder / f"copy{next(_number)}.sqlite3"
        shutil.copyfile(made[engine].removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"

    return copy


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """An empty catalogue to put declarations into."""
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(tmp_path: Path, sources: Path) -> dict[str, str]:
    """The variables of a feedhub of its own, on SQLite, that may read loopback pages."""
    return {
        "FEEDHUB_DATA_DIR": str(tmp_path / "data"),
        "FEEDHUB_SOURCES": str(sources),
        "FEEDHUB_FETCH_ALLOW": "127.0.0.0/8",
        "FEEDHUB_PUSH_ALLOW": "127.0.0.0/8",
        "FEEDHUB_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_hub(environment: dict[str, str], clock: Clock) -> Iterator[Callable[..., Hub]]:
    """Open a hub with the test's clock; keyword arguments are further variables without their prefix."""
    opened: list[Hub] = []

    def make(**more: str) -> Hub:
        env = {**environment, **{f"FEEDHUB_{k.upper()}": v for k, v in more.items()}}
        hub = Hub.open(Settings.from_env(env), clock=clock)
        opened.append(hub)
        return hub

    yield make
    for hub in opened:
        hub.close()


@pytest.fixture
def hub(open_hub: Callable[..., Hub], started: Callable[[str], str]) -> Hub:
    """A hub on SQLite."""
    return open_hub(database_url=started("sqlite"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def each_hub(request: pytest.FixtureRequest, open_hub: Callable[..., Hub], started: Callable[[str], str]) -> Hub:
    """A hub on SQLite and on PostgreSQL in turn."""
    return open_hub(database_url=started(request.param))


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()
