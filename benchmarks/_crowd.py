"""A database full of invented notices and announcements, written in bulk; the same size gives the same rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.terms import announcement_text, index
from feedhub.model import (
    Announcement,
    AnnouncementKind,
    Authority,
    AuthorityRef,
    Clause,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Requirement,
    Source,
    SourceKind,
    Stage,
    Trust,
    When,
)
from feedhub.store import Tx, bits, catalogue, desk, log, notices, to_json
from feedhub.store.tables import announcement, announcement_term, check, publication

#: Announcements a notice, and notices that are written at once.
EACH, BATCH = 3, 1000
AUTHORITIES, SOURCES, WAITING = 300, 420, 1000
COUNTRIES = ("SE", "NO", "DK", "FI", "DE", "NL", "BE", "FR", "ES", "IT", "GB", "IE", "AT", "CH", "PL", "CZ", "PT", "EE")
BEGAN = datetime(2016, 1, 4, tzinfo=UTC)
_KINDS = (AnnouncementKind.NEW, AnnouncementKind.MOVED, AnnouncementKind.STAGE)
_DATES = (MilestoneKind.CONSULTATION_CLOSES, MilestoneKind.TENDER_EXPECTED, MilestoneKind.APPLIES_FROM)
_WORDS = [
    "The",
    "supplier",
    "names",
    "the",
    "factories",
    "of",
    "the",
    "models",
    "it",
    "offers",
    "and",
    "of",
    "their",
    "main",
    "components",
    "within",
    "thirty",
    "days",
    "of",
    "the",
    "signature",
    "and",
    "again",
    "whenever",
    "they",
    "change",
    "so",
    "that",
    "working",
    "conditions",
    "can",
    "be",
    "followed",
    "up",
    "by",
    "independent",
    "audits",
]
#: One notice in a thousand says this.
RARE = "cobaltite"


@dataclass(frozen=True)
class Plan:
    """From when on notices are recorded, where their dates begin, over how many days, and how precise they are."""

    began: datetime = BEGAN
    first: date = date(2019, 1, 1)
    days: int = 4000
    precisions: tuple[Precision, ...] = (Precision.DAY, Precision.DAY, Precision.MONTH)


#: Ten years of notices, and one year of them with all that a picture must draw.
DECADE = Plan()
YEAR = Plan(datetime(2026, 1, 5, tzinfo=UTC), date(2026, 10, 1), 300, (*(Precision.DAY,) * 3, *tuple(Precision)[2:]))


def year(folder: Path, count: int, url: str = "") -> Hub:
    """A hub of its own in `folder`, on 24 November 2026, with `count` notices of that year and dates of the next three.

    Its authorities are watched by `SOURCES` sources, and `WAITING` drafts wait for a curator. `url` names another
    database than one in the folder.
    """
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    env = {"FEEDHUB_DATA_DIR": str(folder), "HOME": str(folder), "FEEDHUB_SOURCES": str(folder / "sources")}
    now = [YEAR.began]
    hub = Hub.open(Settings.from_env({**env, **({"FEEDHUB_DATABASE_URL": url} if url else {})}), clock=lambda: now[0])
    fill(hub, count, YEAR)
    now[0] = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with hub.store.writing() as tx:
        _watch(tx, now[0])
        for i in range(WAITING):
            state = to_json(Draft(f"Factory lists, draft {i}", AuthorityRef("", "", f"crowd-{i % AUTHORITIES:03}")))
            desk.put_waiting(tx, "new", now[0] - timedelta(minutes=i), state=state, fingerprint=str(i))
        log.touch(tx)
    return hub


def fill(hub: Hub, count: int, plan: Plan = DECADE) -> None:
    """Put `count` notices with three announcements each into an empty feedhub whose clock stands at `plan.began`."""
    chance = random.Random(2026)
    with hub.store.writing() as tx:
        authorities = [_authority(i) for i in range(AUTHORITIES)]
        for one in authorities:
            catalogue.add_authority(tx, one)
    seq = 0
    with hub.store.reading() as tx:
        seq = tx.execute(publication.select()).one().seq
    for start in range(0, count, BATCH):
        with hub.store.writing() as tx:
            made = [_notice(hub, i, count, chance, plan) for i in range(start, min(start + BATCH, count))]
            _put_notices(tx, hub, made, authorities)
            seq = _put_log(tx, hub, made, authorities, seq, chance, plan)
    with hub.store.writing() as tx:
        last = plan.began + timedelta(seconds=seq * 997)
        tx.execute(publication.update().values(seq=seq, instant=last, counter=publication.c.counter + 1))
        tx.exec_driver_sql("ANALYZE")


def _watch(tx: Tx, now: datetime) -> None:
    """A fortnight of checks of every source, four a day; one source in seven fails."""
    made = [_source(i) for i in range(SOURCES)]
    catalogue.put_sources(tx, made)
    for i, one in enumerate(made):
        poor = i % 7 == 3
        said = {"outcome": "suspect", "reason": "error_page"} if poor else {"outcome": "unchanged", "reason": ""}
        last = now - timedelta(hours=5)
        catalogue.set_state(tx, one.id, last_checked=last, last_good=last, next_due=now, failing=poor, **said)
        checks = [{"source_id": one.id, "at": now - timedelta(hours=6 * k), **said} for k in range(56)]
        tx.execute(check.insert(), checks)


def _source(number: int) -> Source:
    who = f"crowd-{number // 3:03}"
    url = f"https://buyer{number // 3}.example/policy/{number}"
    return Source(f"{who}-{number}", who, f"Purchasing policy and plans, page {number}", SourceKind.PAGE, url)


def _authority(number: int) -> Authority:
    return Authority(f"crowd-{number:03}", f"Buyer {number}", COUNTRIES[number % len(COUNTRIES)], languages=("en",))


def _sentence(chance: random.Random, length: int) -> str:
    return " ".join(chance.choices(_WORDS, k=length)).capitalize() + "."


def _notice(hub: Hub, number: int, count: int, chance: random.Random, plan: Plan) -> Notice:
    known = hub.taxonomy
    topics = list(known.topics)
    who = min(int(chance.expovariate(1 / 60)), AUTHORITIES - 1)
    at = plan.began + timedelta(seconds=number * EACH * 997)
    source = Evidence(url=f"https://buyer{who}.example/page/{number}", seen=at.date(), judged_by=("rule",))
    trust = chance.choice(tuple(Trust))
    begins = plan.first + timedelta(days=(number * plan.days) // count + chance.randrange(0, 700))
    requirements = tuple(
        Requirement(
            topics[min(int(chance.expovariate(1 / 6)), len(topics) - 1)],
            chance.choice(tuple(Clause)),
            _sentence(chance, 18),
            _sentence(chance, 22),
            evidence=tuple(chance.sample(tuple(known.evidence), 2)),
            laws=(chance.choice(tuple(known.laws)),) if chance.random() < 0.3 else (),
            trust=trust,
            provenance=source,
            id=f"r{k}",
        )
        for k in range(1, chance.randrange(2, 5))
    )
    milestones = tuple(
        Milestone(
            kind,
            _when(begins + timedelta(days=120 * k), chance.choice(plan.precisions)),
            status=MilestoneStatus.CONFIRMED,
            trust=trust,
            provenance=source,
            id=f"m{k + 1}",
        )
        for k, kind in enumerate(_DATES[: chance.randrange(1, 4)])
    )
    return Notice(
        id=f"n{number:06}",
        authority_id=f"crowd-{who:03}",
        title=f"{_sentence(chance, 7)} {number}",
        first_recorded=at,
        updated=at + timedelta(seconds=EACH * 997),
        country=COUNTRIES[who % len(COUNTRIES)],
        summary=_sentence(chance, 40) + (f" {RARE}" if number % 1000 == 7 else ""),
        stage=chance.choice((Stage.PLANNED, Stage.CONSULTATION, Stage.ADOPTED, Stage.IN_FORCE, Stage.WITHDRAWN)),
        url=source.url,
        language=chance.choice(("en", "de", "sv", "fr")),
        products=tuple(chance.sample(tuple(known.products), 2)),
        milestones=milestones,
        requirements=requirements,
        trust=trust,
        revision=EACH,
    )


def _when(day: date, precision: Precision) -> When:
    starts = {
        Precision.MONTH: day.replace(day=1),
        Precision.QUARTER: date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        Precision.HALF: date(day.year, (day.month - 1) // 6 * 6 + 1, 1),
        Precision.YEAR: date(day.year, 1, 1),
    }
    return When(starts.get(precision, day), precision)


def _put_notices(tx: Tx, hub: Hub, made: list[Notice], authorities: list[Authority]) -> None:
    for n in made:
        found = index(n, authorities[int(n.authority_id[-3:])], hub.taxonomy, hub.today())
        notices.set_present(tx, n, found)


def _put_log(
    tx: Tx, hub: Hub, made: list[Notice], authorities: list[Authority], seq: int, chance: random.Random, plan: Plan
) -> int:
    order = [(n, kind) for kind in _KINDS for n in made]
    chance.shuffle(order)
    entries: list[Announcement] = []
    rows, terms = [], []
    for n, kind in order:
        seq += 1
        who = authorities[int(n.authority_id[-3:])]
        found = index(n, who, hub.taxonomy, hub.today())
        said = Announcement(
            seq,
            plan.began + timedelta(seconds=seq * 997),
            kind,
            f"{kind.value.capitalize()}: {n.title}",
            n.summary,
            notice_id=n.id,
            authority_id=who.id,
            authority_name=who.name,
            notice=replace(n, revision=1 + _KINDS.index(kind)),
            changes=("The date moved from 1 March 2027 to 1 June 2027.",),
            terms=found.terms,
            lead_days=found.lead_days,
        )
        entries.append(said)
        rows.append(
            {
                "seq": seq,
                "instant": said.instant,
                "kind": kind.value,
                "notice_id": n.id,
                "lead_days": said.lead_days,
                "search": announcement_text(said),
                "state": to_json(said),
            }
        )
        terms += _terms(said.terms, "seq", seq)
    tx.execute(announcement.insert(), rows)
    tx.execute(announcement_term.insert(), terms)
    bits.note(tx, entries)
    return seq


def _terms(terms: Any, name: str, key: object) -> Iterator[dict[str, object]]:
    return ({"name": k, "value": v, name: key} for k, values in terms.items() for v in values)
