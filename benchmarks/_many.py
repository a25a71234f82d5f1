"""A feedhub with many notices: invented bodies, texts of ten languages' words, dates over the next three years."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from feedhub.changes import Create
from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.record import Recorder
from feedhub.model import (
    Authority,
    AuthorityRef,
    Clause,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Precision,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.store import catalogue

COUNTRIES = ("SE", "DK", "NO", "FI", "DE", "NL", "BE", "GB", "IE", "FR", "AT", "CH")
LANGUAGES = {"SE": "sv", "DK": "da", "NO": "no", "FI": "fi", "DE": "de", "NL": "nl", "FR": "fr", "AT": "de"}
WORDS = [
    "leverantörskedja",
    "fabrikslista",
    "arbetsvillkor",
    "Lieferkettensorgfaltspflicht",
    "Sorgfaltspflicht",
    "Menschenrechte",
    "toimitusketju",
    "vastuullisuus",
    "ketenverantwoordelijkheid",
    "arbeidsomstandigheden",
    "leverandørkjede",
    "menneskerettigheter",
    "chaîne",
    "approvisionnement",
    "vigilance",
    "mensenrechten",
    "factory",
    "list",
    "laptop",
    "monitor",
    "server",
    "due",
    "diligence",
    "living",
    "wage",
    "audit",
    "conflict",
    "minerals",
    "grievance",
    "channel",
    "code",
    "of",
    "conduct",
    "supplier",
    "contract",
    "framework",
    "tender",
    "bidder",
    "signature",
    "evidence",
    "report",
    "every",
    "year",
    "within",
    "working",
    "days",
    "the",
    "a",
    "of",
    "and",
    "for",
    "to",
    "must",
    "name",
    "disclose",
    "map",
    "model",
    "assembly",
    "site",
    "cobalt",
    "tin",
]
SPANS = (
    Precision.DAY,
    Precision.DAY,
    Precision.DAY,
    Precision.MONTH,
    Precision.QUARTER,
    Precision.HALF,
    Precision.YEAR,
)


class Clock:
    """A clock that the filling moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def fill(folder: Path, count: int, *, bodies: int = 120, url: str = "") -> Hub:
    """A hub with `count` notices of `bodies` authorities in `folder`; the same notices each time."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    env = {"FEEDHUB_DATA_DIR": str(folder), "HOME": str(folder), "FEEDHUB_SOURCES": str(folder / "sources")}
    if url:
        env["FEEDHUB_DATABASE_URL"] = url
    clock, chance = Clock(), random.Random(7)
    hub = Hub.open(Settings.from_env(env), clock=clock)
    authorities = [
        Authority(
            f"b-{i:03d}", f"{chance.choice(('City', 'County', 'State', 'University'))} number {i}", COUNTRIES[i % 12]
        )
        for i in range(bodies)
    ]
    with hub.store.writing() as tx:
        catalogue.put_authorities(tx, authorities)
    topics = [t.id for t in hub.taxonomy.topics.values() if t.core]
    for begin in range(0, count, 250):
        clock.now += timedelta(hours=6)
        with hub.store.writing() as tx:
            recorder = Recorder(hub, tx, clock.now, by="benchmark")
            for number in range(begin, min(begin + 250, count)):
                recorder.create(Create(_draft(chance, hub, authorities[chance.randrange(bodies)], topics, number)))
            recorder.publish()
    clock.now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    return hub


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count)).capitalize()


def _draft(chance: random.Random, hub: Hub, body: Authority, topics: list[str], number: int) -> Draft:
    def asked() -> Requirement:
        return Requirement(
            chance.choice(topics),
            chance.choice(list(Clause)),
            text="",
            quote=_words(chance, 40) + ".",
            evidence=tuple(chance.sample(sorted(hub.taxonomy.evidence), 2)),
            laws=tuple(chance.sample(sorted(hub.taxonomy.laws), 1)),
            trust=chance.choice(list(Trust)),
            provenance=Evidence(
                "", "", "https://body.example/policy", "", (_words(chance, 30),), ("rule 1",), date(2026, 11, 1)
            ),
        )

    def point(kind: MilestoneKind) -> Milestone:
        precision = chance.choice(SPANS)
        day = date(2026, 10, 1) + timedelta(days=chance.randrange(1000))
        first = {
            Precision.MONTH: day.replace(day=1),
            Precision.QUARTER: date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
            Precision.HALF: date(day.year, (day.month - 1) // 6 * 6 + 1, 1),
            Precision.YEAR: date(day.year, 1, 1),
        }.get(precision, day)
        return Milestone(
            kind, When(first, precision), status=MilestoneStatus.EXPECTED, trust=chance.choice(list(Trust))
        )

    kinds = chance.sample(list(MilestoneKind), chance.randrange(1, 5))
    return replace(
        Draft(f"{_words(chance, 5)} {number}", AuthorityRef(body.name, body.country, body.id)),
        summary=_words(chance, 30),
        stage=chance.choice((Stage.INTENTION, Stage.PLANNED, Stage.CONSULTATION, Stage.ADOPTED, Stage.IN_FORCE)),
        language=LANGUAGES.get(body.country, "en"),
        products=tuple(chance.sample(sorted(hub.taxonomy.products), 2)),
        requirements=tuple(asked() for _ in range(chance.randrange(1, 4))),
        milestones=tuple(point(k) for k in kinds),
        trust=Trust.OFFICIAL,
    )
