"""Commands that run feedhub: serve, migrate, clock, worker, doctor."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import click

from feedhub import tasks
from feedhub.cli._shared import hub
from feedhub.config import Settings, serve_at
from feedhub.errors import ConfigError
from feedhub.hub import Hub
from feedhub.schedule import Clock
from feedhub.web.accounts import first_admin_link
from feedhub.web.wsgi import served


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Web, clock and thread pool in one go."""
    from granian import Granian  # noqa: PLC0415 - only this command needs the server
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    _free_port(host, port)
    address = serve_at(host, port)
    with hub() as h:
        link = first_admin_link(h)
        click.echo(f"feedhub listens on {address}", err=True)
        if h.settings.base_url != address:
            click.echo(f"Feeds and links carry {h.settings.base_url}", err=True)
        if not h.settings.contact and not h.settings.is_public:
            said = "feedhub watches without naming a contact; set FEEDHUB_CONTACT to a page or address of yours."
            click.echo(said, err=True)
        if link:
            click.echo(f"First administrator, once: {link}", err=True)
    Granian(
        "feedhub.cli.running:application",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=max(2, min(8, os.cpu_count() or 2)),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=35,
        log_access=False,
    ).serve()


def _free_port(host: str, port: int) -> None:
    """Say in one sentence that a port is taken, before a server starts and stops again."""
    import socket  # noqa: PLC0415

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(f"{host}:{port} cannot be used ({error.strerror}): choose another --port.") from error


def application() -> Any:
    """The WSGI application of one server process, with the clock beside it; the lease elects one clock."""
    opened = Hub.open(Settings.from_env())
    Clock(opened).start()
    return served(opened)


@click.command()
def migrate() -> None:
    """Bring the database to the present schema, and load catalogue and law calendar."""
    with hub() as h:
        if h.settings.database_url.startswith("postgresql"):
            try:
                tasks.prepare(h)
            except ConfigError as error:
                click.echo(f"Note: {error}", err=True)
    click.echo("The database is up to date.")


@click.command()
def clock() -> None:
    """The clock alone: reminders, and what is due put on the queue (or checked here, on SQLite)."""
    stop = _until_told()
    with hub() as h:
        if not h.settings.database_url.startswith("postgresql"):
            with Clock(h):
                stop.wait()
            return
        tasks.prepare(h)
        with tasks.queue(h) as app:

            def refresh() -> None:
                tasks.rescue(h)
                tasks.enqueue_due(h, app)

            with Clock(h, refresh=refresh):
                stop.wait()


@click.command()
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def worker(threads: int) -> None:
    """A worker alone (PostgreSQL): checks what the clock queues."""
    with hub() as h:
        tasks.work(h, threads=threads)


def _until_told() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@click.command()
def doctor() -> None:
    """Check database, sources, clock, disk and settings; say what to do."""
    bad = 0
    with hub() as h:
        for finding in h.doctor():
            bad += finding.level == "bad"
            todo = f" → {finding.todo}" if finding.todo else ""
            click.echo(f"[{finding.level:<4}] {finding.sentence}{todo}")
    if bad:
        raise click.exceptions.Exit(1)
