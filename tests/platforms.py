"""Procurement platforms on loopback: a release API asked by spans of time, a search asked by a token, both in pages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


def release(number: int, at: str = "2026-11-24T10:00:00Z", **tender: Any) -> dict[str, Any]:
    """A planned purchase of laptops."""
    return {
        "ocid": f"ocds-test00-{number:06d}",
        "id": f"{number:06d}-1",
        "date": at,
        "tag": ["planning"],
        "language": "en",
        "buyer": {"id": "b", "name": "County of Oak"},
        "parties": [{"id": "b", "name": "County of Oak", "roles": ["buyer"], "address": {"countryName": "GB"}}],
        "tender": {
            "title": f"Laptops for schools, lot {number}",
            "status": "planned",
            "classification": {"scheme": "CPV", "id": "30213100"},
            "communication": {"futureNoticeDate": "2027-06-01T00:00:00Z"},
            **tender,
        },
    }


def send(handler: BaseHTTPRequestHandler, value: Any, status: int = 200) -> None:
    body = json.dumps(value).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@dataclass
class Releases(dict):  # type: ignore[type-arg]
    """`/api?from&to&cursor`: releases by the instant of their update, `size` a page; `spans` are what was asked for.

    The platform's own clock is that of the United Kingdom and carries no offset.
    """

    rows: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    size: int = 2
    spans: list[tuple[str, str, str]] = field(default_factory=list)
    refuse: int = 0
    broken: int = 0

    def get(self, path: str, default: Any = None) -> Any:
        if not path.startswith("/api"):
            return super().get(path, default)
        return self.answer

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        self.spans.append((asked.get("from", ""), asked.get("to", ""), asked.get("cursor", "")))
        if self.refuse:
            self.refuse -= 1
            send(handler, {"error": "too many requests"}, 403)
            return
        if self.broken:
            self.broken -= 1
            send(handler, {"error": "the server is being repaired"}, 500)
            return
        since, until = asked["from"], asked["to"]
        found = [r for at, r in self.rows if since <= at.replace(tzinfo=None).isoformat() < until]
        start = int(asked.get("cursor", "0"))
        page: dict[str, Any] = {"releases": found[start : start + self.size]}
        if start + self.size < len(found):
            page["links"] = {"next": f"{handler.path.split('&cursor')[0]}&cursor={start + self.size}"}
        send(handler, page)


@dataclass
class Search(dict):  # type: ignore[type-arg]
    """`POST /search` as TED's: `pages` of notices, each leading to the next by a token in the body."""

    pages: list[list[dict[str, Any]]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def get(self, path: str, default: Any = None) -> Any:
        return self.answer if path == "/search" else super().get(path, default)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.asked.append(body)
        token = body.get("iterationNextToken", "")
        number = int(token.removeprefix("token-")) if token else 0
        if number >= len(self.pages):
            send(handler, {"error": {"type": "TOKEN_EXPIRED"}, "message": "no such token"}, 400)
            return
        more = {"iterationNextToken": f"token-{number + 1}"} if number + 1 < len(self.pages) else {}
        send(handler, {"notices": self.pages[number], "totalNoticeCount": 9, "timedOut": False, **more})


def planned(number: int, **more: Any) -> dict[str, Any]:
    """A row of the search: a planning notice for laptops."""
    return {
        "publication-number": f"{number}-2026",
        "notice-identifier": f"00000000-0000-4000-8000-{number:012d}",
        "notice-type": "pin-only",
        "publication-date": "2026-11-20+01:00",
        "notice-title": {"eng": f"Laptops for town {number}"},
        "buyer-name": {"eng": [f"Town {number}"]},
        "buyer-country": ["SWE"],
        "classification-cpv": ["30213100"],
        "future-notice-date-lot": ["2027-06-01+02:00"],
        **more,
    }


def declare_platform(folder: Path, url: str, kind: str, query: str, **more: str) -> str:
    """Write a declaration of a platform in the United Kingdom with its [source.query]; its source id."""
    (folder / "gb").mkdir(exist_ok=True)
    lines = "".join(f"{k} = {v}\n" for k, v in more.items())
    (folder / "gb" / "platform.toml").write_text(
        '[authority]\nname = "Platform"\ncountry = "GB"\nrole = "platform"\nlanguages = ["en"]\n\n'
        f'[[source]]\nid = "gb-platform-all"\ntitle = "Planned purchases"\nkind = "{kind}"\nurl = "{url}"\n'
        f'signposts = "market_engagement"\nevery = "6h"\npublish = "official"\n{lines}[source.query]\n{query}\n',
        encoding="utf-8",
    )
    return "gb-platform-all"
