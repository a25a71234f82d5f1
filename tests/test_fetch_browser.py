"""A page that only scripts fill is drawn by the installed Chromium, and reaches nothing that the guard refuses."""

from __future__ import annotations

import contextlib
import ipaddress
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from loopback import Clock, Site, declare
from raw_servers import NOW, Server, answer, make_server, server, source  # noqa: F401 - fixtures

from feedhub.errors import REASONS, FetchError
from feedhub.fetch import Fetcher, Limits, browser
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import SourceKind

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed here")
HOME = (ipaddress.ip_network("127.0.0.1/32"),)
pytestmark = pytest.mark.browser
pytest.importorskip("playwright.async_api", reason="playwright is not installed (extra “browser”)")

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
SHELL = """<!doctype html><html lang="en"><head><title>Policy</title></head><body><div id="app">Loading</div>
<script src="/app.js"></script></body></html>"""
APP = """fetch('/api/text.json').then(r => r.json()).then(t => {
  document.getElementById('app').innerHTML = '<main><h1>Policy</h1><p>' + t.duty + '</p></main>'; });"""


@dataclass
class Trap:
    """Listens on an address nobody may reach, for TCP and UDP, and notes who comes."""

    tcp: socket.socket
    udp: socket.socket
    seen: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.tcp.getsockname()[1])

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self.tcp.accept()
                sock.settimeout(0.3)
                head = b""
                with contextlib.suppress(OSError):
                    head = sock.recv(300)
                    sock.sendall(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nhi")
                self.seen.append(head.decode("latin-1").partition("\r\n")[0] or "connected")
                sock.close()

    def listen(self) -> None:
        with contextlib.suppress(OSError):
            while self.udp.recvfrom(2000):
                self.seen.append("UDP")


@pytest.fixture
def trap() -> Iterator[Trap]:
    tcp = socket.create_server(("127.0.0.2", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.2", tcp.getsockname()[1]))
    made = Trap(tcp, udp)
    threads = [threading.Thread(target=f, daemon=True) for f in (made.run, made.listen)]
    for thread in threads:
        thread.start()
    yield made
    for sock in (tcp, udp):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()
    for thread in threads:
        thread.join(2)


@pytest.fixture
def draw() -> Iterator[Callable[..., str]]:
    """Fetch an address through the browser; the HTML as drawn. Only 127.0.0.1 may be reached."""
    made: list[Fetcher] = []

    def run(url: str, limits: Limits | None = None, **more: object) -> str:
        made.append(Fetcher(allow=HOME, user_agent="feedhub/9 (+ops@example.org)", limits=limits))
        got = made[-1].fetch(replace(source(url, kind=SourceKind.PAGE, **more), browser=True), None, NOW)
        assert got.content_type == "text/html"
        assert got.charset == "utf-8"
        return got.body.decode()

    yield run
    for fetcher in made:
        fetcher.close()


def html(text: str, **headers: str) -> bytes:
    return answer(body=text.encode(), Content_Type="text/html; charset=utf-8", **headers)


@needs_chromium
def test_what_scripts_write_into_a_page_is_read_and_everything_was_asked_under_our_name(server, draw) -> None:  # noqa: F811
    server.routes |= {
        "/": html(SHELL, Set_Cookie="id=1"),
        "/app.js": answer(body=APP.encode(), Content_Type="text/javascript"),
        "/api/text.json": answer(body=f'{{"duty": "{DUTY}"}}'.encode(), Content_Type="application/json"),
    }
    assert DUTY in draw(server.url())
    assert [a.path for a in server.asked] == ["/robots.txt", "/", "/app.js", "/api/text.json"]
    assert {a.headers["user-agent"] for a in server.asked} == {"feedhub/9 (+ops@example.org)"}
    assert not any("cookie" in a.headers for a in server.asked)


def everything(to: str) -> str:
    """A page that tries every way out that scripts and markup have."""
    return f"""<!doctype html><html><head><title>t</title>
<link rel="dns-prefetch" href="http://{to}/"><link rel="preconnect" href="http://{to}/">
<link rel="prefetch" href="http://{to}/prefetch"><link rel="stylesheet" href="http://{to}/style.css">
<link rel="icon" href="http://{to}/icon"><link rel="manifest" href="http://{to}/manifest">
<script type="speculationrules">{{"prerender": [{{"urls": ["http://{to}/prerender"]}}]}}</script>
<script src="http://{to}/script.js"></script></head><body><p>The page stands.</p>
<img src="http://{to}/image"><img src="/leads-inside"><iframe src="http://{to}/frame"></iframe><video src="http://{to}/video"></video>
<object data="http://{to}/object"></object><a href="/x" target="_blank" ping="http://{to}/ping" id="a">x</a>
<iframe srcdoc="<script>fetch('http://{to}/inner');try{{new RTCPeerConnection()}}catch(e){{}}</script>"></iframe>
<form id="f" method="post" action="http://{to}/form" target="w"><input name="q"></form>
<script>
const quiet = f => {{ try {{ const p = f(); if (p && p.catch) p.catch(() => 0); }} catch (e) {{}} }};
quiet(() => fetch("http://{to}/fetch"));
quiet(() => fetch("http://{to}/post", {{method: "POST", mode: "no-cors", body: "x"}}));
quiet(() => navigator.sendBeacon("http://{to}/beacon", "x"));
quiet(() => new WebSocket("ws://{to}/socket"));
quiet(() => new EventSource("http://{to}/events"));
quiet(() => new WebTransport("https://{to}/transport"));
quiet(() => {{ const pc = new RTCPeerConnection({{iceServers: [{{urls: "stun:{to}"}}]}});
  pc.createDataChannel("x"); return pc.createOffer().then(o => pc.setLocalDescription(o)); }});
quiet(() => new Worker(URL.createObjectURL(new Blob([`fetch("http://{to}/worker").catch(() => 0);
  try {{ new WebSocket("ws://{to}/worker-socket") }} catch (e) {{}}
  try {{ new WebTransport("https://{to}/worker-transport") }} catch (e) {{}}`]))));
quiet(() => navigator.serviceWorker.register("/sw.js"));
quiet(() => window.open("http://{to}/popup"));
quiet(() => document.getElementById("a").click());
quiet(() => document.getElementById("f").submit());
fetch("http://{to}/said").then(r => r.text()).then(t => document.body.append("LEAKED " + t)).catch(() => 0);
</script></body></html>"""


def _open_chromium(url: str) -> None:
    """The same page in a browser without our walls."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        chrome = p.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        opened = chrome.new_page()
        with contextlib.suppress(Exception):
            opened.goto(url, timeout=5000)
        time.sleep(1.0)
        chrome.close()


@needs_chromium
def test_a_page_that_asks_for_private_addresses_gets_nothing_by_any_way_out(server, trap, draw) -> None:  # noqa: F811
    to = f"127.0.0.2:{trap.port}"
    server.routes |= {
        "/": html(everything(to)),
        "/leads-inside": answer("302 Found", Location=f"http://{to}/redirected"),
        "/sw.js": answer(body=f"fetch('http://{to}/service')".encode(), Content_Type="text/javascript"),
    }
    _open_chromium(server.url())
    ways = {line.split(" ")[1] for line in trap.seen if line.startswith(("GET", "POST", "HEAD"))}
    assert {"/script.js", "/fetch", "/socket", "/beacon", "/redirected", "/image", "/frame", "/ping"} <= ways, ways
    assert "UDP" in trap.seen, "the fault is real: STUN leaves an open browser"
    trap.seen.clear()
    drawn = draw(server.url())
    assert "The page stands." in drawn
    assert "LEAKED hi" not in drawn
    assert trap.seen == []


@needs_chromium
@pytest.mark.parametrize("place", ["169.254.169.254", "10.0.0.1", "[::1]", "0.0.0.0", "2130706433"])
def test_the_guard_hears_of_every_address_and_refuses_it(server, place: str, monkeypatch) -> None:  # noqa: F811
    server.routes["/"] = html(f"<p>Here.</p><script>fetch('http://{place}/latest/meta-data/')</script>")
    refused: list[str] = []
    fetcher = Fetcher(allow=HOME)
    plain = browser.draw

    def watched(visit: browser.Visit):
        def ask(request):
            try:
                return visit.ask(request)
            except FetchError as error:
                refused.append(error.reason)
                raise

        return plain(replace(visit, ask=ask))

    monkeypatch.setattr(browser, "draw", watched)
    expected = "blocked_address" if place != "2130706433" else None  # that is 127.0.0.1, which is let through here
    fetcher.fetch(replace(source(server.url()), browser=True), None, NOW)
    fetcher.close()
    assert set(refused) <= {"blocked_address", "connect"}
    assert expected is None or refused == [expected]


@needs_chromium
def test_robots_txt_holds_for_the_parts_of_a_page_too(server, draw) -> None:  # noqa: F811
    server.routes |= {
        "/robots.txt": answer(body=b"User-agent: *\nDisallow: /api/"),
        "/": html(SHELL),
        "/app.js": answer(body=APP.encode(), Content_Type="text/javascript"),
    }
    assert "Loading" in draw(server.url())
    assert not any(a.path.startswith("/api/") for a in server.asked)


@needs_chromium
def test_a_crawl_delay_lies_between_the_parts(server, draw) -> None:  # noqa: F811
    server.routes |= {
        "/robots.txt": answer(body=b"User-agent: *\nCrawl-delay: 1"),
        "/": html("<script src=/a.js></script><script src=/b.js></script><p>Text</p>"),
    }
    began = time.monotonic()
    assert "Text" in draw(server.url())
    assert [a.path for a in server.pages()] == ["/", "/a.js", "/b.js"]
    assert time.monotonic() - began > 2


@needs_chromium
def test_a_page_that_never_ends_is_cut_at_the_deadline(server, draw) -> None:  # noqa: F811
    server.routes["/"] = html("<p>Text</p><script>setTimeout(() => { for (;;) {} }, 10)</script>")
    began = time.monotonic()
    with pytest.raises(FetchError) as caught:
        draw(server.url(), Limits(total=4.0))
    assert caught.value.reason == "timeout"
    assert time.monotonic() - began < 12


@needs_chromium
def test_a_page_that_grows_without_end_is_too_large(server, draw) -> None:  # noqa: F811
    server.routes["/"] = html("<script>document.write('<p>' + 'x'.repeat(300000) + '</p>')</script>")
    with pytest.raises(FetchError) as caught:
        draw(server.url(), Limits(page_bytes=200_000))
    assert caught.value.reason == "too_large"


@needs_chromium
def test_a_redirect_into_a_private_network_is_refused_before_any_browser_starts(server, trap, draw) -> None:  # noqa: F811
    server.routes["/"] = answer("302 Found", Location=f"http://127.0.0.2:{trap.port}/")
    with pytest.raises(FetchError) as caught:
        draw(server.url())
    assert caught.value.reason == "blocked_address"
    assert trap.seen == []


@needs_chromium
def test_a_move_by_script_to_a_private_address_ends_there(server, trap, draw) -> None:  # noqa: F811
    server.routes["/"] = html(f"<p>Moving</p><script>location = 'http://127.0.0.2:{trap.port}/inside'</script>")
    with pytest.raises(FetchError) as caught:
        draw(server.url())
    assert caught.value.reason == "browser_failed"
    assert trap.seen == []


def test_without_chromium_the_reason_says_what_to_install(server) -> None:  # noqa: F811
    fetcher = Fetcher(allow=HOME, chromium="/nowhere/chromium")
    server.routes["/"] = html(SHELL)
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(replace(source(server.url()), browser=True), None, NOW)
    fetcher.close()
    assert caught.value.reason == "no_browser"
    assert "feedhub[browser]" in REASONS["no_browser"].todo


def test_without_the_extra_the_reason_says_what_to_install(server, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    fetcher = Fetcher(allow=HOME)
    server.routes["/"] = html(SHELL)
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(replace(source(server.url()), browser=True), None, NOW)
    fetcher.close()
    assert caught.value.reason == "no_browser"


@needs_chromium
def test_only_a_declaration_that_says_so_starts_a_browser(hub: Hub, site: Site, sources, clock: Clock) -> None:
    site.pages |= {"/policy": SHELL, "/app.js": APP, "/api/text.json": f'{{"duty": "{DUTY}"}}'}
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    clock.forward(seconds=90)
    hub.refresh("gb-example-policy")
    assert "/api/text.json" not in site.seen
    declare(sources, f"{site.url}/policy", browser="true")
    load_catalogue(hub)
    clock.forward(seconds=90)
    assert hub.refresh("gb-example-policy", asked=True).outcome.value in ("baseline", "changed")
    (notice,) = hub.authority("gb-example").notices
    assert notice.requirements[0].quote == DUTY
