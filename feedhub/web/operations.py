"""For those who run feedhub: is it alive, is it ready, what does it count. Plain and cheap; no names of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from flask import Blueprint, Response, jsonify

from feedhub import __version__
from feedhub.model import Filter
from feedhub.web.context import the_hub

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Alive: the process answers."""
    return _text("ok\n")


@bp.get("/readyz")
def readyz() -> Response:
    """Ready: database and clock answer; 503 when not."""
    state = dict(the_hub().ready())
    response = jsonify(
        {k: str(v) if not isinstance(v, bool | int | float | str | None) else v for k, v in state.items()}
    )
    response.status_code = 200 if state.get("ok") else 503
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/metrics")
def metrics() -> Response:
    """Counts in Prometheus text format 0.0.4."""
    hub = the_hub()
    health = hub.source_health()
    outcomes = Counter(h.outcome or "never" for h in health)
    ready = bool(hub.ready().get("ok"))
    lines = [
        *_metric("feedhub_info", "gauge", "Version that runs", [(f'version="{__version__}"', 1)]),
        *_metric("feedhub_ready", "gauge", "1 when database and clock answer", [("", int(ready))]),
        *_metric("feedhub_notices", "gauge", "Notices", [("", hub.notices(Filter(), per_page=1).total)]),
        *_metric(
            "feedhub_announcements_year",
            "gauge",
            "Announcements in the last 365 days",
            [("", hub.count_announcements(Filter(), days=365))],
        ),
        *_metric(
            "feedhub_sources",
            "gauge",
            "Sources by the outcome of their last check",
            [(f'outcome="{name}"', count) for name, count in sorted(outcomes.items())],
        ),
        *_metric("feedhub_sources_failing", "gauge", "Sources that fail", [("", sum(h.failing for h in health))]),
        *_metric("feedhub_sources_suspended", "gauge", "Suspended sources", [("", sum(h.suspended for h in health))]),
        *_pushed(hub.delivery_counts()),
    ]
    return _text("\n".join(lines) + "\n", "text/plain; version=0.0.4; charset=utf-8")


def _pushed(counts: Mapping[str, int]) -> list[str]:
    """What is owed to subscribers, by kind and state; mails not yet sent are `mail` and `pending`."""
    names = (kind_state.rpartition("_") for kind_state in counts if "_" in kind_state)
    samples = [(f'kind="{kind}",state="{state}"', counts[f"{kind}_{state}"]) for kind, _, state in sorted(names)]
    return [
        *_metric("feedhub_deliveries", "gauge", "Deliveries of the last thirty days", samples),
        *_metric("feedhub_subscriptions_failing", "gauge", "Subscriptions that fail", [("", counts["failing"])]),
        *_metric("feedhub_subscriptions_dead", "gauge", "Subscriptions given up", [("", counts["dead"])]),
    ]


def _metric(name: str, kind: str, help_text: str, samples: list[tuple[str, int]]) -> list[str]:
    rows = [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in samples]
    return [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}", *rows]


def _text(body: str, content_type: str = "text/plain; charset=utf-8") -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
