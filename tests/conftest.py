"""Fixtures: settings in a temporary folder, both databases, a hub with a clock that tests move, pages on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.model import Source

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
START = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **what: float) -> datetime:
        self.at += timedelta(**what)
        return self.at


def _postgres_bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of this test session, without a database name."""
    binaries = _postgres_bin()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed here")
    # Not below pytest's own folder: that one is closed to others, and the server must not run as root.
    folder = Path(tempfile.mkdtemp(prefix="feedhub-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    port = _free_port()
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=32MB"
    data = str(folder / "data")
    run: dict[str, object] = {"stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [*as_user, binaries / "initdb", "-D", data, "-U", "feedhub", "-A", "trust", "-E", "UTF8"], check=True, **run
    )
    subprocess.run(
        [*as_user, binaries / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start"],
        check=True,
        **run,
    )
    yield f"postgresql+psycopg://feedhub@127.0.0.1:{port}"
    subprocess.run([*as_user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **run)
    shutil.rmtree(folder, ignore_errors=True)


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


class Site:
    """Pages on loopback: set `pages[path]` to a body, or to a function of the request handler that answers itself."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | str | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.seen.append(self.path)
                page = site.pages.get(self.path)
                if callable(page):
                    page(self)
                    return
                body = page.encode() if isinstance(page, str) else page
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def page(*paragraphs: str, title: str = "Responsible procurement", lang: str = "en", extra: str = "") -> str:
    """A plain page with navigation and footer around its paragraphs."""
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title></head><body>'
        "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<main><h1>{title}</h1>{text}</main>{extra}"
        "<footer>City of Example, 1 Market Square</footer></body></html>"
    )


def declare(folder: Path, url: str, *, source_id: str = "gb-example-policy", name: str = "example", **more: str) -> str:
    """Write a declaration of one loopback page; its source id."""
    country = source_id.split("-", 1)[0]
    (folder / country).mkdir(exist_ok=True)
    lines = "".join(f"{k} = {v}\n" for k, v in more.items())
    (folder / country / f"{name}.toml").write_text(
        f'[authority]\nname = "City of Example"\ncountry = "{country.upper()}"\nlanguages = ["en"]\n'
        'website = "https://example.org"\n\n'
        f'[[source]]\nid = "{source_id}"\ntitle = "Responsible procurement policy"\nkind = "page"\nurl = "{url}"\n'
        f'signposts = "policy"\nevery = "24h"\nseen = 2026-11-23\npublish = "detected"\n{lines}'
        "[source.expect]\nat_least = 1\n",
        encoding="utf-8",
    )
    return source_id


def source_of(hub: Hub, source_id: str) -> Source:
    return next(h.source for h in hub.source_health() if h.source.id == source_id)
