"""Sends the bytes that `hub.render` makes: feeds, calendars, exports. Never makes any, never sets a cookie.

The slow way, for what the shelf passes on: refusals, moved feeds, and whole applications without a shelf in front.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers

from feedhub.errors import FeedhubError, Gone, Moved
from feedhub.web.context import the_hub
from feedhub.web.errors import plain
from feedhub.web.security import FOR_ALL
from feedhub.web.shelf import OPEN, Ready

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

bp = Blueprint("feeds", __name__)


class Unchanged(Response):
    """A 304 that keeps Last-Modified: werkzeug takes it off as an entity header, caches want it (RFC 9110, 15.4.5)."""

    default_status = 304

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers as werkzeug makes them, and Last-Modified again."""
        headers = super().get_wsgi_headers(environ)
        headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


@bp.get("/feeds/<path:name>")
@bp.get("/feeds.opml")
@bp.get("/calendar.ics")
@bp.get("/notices/<notice_id>.<any(json,ics,atom,rss):kind>")
@bp.get("/api/v1/notices")
@bp.get("/api/v1/announcements")
@bp.get("/ocds/releases.json")
def rendered(**_: str) -> Response:
    """One public address as bytes; conditional, compressed once, the same for everybody."""
    query = request.query_string.decode("ascii", "replace")
    made = the_hub().render(f"{request.path}?{query}" if query else request.path)
    ready = Ready.of(made, {})
    copy = ready.copy_for(request.environ)
    if ready.is_known(request.environ, copy):
        return Unchanged(headers=copy.unchanged)
    body = made.zipped if copy is ready.zipped else made.body
    return Response(body, headers=copy.full)


@bp.after_request
def open_to_all(response: Response) -> Response:
    """What `shelf.OPEN` says, on every answer; and what a browser asks before it reads conditionally."""
    headers = response.headers
    for name, value in OPEN.items():
        headers[name] = value
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since, Accept"
    return response


@bp.errorhandler(FeedhubError)
def refuse(error: FeedhubError) -> Response:
    """A sentence in plain text: feed readers show it as it is. What moved or is gone for good may be remembered."""
    response = plain(error)
    if isinstance(error, (Moved, Gone)):
        response.headers["Cache-Control"] = FOR_ALL
    return response
