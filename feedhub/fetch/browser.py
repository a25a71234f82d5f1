"""A page drawn by an installed Chromium that has no way out of its own: whatever it asks for, we fetch and hand in.

Needs the extra `feedhub[browser]`; downloads no browser. Never opens a connection itself, keeps no cookie and no
profile, never decides what an answer means.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feedhub.errors import FetchError
from feedhub.fetch.deadline import Deadline
from feedhub.fetch.redirects import Reached
from feedhub.fetch.transport import Answer, Request
from feedhub.fetch.urls import normalise_url, same_host

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Route, WebSocketRoute
    from playwright.async_api import Request as Wish

#: Asks for one address through guard, robots.txt and redirects; raises FetchError.
Ask = Callable[[Request], Reached]

_PROGRAMS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: A second wall behind `page.route`, which sees neither WebRTC nor redirects: no name and no number resolves, and all
#: traffic is sent to a proxy that does not exist.
_WALLS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:9",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--js-flags=--max-old-space-size=512",
)
_NO_SIDE_DOORS = """for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"])
  Object.defineProperty(globalThis, name, {value: undefined, configurable: false});"""
#: What takes part in drawing text. Style sheets too: scripts wait for those they load.
_PARTS = {"document", "script", "stylesheet", "xhr", "fetch"}
_ASKED_WITH = {"accept", "accept-language", "content-type", "origin", "x-requested-with"}
_HANDED_IN = {"content-type", "content-security-policy", "x-content-type-options"}
#: Requests and decoded bytes of one page with its parts, and bytes of one query it sends.
_MOST_REQUESTS, _MOST_BYTES, _MOST_SENT = 200, 40 * 1024 * 1024, 64 * 1024
#: Seconds after which a page that never falls silent is read as it stands.
_SETTLE = 10.0
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass
class Visit:
    """One page to draw. `first` is the answer already fetched for `url`; `pause` seconds lie between two requests.

    `cap` bounds the drawn page in bytes. `executable` is a path, "" for the first Chromium that is found.
    """

    url: str
    first: Answer
    ask: Ask
    deadline: Deadline
    cap: int
    user_agent: str
    language: str = ""
    executable: str = ""
    pause: Callable[[], float] = field(default=lambda: 0.0)


def draw(visit: Visit) -> Answer:
    """The page as it stands after its scripts ran, as UTF-8 HTML.

    Raises FetchError `no_browser` without the extra or without Chromium, `browser_failed`, `timeout`, `too_large`.
    """
    try:
        import playwright.async_api  # noqa: F401, PLC0415 - an optional extra, and slow to load
    except ImportError as error:
        raise FetchError("no_browser", "the extra feedhub[browser] is not installed") from error
    program = _program(visit.executable)
    if not _AT_ONCE.acquire(timeout=visit.deadline.left()):
        raise FetchError("timeout", "other pages are being drawn")
    try:
        html = asyncio.run(_drawn(visit, program))
    finally:
        _AT_ONCE.release()
    return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, html)


def _program(executable: str) -> str:
    for name in (executable,) if executable else _PROGRAMS:
        if found := shutil.which(name):
            return found
    raise FetchError("no_browser", f"there is no {executable or 'Chromium'} on this machine")


async def _drawn(visit: Visit, program: str) -> bytes:
    from playwright.async_api import Error, async_playwright  # noqa: PLC0415 - as above

    try:
        async with asyncio.timeout(visit.deadline.left()), async_playwright() as driver:
            browser = await driver.chromium.launch(
                executable_path=program, args=list(_WALLS), chromium_sandbox=os.geteuid() != 0
            )
            try:
                context = await browser.new_context(
                    user_agent=visit.user_agent,
                    locale=visit.language or None,
                    service_workers="block",
                    accept_downloads=False,
                )
                return await _Desk(visit).read(context)
            finally:
                with contextlib.suppress(Error, asyncio.TimeoutError):
                    await asyncio.wait_for(browser.close(), 5)
    except TimeoutError as error:
        raise FetchError("timeout", "the page took too long to draw") from error
    except Error as error:
        visit.deadline.check()
        raise FetchError("browser_failed", error.message.partition("\n")[0][:200]) from error


class _Desk:
    """Answers what one page asks for, one thing at a time."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.turn = asyncio.Lock()
        self.opened = False
        self.requests = 0
        self.size = 0
        self.last = time.monotonic()

    async def read(self, context: BrowserContext) -> bytes:
        """Open the page, wait until it falls silent, and take its HTML."""
        from playwright.async_api import TimeoutError as Late  # noqa: PLC0415 - as above

        await context.add_init_script(_NO_SIDE_DOORS)
        await context.route("**/*", self.answer)
        await context.route_web_socket("**/*", _refuse)
        page = await context.new_page()
        context.on("page", _close)
        left = self.visit.deadline.left() * 1000
        await page.goto(self.visit.url, wait_until="domcontentloaded", timeout=left)
        with contextlib.suppress(Late):
            await page.wait_for_load_state("networkidle", timeout=min(_SETTLE * 1000, left))
        if not page.url.startswith(("http://", "https://")):
            raise FetchError("browser_failed", "the page moved to an address that gave nothing")
        if await page.evaluate("document.documentElement.outerHTML.length") > self.visit.cap:
            raise FetchError("too_large", f"the drawn page is larger than {self.visit.cap} bytes")
        html = (await page.content()).encode("utf-8", "replace")
        if len(html) > self.visit.cap:
            raise FetchError("too_large", f"the drawn page is larger than {self.visit.cap} bytes")
        return html

    async def answer(self, route: Route, wish: Wish) -> None:
        """Hand in what the page asked for, or let it go without."""
        if not self.opened:  # the page itself comes first
            self.opened = True
            await _hand_in(route, self.visit.first)
            return
        request = self.request(wish)
        if request is None or self.requests >= _MOST_REQUESTS or self.size > _MOST_BYTES:
            await route.abort("blockedbyclient")
            return
        self.requests += 1
        try:
            reached = await self.fetched(request)
        except FetchError:
            await route.abort("failed")
            return
        self.size += len(reached.answer.body)
        await _hand_in(route, reached.answer)

    def request(self, wish: Wish) -> Request | None:
        """What to ask of the network for a wish of the page; None when it goes without."""
        if wish.resource_type not in _PARTS or (wish.is_navigation_request() and not _of_the_page(wish)):
            return None
        try:
            url = normalise_url(wish.url)
        except FetchError:
            return None
        body = wish.post_data_buffer
        own = wish.method == "POST" and same_host(url, self.visit.url) and len(body or b"") <= _MOST_SENT
        if wish.method != "GET" and not own:
            return None
        headers = {n: v for n, v in wish.headers.items() if n.lower() in _ASKED_WITH}
        return Request(url, wish.method, {**headers, "User-Agent": self.visit.user_agent}, body if own else None)

    async def fetched(self, request: Request) -> Reached:
        """The answer to one request, after the pause its host asked for."""
        async with self.turn:
            await asyncio.sleep(max(0.0, self.last + self.visit.pause() - time.monotonic()))
            try:
                # The thread inherits the deadline's context, so that the watchdog cuts it like every other fetch.
                return await asyncio.to_thread(self.visit.ask, request)
            finally:
                self.last = time.monotonic()


def _of_the_page(wish: Wish) -> bool:
    """True when the page itself moves; false for a frame inside it or a window beside it."""
    from playwright.async_api import Error  # noqa: PLC0415 - as above

    try:
        return wish.frame.parent_frame is None
    except Error:  # a new window that has no frame yet
        return False


async def _hand_in(route: Route, answer: Answer) -> None:
    await route.fulfill(status=answer.status, headers=_kept(answer.headers), body=answer.body)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        n: v for n, v in headers.items() if n.lower() in _HANDED_IN or n.lower().startswith("access-control-allow-")
    }


async def _refuse(socket: WebSocketRoute) -> None:
    await socket.close(code=1008)


async def _close(page: Page) -> None:
    await page.close()
