"""What keeps browsers safe: headers, hosts, sessions, limits on input. Never knows accounts, never knows pages."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.wsgi import get_host

from feedhub.config import Network, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: A form with every row filled has some 200 parts of a few hundred bytes.
MAX_BYTES = 1_000_000
MAX_PARTS = 1_000
#: Addresses for machines, which never see or set a cookie.
_COOKIELESS = re.compile(
    r"/(feeds[/.].*|calendar\.ics|notices/[^/]+\.(json|ics|atom|rss)|api/.*|ocds/.*|openapi\.json|static/.*|healthz|readyz|metrics|websub)"
)
#: Blueprints whose pages are the same for everybody who is not signed in.
PUBLIC = ("pages", "calendar", "signposts", "builder")
FOR_ALL = "public, max-age=60, stale-while-revalidate=300"

csrf = CSRFProtect()


def for_machines(path: str) -> bool:
    """Whether programs read this address: no cookie, one language, the same bytes for everybody."""
    return _COOKIELESS.fullmatch(path) is not None


class QuietSessions(SecureCookieSessionInterface):
    """Cookie sessions for people, none at all for feeds: a public feed never varies by cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request; none for cookieless addresses, where Flask then refuses to write one."""
        if for_machines(request.path):
            return None
        return super().open_session(app, request)


class Limiter:
    """Counts attempts in a sliding window of `seconds` per key, in memory; at most `limit` pass."""

    def __init__(self, limit: int, seconds: float, keys: int = 20_000) -> None:
        self.limit = limit
        self.seconds = seconds
        self.keys = keys
        self._seen: dict[str, deque[float]] = {}
        self._lock = Lock()

    def hit(self, key: str, at: float | None = None) -> int:
        """Count an attempt at monotonic time `at`; seconds to wait when it is one too many, else 0."""
        at = time.monotonic() if at is None else at
        with self._lock:
            times = self._seen.pop(key, deque())
            while times and times[0] <= at - self.seconds:
                times.popleft()
            self._seen[key] = times
            if len(self._seen) > self.keys:
                del self._seen[next(iter(self._seen))]
            if len(times) >= self.limit:
                return max(1, int(times[0] + self.seconds - at) + 1)
            times.append(at)
            return 0

    def forget(self, key: str) -> None:
        """Start anew for a key that has proven itself."""
        with self._lock:
            self._seen.pop(key, None)


def trusted_hosts(settings: Settings) -> list[str]:
    """Host names that requests may carry: the base URL's, those of the settings, loopback while not public."""
    hosts = {urlsplit(settings.base_url).hostname or "", *settings.trusted_hosts}
    if not settings.is_public:
        hosts |= {"localhost", "127.0.0.1", "[::1]"}
    return sorted(h for h in hosts if h)


def named_alike(app: WSGIApplication) -> WSGIApplication:
    """The application, to which a host is the same in capitals (RFC 9110, section 4.2.3); programs send what was typed."""

    def called(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return app(environ, start_response)

    return called


class BehindProxies:
    """Names the client that a trusted proxy speaks for; whatever else is forwarded, a host above all, stays unread."""

    def __init__(self, app: WSGIApplication, proxies: Sequence[Network]) -> None:
        """Wrap an application; `proxies` are networks whose `X-Forwarded-For` is believed."""
        self.app = app
        self.proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Put the client's address in the place of the proxy's."""
        environ["REMOTE_ADDR"] = self._client(
            environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        )
        return self.app(environ, start_response)

    def _client(self, peer: str, said: list[str]) -> str:
        """Each proxy adds whom it heard on the right: the first from there that is no proxy of ours is the client."""
        while said and self._trusts(peer):
            try:
                peer = str(ip_address(said.pop().strip()))
            except ValueError:
                break
        return peer

    def _trusts(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.proxies)


class Doorkeeper:
    """Tells below Flask whether a request names a host that is served here, by the check that Flask makes."""

    def __init__(self, settings: Settings) -> None:
        """Take the hosts of these settings."""
        self.hosts = trusted_hosts(settings)
        self._known: set[str] = set()

    def knows(self, environ: WSGIEnvironment) -> bool:
        """True for a trusted Host; a request without one is left to Flask."""
        host = environ.get("HTTP_HOST", "")
        if host in self._known:
            return True
        try:
            get_host({**environ, "HTTP_HOST": host.lower()}, self.hosts)
        except SecurityError:
            return False
        if not host:
            return False
        if len(self._known) >= 64:
            self._known.clear()
        self._known.add(host)
        return True


def standing_headers(settings: Settings) -> dict[str, str]:
    """The headers that every answer carries, whatever it is."""
    headers = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    }
    if settings.base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def configure(app: Flask, settings: Settings) -> None:
    """Set hosts, cookies and limits, and send the headers with every answer."""
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=trusted_hosts(settings),
        MAX_CONTENT_LENGTH=MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BYTES,
        MAX_FORM_PARTS=MAX_PARTS,
        SESSION_COOKIE_NAME="__Host-feedhub" if secure else "feedhub_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        WTF_CSRF_SSL_STRICT=secure,
    )
    app.session_interface = QuietSessions()
    app.wsgi_app = named_alike(app.wsgi_app)  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        app.wsgi_app = BehindProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    csrf.init_app(app)

    standing = standing_headers(settings)

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        if response.status_code == 304:
            return response  # the copy that the client has came with all of them
        for name, value in standing.items():
            headers.setdefault(name, value)
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = _caching(app, response)
        return response


def _caching(app: Flask, response: Response) -> str:
    """Public pages may be kept for a minute; whatever knows a person is kept nowhere (ASVS 14.3.2)."""
    known = app.config["SESSION_COOKIE_NAME"] in request.cookies
    if request.method in ("GET", "HEAD") and request.blueprint in PUBLIC and response.status_code == 200 and not known:
        return FOR_ALL
    return "no-store"
