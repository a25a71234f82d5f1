"""Pages sent compressed: only those that are the same for everybody, which hold no secret that a length could betray.

A page that knows a person holds form tokens; compressed beside words of the address, its length would tell them piece by
piece (BREACH). Feeds and data are compressed once, on the shelf.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

from feedhub.web.security import FOR_ALL
from feedhub.web.shelf import takes_gzip

#: Bytes below which a page still fits into the first packets of a connection.
SMALL = 1400


def register(app: Flask) -> None:
    """Compress on the way out; must be registered before whatever says how long an answer may be kept."""

    @app.after_request
    def pack(response: Response) -> Response:
        if response.headers.get("Cache-Control") != FOR_ALL or response.mimetype != "text/html":
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if len(body) >= SMALL and takes_gzip(request.headers.get("Accept-Encoding", "")):
            response.set_data(gzip.compress(body, 5, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response
