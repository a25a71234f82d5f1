"""Photograph every page of a demonstration instance at 1280 and 390 px: `python tools/screenshots.py OUT [LANGUAGE]`.

The bodies in it are invented. It reaches nothing but its own loopback address.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Clause, Draft, Milestone, MilestoneKind, Precision, Requirement, Stage, When
from feedhub.web import create_app

BODIES = (
    ("se", "lakeside", "City of Lakeside", "SE"),
    ("se", "north-buying", "North Buying Group", "SE"),
    ("dk", "harbour", "Harbour Municipality", "DK"),
    ("nl", "ict-category", "Category ICT Workplace", "NL"),
    ("de", "state-it", "State IT Service", "DE"),
    ("gb", "universities", "Universities Purchasing Union", "GB"),
    ("no", "fjord", "Fjord County", "NO"),
    ("ch", "cantons", "Partnership of Cantons", "CH"),
)
ASKED = (
    ("Factory lists for laptops and monitors", "supply_chain_transparency", "laptops", "ew_factory_disclosure_form"),
    ("Code of conduct annex, new version", "code_of_conduct", "computers", "signed_code"),
    ("Conflict minerals: cobalt and 3TG evidence", "responsible_minerals", "phones", "cmrt"),
    ("Due diligence report every year", "hrdd_process", "servers", "due_diligence_policy"),
    ("Core labour standards declaration", "ilo_core_labour_standards", "desktops", "bitkom_declaration"),
    ("Supply chain map at selection", "forced_labour", "laptops", "modern_slavery_statement"),
    ("Complaint channel for factory workers", "grievance_mechanism", "monitors", ""),
    ("Access for independent monitors", "independent_monitoring", "printers", ""),
)
TEXT = "Suppliers name the final assembly site of each model within 20 working days of signature, and keep the list current."
PAGES = {
    "horizon": "/",
    "notices": "/notices",
    "notice": "/notices/{notice}",
    "agenda": "/calendar",
    "timeline": "/calendar/horizon",
    "month": "/calendar/{month}",
    "authorities": "/authorities",
    "authority": "/authorities/se-lakeside",
    "topics": "/topics",
    "topic": "/topics/supply_chain_transparency",
    "evidence": "/evidence",
    "laws": "/laws",
    "lead-times": "/lead-times",
    "sources": "/sources",
    "feeds": "/feeds",
    "subscribe": "/subscribe",
    "about": "/about",
    "sign-in": "/account/login",
}


def furnish(folder: Path) -> tuple[Hub, str]:
    """A hub with invented bodies and notices; the id of the notice to look at."""
    for country, name, title, code in BODIES:
        (folder / "sources" / country).mkdir(parents=True, exist_ok=True)
        (folder / "sources" / country / f"{name}.toml").write_text(
            f'[authority]\nname = "{title}"\ncountry = "{code}"\n', encoding="utf-8"
        )
    env = {"FEEDHUB_DATA_DIR": str(folder / "data"), "FEEDHUB_SOURCES": str(folder / "sources"), "HOME": str(folder)}
    hub = Hub.open(Settings.from_env(env))
    actor, today, first = Actor(1, "admin"), hub.today(), ""
    for i, (title, topic, product, evidence) in enumerate(ASKED):
        country, name, _, _ = BODIES[i % len(BODIES)]
        applies = date(today.year + 1, 1 + (3 * i + 2) % 12, 1)
        spans = (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.DAY)
        dates = (
            Milestone(MilestoneKind.CONSULTATION_CLOSES, When(today + timedelta(days=25 + 17 * i))),
            Milestone(
                MilestoneKind.TENDER_EXPECTED,
                When(applies.replace(month=1 + 3 * ((applies.month - 1) // 3)), Precision.QUARTER),
            ),
            Milestone(
                MilestoneKind.APPLIES_FROM,
                When(applies + timedelta(days=183 - (applies + timedelta(days=183)).day + 1), spans[i % 4]),
            ),
        )
        asked = Requirement(
            topic,
            list(Clause)[i % 5],
            text=TEXT,
            trigger="at_signature",
            evidence=(evidence,) if evidence else (),
            laws=("eu-csddd",),
        )
        draft = Draft(
            title,
            AuthorityRef("", "", f"{country}-{name}"),
            summary=TEXT,
            language="en",
            products=(product,),
            stage=(Stage.PLANNED, Stage.CONSULTATION, Stage.ADOPTED)[i % 3],
            requirements=(asked,),
            milestones=dates[i % 2 :],
        )
        made = hub.post(actor, draft)
        if i == 0:
            first = made.id
            later = replace(dates[2], when=replace(dates[2].when, first=dates[2].when.first + timedelta(days=92)))
            hub.revise(actor, made.id, replace(draft, milestones=(*dates[:2], later)), base_revision=1)
    return hub, first


def main() -> None:
    """Write `<page>-<width>.png` files."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    language = sys.argv[2] if len(sys.argv) > 2 else "en"
    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        hub, notice = furnish(Path(folder))
        server = make_server("127.0.0.1", 0, create_app(hub), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        month = (hub.today() + timedelta(days=60)).strftime("%Y/%m")
        with sync_playwright() as p:
            quiet = [
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-sync",
            ]
            browser = p.chromium.launch(executable_path=chromium, args=quiet)
            for width in (1280, 390):
                page = browser.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
                for name, path in PAGES.items():
                    page.goto(f"http://127.0.0.1:{server.port}{path.format(notice=notice, month=month)}")
                    page.screenshot(path=out / f"{name}-{width}.png", full_page=width == 390)
                    print(f"{name} {width}")
            browser.close()
        server.shutdown()
        hub.close()


if __name__ == "__main__":
    main()
