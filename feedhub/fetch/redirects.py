"""Redirects followed by hand, each hop judged before it is asked. Never decides what an answer means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from feedhub.errors import FetchError
from feedhub.fetch.deadline import Deadline
from feedhub.fetch.transport import Answer, Request
from feedhub.fetch.urls import join, may_carry, same_host

_PERMANENT = {301, 308}
_REDIRECTS = {301, 302, 303, 307, 308}
#: The headers that say nothing about who asks; every other one stays with the host it was declared for.
_HARMLESS = {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"}

Send = Callable[[Request, Deadline], Answer]


@dataclass(frozen=True)
class Reached:
    """The last answer and where it came from. `moved_to`: where permanent redirects alone led, on another host."""

    answer: Answer
    url: str
    moved_to: str = ""


def follow(request: Request, deadline: Deadline, send: Send, most: int) -> Reached:
    """Send, and follow at most `most` redirects.

    Raises FetchError `redirect_limit` for a loop or one hop more, `redirect_refused` for a step to plain http, to
    another scheme or with a body to another host, and whatever `send` raises: each hop passes the guard.
    """
    start, home, permanent = request.url, request.url, True
    seen = {(request.method, request.url)}
    while True:
        answer = send(request, deadline)
        location = answer.headers.get("Location")
        if answer.status not in _REDIRECTS or not location:
            return Reached(answer, request.url, "" if same_host(start, home) else home)
        request = _next(request, answer.status, location)
        permanent = permanent and answer.status in _PERMANENT
        home = request.url if permanent else home
        if len(seen) > most or (request.method, request.url) in seen:
            raise FetchError("redirect_limit", f"last to {request.url}", status=answer.status)
        seen.add((request.method, request.url))


def _next(request: Request, status: int, location: str) -> Request:
    try:
        url = join(request.url, location)
    except FetchError as error:
        raise FetchError("redirect_refused", f"{location[:200]!r}: {error.detail}", status=status) from error
    if request.url.startswith("https:") and url.startswith("http:"):
        raise FetchError("redirect_refused", f"from https to {url}", status=status)
    if request.method != "GET" and status in (301, 302, 303):
        request = replace(request, method="GET", body=None, headers=_without(request.headers, {"content-type"}))
    if not may_carry(request.url, url):
        if request.body is not None:
            raise FetchError("redirect_refused", f"a query is not repeated to {url}", status=status)
        request = replace(request, headers={n: v for n, v in request.headers.items() if n.lower() in _HARMLESS})
    return replace(request, url=url)


def _without(headers: Mapping[str, str], names: set[str]) -> dict[str, str]:
    return {n: v for n, v in headers.items() if n.lower() not in names}
