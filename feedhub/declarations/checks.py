"""One TOML table at a time against a closed list of keys and values. Notes problems, never raises, never reads a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import soupsieve

from feedhub import taxonomy
from feedhub.model import Source, SourceKind

_E = TypeVar("_E", bound=StrEnum)

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_MODULE = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_EVERY = re.compile(r"([0-9]{1,5})([mhd])")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_RATE = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,3})([smh])")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SHORTEST_WINDOW = timedelta(hours=3)
#: The longest month: how far the first walk by months reaches back without `back`.
MONTH = timedelta(days=31)
_LEAST, _MOST = timedelta(minutes=15), timedelta(days=60)
_KEPT_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "cookie", "authorization", "user-agent"}
_LONGEST_SELECTOR = 300


class Table:
    """One TOML table being checked: hands out values by key, notes what is wrong, and what nobody asked for."""

    def __init__(self, noted: Callable[[str, str], None], key: str, row: Mapping[str, Any]) -> None:
        self.noted = noted
        self.key = key
        self.row = row
        self.asked: list[str] = []

    def note(self, key: str, message: str) -> None:
        """Record a problem of one key of this table."""
        self.noted(f"{self.key}.{key}" if self.key and key else self.key or key, message)

    def get(self, key: str, kind: type, wanted: str, *, required: bool = False) -> Any:
        """The value of a key, None when it is absent or of another type (noted)."""
        self.asked.append(key)
        if key not in self.row:
            if required:
                self.note(key, "is missing")
            return None
        value = self.row[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            self.note(key, f"must be {wanted}, not {_type(value)}")
            return None
        return value

    def text(self, key: str, default: str = "", *, required: bool = False, lines: bool = False) -> str:
        """A string without control characters; line breaks only where `lines` says so."""
        value = self.get(key, str, "text in quotes", required=required)
        if value is None:
            return default
        if required and not value.strip():
            self.note(key, "is empty")
        if any(ord(c) < 32 and not (lines and c in "\n\t\r") for c in value):
            self.note(key, "holds a control character")
        return str(value) if lines else str(value).strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self.get(key, list, "a list of texts")
        if value is None:
            return ()
        if not all(isinstance(v, str) and v.strip() for v in value):
            self.note(key, "must hold texts in quotes only")
            return ()
        return tuple(value)

    def choice(self, key: str, kinds: type[_E], default: _E, *, required: bool = False) -> _E:
        """One value of a closed list."""
        value = self.get(key, str, "one of " + ", ".join(kinds), required=required)
        if value is None:
            return default
        if value not in list(kinds):
            self.note(key, f"“{value}” is unknown{meant(value, list(kinds))}; known are {', '.join(kinds)}")
            return default
        return kinds(value)

    def table(self, key: str) -> Table:
        """A table below this one; an empty one when it is absent."""
        return Table(self.noted, f"{self.key}.{key}", self.get(key, dict, "a table") or {})

    def close(self) -> None:
        """Note every key that nobody asked for, with the one that may have been meant."""
        for key in self.row:
            if key not in self.asked:
                self.note(key, f"is an unknown key{meant(key, self.asked)}")


def every(table: Table) -> timedelta:
    """How often a source is read: from 15 minutes to 60 days."""
    value = table.text("every", "24h")
    match = _EVERY.fullmatch(value)
    found = int(match[1]) * UNITS[match[2]] if match else None
    if found is None:
        table.note("every", f"“{value}” is no duration such as 30m, 6h, 24h or 7d")
    elif not _LEAST <= found <= _MOST:
        table.note("every", f"“{value}” must be from 15m to 60d")
    return found or timedelta(hours=24)


def url(table: Table, key: str, *, required: bool = False) -> str:
    """An http or https address, or a mailbox for a newsletter, without user name, blanks or backslashes."""
    mailbox = table.row.get("kind") == SourceKind.NEWSLETTER
    value = table.text(key, required=required)
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        table.note(key, f"“{value}” is no address: {error}")
        return value
    if any(c.isspace() or c in '\\<>"' for c in value):
        table.note(key, "holds a character that addresses do not have")
    elif parts.scheme not in ("http", "https", *(("imaps", "imap") if mailbox else ())) or not host:
        table.note(key, f"“{value}” must begin with https:// or http:// and a host")
    elif parts.username is not None or parts.password is not None:
        login = "; the login of a mailbox belongs into FEEDHUB_IMAP_URL" if mailbox else ""
        table.note(key, f"must not carry a user name or password{login}")
    return value


def language(table: Table, key: str, value: str) -> str:
    """A language code that authorities may declare, or ""."""
    known = taxonomy.KNOWN_LANGUAGES
    if value and value not in known:
        table.note(key, f"“{value}” is unknown{meant(value, known)}; two letters as in {', '.join(taxonomy.LANGUAGES)}")
    return value


def zone(table: Table, value: str) -> str:
    """An IANA zone, or ""."""
    if value:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            table.note("zone", f"“{value}” is no zone such as Europe/Stockholm")
    return value


def contact(table: Table) -> str:
    """The e-mail address of an office or the http(s) address of its contact page, or ""."""
    given = str(table.row.get("contact", ""))
    if "@" not in given or "//" in given:
        return url(table, "contact")
    value = table.text("contact")
    if not _EMAIL.fullmatch(value):
        table.note("contact", f"“{value}” must be one e-mail address or the address of a page")
    return value


def selector(table: Table, key: str, value: str) -> str:
    """A CSS selector that compiles, or ""."""
    if len(value) > _LONGEST_SELECTOR:
        table.note(key, f"is longer than {_LONGEST_SELECTOR} characters")
    elif value:
        try:
            soupsieve.compile(value)
        except (soupsieve.SelectorSyntaxError, ValueError, NotImplementedError) as error:
            reason = str(error).partition("\n")[0].rstrip(":")
            table.note(key, f"“{value}” is no CSS selector: {reason}")
    return value


def at_least(table: Table) -> int:
    """The least number of blocks of text of a good reading."""
    value = table.get("at_least", int, "a whole number")
    if value is not None and not 0 <= value <= 10000:
        table.note("at_least", "must be from 0 to 10000")
    return 1 if value is None else int(value)


def odd(table: Table) -> str:
    """The name of an odd page's own reader."""
    value = table.text("odd")
    if value and not _MODULE.fullmatch(value):
        table.note("odd", f"“{value}” must be the name of a file in readers/odd, without .py")
    return value


def with_query(source: Source, table: Table) -> Source:
    """The source with what its [source.query] says."""
    method = table.text("method", "GET")
    if method not in ("GET", "POST"):
        table.note("method", f"“{method}” must be GET or POST")
    body = table.text("body", lines=True)
    if body and method != "POST":
        table.note("body", 'needs method = "POST"')
    headers = table.get("headers", dict, "a table of texts") or {}
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _KEPT_HEADERS:
            table.note(f"headers.{name}", "is a header that feedhub sets itself or that does not exist")
        elif not isinstance(value, str) or not value.isprintable():
            table.note(f"headers.{name}", "must be one line of text in quotes")
    made = replace(source, method=method, body=body, cursor=table.text("cursor"), headers=headers)
    return _with_walk(made, table)


def _with_walk(source: Source, table: Table) -> Source:
    """The source with how its pages are walked."""
    since, until, month = (_parameter(table, name) for name in ("from_param", "to_param", "month_param"))
    window, back = duration(table, "window"), duration(table, "back")
    if bool(window) != bool(since and until):
        table.note("window", "needs from_param and to_param, and they need a window")
    if window and window < _SHORTEST_WINDOW:
        table.note("window", "must be 3h or more: clocks go through one hour twice in autumn")
    if window and source.method != "GET":
        table.note("window", "needs method GET: the span stands in the address")
    if month and (window or source.method != "GET"):
        table.note("month_param", "asks for whole months by GET: it stands in the place of a window")
    window = window or (MONTH if month else window)
    if back and not window:
        table.note("back", "needs a window")
    most = table.get("max_pages", int, "a whole number")
    if most is not None and not 1 <= most <= 1000:
        table.note("max_pages", "must be from 1 to 1000")
    rate = table.text("rate")
    if rate and not _RATE.fullmatch(rate):
        table.note("rate", f"“{rate}” is no rate such as 12/2m: twelve requests in two minutes")
        rate = ""
    return replace(
        source,
        window=window,
        from_param=since,
        to_param=until,
        month_param=month,
        back=back,
        max_pages=10 if most is None else int(most),
        rate=rate,
        wait_403=duration(table, "wait_403"),
    )


def _parameter(table: Table, key: str) -> str:
    value = table.text(key)
    if value and not _PARAMETER.fullmatch(value):
        table.note(key, f"“{value}” is no name of a parameter")
    return value


def duration(table: Table, key: str) -> timedelta:
    """A span such as 5m, 6h or 14d up to 400 days; none without the key."""
    value = table.text(key)
    match = _EVERY.fullmatch(value)
    found = int(match[1]) * UNITS[match[2]] if match else timedelta(0)
    if value and not timedelta(0) < found <= timedelta(days=400):
        table.note(key, f"“{value}” is no duration such as 5m, 6h or 14d")
        return timedelta(0)
    return found


def meant(value: str, known: Collection[str]) -> str:
    """`, did you mean “…”?` when something known is near, else ""."""
    near = get_close_matches(value, list(known), n=1)
    return f", did you mean “{near[0]}”?" if near else ""


def slug(value: str) -> str:
    """The nearest valid id."""
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-") or "name"


def _type(value: object) -> str:
    names = ((bool, "true or false"), (str, "text"), (int, "a number"), (float, "a number"), (list, "a list"))
    return next(
        (name for kind, name in names if isinstance(value, kind)), "a table" if isinstance(value, dict) else "a date"
    )
