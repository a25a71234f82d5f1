"""A feedhub of invented bodies that shows every kind of page filled: for photographs. Reaches only its own loopback pages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import (
    AuthorityRef,
    Clause,
    Draft,
    Evidence,
    Filter,
    Milestone,
    MilestoneKind,
    Precision,
    Requirement,
    When,
)
from feedhub.model import Stage as NoticeStage
from feedhub.store import subscriptions
from tools.invented import ASKED, BODIES, QUOTE, TITLES, watched

ADMIN = Actor(1, "admin")


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[Hub, dict[str, str]]]:
    """A hub full of notices, and the ids that addresses of its pages need."""
    with _pages() as site, _opened(folder, BODIES, site) as (hub, behind):
        _checked(hub)
        ids = _posted(hub, behind)
        for behind[0] in (9, 6, 2, 0):
            _checked(hub)
        _judged(hub)
        hub.remind()
        _subscribed(hub)
        (folder / "planned.json").write_text(json.dumps(_release(hub.today())), encoding="utf-8")
        list(hub.import_files([folder / "planned.json"]))
        found = {n.trust.value: n.id for n in hub.notices(Filter(), per_page=100).notices if n.notice_kind != "law"}
        question = hub.questions(ADMIN)[0].question.id
        yield (
            hub,
            {
                **found,
                **ids,
                "question": question,
                "source": "se-lakeside-policy",
                "draft": _draft(hub),
                "authority": "se-lakeside",
            },
        )


@contextmanager
def only_one(folder: Path) -> Iterator[tuple[Hub, dict[str, str]]]:
    """A hub with one notice of one authority."""
    with _pages() as site, _opened(folder, BODIES[:1], site) as (hub, behind):
        behind[0] = 0
        yield hub, {"notice": hub.post(ADMIN, draft(hub.today(), 0)).id, "authority": BODIES[0][0]}


@contextmanager
def _opened(folder: Path, bodies: tuple[tuple[str, ...], ...], site: str) -> Iterator[tuple[Hub, list[int]]]:
    """A hub that watches these bodies, and a list of how many days its clock is behind."""
    for body, name, country, role, second in bodies:
        file = folder / "sources" / country.lower() / f"{body.split('-', 1)[1]}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [f'[authority]\nname = "{name}"\ncountry = "{country}"\nrole = "{role}"\nlanguages = ["en"]']
        lines.append(f'website = "https://www.{body}.example"\ncontact = "buying@{body}.example"')
        for which, signposts in (("policy", "policy"), ("second", second)):
            title = TITLES.get(signposts, "Responsible procurement policy")
            place = "gone" if body.startswith("nl") else f"{body}/{which}"
            lines.append(
                f'\n[[source]]\nid = "{body}-{which}"\ntitle = "{title}"\nkind = "page"\nurl = "{site}/{place}"'
            )
            lines.append(f'signposts = "{signposts}"\nevery = "24h"\nseen = 2026-11-23')
            lines.append(f'publish = "{"review" if which == "policy" else "detected"}"\n[source.expect]\nat_least = 1')
        file.write_text("\n".join(lines), encoding="utf-8")
    env = {"FEEDHUB_DATA_DIR": str(folder / "data"), "FEEDHUB_SOURCES": str(folder / "sources"), "HOME": str(folder)}
    env |= {"FEEDHUB_FETCH_ALLOW": "127.0.0.0/8", "FEEDHUB_SMTP_URL": "smtp://127.0.0.1:9"}
    env |= {"FEEDHUB_PUSH_ALLOW": "127.0.0.0/8", "FEEDHUB_CONTACT": "feedhub@council.example"}
    behind = [46]
    hub = Hub.open(Settings.from_env(env), clock=lambda: datetime.now(UTC) - timedelta(days=behind[0]))
    yield hub, behind
    hub.close()


def _posted(hub: Hub, behind: list[int]) -> dict[str, str]:
    """The ids of a notice with a moved date, a withdrawn one, and one with a long title."""
    behind[0], made = 0, []
    today = hub.today()
    for number in range(40):
        behind[0] = 40 - number
        made.append(hub.post(ADMIN, draft(today, number)))
        hub.remind()
    behind[0] = 0
    first = draft(today, 0)
    moved = tuple(
        replace(m, when=replace(m.when, first=m.when.first + timedelta(days=31))) if i == 0 else m
        for i, m in enumerate(first.milestones)
    )
    stronger = replace(first.requirements[0], text=ASKED[0].text.replace("20 working days", "10 working days"))
    hub.revise(ADMIN, made[0].id, replace(first, milestones=moved, requirements=(stronger,)), base_revision=1)
    hub.withdraw(ADMIN, made[7].id, reason="The budget was not granted.", base_revision=1)
    for words in ("Does a list of the tier-one factories suffice?", "May the list be kept confidential at first?"):
        hub.ask_question(made[0].id, words)
    hub.answer(ADMIN, hub.questions(ADMIN)[0].question.id, text=words, said="Yes, until the contract is signed.")
    told = "Bidders could name the cities of assembly within a week; street addresses took two months."
    hub.post_lesson(
        ADMIN, title="Ask for cities first, addresses later", text=told, topics=("supply_chain_transparency",)
    )
    return {"notice": made[0].id, "withdrawn": made[7].id, "long": made[6].id}


def _checked(hub: Hub) -> None:
    """Half of the bodies' pages are read; the others wait for their first turn."""
    list(hub.check([f"{body}-{which}" for body, *_ in BODIES[:6] for which in ("policy", "second")], due_only=False))


def _judged(hub: Hub) -> None:
    """A curator has accepted one draft and left the others."""
    waiting = [i for i in hub.review_queue() if i.notice and not i.notice.id]
    if waiting:
        hub.resolve(ADMIN, waiting[0].id, accept=True)


def _draft(hub: Hub) -> str:
    """The id of a draft that waits for a curator."""
    return str(next(i.id for i in hub.review_queue() if i.notice and not i.notice.id))


def _subscribed(hub: Hub) -> None:
    """A webhook that fails, one that is new, and a mail that is asked."""
    hub.ask_webhook("https://orders.reseller.example/hooks/feedhub", Filter(sets={"country": ("SE",)}), "127.0.0.1")
    hub.ask_webhook("https://chat.example/services/incoming/feedhub", Filter(), "127.0.0.1")
    hub.ask_mail("anna@reseller.example", Filter(sets={"product": ("laptops",)}), "daily", "127.0.0.1")
    now = hub.now()
    with hub.store.writing() as tx:
        fault = {"failures": 3, "failing_since": now - timedelta(hours=5), "next_try": now + timedelta(hours=2)}
        failing = min(s.id for s, _, _ in subscriptions.listing(tx, 10))
        subscriptions.change(tx, failing, state="active", errand="", last_error="The server answered 503.", **fault)


def links(hub: Hub, address: str) -> tuple[str, str]:
    """The links that confirm and that end the mails to an address, which is asked now."""
    hub.ask_mail(address, Filter(sets={"product": ("laptops",)}), "weekly", "127.0.0.1")
    with hub.store.reading() as tx:
        newest = max((s for s, _, _ in subscriptions.listing(tx, 200)), key=lambda s: s.id)
    confirm, end = hub.links_of(newest)
    return confirm.removeprefix(hub.instance.base_url), end.removeprefix(hub.instance.base_url)


def draft(today: date, number: int) -> Draft:
    """The notice of this number: bodies, topics, stages and precisions take turns."""
    turn, place = divmod(number, len(BODIES))
    said = ASKED[(place + place // 3 + 2 * turn) % len(ASKED)]
    body = BODIES[place][0]
    if said.language == "de" and not body.startswith(("de", "at", "ch", "be")):
        said = ASKED[3]
    closes = today + timedelta(days=12 + 19 * number % 400)
    if number % 10 == 8:  # some have closed since they were posted, the last one closes today
        closes = today - timedelta(days=(40 - number) // 3)
    ahead = today.replace(day=1) + timedelta(days=150 + 23 * number % 560)
    quarter = ahead.replace(month=1 + 3 * ((ahead.month - 1) // 3), day=1)
    precision = (Precision.DAY, Precision.MONTH, Precision.QUARTER)[number // 2 % 3]
    applies = {Precision.DAY: ahead, Precision.MONTH: ahead.replace(day=1), Precision.QUARTER: quarter}[precision]
    told = Evidence(url=f"https://{body}.example/plan", quote=QUOTE, seen=today)
    dates = (
        Milestone(MilestoneKind.CONSULTATION_CLOSES, When(closes), provenance=told),
        Milestone(MilestoneKind.TENDER_EXPECTED, When(quarter, Precision.QUARTER)),
        Milestone(MilestoneKind.APPLIES_FROM, When(applies, precision)),
    )
    asked = Requirement(
        said.topic,
        list(Clause)[number % 5],
        text=said.text,
        trigger=("at_signature", "at_bid", "yearly")[number % 3],
        evidence=(said.evidence,) if said.evidence else (),
        laws=("eu-csddd",) if said.topic == "hrdd_process" else (),
    )
    return Draft(
        said.title,
        AuthorityRef("", "", body),
        summary=said.summary,
        language=said.language,
        products=(said.product,),
        stage=(NoticeStage.PLANNED, NoticeStage.CONSULTATION, NoticeStage.ADOPTED)[(number + turn) % 3],
        requirements=(asked,),
        milestones=dates[number % 2 :],
    )


def _release(today: date) -> dict[str, object]:
    """A planned procurement as a platform publishes it: its fields are official facts."""
    lot = {"id": "LOT-1", "hasSustainability": True}
    goal = {
        "goal": "social.humanRightsInSupplyChains",
        "strategies": ["awardCriteria", "contractPerformanceConditions"],
    }
    starts = (today + timedelta(days=420)).isoformat()
    tender = {
        "id": "t",
        "title": "Laptops, docking stations and monitors for schools",
        "status": "planned",
        "description": "Devices for pupils and staff in two lots. The supplier maps its supply chain.",
        "classification": {"scheme": "CPV", "id": "30213100-6"},
        "communication": {"futureNoticeDate": f"{today + timedelta(days=160)}T23:59:59Z"},
        "lots": [{**lot, "sustainability": [goal], "contractPeriod": {"startDate": f"{starts}T00:00:00Z"}}],
    }
    notice = {"id": "n1", "noticeType": "UK3", "documentType": "plannedProcurementNotice"}
    party = {"id": "B1", "name": "Hill County Council"}
    release = {
        "ocid": "ocds-h6vhtk-0demo1",
        "id": "1",
        "date": f"{today}T09:00:00Z",
        "tag": ["planning"],
        "language": "en",
        "buyer": party,
        "parties": [{**party, "roles": ["buyer"], "address": {"countryName": "England"}}],
        "planning": {"documents": [{**notice, "url": "https://notices.example/n1"}]},
        "tender": tender,
    }
    return {"version": "1.1", "uri": "https://notices.example/package", "releases": [release]}


@contextmanager
def _pages() -> Iterator[str]:
    """The address of a server with the pages of `invented`; `/gone` is not there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, _, which = self.path.strip("/").partition("/")
            found = watched(body, which)
            text = "".join(f"<p>{sentence}</p>" for sentence in found[1:])
            heading = "".join(found[:1])
            page = f"<!doctype html><html lang=en><title>{heading}</title><main><h1>{heading}</h1>{text}</main>"
            sent = page.encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
