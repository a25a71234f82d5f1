"""A source's address read once, politely: conditional request, robots.txt, redirects, and what the answer means.

Never reads content, never stores, never sleeps, never asks the clock: when to come back is written into what it
returns or raises, and the hub keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import certifi

from feedhub.errors import FetchError
from feedhub.fetch import browser
from feedhub.fetch.complete import looks_cut
from feedhub.fetch.deadline import Deadline
from feedhub.fetch.guard import Guard, Network, Resolver
from feedhub.fetch.hints import fresh_for, http_date, retry_after
from feedhub.fetch.mailbox import PORTS, SCHEMES, Mailboxes
from feedhub.fetch.redirects import Reached, follow
from feedhub.fetch.robots import Memory, Rules, read_rules
from feedhub.fetch.transport import Answer, Cap, Limits, Request, Transport, verifying
from feedhub.fetch.urls import normalise_url, origin
from feedhub.model import Fetched, NotModified, Source, SourceKind, Validators

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.ASCII | re.IGNORECASE)
_GOOD = {200, 203}
_REASONS = {401: "forbidden", 403: "forbidden", 451: "forbidden", 404: "not_found", 410: "gone", 429: "rate_limited"}
#: What a declaration may not set: who asks, how the connection is framed, and conditions that feedhub keeps itself.
_OURS = {
    *("host", "user-agent", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade"),
    *("if-none-match", "if-modified-since", "range", "trailer", "expect", "keep-alive"),
}
_ACCEPT = {
    SourceKind.PAGE: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    SourceKind.PDF: "application/pdf, */*;q=0.5",
    SourceKind.FEED: "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5",
    SourceKind.SITEMAP: "application/xml, text/xml, */*;q=0.5",
    SourceKind.OCDS: "application/json, */*;q=0.5",
    SourceKind.EFORMS: "application/xml, application/json;q=0.9, */*;q=0.5",
    SourceKind.ICS: "text/calendar, */*;q=0.5",
}


class Fetcher:
    """Fetches sources for a pool of threads. Keeps connections and robots.txt in memory, nothing else.

    One connection at a time to a host, spacing, back-off and the circuit belong to the hub, which keeps them in the
    database; `min_gap`, `fresh_for` and `FetchError.retry_after` carry what it needs, all in seconds.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        user_agent: str = "feedhub",
        resolver: Resolver | None = None,
        limits: Limits | None = None,
        ca_file: str = "",
        chromium: str = "",
        logins: Sequence[str] = (),
    ) -> None:
        """Reach public addresses and the networks in `allow`; resolve names through `resolver` or the platform.

        `chromium` is the path of the browser for sources that need one, "" for the first that is found.
        `logins` are `imaps://user:password@host` for sources that are mailboxes.
        """
        self.limits = limits or Limits()
        self._transport = Transport(allow, resolver, self.limits, ca_file)
        self._user_agent = user_agent
        self._token = re.split(r"[/\s]", user_agent, maxsplit=1)[0] or "feedhub"
        self._robots = Memory()
        self._chromium = chromium
        mail = Guard(allow, resolver, connect=self.limits.connect, ports=frozenset(PORTS.values()))
        self._mail = Mailboxes(logins, mail, verifying(ca_file or certifi.where()), self.limits.read)

    def fetch(self, source: Source, validators: Validators | None, now: datetime) -> Fetched | NotModified:
        """What the source's address holds, or that it has not changed since `validators` were given.

        `now` is an aware UTC instant. Raises FetchError with a reason of the closed table; `retry_after` (seconds) is
        set when the server said when to come back, `status` when it answered at all.
        """
        if source.url.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
            with self._transport.limit(self.limits.total) as deadline:
                return self._mail.fetch(source.url, validators, deadline, now)
        # What scripts draw can change while the page that carries them does not.
        request = self._request(source, None if source.browser else validators)
        gaps: list[float] = []

        def send(hop: Request, deadline: Deadline) -> Answer:
            rules = self._rules(hop.url, deadline, now)
            if why := rules.refuses(hop.url, self._token):
                raise FetchError("robots", why, retry_after=rules.wait)
            gaps.append(rules.min_gap)
            return self._transport.send(hop, deadline, self._cap(source.kind))

        with self._transport.limit(self.limits.total) as deadline:
            reached = follow(request, deadline, send, self.limits.redirects)
            if source.browser and reached.answer.status in _GOOD and not reached.answer.body.startswith(b"%PDF-"):
                visit = browser.Visit(
                    reached.url,
                    reached.answer,
                    lambda part: follow(part, deadline, send, self.limits.redirects),
                    deadline,
                    self.limits.page_bytes,
                    self._user_agent,
                    source.language,
                    self._chromium,
                    lambda: max(gaps),
                )
                reached = replace(reached, answer=browser.draw(visit))
        conditional = any(n in request.headers for n in ("If-None-Match", "If-Modified-Since"))
        return _meaning(reached, max(gaps), now, conditional=conditional)

    def close(self) -> None:
        """Close idle connections; a fetch that runs in another thread still ends by itself."""
        self._transport.close()

    def _request(self, source: Source, validators: Validators | None) -> Request:
        method = source.method.upper()
        if method not in ("GET", "POST"):
            raise FetchError("bad_url", f"the method {method} only changes things")
        body = source.body.encode() if method == "POST" else None
        headers = {"Accept": _ACCEPT.get(source.kind, "*/*")}
        if source.language:
            headers["Accept-Language"] = f"{source.language}, *;q=0.5"
        if body is not None:
            json = source.body.lstrip().startswith(("{", "["))
            headers["Content-Type"] = "application/json" if json else "application/x-www-form-urlencoded"
        declared = {n.title(): v for n, v in source.headers.items() if n.lower() not in _OURS}
        conditions = _conditions(validators) if method == "GET" else {}
        headers = {**headers, **declared, **conditions, "User-Agent": self._user_agent}
        return Request(normalise_url(source.url), method, headers, body)

    def _cap(self, kind: SourceKind) -> Cap:
        def cap(headers: Mapping[str, str], head: bytes) -> int:
            pdf = kind is SourceKind.PDF or head.startswith(b"%PDF-")
            return (
                self.limits.pdf_bytes if pdf or "pdf" in (headers.get("Content-Type") or "") else self.limits.page_bytes
            )

        return cap

    def _rules(self, url: str, deadline: Deadline, now: datetime) -> Rules:
        place = origin(url)
        if known := self._robots.get(place, now):
            return known
        scheme, _, _ = place
        root = url.split("/", 3)[2]
        request = Request(f"{scheme}://{root}/robots.txt", headers={"User-Agent": self._user_agent})
        try:
            answer = follow(request, deadline, self._send_robots, self.limits.redirects).answer
        except FetchError as error:
            # RFC 9309 §2.3.1.2–3: too many redirects count as no file; what cannot be reached is not read at all, and
            # then the reason is the host's own trouble.
            if error.reason not in ("redirect_limit", "redirect_refused"):
                raise
            answer = Answer(404, {})
        rules = read_rules(answer, self._token, now, timedelta(hours=self.limits.robots_hours))
        self._robots.put(place, rules)
        return rules

    def _send_robots(self, request: Request, deadline: Deadline) -> Answer:
        return self._transport.send(request, deadline, lambda *_: self.limits.robots_bytes, cut=True)


def _conditions(validators: Validators | None) -> dict[str, str]:
    """The conditional headers: both validators exactly as the server gave them.

    Last-Modified counts whole seconds: a page edited within the second in which it was fetched keeps the date, and
    the server would say "unchanged" for ever (RFC 9110 §8.8.2.2). Then only the ETag is sent.
    """
    if validators is None:
        return {}
    out = {}
    if validators.etag:
        out["If-None-Match"] = validators.etag
    modified = http_date(validators.last_modified) if validators.last_modified else None
    if modified and not (validators.fetched and modified >= validators.fetched.replace(microsecond=0)):
        out["If-Modified-Since"] = validators.last_modified
    return out


def _meaning(reached: Reached, min_gap: float, now: datetime, *, conditional: bool) -> Fetched | NotModified:
    answer, headers, status = reached.answer, reached.answer.headers, reached.answer.status
    if status == 304:
        if not conditional:
            raise FetchError("bad_304", status=status)
        return NotModified(reached.url, fresh_for(headers, now), min_gap)
    if status not in _GOOD:
        raise FetchError(
            _refusal(status, headers), f"status {status}", retry_after=_wait(status, headers, now), status=status
        )
    if not answer.delimited and looks_cut(answer.body):
        raise FetchError("truncated", "the connection ended before the document did", status=status)
    content_type = headers.get("Content-Type") or ""
    charset = _CHARSET.search(content_type)
    return Fetched(
        body=answer.body,
        url=reached.url,
        status=status,
        content_type=content_type.partition(";")[0].strip().lower(),
        charset=charset[1].lower() if charset else "",
        validators=_validators(headers, now),
        moved_to=reached.moved_to,
        fresh_for=fresh_for(headers, now),
        min_gap=min_gap,
    )


def _refusal(status: int, headers: Mapping[str, str]) -> str:
    if (headers.get("cf-mitigated") or "").lower() == "challenge":
        return "blocked_page"
    return _REASONS.get(status, "server_error" if status >= 500 else "http_error")


def _wait(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    return retry_after(headers.get("Retry-After"), now) if status >= 400 else None


def _validators(headers: Mapping[str, str], now: datetime) -> Validators:
    """What to ask with next time.

    By the server's own clock the second of an edit may still have been running: then the instant of the edit stands
    as the instant of the answer, whatever our clock says.
    """
    modified, sent = http_date(headers.get("Last-Modified") or ""), http_date(headers.get("Date") or "")
    same_second = modified is not None and sent is not None and modified >= sent
    return Validators(
        etag=headers.get("ETag") or "",
        last_modified=headers.get("Last-Modified") or "",
        fetched=modified if same_second else now,
    )
