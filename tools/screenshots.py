"""Photograph every kind of page at 1280 and 390 px, light and dark: `python -m tools.screenshots OUT [LANGUAGE] [many]`.

The bodies are invented (tools/demonstration.py). `many` photographs the heavy pages at 10,000 notices instead.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks._crowd import year
from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.store.tables import user
from feedhub.web import create_app
from feedhub.web.accounts import add_user
from tools.demonstration import demonstration

PAGES = {
    "horizon": "/",
    "notices": "/notices",
    "one": "/notices?country=CA",
    "one-horizon": "/?country=CA",
    "one-timeline": "/calendar/horizon?country=CA",
    "none": "/notices?q=nothing+of+the+kind",
    "notice": "/notices/{notice}",
    "revision": "/notices/{notice}/revisions/2",
    "long": "/notices/{long}",
    "withdrawn": "/notices/{withdrawn}",
    "ask": "/notices/{notice}/ask",
    "agenda": "/calendar",
    "timeline": "/calendar/horizon",
    "timeline-topics": "/calendar/horizon?rows=topic&months=36",
    "month": "/calendar/{month}",
    "authorities": "/authorities",
    "authority": "/authorities/{authority}",
    "topics": "/topics",
    "topic": "/topics/supply_chain_transparency",
    "evidence": "/evidence",
    "laws": "/laws",
    "lead-times": "/lead-times",
    "lessons": "/lessons",
    "sources": "/sources",
    "feeds": "/feeds?country=SE&product=laptops",
    "subscribe": "/subscribe",
    "about": "/about",
    "privacy": "/privacy",
    "takedown": "/takedown",
    "sign-in": "/account/login",
    "error": "/nothing",
}
INSIDE = {
    "buyer": {
        "account": "/account",
        "password": "/account/password",
        "desk": "/desk",
        "form": "/desk/new",
        "revise": "/desk/{notice}/revise",
        "withdraw": "/desk/{notice}/withdraw",
        "questions": "/desk/questions",
        "answer": "/desk/questions/{question}",
        "lesson": "/desk/lessons/new",
        "forbidden": "/admin",
    },
    "admin": {
        "review": "/review",
        "judge": "/review/notices/{notice}",
        "admin": "/admin",
        "deliveries": "/admin/deliveries",
        "source-list": "/admin/sources",
        "source-new": "/admin/sources/new",
        "source-edit": "/admin/sources/{source}",
    },
}
MANY = ("horizon", "notices", "agenda", "timeline", "timeline-topics", "month", "authorities", "lead-times", "topic")
EMPTY = (*MANY, "notices", "sources", "feeds", "lessons")


def main() -> None:
    """Write `<page>-<width>[-dark].png` files."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    language = sys.argv[2] if len(sys.argv) > 2 else "en"
    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed.")
    quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as p:
        folder, browser = Path(name), p.chromium.launch(executable_path=chromium, args=quiet)
        if "many" in sys.argv:
            _photograph_many(folder, browser, out, language)
        else:
            _photograph_all(folder, browser, out, language)
        browser.close()


def _photograph_all(folder: Path, browser: Browser, out: Path, language: str) -> None:
    with demonstration(folder / "full") as (hub, ids), _served(hub) as (app, base):
        for role, pages in (("", PAGES), *INSIDE.items()):
            _photograph(browser, out, base, _filled(hub, pages, ids), language, _session(hub, app, role))
    (folder / "none").mkdir()
    hub = _empty(folder / "none")
    with _served(hub) as (_, base):
        pages = _filled(hub, {f"empty-{n}": PAGES[n] for n in EMPTY}, {"authority": ""})
        _photograph(browser, out, base, {n: a for n, a in pages.items() if a}, language)
    hub.close()


def _photograph_many(folder: Path, browser: Browser, out: Path, language: str) -> None:
    hub = year(folder, 10_000)
    with _served(hub) as (_, base):
        pages = {f"many-{n}": PAGES[n] for n in MANY}
        _photograph(browser, out, base, _filled(hub, pages, {}), language)
    hub.close()


def _empty(folder: Path) -> Hub:
    env = {"FEEDHUB_DATA_DIR": str(folder / "data"), "FEEDHUB_SOURCES": str(folder), "HOME": str(folder)}
    return Hub.open(Settings.from_env(env))


def _filled(hub: Hub, pages: dict[str, str], ids: dict[str, str]) -> dict[str, str]:
    month = (hub.today() + timedelta(days=60)).strftime("%Y/%m")
    return {name: path.format(**ids, month=month) for name, path in pages.items()}


def _session(hub: Hub, app: Flask, role: str) -> str:
    """A session cookie of a new account in this role; empty without a role."""
    if not role:
        return ""
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
def _served(hub: Hub) -> Iterator[tuple[Flask, str]]:
    app = create_app(hub)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


def _photograph(browser: Browser, out: Path, base: str, pages: dict[str, str], language: str, cookie: str = "") -> None:
    for width, theme in ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            color_scheme="dark" if theme == "dark" else "light",
        )
        if cookie:
            context.add_cookies([{"name": "feedhub_session", "value": cookie, "url": base}])
        page = context.new_page()
        for name, path in pages.items():
            page.goto(base + path)
            page.screenshot(path=out / f"{name}-{width}{'-dark' if theme == 'dark' else ''}.png", full_page=True)
        context.close()
        print(f"{len(pages)} pages at {width} px, {theme}")


if __name__ == "__main__":
    main()
