"""A feedhub of invented bodies that shows every kind of page filled: for photographs. Reaches only its own loopback pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Clause, Draft, Evidence, Milestone, MilestoneKind, Precision, Requirement, When
from feedhub.model import Stage as NoticeStage

BODIES = (
    ("se-lakeside", "City of Lakeside", "SE"),
    ("se-north-buying", "North Buying Group", "SE"),
    ("dk-harbour", "Harbour Municipality", "DK"),
    ("nl-ict-category", "Category ICT Workplace", "NL"),
    ("de-state-it", "Landesbetrieb für Informations- und Kommunikationstechnikbeschaffung Musterland", "DE"),
    ("gb-universities", "Universities Purchasing Union", "GB"),
    ("no-fjord", "Fjord County", "NO"),
    ("ch-cantons", "Partnership of Cantons", "CH"),
    ("fi-lakes", "Lake District Procurement", "FI"),
    ("at-alps", "Bundesgesellschaft Alpenland", "AT"),
    ("be-canals", "Canal Region Central Purchasing", "BE"),
    ("ie-coast", "Coastal Health Service", "IE"),
)
LONG = (
    "National framework agreement 2028–2032 for end-user devices, peripherals, docking stations and related services: "
    "market consultation on disclosure of production sites below the first tier"
)
#: Title, topic, product, evidence.
ASKED = (
    ("Factory lists for laptops and monitors", "supply_chain_transparency", "laptops", "ew_factory_disclosure_form"),
    ("Code of conduct annex, new version", "code_of_conduct", "computers", "signed_code"),
    ("Conflict minerals: cobalt and 3TG evidence", "responsible_minerals", "phones", "cmrt"),
    ("Due diligence report every year", "hrdd_process", "servers", "due_diligence_policy"),
    (
        "Lieferkettensorgfaltspflichten bei der Rahmenvereinbarung Arbeitsplatzausstattung",
        "ilo_core_labour_standards",
        "desktops",
        "bitkom_declaration",
    ),
    ("Supply chain map at selection", "forced_labour", "laptops", "modern_slavery_statement"),
    ("Complaint channel for factory workers", "grievance_mechanism", "monitors", ""),
    ("Access for independent monitors", "independent_monitoring", "printers", ""),
    (
        LONG,
        "supply_chain_transparency",
        "laptops",
        "ew_factory_disclosure_form",
    ),
)
TEXT = "Suppliers name the final assembly site of each model within 20 working days of signature, and keep the list current."
QUOTE = "The market is invited to comment on the draft clauses until the date above."
WATCHED = (
    "From 1 September 2027 all suppliers of laptops must disclose the names and addresses of their factories.",
    "Suppliers of servers shall submit a due diligence report by 31 March 2028.",
    "Contractors must grant independent monitors access to their factories from 1 January 2028.",
)
ADMIN = Actor(1, "admin")


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[Hub, dict[str, str]]]:
    """A hub full of notices, and the ids that addresses of its pages need."""
    with _pages() as site:
        hub = _opened(folder, site)
        ids = _posted(hub)
        list(hub.check([f"{body}-policy" for body, _, _ in BODIES[:5]], due_only=False))
        question = hub.questions(ADMIN)[0].question.id
        yield hub, {**ids, "question": question, "source": "se-lakeside-policy", "authority": "se-lakeside"}
        hub.close()


def _opened(folder: Path, site: str) -> Hub:
    for body, name, country in BODIES:
        file = folder / "sources" / country.lower() / f"{body.split('-', 1)[1]}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'[authority]\nname = "{name}"\ncountry = "{country}"\nlanguages = ["en"]\n\n'
            f'[[source]]\nid = "{body}-policy"\ntitle = "Responsible procurement policy"\nkind = "page"\n'
            f'url = "{site}/{"gone" if body.startswith("nl") else body}"\nsignposts = "policy"\nevery = "24h"\n'
            'seen = 2026-11-23\npublish = "review"\n[source.expect]\nat_least = 1\n',
            encoding="utf-8",
        )
    env = {"FEEDHUB_DATA_DIR": str(folder / "data"), "FEEDHUB_SOURCES": str(folder / "sources"), "HOME": str(folder)}
    return Hub.open(Settings.from_env({**env, "FEEDHUB_FETCH_ALLOW": "127.0.0.0/8"}))


def _posted(hub: Hub) -> dict[str, str]:
    """The ids of a notice with a moved date and of a withdrawn one."""
    made = [hub.post(ADMIN, draft(hub.today(), i)) for i in range(40)]
    first = draft(hub.today(), 0)
    moved = tuple(
        replace(m, when=replace(m.when, first=m.when.first + timedelta(days=31))) if i == 0 else m
        for i, m in enumerate(first.milestones)
    )
    hub.revise(ADMIN, made[0].id, replace(first, milestones=moved), base_revision=1)
    hub.withdraw(ADMIN, made[7].id, reason="The budget was not granted.", base_revision=1)
    for words in ("Does a list of the tier-one factories suffice?", "May the list be kept confidential at first?"):
        hub.ask_question(made[0].id, words)
    hub.answer(ADMIN, hub.questions(ADMIN)[0].question.id, text=words, said="Yes, until the contract is signed.")
    told = "Bidders could name the cities of assembly within a week; street addresses took two months."
    hub.post_lesson(
        ADMIN, title="Ask for cities first, addresses later", text=told, topics=("supply_chain_transparency",)
    )
    return {"notice": made[0].id, "withdrawn": made[7].id, "long": made[8].id}


def draft(today: date, number: int) -> Draft:
    """The notice of this number: bodies, topics, stages and precisions take turns."""
    title, topic, product, evidence = ASKED[number % len(ASKED)]
    body = BODIES[number % len(BODIES)][0]
    closes = today + timedelta(days=12 + 19 * number % 400)
    ahead = today.replace(day=1) + timedelta(days=150 + 23 * number % 560)
    quarter = ahead.replace(month=1 + 3 * ((ahead.month - 1) // 3), day=1)
    precision = (Precision.DAY, Precision.MONTH, Precision.QUARTER)[number % 3]
    applies = {Precision.DAY: ahead, Precision.MONTH: ahead.replace(day=1), Precision.QUARTER: quarter}[precision]
    told = Evidence(url=f"https://{body}.example/plan", quote=QUOTE, seen=today)
    dates = (
        Milestone(MilestoneKind.CONSULTATION_CLOSES, When(closes), provenance=told),
        Milestone(MilestoneKind.TENDER_EXPECTED, When(quarter, Precision.QUARTER)),
        Milestone(MilestoneKind.APPLIES_FROM, When(applies, precision)),
    )
    laws = ("eu-csddd",)
    asked = Requirement(
        topic,
        list(Clause)[number % 5],
        text=TEXT,
        trigger="at_signature",
        evidence=(evidence,) if evidence else (),
        laws=laws,
    )
    return Draft(
        title,
        AuthorityRef("", "", body),
        summary=TEXT,
        language="de" if title.startswith("Liefer") else "en",
        products=(product,),
        stage=(NoticeStage.PLANNED, NoticeStage.CONSULTATION, NoticeStage.ADOPTED)[number % 3],
        requirements=(asked,),
        milestones=dates[number % 2 :],
    )


@contextmanager
def _pages() -> Iterator[str]:
    """The address of a server whose pages hold `WATCHED`; `/gone` is not there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path not in ("/gone", "/robots.txt")
            text = "".join(f"<p>{sentence}</p>" for sentence in WATCHED)
            page = f"<!doctype html><html lang=en><title>Policy</title><main><h1>Responsible buying</h1>{text}</main>"
            body = page.encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
