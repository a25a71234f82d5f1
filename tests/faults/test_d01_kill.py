"""D1: killed at random points, the database is whole, and what was announced is what was written."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback import ROOT

from feedhub.hub import Hub
from feedhub.store import Store, backup
from feedhub.store.tables import announcement, notice, outbox, publication, revision

WRITER = """
import itertools, sys
from datetime import date
from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Draft, Milestone, MilestoneKind, Requirement, When

hub = Hub.open(Settings.from_env())
actor = Actor(1, "admin")
print("ready", flush=True)
for i in itertools.count():
    draft = Draft(
        f"Notice {i}", AuthorityRef("", "", "eu-legislator"),
        requirements=(Requirement("child_labour", text="No child labour."),),
        milestones=(Milestone(MilestoneKind.APPLIES_FROM, When(date(2027, 1 + i % 12, 1))),),
    )
    made = hub.post(actor, draft)
    if i % 3 == 0:
        hub.withdraw(actor, made.id, reason="", base_revision=1)
"""


@pytest.mark.timeout(180)
def test_d01_the_database_is_whole_after_each_kill(
    each_hub: Hub, environment: dict[str, str], tmp_path: Path, sources: Path
) -> None:
    (sources / "eu").mkdir()
    (sources / "eu" / "legislator.toml").write_text(
        '[authority]\nname = "European Union"\ncountry = "EU"\nrole = "legislator"\n', encoding="utf-8"
    )
    url = each_hub.settings.database_url
    env = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        **environment,
        "FEEDHUB_DATABASE_URL": url,
    }
    rng = random.Random(7)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n", writer.stderr.read() if writer.stderr else ""
            time.sleep(rng.uniform(0.05, 0.6))
            writer.kill()
            writer.wait()
        _whole(url)


def _whole(url: str) -> None:
    store = Store.open(url)
    backup.verify(store.engine)
    with store.reading() as tx:
        present = {r.id: r.revision for r in tx.execute(notice.select())}
        written: dict[str, list[int]] = {}
        for r in tx.execute(revision.select().order_by(revision.c.number)):
            written.setdefault(r.notice_id, []).append(r.number)
        log = list(tx.execute(announcement.select().order_by(announcement.c.seq)))
        owed = {r.seq for r in tx.execute(outbox.select())}
        last = tx.execute(publication.select()).one()
    assert {k: v[-1] for k, v in written.items()} == present
    assert all(v == list(range(1, len(v) + 1)) for v in written.values())
    assert [r.seq for r in log] == list(range(1, len(log) + 1))
    assert owed == {r.seq for r in log}
    assert (last.seq, last.instant) == (log[-1].seq, log[-1].instant)
    store.close()
