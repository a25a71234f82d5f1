"""P17 and P18, the other end: nothing that runs and no unsafe character comes out of any format that is published."""

import json
import re
from pathlib import Path

import feedparser
import pytest
from loopback import Clock, Site, declare
from lxml import etree
from test_p17_scripts import EVIL
from test_p18_unsafe_characters import FORBIDDEN, UNSAFE
from watching import check

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.web import create_app

DUTY = f"From 1 March 2027 suppliers {UNSAFE} must disclose the factories of all <b onclick='alert(1)'>laptops</b>."
PAGE = (
    f"<html lang='en'><head><title>Policy {UNSAFE} &lt;script&gt;alert(2)&lt;/script&gt;</title></head><body><main>"
    f"<h1>Policy &#8238;for&#x202C; suppliers &lt;img src=x onerror=alert(3)&gt;</h1><p>{DUTY}</p>{EVIL}</main></body></html>"
)
FEEDS = [f"/feeds/{name}.{kind}" for name in ("announcements", "notices") for kind in ("atom", "rss", "json")]
PAGES = ["/", "/notices", "/calendar", "/authorities/gb-example", "/api/v1/notices", "/ocds/releases.json"]
RUNS = re.compile(
    r"<script(?! [^>]*src=)|<iframe|<object|<img src=x|onclick=|onerror=(?!alert\(3\)&gt;)|href=[\"']?\s*(javascript|data):",
    re.IGNORECASE,
)


@pytest.fixture
def watched(hub: Hub, site: Site, clock: Clock, sources: Path) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = PAGE
    assert check(hub, clock).outcome.value == "baseline"
    assert hub.authority("gb-example").notices[0].requirements
    return hub


def said(value: object) -> list[str]:
    """Every text of a JSON document."""
    if isinstance(value, dict):
        return [t for k, v in value.items() for t in (k, *said(v))]
    if isinstance(value, list):
        return [t for v in value for t in said(v)]
    return [value] if isinstance(value, str) else []


def test_the_fault_is_in_the_page() -> None:
    assert RUNS.search(PAGE)
    assert FORBIDDEN.search(PAGE)


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_is_valid_and_harmless(address: str, watched: Hub) -> None:
    body = watched.render(address).body.decode()
    assert not FORBIDDEN.search(body)
    if address.endswith("json"):
        texts = said(json.loads(body))
        assert any("Policy" in t for t in texts)
        assert not any(RUNS.search(t) for t in texts if "<" in t)
        assert not FORBIDDEN.search("".join(texts))
        return
    etree.fromstring(body.encode())
    parsed = feedparser.parse(body, sanitize_html=False)
    assert not parsed.bozo
    for entry in parsed.entries:
        for text in (entry.title, entry.get("summary", ""), *(c.value for c in entry.get("content", []))):
            assert not RUNS.search(text), text


def test_a_calendar_is_harmless(watched: Hub) -> None:
    body = watched.render("/calendar.ics").body.decode()
    assert "laptops" in body.replace("\r\n ", "")
    assert not FORBIDDEN.search(body)
    assert "javascript:" not in body.lower()


@pytest.mark.parametrize("address", [*PAGES, "notice"])
def test_a_page_is_harmless(address: str, watched: Hub) -> None:
    (notice,) = watched.authority("gb-example").notices
    client = create_app(watched).test_client()
    answer = client.get(f"/notices/{notice.id}" if address == "notice" else address, follow_redirects=True)
    assert answer.status_code == 200
    body = answer.get_data(as_text=True)
    assert not FORBIDDEN.search(body)
    if not address.endswith(("json", "notices")) or address == "/notices":
        assert not RUNS.search(body), RUNS.search(body)
