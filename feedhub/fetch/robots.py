"""What robots.txt (RFC 9309) permits, remembered per origin. Never fetches; protego reads the rules."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from feedhub.fetch.hints import gap, retry_after
from feedhub.fetch.transport import Answer

_REMEMBERED = 4096
_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Rules:
    """What one origin permits until an aware UTC instant. `refusal` says why nothing is; `wait` is in seconds."""

    until: datetime
    file: Protego | None = None
    refusal: str = ""
    min_gap: float = 0.0
    wait: float | None = None

    def refuses(self, url: str, token: str) -> str:
        """Why this address must not be read, or "" when it may."""
        if self.refusal:
            return self.refusal
        if self.file is not None and not self.file.can_fetch(url, token):
            return "robots.txt disallows it"
        return ""


def read_rules(answer: Answer, token: str, now: datetime, ttl: timedelta) -> Rules:
    """The rules in an answer for robots.txt, for the product token of our user agent.

    4xx means everything may be read, 5xx and 429 that nothing may for now (RFC 9309 §2.3.1); a byte order mark is
    stripped; a file cut at the cap loses its last, broken line.
    """
    if answer.status == 429 or answer.status >= 500:
        wait = retry_after(answer.headers.get("Retry-After"), now)
        return Rules(now + _AGAIN, refusal=f"robots.txt answered {answer.status}", wait=wait)
    if answer.status != 200:
        return Rules(now + ttl)
    body = answer.body.rpartition(b"\n")[0] if answer.cut else answer.body
    file = Protego.parse(body.decode("utf-8-sig", "replace").replace("\0", ""))
    rate = file.request_rate(token)
    spacing = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return Rules(now + ttl, file, min_gap=max(gap(file.crawl_delay(token)), gap(spacing)))


class Memory:
    """Rules by origin, the longest unused forgotten first. Thread-safe; asks no clock."""

    def __init__(self) -> None:
        self._rules: OrderedDict[tuple[str, str, int], Rules] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, origin: tuple[str, str, int], now: datetime) -> Rules | None:
        """The rules of an origin while they hold."""
        with self._lock:
            rules = self._rules.get(origin)
            if rules is None or rules.until <= now:
                return None
            self._rules.move_to_end(origin)
            return rules

    def put(self, origin: tuple[str, str, int], rules: Rules) -> None:
        """Remember the rules of an origin."""
        with self._lock:
            self._rules[origin] = rules
            self._rules.move_to_end(origin)
            while len(self._rules) > _REMEMBERED:
                self._rules.popitem(last=False)
