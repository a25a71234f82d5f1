"""What the tests of the web share: two authorities, an application, people who are signed in, forms with their token."""

from __future__ import annotations

import atexit
import re
import shutil
import time
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from loopback import Clock
from sqlalchemy import select
from werkzeug.test import TestResponse

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import (
    AuthorityRef,
    Clause,
    Draft,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Notice,
    Precision,
    Requirement,
    Stage,
    Trust,
    When,
)
from feedhub.store.tables import user
from feedhub.web import create_app
from feedhub.web.accounts import add_user

CITY, COUNTY = "se-elm", "gb-oak"
LIST = "Within 20 working days of signature the contractor names the factories of the models it offers."


def declare_authorities(folder: Path) -> None:
    """Two bodies, one watched page each."""
    for slug, name, country in (("elm", "City of Elm", "SE"), ("oak", "County of Oak", "GB")):
        place = folder / country.lower()
        place.mkdir(exist_ok=True)
        (place / f"{slug}.toml").write_text(
            f'[authority]\nname = "{name}"\ncountry = "{country}"\nlanguages = ["en"]\n'
            f'website = "https://{slug}.example"\n\n[[source]]\nid = "{country.lower()}-{slug}-policy"\n'
            f'title = "Policy of {name}"\nkind = "page"\nurl = "https://{slug}.example/policy"\nsignposts = "policy"\n'
            'every = "24h"\nseen = 2026-11-23\npublish = "detected"\n[source.expect]\nat_least = 1\n',
            encoding="utf-8",
        )


def milestone(kind: str, first: date, precision: Precision = Precision.DAY, **more: Any) -> Milestone:
    values = {"status": MilestoneStatus.CONFIRMED, "trust": Trust.POSTED, **more}
    return Milestone(MilestoneKind(kind), When(first, precision), **values)


def draft(authority: str = CITY, title: str = "Factory lists for laptops", **more: Any) -> Draft:
    values: dict[str, Any] = {
        "summary": "The framework of 2027 will ask for factory lists.",
        "stage": Stage.CONSULTATION,
        "language": "en",
        "products": ("laptops",),
        "requirements": (
            Requirement(
                "supply_chain_transparency",
                Clause.CONTRACT_PERFORMANCE_CLAUSE,
                LIST,
                LIST,
                "within 20 working days of signature",
                evidence=("ew_factory_disclosure_form",),
                laws=("eu-csddd",),
                trust=Trust.POSTED,
            ),
        ),
        "milestones": (
            milestone("consultation_closes", date(2027, 1, 20)),
            milestone("tender_expected", date(2027, 7, 1), Precision.QUARTER, status=MilestoneStatus.EXPECTED),
        ),
        "trust": Trust.POSTED,
        "notice_kind": "post",
    }
    return Draft(title, AuthorityRef("", "", authority), **{**values, **more})


#: Hashing that takes long is the point of it; tests that sign in a hundred times do without.
QUICK = {f"argon2__{name}": value for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1))}
_kept = TemporaryDirectory(prefix="feedhub-web-")
atexit.register(_kept.cleanup)


@cache
def _template() -> Path:
    """A data folder with the schema, the two authorities and the law calendar, made once and copied by every test."""
    folder = Path(_kept.name)
    (folder / "sources").mkdir()
    (folder / "bytecode").mkdir()
    declare_authorities(folder / "sources")
    hub = Hub.open(Settings.from_env(_environment(folder / "data")), clock=Clock())
    hub.close()
    return folder


def _environment(data: Path) -> dict[str, str]:
    return {
        "FEEDHUB_DATA_DIR": str(data),
        "FEEDHUB_SOURCES": str(Path(_kept.name) / "sources"),
        "FEEDHUB_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    }


def open_house(folder: Path, clock: Clock | None = None, **more: str) -> House:
    """A house of its own in `folder`; keyword arguments are further settings without their prefix."""
    shutil.copytree(_template() / "data", folder / "data")
    env = _environment(folder / "data") | {f"FEEDHUB_{k.upper()}": v for k, v in more.items()}
    return House(Hub.open(Settings.from_env(env), clock=clock or Clock()))


@dataclass
class House:
    """An application over a hub, and the people of it."""

    hub: Hub
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        quick = {"SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICK, "TESTING": True, "PROPAGATE_EXCEPTIONS": False}
        self.app = create_app(self.hub, quick)
        self.app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_template() / "bytecode"))

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client().get(address, buffered=True, **more)

    def text(self, address: str, status: int = 200) -> str:
        answer = self.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, authority: str = CITY, title: str = "Factory lists for laptops", **more: Any) -> Notice:
        return self.hub.post(Actor(1, "buyer", authority), draft(authority, title, **more))

    def signed_in(self, role: str, authority: str = "") -> FlaskClient:
        """A client with the session of an account of its own in this role."""
        email = f"{role}-{authority or 'none'}@example.org"
        add_user(self.hub, email, role, authority)
        with self.hub.store.reading() as tx:
            mark = tx.execute(select(user.c.fs_uniquifier).where(user.c.email == email)).scalar_one()
        client = self.client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["fs_paa"] = mark, True, time.time()
        return client

    def buyer(self, authority: str = CITY) -> FlaskClient:
        return self.signed_in("buyer", authority)


def token(page: TestResponse) -> str:
    """The proof of a form that it was sent from our own page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert found, "the page holds no form"
    return found[1]


def send(client: FlaskClient, address: str, fields: dict[str, Any], page: str = "") -> TestResponse:
    """Send a form as a person would: open the page, fill it in, press."""
    return client.post(address, data={"csrf_token": token(client.get(page or address)), **fields})


def filled(page: str) -> dict[str, object]:
    """The fields of a form as a browser would send them unchanged."""
    out: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            out.setdefault(name[1], []).append(unescape(value[1]) if value else "")  # type: ignore[attr-defined]
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL):
        out[name] = unescape(body.strip())
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body) or re.search(r'<option value="([^"]*)"', body)
        out[name] = chosen[1] if chosen else ""
    return out


NEW = {
    "title": "Living wages for docking stations",
    "summary": "A roadmap towards living wages.",
    "stage": "planned",
    "language": "en",
    "requirements-0-text": "The contractor shows a roadmap towards living wages.",
    "requirements-0-topic": "living_wage",
    "requirements-0-clause": "award_criterion",
    "milestones-0-date": "2027-Q3",
    "milestones-0-kind": "tender_expected",
    "milestones-0-status": "expected",
}
