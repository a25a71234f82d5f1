"""JSON Feed 1.1 as its specification words it, over everything that a feedhub full of odd text serves."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from clients_house import BUYER, Served
from publish_examples import HOSTILE

#: Name → (type, required); what is not here must begin with an underscore. https://www.jsonfeed.org/version/1.1/
FEED = {
    "version": (str, True),
    "title": (str, True),
    "home_page_url": (str, False),
    "feed_url": (str, False),
    "description": (str, False),
    "user_comment": (str, False),
    "next_url": (str, False),
    "icon": (str, False),
    "favicon": (str, False),
    "authors": (list, False),
    "language": (str, False),
    "expired": (bool, False),
    "hubs": (list, False),
    "items": (list, True),
}
ITEM = {
    "id": (str, True),
    "url": (str, False),
    "external_url": (str, False),
    "title": (str, False),
    "content_html": (str, False),
    "content_text": (str, False),
    "summary": (str, False),
    "image": (str, False),
    "banner_image": (str, False),
    "date_published": (str, False),
    "date_modified": (str, False),
    "authors": (list, False),
    "tags": (list, False),
    "language": (str, False),
    "attachments": (list, False),
}
AUTHOR = {"name": (str, False), "url": (str, False), "avatar": (str, False)}
HUB = {"type": (str, True), "url": (str, True)}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def fits(value: dict[str, Any], shape: dict[str, tuple[type, bool]]) -> None:
    for name, part in value.items():
        if name.startswith("_"):
            assert isinstance(part, dict), name
            assert "." not in name
            continue
        assert name in shape, name
        assert isinstance(part, shape[name][0]), name
        if name.endswith("url"):
            assert urlsplit(part).scheme in ("http", "https"), part
        if name.startswith("date_"):
            assert _RFC3339.fullmatch(part), part
            datetime.fromisoformat(part)
    assert [n for n, (_, required) in shape.items() if required and n not in value] == []


@pytest.mark.parametrize("name", ["announcements", "notices", "lessons", "sources"])
def test_every_json_feed_keeps_to_its_specification(served: Served, name: str) -> None:
    for number in range(8):
        notice = served.house.post(title=f"{number} {HOSTILE}", summary=HOSTILE * 10)
    served.house.hub.withdraw(BUYER, notice.id, reason=HOSTILE, base_revision=notice.revision)
    url = f"{served.base}/feeds/{name}.json"
    with urllib.request.urlopen(url, timeout=10) as answer:
        body = answer.read()
        assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert len(body) <= 250_000
    feed = json.loads(body)
    fits(feed, FEED)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == url
    assert name in ("lessons", "sources") or feed["items"]
    for hub in feed.get("hubs", []):
        fits(hub, HUB)
    for item in feed["items"]:
        fits(item, ITEM)
        assert "content_html" in item or "content_text" in item
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        for author in item.get("authors", []):
            fits(author, AUTHOR)
            assert author
    assert len({i["id"] for i in feed["items"]}) == len(feed["items"])
