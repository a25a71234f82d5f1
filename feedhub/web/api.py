"""The published description of the public data, as OpenAPI 3.1. The data itself is sent by `feeds.py`."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from feedhub import __version__
from feedhub.model import FILTER_NAMES
from feedhub.web.context import known_values, the_hub

bp = Blueprint("api", __name__)

_MEANING = {
    "authority": "Id of an authority, as on /authorities",
    "country": "ISO 3166-1 alpha-2 code",
    "topic": "Id of a topic, as on /topics",
    "clause": "Procurement role of a requirement",
    "product": "Kind of ICT hardware",
    "stage": "Stage of the notice",
    "trust": "Who vouches for a fact; matches any fact of a notice",
    "law": "Id of a law, as on /laws",
    "lang": "Language of the notice, ISO 639-1",
    "q": "Words that must all occur, also inside longer words; what stands in quotes occurs as it stands",
    "from": "First day, inclusive",
    "to": "Last day, inclusive",
    "lead_days_min": "Least lead time in days",
}
_PAGE = "Page, from 1; what has several names those beside (`next`, `prev`) in its body and Link header"
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 99999}
#: Those that have pages.
_PAGED = ("/api/v1/notices", "/api/v1/announcements", "/feeds/notices.json", "/ocds/releases.json")
_LISTS = {
    "/api/v1/notices": ("The state: one entry a notice", "application/json"),
    "/api/v1/announcements": ("The log of announcements, newest first", "application/json"),
    "/feeds/announcements.atom": ("The log as Atom", "application/atom+xml"),
    "/feeds/announcements.rss": ("The log as RSS 2.0", "application/rss+xml"),
    "/feeds/announcements.json": ("The log as JSON Feed 1.1", "application/feed+json"),
    "/feeds/notices.json": ("The state as JSON Feed 1.1", "application/feed+json"),
    "/calendar.ics": ("The dates as iCalendar", "text/calendar"),
    "/ocds/releases.json": ("Planning releases as OCDS", "application/json"),
}


@bp.get("/openapi.json")
def openapi() -> Response:
    """OpenAPI 3.1 for every public address that takes the filter parameters."""
    hub = the_hub()
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{hub.instance.name}: social requirements ahead",
            "version": __version__,
            "license": {"name": "CC BY 4.0", "url": hub.instance.licence},
            "description": "The same parameters everywhere. Repeating one means any of; different ones mean all of.",
        },
        "servers": [{"url": hub.instance.base_url}],
        "paths": {
            **{path: {"get": _list(summary, kind, paged=path in _PAGED)} for path, (summary, kind) in _LISTS.items()},
            "/notices/{id}.json": {"get": _one()},
        },
        "components": {
            "parameters": {
                **{name: _parameter(name, sorted(known_values().get(name, {}))) for name in FILTER_NAMES},
                "page": {"name": "page", "in": "query", "description": _PAGE, "schema": _NUMBER},
            },
            "responses": {
                "Refused": {
                    "description": "A parameter or value is unknown",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                }
            },
        },
    }
    response = jsonify(document)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _parameter(name: str, values: list[str]) -> dict[str, object]:
    schema: dict[str, object] = {"type": "string"}
    if name in ("from", "to"):
        schema["format"] = "date"
    elif name == "lead_days_min":
        schema = {"type": "integer", "minimum": 0, "maximum": 99999}
    elif name != "q":
        schema = {"type": "array", "items": {"type": "string", **({"enum": values} if values else {})}}
    return {"name": name, "in": "query", "description": _MEANING[name], "schema": schema, "explode": True}


def _list(summary: str, content_type: str, *, paged: bool) -> dict[str, object]:
    names = (*FILTER_NAMES, "page") if paged else FILTER_NAMES
    return {
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "responses": {
            "200": {"description": summary, "content": {content_type: {}}},
            "304": {"description": "Unchanged since If-None-Match or If-Modified-Since"},
            "400": {"$ref": "#/components/responses/Refused"},
        },
    }


def _one() -> dict[str, object]:
    return {
        "summary": "One notice with requirements, milestones and provenance",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": {"description": "The notice", "content": {"application/json": {}}},
            "404": {"description": "No such notice", "content": {"text/plain": {"schema": {"type": "string"}}}},
        },
    }
