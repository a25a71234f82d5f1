"""Addresses in one canonical, harmless form. Pure: never resolves, never connects."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from urllib.parse import urljoin, urlsplit

import idna
from requests.utils import requote_uri
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from feedhub.errors import FetchError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 8192
# C0, DEL, C1, zero-width and bidirectional marks, byte order mark, and the backslash that browsers read as a slash.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\\\\]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def normalise_url(url: str) -> str:
    """The canonical form of a plain http(s) URL: punycode host, no default port, no fragment, dots resolved.

    Legacy IPv4 spellings (octal, hexadecimal, short) become dotted quads, so that everybody sees the same host.
    Raises FetchError `bad_url` for anything two parsers could read differently: a backslash, user information,
    control characters, digits like ①, an odd port, a percent sign in the host.
    """
    url = url.strip(" ")
    if len(url) > _LONGEST:
        raise FetchError("bad_url", "too long")
    if found := _UNSAFE.search(url):
        raise FetchError("bad_url", f"it holds the character U+{ord(found[0]):04X}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError("bad_url", str(error)) from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise FetchError("bad_url", "it does not begin with http:// or https://")
    if "@" in parts.netloc:
        raise FetchError("bad_url", "it carries a user name")
    host = _host(parts.hostname or "")
    if port == 0:
        raise FetchError("bad_url", "port 0")
    place = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    try:
        # Twice: requests decodes what needs no encoding (%2e) on its way out, and dots must be resolved after that.
        decoded = requote_uri(parse_url(f"{parts.scheme}://{place}{parts.path or '/'}{query}").url)
        return requote_uri(parse_url(decoded).url)
    except (LocationParseError, ValueError) as error:
        raise FetchError("bad_url", str(error)) from error


def join(base: str, location: str) -> str:
    """Where a Location header leads, canonical. Header bytes that are UTF-8 are read as such.

    Raises FetchError `bad_url`.
    """
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    if _UNSAFE.search(location):
        raise FetchError("bad_url", "the redirect holds an unsafe character")
    try:
        return normalise_url(urljoin(base, location))
    except ValueError as error:
        raise FetchError("bad_url", str(error)) from error


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a canonical URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def same_host(left: str, right: str) -> bool:
    """True when two canonical URLs name one host, `www.` or not: whether a move is a move."""
    a, b = (origin(url)[1].removeprefix("www.") for url in (left, right))
    return a == b


def may_carry(left: str, right: str) -> bool:
    """True when what is sent to `left` may be sent to `right`: same host and port, or its step from http to https."""
    a, b = origin(left), origin(right)
    return a == b or (a[1] == b[1] and (a[0], a[2], b[0], b[2]) == ("http", 80, "https", 443))


def _host(host: str) -> str:
    if ":" in host:
        try:
            address = ipaddress.IPv6Address(host)
        except ValueError as error:
            raise FetchError("bad_url", str(error)) from error
        if address.scope_id:
            raise FetchError("bad_url", "it names a network interface")
        return f"[{address.compressed}]"
    host = host.removesuffix(".")
    if not host.isascii():
        try:
            # Strict IDNA 2008, no compatibility mapping: ① or a full-width dot is refused, never turned into ASCII.
            host = idna.encode(host.lower(), strict=True, std3_rules=True).decode("ascii")
        except idna.IDNAError as error:
            raise FetchError("bad_url", f"the host name is not valid: {error}") from error
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise FetchError("bad_url", "the host name is not valid")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError as error:
            raise FetchError("bad_url", "the host is a broken IPv4 address") from error
    return host
