"""The same verbs as Procrastinate tasks, for more than one machine (PostgreSQL). The queue is only transport.

Every check carries a lease and a fencing token in our own tables, so a job delivered twice has one effect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from feedhub.errors import ConfigError
from feedhub.hub import Hub

procrastinate: Any
try:
    import procrastinate
except ImportError:  # the extra `cluster` is not installed
    procrastinate = None

_log = logging.getLogger("feedhub.worker")
QUEUE = "sources"


def _conninfo(hub: Hub) -> str:
    url = hub.settings.database_url
    if not url.startswith("postgresql"):
        raise ConfigError("Workers of their own need PostgreSQL: set FEEDHUB_DATABASE_URL to postgresql+psycopg://….")
    if procrastinate is None:
        raise ConfigError("Workers of their own need the extra “cluster”: pip install 'feedhub[cluster]'.")
    return "postgresql" + url.removeprefix("postgresql+psycopg")


def _app(hub: Hub, connector: Any) -> Any:
    app = procrastinate.App(connector=connector)

    def refresh(source_id: str) -> None:
        result = hub.refresh(source_id)
        _log.info("%s: %s %s", result.source, result.outcome.value, result.reason)

    app.task(name="refresh", queue=QUEUE)(refresh)
    return app


@contextmanager
def queue(hub: Hub) -> Iterator[Any]:
    """An open queue to put jobs on. Raises ConfigError without PostgreSQL or the extra."""
    app = _app(hub, procrastinate.SyncPsycopgConnector(conninfo=_conninfo(hub)) if procrastinate else _conninfo(hub))
    with app.open():
        yield app


def prepare(hub: Hub) -> None:
    """Make the queue's own tables once; raises ConfigError without PostgreSQL or the extra."""
    with queue(hub) as app:
        if not app.check_connection():
            app.schema_manager.apply_schema()


def enqueue_due(hub: Hub, app: Any) -> int:
    """Put every due source on the queue, in the transaction that marks it; the number put there."""

    def put(connection: Any, source_id: str, url: str) -> None:
        task = app.tasks["refresh"].configure(lock=urlsplit(url).netloc.lower(), connection=connection)
        task.defer(source_id=source_id)

    return hub.claim_due(put)


def rescue(hub: Hub) -> int:
    """Put jobs of workers that died back on the queue; the number put back. Call it outside of any event loop."""
    conninfo = _conninfo(hub)

    async def put_back() -> int:
        app = _app(hub, procrastinate.PsycopgConnector(conninfo=conninfo))
        async with app.open_async():
            stalled = list(await app.job_manager.get_stalled_jobs(queue=QUEUE))
            for job in stalled:
                await app.job_manager.retry_job(job)
        return len(stalled)

    return asyncio.run(put_back())


def work(hub: Hub, *, threads: int = 4, wait: bool = True) -> None:
    """Take jobs until the process is told to stop, or with `wait` false until none is left.

    Raises ConfigError without PostgreSQL or the extra.
    """
    conninfo = _conninfo(hub)
    prepare(hub)
    app = _app(hub, procrastinate.PsycopgConnector(conninfo=conninfo))
    app.run_worker(
        queues=[QUEUE], concurrency=threads, wait=wait, shutdown_graceful_timeout=30, delete_jobs="successful"
    )
