"""More than one machine: the queue in PostgreSQL carries checks, and only carries them."""

from __future__ import annotations

import pytest
from loopback import Clock, Site, declare, page

from feedhub import tasks
from feedhub.errors import ConfigError
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue

pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster(open_hub, started, site: Site, sources) -> Hub:
    pytest.importorskip("procrastinate", reason="the extra “cluster” is not installed")
    hub = open_hub(database_url=started("postgresql"))
    for i in range(4):
        site.pages[f"/p{i}"] = page("The city buys goods.", "It answers questions.")
        declare(sources, f"{site.url}/p{i}", source_id=f"gb-c{i}-policy", name=f"c{i}")
    load_catalogue(hub)
    tasks.prepare(hub)
    return hub


def test_what_is_due_goes_through_the_queue_once(cluster: Hub, clock: Clock) -> None:
    tasks.prepare(cluster)
    with tasks.queue(cluster) as app:
        assert tasks.enqueue_due(cluster, app) == 4
        assert tasks.enqueue_due(cluster, app) == 0
    for _ in range(4):  # one host, so one job at a time: without waiting a worker takes one and leaves
        tasks.work(cluster, wait=False)
    health = [h for h in cluster.source_health() if h.source.id.startswith("gb-c")]
    assert {h.outcome for h in health} == {"baseline"}


def test_a_job_put_on_the_queue_in_a_transaction_that_fails_is_not_there(cluster: Hub) -> None:
    with tasks.queue(cluster) as app:

        def put_and_fail(connection, source_id: str, url: str) -> None:
            app.tasks["refresh"].configure(connection=connection).defer(source_id=source_id)
            raise RuntimeError("crash before commit")

        with pytest.raises(RuntimeError):
            cluster.claim_due(put_and_fail)
        assert list(app.job_manager.list_jobs()) == []
        assert tasks.enqueue_due(cluster, app) == 4


def test_a_job_whose_worker_died_is_put_back_and_run(cluster: Hub) -> None:
    import psycopg

    with tasks.queue(cluster) as app:
        tasks.enqueue_due(cluster, app)
    conninfo = "postgresql" + cluster.settings.database_url.removeprefix("postgresql+psycopg")
    with psycopg.connect(conninfo) as connection:
        # A worker that was killed leaves its job as "doing", without anybody behind it.
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT min(id) FROM procrastinate_jobs)"
        )
    assert tasks.rescue(cluster) == 1
    for _ in range(4):
        tasks.work(cluster, wait=False)
    assert {h.outcome for h in cluster.source_health() if h.source.id.startswith("gb-c")} == {"baseline"}


def test_workers_of_their_own_are_refused_on_sqlite_with_a_sentence(hub: Hub) -> None:
    with pytest.raises(ConfigError, match="PostgreSQL"):
        tasks.work(hub)
