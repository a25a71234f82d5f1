"""What the tests in a real browser share: the pages there are, and a browser window of one's own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from web_house import CITY, House

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

#: Every kind of page that anybody sees; `{notice}` and `{withdrawn}` are ids.
PAGES = (
    "/",
    "/?country=NL",
    "/notices",
    "/notices?country=SE&q=laptops",
    "/notices?q=nothing+of+the+kind",
    "/notices/{notice}",
    "/notices/{withdrawn}",
    "/notices/{notice}/ask",
    "/notices/{notice}/revisions/2",
    "/calendar",
    "/calendar/horizon",
    "/calendar/horizon?rows=topic&months=12",
    "/calendar/2027/01",
    "/authorities",
    f"/authorities/{CITY}",
    "/topics",
    "/topics/supply_chain_transparency",
    "/evidence",
    "/evidence/ew_factory_disclosure_form",
    "/laws",
    "/lessons",
    "/lead-times",
    "/sources",
    "/feeds",
    "/subscribe",
    "/about",
    "/privacy",
    "/takedown",
    "/account/login",
    "{welcome}",
    "/nothing",
)
#: Every kind of page behind the door, by who opens it.
INSIDE = {
    "buyer": (
        "/account",
        "/account/password",
        "/desk",
        "/desk/new",
        "/desk/{notice}/revise",
        "/desk/{notice}/withdraw",
        "/desk/questions",
        "/desk/questions/{question}",
        "/desk/lessons/new",
        "/admin",
    ),
    "admin": (
        "/review",
        "/review/notices/{notice}",
        "/admin",
        "/admin/deliveries",
        "/admin/sources/{source}",
        "/admin/sources",
        "/admin/sources/new",
        "/review/{draft}",
    ),
}
#: Pages that say no, and the status with which they do.
REFUSED = {("", "/nothing"): 404, ("buyer", "/admin"): 403}


#: Every kind of page.
ALL = slice(None)


#: Every fourth kind of page in the default run, all of them by `make thorough`.
SHARES = pytest.mark.parametrize("share", [slice(0, None, 4), pytest.param(ALL, marks=pytest.mark.thorough)])


@dataclass
class Stage:
    """A house with a server in front, a browser, and the ids that addresses need."""

    house: House
    browser: Any
    base: str
    ids: dict[str, str]

    def address(self, path: str) -> str:
        return self.base + path.format(**self.ids)

    def page(self, role: str = "", width: int = 1280, **more: Any) -> Any:
        """A page of a fresh browser context, signed in when a role is given."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **more)
        if role:
            name = self.house.app.config["SESSION_COOKIE_NAME"]
            cookie = self.house.signed_in(role, CITY if role == "buyer" else "").get_cookie(name)
            assert cookie is not None
            context.add_cookies([{"name": name, "value": cookie.value, "url": self.base}])
        return context.new_page()

    def everywhere(self, share: slice = ALL, **more: Any) -> Any:
        """(page, path) for every kind of page in turn, opened; or for a share of them."""
        for role, paths in (("", PAGES), *INSIDE.items()):
            page = self.page(role, **more)
            for path in paths[share]:
                answer = page.goto(self.address(path))
                assert answer.status == REFUSED.get((role, path), 200), path
                assert urlsplit(page.url).path == urlsplit(self.address(path)).path, (path, page.url)
                yield page, path
            page.context.close()
