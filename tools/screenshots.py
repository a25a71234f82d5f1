"""Photograph every kind of page at 1280 and 390 px, light and dark: `python -m tools.screenshots OUT`.

`--language de` takes them in German, `--many` the heavy pages at 10,000 notices instead, `--only notice month` those
whose names begin so, `--plain` the two widths in light alone. The bodies are invented (tools/demonstration.py).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks._crowd import year
from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.store.tables import user
from feedhub.web import create_app
from feedhub.web.accounts import add_user
from tools.demonstration import demonstration, links, only_one

PAGES = {
    "horizon": "/",
    "notices": "/notices",
    "notices-chosen": "/notices?country=SE&topic=supply_chain_transparency&from=2027-01-01",
    "none": "/notices?q=nothing+of+the+kind",
    "none-horizon": "/?country=AL",
    "none-agenda": "/calendar?country=AL",
    "none-timeline": "/calendar/horizon?country=AL",
    "none-month": "/calendar/{month}?country=AL",
    "none-feeds": "/feeds?country=AL",
    "none-topic": "/topics/local_labour_clause",
    "notice": "/notices/{notice}",
    "notice-official": "/notices/{official}",
    "notice-verified": "/notices/{verified}",
    "notice-detected": "/notices/{detected}",
    "revision": "/notices/{notice}/revisions/2",
    "long": "/notices/{long}",
    "withdrawn": "/notices/{withdrawn}",
    "ask": "/notices/{notice}/ask",
    "agenda": "/calendar",
    "agenda-past": "/calendar?past=12&country=SE",
    "timeline": "/calendar/horizon",
    "timeline-countries": "/calendar/horizon?rows=country&months=12",
    "timeline-topics": "/calendar/horizon?rows=topic&months=36",
    "month": "/calendar/{month}",
    "authorities": "/authorities",
    "authority": "/authorities/{authority}",
    "topics": "/topics",
    "topic": "/topics/supply_chain_transparency",
    "evidence": "/evidence",
    "proof": "/evidence/ew_factory_disclosure_form",
    "laws": "/laws",
    "lead-times": "/lead-times",
    "lessons": "/lessons",
    "sources": "/sources",
    "feeds": "/feeds",
    "feeds-chosen": "/feeds?country=SE&product=laptops",
    "subscribe": "/subscribe",
    "subscribe-chosen": "/subscribe?country=SE&from=2027-01-01",
    "about": "/about",
    "privacy": "/privacy",
    "takedown": "/takedown",
    "sign-in": "/account/login",
    "welcome": "{welcome}",
    "error": "/nothing",
    "error-filter": "/notices?topic=nonsense",
    "error-link": "/subscribe/confirm/nothing",
}
INSIDE = {
    "buyer": {
        "account": "/account",
        "password": "/account/password",
        "verify": "/account/verify",
        "desk": "/desk",
        "form": "/desk/new",
        "revise": "/desk/{notice}/revise",
        "withdraw": "/desk/{notice}/withdraw",
        "questions": "/desk/questions",
        "answer": "/desk/questions/{question}",
        "lesson": "/desk/lessons/new",
        "error-forbidden": "/admin",
    },
    "admin": {
        "account-admin": "/account",
        "review": "/review",
        "correct": "/review/{draft}",
        "judge": "/review/notices/{notice}",
        "admin": "/admin",
        "deliveries": "/admin/deliveries",
        "source-list": "/admin/sources",
        "source-new": "/admin/sources/new",
        "source-edit": "/admin/sources/{source}",
        "source-text": "/admin/sources/{source}/text",
    },
}
MANY = ("horizon", "notices", "agenda", "timeline", "timeline-topics", "month", "authorities", "lead-times", "topic")
ONE = (*MANY, "notice", "authority", "sources", "evidence", "feeds", "lessons")
EMPTY = (*MANY, "sources", "evidence", "feeds", "lessons")
EMPTY_INSIDE = {"buyer": ("desk", "questions"), "admin": ("review", "admin", "deliveries", "source-list")}
PRINTED = ("horizon", "notice", "agenda", "timeline", "month", "lead-times", "sources")


def _wrong_sign_in(page: Page) -> None:
    page.get_by_role("textbox").nth(0).fill("nobody@example.org")
    page.locator("input[type=password]").fill("not the password")
    page.locator("main button").click()


def _pressed(page: Page) -> None:
    page.locator("main form button:visible").last.click()


def _half_filled(page: Page) -> None:
    page.locator("[name=requirements-0-text]").fill("Suppliers show a roadmap.")
    page.locator("[name=milestones-0-date]").fill("soon")
    page.locator("[name=url]").fill("our website")
    page.locator("main form button:visible[value=preview]").last.click()


def _previewed(page: Page) -> None:
    page.locator("[name=title]").fill("Living wages in the assembly of docking stations, framework 2028")
    page.locator("[name=summary]").fill("We plan to ask for a roadmap towards living wages.")
    page.locator("[name=requirements-0-text]").fill("Suppliers show a roadmap towards living wages at final assembly.")
    page.locator("[name=requirements-0-topic]").select_option("living_wage")
    page.locator("[name=milestones-0-date]").fill("2027-Q3")
    page.locator("main form button:visible[value=preview]").last.click()


def _overtaken(page: Page) -> None:
    page.locator("[name=title]").fill("Factory lists for laptops, monitors and printers")
    page.evaluate("document.querySelector('[name=base_revision]').value = '1'")
    page.locator("main form button:visible[value=preview]").last.click()
    page.locator("main form button:visible[value=publish]").last.click()


def _kept(page: Page) -> None:
    """A stranger's post with a proof of ours: what somebody sees whose session ended."""
    page.evaluate("""() => {
        const form = document.querySelector("main form");
        form.action = "/desk/new";
        for (const name of ["email", "password"]) form.elements[name].remove();
        form.insertAdjacentHTML("beforeend", "<input name=title value='Living wages, framework 2028'>");
    }""")
    page.locator("main button").click()


def _half_corrected(page: Page) -> None:
    page.locator("[name=milestones-0-date]").fill("soon")
    page.locator("button[value=accept]").click()


def _tried(page: Page) -> None:
    page.locator("button[value=try]").click()


def _spoilt(page: Page) -> None:
    page.locator("[name=url]").fill("ftp://example.org/policy")
    page.locator("[name=every]").fill("often")
    page.locator("button[value=save]").click()


def _invited(page: Page) -> None:
    page.locator("[name=email]").fill(f"{time.time_ns()}@council.example")
    page.locator("[name=role]").select_option("buyer")
    page.locator("[name=authority_id]").select_option("se-lakeside")
    page.locator("main .form button").click()


def _asked_by_mail(page: Page) -> None:
    page.locator("[name=email]").fill("berta@reseller.example")
    page.locator("form[action*=mail] button").click()


def _hooked(page: Page) -> None:
    page.locator("[name=url]").fill("https://orders.reseller.example/hooks/feedhub")
    page.locator("form[action*=webhook] button").click()


def _question_sent(page: Page) -> None:
    page.locator("[name=text]").fill("Is a list of assembly sites enough for lot 3?")
    page.locator("main form button").click()


#: What is seen only after something was pressed: name → who, address, what is pressed.
PRESSED: Mapping[str, tuple[str, str, Callable[[Page], None]]] = {
    "sign-in-wrong": ("", "/account/login", _wrong_sign_in),
    "ask-empty": ("", "/notices/{notice}/ask", _pressed),
    "ask-sent": ("", "/notices/{notice}/ask", _question_sent),
    "subscribe-asked": ("", "/subscribe", _asked_by_mail),
    "subscribe-webhook": ("", "/subscribe", _hooked),
    "confirm": ("", "{confirm}", lambda _page: None),
    "confirmed": ("", "{confirm}", _pressed),
    "end": ("", "{end}", lambda _page: None),
    "ended": ("", "{end}", _pressed),
    "end-gone": ("", "{end}", lambda _page: None),
    "form-wrong": ("buyer", "/desk/new", _half_filled),
    "form-preview": ("buyer", "/desk/new", _previewed),
    "form-overtaken": ("buyer", "/desk/{notice}/revise", _overtaken),
    "form-kept": ("", "/account/login", _kept),
    "correct-wrong": ("admin", "/review/{draft}", _half_corrected),
    "withdraw-empty": ("buyer", "/desk/{notice}/withdraw", _pressed),
    "answer-empty": (
        "buyer",
        "/desk/questions/{question}",
        lambda page: page.locator("main form button").first.click(),
    ),
    "source-tried": ("admin", "/admin/sources/{source}", _tried),
    "source-wrong": ("admin", "/admin/sources/{source}", _spoilt),
    "source-new-empty": ("admin", "/admin/sources/new", lambda page: page.locator("button[value=save]").click()),
    "admin-invited": ("admin", "/admin", _invited),
}


@dataclass
class Camera:
    """A browser that writes `<page>-<width>[-dark].png` into `out`."""

    browser: Browser
    out: Path
    language: str
    only: tuple[str, ...] = ()
    plain: bool = False
    taken: list[str] = field(default_factory=list)

    def wanted(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Those among these names that shall be photographed."""
        return {n: v for n, v in names.items() if not self.only or n.startswith(self.only)}

    @contextmanager
    def windows(self, base: str, cookie: str) -> Iterator[Iterator[tuple[Page, str]]]:
        """Windows of each width and theme, and the ending of their files' names."""
        rounds = ((1280, "light"), (390, "light")) if self.plain else _ROUNDS
        yield (self._window(base, cookie, width, theme) for width, theme in rounds)

    def _window(self, base: str, cookie: str, width: int, theme: Any) -> tuple[Page, str]:
        size: Any = {"width": width, "height": 900 if width > 400 else 844}
        context = self.browser.new_context(viewport=size, locale=self.language, color_scheme=theme)
        if cookie:
            context.add_cookies([{"name": "feedhub_session", "value": cookie, "url": base}])
        return context.new_page(), f"-{width}{'-dark' if theme == 'dark' else ''}.png"

    def take(self, page: Page, file: str) -> None:
        """One picture of the whole page, in a window of its height, so that what sticks to an edge covers nothing."""
        size = page.viewport_size or {"width": 1280, "height": 900}
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, 16_000))})
        page.screenshot(path=self.out / file, full_page=True)
        page.set_viewport_size(size)
        self.taken.append(file)


_ROUNDS = ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark"))


@dataclass
class Studio:
    """A hub that is served, and what its addresses need."""

    hub: Hub
    app: Flask
    base: str
    ids: Mapping[str, str]
    sessions: dict[str, str] = field(default_factory=dict)

    def address(self, path: str, **more: str) -> str:
        """The whole address of a page."""
        month = (self.hub.today() + timedelta(days=60)).strftime("%Y/%m")
        return self.base + path.format(**{"month": month, **self.ids, **more})

    def session(self, role: str) -> str:
        """A session cookie of an account in this role; empty without a role."""
        if role and role not in self.sessions:
            self.sessions[role] = _session(self.hub, self.app, role)
        return self.sessions.get(role, "")

    def photograph(self, camera: Camera, pages: Mapping[str, str], role: str = "", *, printed: bool = False) -> None:
        """Pages as they open."""
        wanted = camera.wanted(pages)
        with camera.windows(self.base, self.session(role)) as windows:
            for page, ending in windows if wanted else ():
                if printed:
                    page.emulate_media(media="print", color_scheme="light")
                    page.set_viewport_size({"width": 718, "height": 1000})
                for name, path in wanted.items():
                    page.goto(self.address(path))
                    camera.take(page, f"{name}.png" if printed else name + ending)
                page.context.close()
                if printed:
                    break

    def press(self, camera: Camera) -> None:
        """Pages that stand there after something was pressed."""
        for role in ("", *INSIDE):
            wanted = camera.wanted({n: v for n, v in PRESSED.items() if v[0] == role})
            with camera.windows(self.base, self.session(role)) as windows:
                for page, ending in windows if wanted else ():
                    confirm, end = links(self.hub, f"{time.time_ns()}@reseller.example")
                    for name, (_, path, press) in wanted.items():
                        page.goto(self.address(path, confirm=confirm, end=end))
                        page.evaluate("for (const form of document.forms) form.noValidate = true")
                        press(page)
                        page.wait_for_load_state()
                        camera.take(page, name + ending)
                    page.context.close()


def main() -> None:
    """Write the pictures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path, nargs="?", default=Path("screenshots"))
    asked.add_argument("--language", default="en")
    asked.add_argument("--only", nargs="+", default=())
    asked.add_argument("--many", action="store_true")
    asked.add_argument("--plain", action="store_true")
    chosen = asked.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        asked.exit(1, "Chromium is not installed.\n")
    quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=quiet)
        camera = Camera(browser, chosen.out, chosen.language, tuple(chosen.only), chosen.plain)
        (_many if chosen.many else _all)(Path(name), camera)
        browser.close()
    print(f"{len(camera.taken)} pictures in {chosen.out}")


def _all(folder: Path, camera: Camera) -> None:
    with demonstration(folder / "full") as (hub, ids), _served(hub, ids) as studio:
        for role, pages in (("", PAGES), *INSIDE.items()):
            studio.photograph(camera, pages, role)
        studio.photograph(camera, {f"print-{n}": PAGES[n] for n in PRINTED}, printed=True)
        studio.press(camera)
    with only_one(folder / "one") as (hub, ids), _served(hub, ids) as studio:
        studio.photograph(camera, {f"one-{n}": _of_one(PAGES[n]) for n in ONE})
    (folder / "none" / "sources" / "se").mkdir(parents=True)
    (folder / "none" / "sources" / "se" / "lakeside.toml").write_text(
        '[authority]\nname = "City of Lakeside"\ncountry = "SE"\nlanguages = ["en"]\n', encoding="utf-8"
    )
    hub = _empty(folder / "none")
    with _served(hub, {}) as studio:
        studio.photograph(camera, {f"empty-{n}": PAGES[n] for n in EMPTY})
        for role, names in EMPTY_INSIDE.items():
            studio.photograph(camera, {f"empty-{n}": INSIDE[role][n] for n in names}, role)
    hub.close()


def _of_one(path: str) -> str:
    """The page for the one authority, where it takes a filter: the laws stand in no other's way."""
    if path.partition("?")[0] not in ("/", "/notices", "/calendar", "/calendar/horizon", "/calendar/{month}", "/feeds"):
        return path
    return f"{path}{'&' if '?' in path else '?'}authority=se-lakeside"


def _many(folder: Path, camera: Camera) -> None:
    hub = year(folder, 10_000)
    with _served(hub, {}) as studio:
        studio.photograph(camera, {f"many-{n}": PAGES[n] for n in MANY})
    hub.close()


def _empty(folder: Path) -> Hub:
    sources = str(folder / "sources")
    env = {"FEEDHUB_DATA_DIR": str(folder / "data"), "FEEDHUB_SOURCES": sources, "HOME": str(folder)}
    return Hub.open(Settings.from_env(env))


def _session(hub: Hub, app: Flask, role: str) -> str:
    email = f"{role}@example.org"
    add_user(hub, email, role, "se-lakeside" if role == "buyer" else "")
    with hub.store.reading() as tx:
        mark = tx.execute(select(user.c.fs_uniquifier).where(user.c.email == email)).scalar_one()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["fs_paa"] = mark, True, time.time()
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return cookie.value if cookie else ""


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


@contextmanager
def _served(hub: Hub, ids: Mapping[str, str]) -> Iterator[Studio]:
    app = create_app(hub)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    welcome = add_user(hub, "new@example.org", "curator", "").removeprefix(hub.instance.base_url)
    yield Studio(hub, app, f"http://127.0.0.1:{server.port}", {"welcome": welcome, **ids})
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
