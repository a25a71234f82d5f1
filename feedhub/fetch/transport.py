"""One request, one answer, over guarded connections: requests' adapter with our own sockets and our own reading.

Never follows a redirect, keeps no cookie, knows no proxy, reads no environment, never skips verification.
"""

from __future__ import annotations

import functools
import re
import ssl
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from feedhub.errors import FetchError
from feedhub.fetch.deadline import CURRENT, Deadline, Watchdog
from feedhub.fetch.guard import Guard, Network, Resolver
from feedhub.fetch.unpack import ACCEPTED, Unpacker

_PIECE = 65536
_BODYLESS = {204, 304}
_PDF = b"%PDF-"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile("[\t\x20-\x7e\xa0-\xff]*")


@dataclass(frozen=True)
class Limits:
    """Bounds of a fetch: times in seconds, sizes in decoded bytes. `total` covers robots.txt and every redirect."""

    connect: float = 6.0
    read: float = 20.0
    total: float = 60.0
    page_bytes: int = 10 * 1024 * 1024
    pdf_bytes: int = 40 * 1024 * 1024
    robots_bytes: int = 500 * 1024
    redirects: int = 5
    addresses: int = 4
    robots_hours: float = 24.0


@dataclass(frozen=True)
class Request:
    """What to ask of one address. `url` is canonical."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """One answer of a server. `body` is decoded.

    `cut` is true when it was longer than asked for; `delimited` is false when only the end of the connection ended
    the body (HTTP/1.0), so that a cut cannot be told from the end.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    cut: bool = False
    delimited: bool = True


#: How many decoded bytes may come, given the headers and the first bytes.
Cap = Callable[[Mapping[str, str], bytes], int]


class Transport:
    """Sends requests through one pool of guarded connections. Thread-safe."""

    def __init__(
        self,
        allow: Sequence[Network] = (),
        resolver: Resolver | None = None,
        limits: Limits | None = None,
        ca_file: str = "",
    ) -> None:
        """Trust the certificates in `ca_file`, else those that certifi ships."""
        self.limits = limits or Limits()
        guard = Guard(allow, resolver, tries=self.limits.addresses, connect=self.limits.connect)
        self._adapter = _GuardedAdapter(guard, ca_file or certifi.where())
        self._watchdog = Watchdog()
        self.limit = self._watchdog.limit

    def close(self) -> None:
        """Close idle connections and stop the watchdog."""
        self._adapter.close()
        self._watchdog.close()

    def send(self, request: Request, deadline: Deadline, cap: Cap, *, cut: bool = False) -> Answer:
        """The answer to one request. With `cut`, a longer body is cut at the cap instead of refused.

        Raises FetchError `connect`, `dns`, `no_network`, `blocked_address`, `tls`, `timeout`, `truncated`, `decode`,
        `too_large`, `http_error` or `bad_url`.
        """
        prepared = _prepare(request)
        response = self._respond(prepared, deadline, again=request.method == "GET")
        try:
            return _read(response, deadline, cap, cut=cut)
        except _Broken as error:
            deadline.check()
            raise FetchError(error.reason, str(error.__cause__)[:200]) from error
        finally:
            deadline.hold(None)
            response.close()

    def _respond(self, prepared: requests.PreparedRequest, deadline: Deadline, *, again: bool) -> requests.Response:
        deadline.check()
        deadline.reused = True
        timeout = (self.limits.connect, max(0.001, min(self.limits.read, deadline.left())))
        try:
            return self._adapter.send(prepared, stream=True, timeout=timeout, verify=True)
        except requests.exceptions.SSLError as error:
            deadline.check()
            raise FetchError("tls", _innermost(error)) from error
        except requests.exceptions.Timeout as error:
            raise FetchError("timeout") from error
        except requests.exceptions.ConnectionError as error:
            deadline.check()
            if deadline.reused and again:
                # The server closed the kept-alive connection while it was idle; a fresh one says whether it lives.
                return self._respond(prepared, deadline, again=False)
            broken = isinstance(_cause(error), HTTPException) and not isinstance(_cause(error), ConnectionError)
            raise FetchError("http_error" if broken else "connect", _innermost(error)) from error
        except (requests.exceptions.RequestException, HTTPError, HTTPException, ValueError) as error:
            deadline.check()
            raise FetchError("http_error", _innermost(error)) from error


class _Broken(Exception):
    """The body broke off; the cause says how."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _prepare(request: Request) -> requests.PreparedRequest:
    headers = {"Accept": "*/*", **request.headers, "Accept-Encoding": ACCEPTED}
    for name, value in headers.items():
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise FetchError("bad_url", f"the header {name[:40]!r} is not valid")
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare_method(request.method)
        prepared.prepare_url(request.url, None)
        prepared.prepare_headers(headers)
        prepared.prepare_body(request.body, None)
    except (requests.exceptions.RequestException, UnicodeError) as error:
        raise FetchError("bad_url", str(error)) from error
    return prepared


def _read(response: requests.Response, deadline: Deadline, cap: Cap, *, cut: bool) -> Answer:
    raw: BaseHTTPResponse = response.raw
    headers: CaseInsensitiveDict[str] = response.headers
    status = response.status_code
    delimited = status in _BODYLESS or "Content-Length" in headers or bool(getattr(raw, "chunked", False))
    unpacker = Unpacker("" if status in _BODYLESS else headers.get("Content-Encoding") or "")
    declared = headers.get("Content-Length") or ""
    if not cut and declared.isdigit() and len(declared) < 20 and int(declared) > cap(headers, _PDF):
        raise FetchError("too_large", f"{int(declared)} bytes are announced")
    body, limit, got = bytearray(), cap(headers, b""), 0
    while piece := _next_piece(raw, deadline):
        got += len(piece)
        try:
            body += unpacker.feed(piece, limit)
            limit = cap(headers, bytes(body[:8]))
            if len(body) > limit or got > limit + _PIECE:
                raise FetchError("too_large", f"more than {limit} bytes")
        except FetchError as error:
            if not (cut and error.reason == "too_large"):
                raise
            return Answer(status, headers, bytes(body[:limit]), cut=True, delimited=delimited)
    deadline.check()
    unpacker.finish()
    return Answer(status, headers, bytes(body), delimited=delimited)


def _next_piece(raw: BaseHTTPResponse, deadline: Deadline) -> bytes:
    """What has arrived, without waiting for more; b"" at the end."""
    deadline.check()
    try:
        return raw.read1(_PIECE, decode_content=False) or b""
    except ReadTimeoutError as error:
        raise _Broken("timeout") from error
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise _Broken("truncated") from error


def _cause(error: BaseException) -> BaseException:
    """The lowest error beneath: urllib3 and requests carry it in their arguments."""
    for _ in range(6):
        inner = next(
            (a for a in (getattr(error, "reason", None), *reversed(error.args)) if isinstance(a, BaseException)), None
        )
        if inner is None:
            break
        error = inner
    return error


def _innermost(error: BaseException) -> str:
    cause = _cause(error)
    return (getattr(cause, "verify_message", "") or str(cause) or type(cause).__name__)[:200]


@functools.cache
def verifying(ca_file: str) -> ssl.SSLContext:
    """One verifying context a bundle for all connections: reading the bundle anew costs 20 ms each time (2026-11)."""
    return ssl.create_default_context(cafile=ca_file)


class _GuardedAdapter(HTTPAdapter):
    """requests' adapter on pools whose connections pass the guard and are always verified."""

    def __init__(self, guard: Guard, ca_file: str) -> None:
        self._guard = guard
        self._context = verifying(ca_file)
        super().__init__(pool_connections=64, pool_maxsize=32)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._guard)

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: Any,  # noqa: ARG002 - always verified
        cert: Any = None,  # noqa: ARG002 - always verified
    ) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context verifies; nothing a caller says changes that."""


class _Held(HTTPConnection):
    """What both connection classes add: a guarded socket, told to the deadline that cuts it."""

    guard: Guard
    _dns_host: str
    port: int
    sock: Any

    def _new_conn(self) -> Any:
        deadline = CURRENT.get()
        if deadline is None:
            raise RuntimeError("a guarded connection is opened under a deadline only")
        sock = self.guard.connect(self._dns_host.strip("[]"), self.port, deadline)
        sys.audit("http.client.connect", self, self._dns_host, self.port)
        return sock

    def connect(self) -> None:
        super().connect()
        self._hold(fresh=True)

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        self._hold()
        super().putrequest(*args, **kwargs)

    def _hold(self, *, fresh: bool = False) -> None:
        if deadline := CURRENT.get():
            deadline.hold(self.sock)
            if fresh:
                deadline.reused = False


class _HeldTLS(_Held, HTTPSConnection):
    """The same under TLS, which `connect` of the second parent starts."""


def _pools(guard: Guard) -> dict[str, Any]:
    """urllib3's pool classes bound to one guard; its own table is left as it is."""
    plain = type("GuardedHTTP", (_Held,), {"guard": guard})
    secure = type("GuardedHTTPS", (_HeldTLS,), {"guard": guard})
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
