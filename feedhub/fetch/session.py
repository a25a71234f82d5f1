"""What `fetch` lends to those who send: single guarded requests, no redirects, a deadline, a capped answer.

Knows nothing of sources, robots.txt or what is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedhub.fetch.guard import Network, Resolver
from feedhub.fetch.transport import Limits, Request, Transport
from feedhub.fetch.urls import normalise_url

_CAP = 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """A receiver's answer. `body` is at most 1 MiB; a longer one is cut."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def status_code(self) -> int:
        """The status under the name requests gives it."""
        return self.status

    @property
    def content(self) -> bytes:
        """The body under the name requests gives it."""
        return self.body

    @property
    def ok(self) -> bool:
        """True for 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8, broken bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return json.loads(self.body)


class GuardedSession:
    """Sends to addresses that strangers named. Thread-safe. Redirects are answers here, never followed."""

    def __init__(self, transport: Transport, user_agent: str) -> None:
        """Send through `transport`, named by `user_agent`."""
        self._transport = transport
        self._user_agent = user_agent

    def post(
        self, url: str, data: bytes | str = b"", headers: Mapping[str, str] | None = None, timeout: float = 10.0
    ) -> Reply:
        """POST `data`; `timeout` is the total in seconds. Raises FetchError, never for a status."""
        body = data.encode() if isinstance(data, str) else data
        return self._send("POST", url, body, headers, timeout)

    def get(self, url: str, headers: Mapping[str, str] | None = None, timeout: float = 10.0) -> Reply:
        """GET; `timeout` is the total in seconds. Raises FetchError, never for a status."""
        return self._send("GET", url, None, headers, timeout)

    def close(self) -> None:
        """Close idle connections."""
        self._transport.close()

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None, timeout: float
    ) -> Reply:
        request = Request(normalise_url(url), method, {**(headers or {}), "User-Agent": self._user_agent}, body)
        with self._transport.limit(timeout) as deadline:
            answer = self._transport.send(request, deadline, lambda *_: _CAP, cut=True)
        return Reply(answer.status, answer.headers, answer.body)


def guarded_session(
    allow: Sequence[Network] = (),
    user_agent: str = "feedhub",
    *,
    resolver: Resolver | None = None,
    limits: Limits | None = None,
    ca_file: str = "",
) -> GuardedSession:
    """A session that reaches public addresses and the networks in `allow` only."""
    return GuardedSession(Transport(allow, resolver, limits, ca_file), user_agent)
