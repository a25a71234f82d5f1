"""Which addresses have a twin among static files, and how a page must name them there. Pure text; writes nothing.

A page is `…/index.html`, a feed keeps its name, and a few addresses with parameters get a folder of their own
(`/notices?page=2` is `notices/page-2/index.html`). Everything else with a parameter is shown by the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from html import escape, unescape
from posixpath import relpath
from urllib.parse import parse_qsl, urlsplit

#: Parameters that have twins together, by path: more would be as many files as there are combinations.
_TWINS = (
    *(
        (re.compile(r"/feeds/announcements\.(atom|rss|json)|/calendar\.ics"), (n,))
        for n in ("topic", "authority", "country")
    ),
    (re.compile(r"/authorities|/evidence(/[\w-]+)?"), ("page",)),
    (
        re.compile(r"/notices|/lessons|/lead-times|/feeds/notices\.(atom|rss|json)|/api/v1/\w+|/ocds/releases\.json"),
        ("page",),
    ),
    (re.compile(r"/calendar"), ("past", "page")),
    (re.compile(r"/calendar/horizon"), ("months", "rows", "page")),
    (re.compile(r"/sources"), ("authority", "page")),
)
_NEEDS_SERVICE = re.compile(
    r"/(account|desk|review|admin|healthz|readyz|metrics|websub|subscribe)(/|$)|/notices/[^/]+/ask$"
)
_PATH = re.compile(r"(/[\w-][\w.-]*)+/?|/")
_VALUE = re.compile(r"[\w-]{1,80}")
_ATTRIBUTE = re.compile(r'\b(href|src)="([^"]*)"')
_FORM = re.compile(r'<form class="(\w+)"[^>]*\baction="/[^>]*>.*?</form>', re.DOTALL)
_ADDRESS_LINE = re.compile(r"^(?:SOURCE;|URL:)[^\r\n]*(?:\r\n [^\r\n]*)*", re.MULTILINE)
_CANONICAL = re.compile(r'(<link rel="canonical" href=")([^"]*)(")')


def twin(address: str) -> str:
    """The address whose file shows this one best, its parameters in the order of `_TWINS`; empty when there is none."""
    parts = urlsplit(address)
    if not _PATH.fullmatch(parts.path) or len(address) > 300 or _NEEDS_SERVICE.match(parts.path):
        return ""
    path = parts.path.rstrip("/") or "/"
    pairs = [(k, v) for k, v in parse_qsl(parts.query) if (k, v) != ("page", "1")]
    given = dict(pairs)
    if pairs and len(given) == len(pairs) and all(_VALUE.fullmatch(v) for v in given.values()):
        for pattern, names in _TWINS:
            if pattern.fullmatch(path) and given.keys() <= set(names):
                return f"{path}?{'&'.join(f'{n}={given[n]}' for n in names if n in given)}"
    return path


def file_of(address: str, *, page: bool) -> str:
    """The file of a twin's address, relative to the folder, with `/` between its parts."""
    path, _, query = address.partition("?")
    parts = [p for p in path.split("/") if p]
    if page:
        parts.append("index.html")
    if query:
        if len(parts) == 1:
            parts.insert(0, parts[0].partition(".")[0])
        parts.insert(-1, query.replace("=", "-").replace("&", "-"))
    return "/".join(parts)


def addresses(text: str, base: str, *, page: bool) -> Iterator[str]:
    """The twins of all addresses of this service that a page or a feed names."""
    if page:
        found = (unescape(m[2]) for m in _ATTRIBUTE.finditer(text))
    else:
        found = (unescape(m[0]) for m in re.finditer(rf"{re.escape(base)}/[^\s\"'<>\\]*", text))
    for link in found:
        local = _local(link, base)
        if local is not None and (known := twin(local)):
            yield known


def rewrite_page(text: str, file: str, files: Container[str], base: str, instead: str) -> str:
    """The page with links that work in any folder, on any server and from a disk.

    `files` are those of the whole site; a link that none of them serves loses its target, and forms that ask a server
    go; `instead` of the filters stands a sentence. The page for unknown addresses (`404.html`) may be shown anywhere: its links carry the base address.
    """

    def link(match: re.Match[str]) -> str:
        target = _target(unescape(match[2]), file, files, base)
        return match[0] if target is None else f'{match[1]}="{escape(target)}"' if target else ""

    def canonical(match: re.Match[str]) -> str:
        local = _local(unescape(match[2]), base)
        known = _known(twin(local or ""), files) or file
        return f"{match[1]}{escape(base)}/{escape(known.removesuffix('index.html'))}{match[3]}"

    note = f'<p class="facets">{escape(instead)}</p>'
    text = _FORM.sub(lambda m: note if m[1] == "facets" else "", text)
    kept: list[str] = []

    def put_by(match: re.Match[str]) -> str:
        kept.append(canonical(match))
        return "\0"

    text = _ATTRIBUTE.sub(link, _CANONICAL.sub(put_by, text))
    return text.replace("\0", kept[0], 1) if kept else text


def rewrite_feed(text: str, files: Container[str], base: str) -> str:
    """The feed with addresses that carry parameters led to their twins; all else stays as it is served."""

    def link(match: re.Match[str]) -> str:
        known = _known(twin(_local(unescape(match[0]), base) or ""), files)
        return f"{base}/{known.removesuffix('index.html')}" if known else match[0]

    return re.sub(rf"{re.escape(base)}/[^\s\"'<>\\?]*\?[^\s\"'<>\\]*", link, text)


def rewrite_calendar(text: str, files: Container[str], base: str) -> str:
    """The calendar with the addresses in its head, its own above all, led to their twins; its UID stays."""
    head, event, rest = text.partition("BEGIN:VEVENT")

    def line(match: re.Match[str]) -> str:
        found = rewrite_feed(match[0].replace("\r\n ", ""), files, base)
        # Addresses are ASCII: a character is an octet (RFC 5545, section 3.1).
        return "\r\n ".join([found[:75], *(found[i : i + 74] for i in range(75, len(found), 74))])

    return _ADDRESS_LINE.sub(line, head) + event + rest


def _local(link: str, base: str) -> str | None:
    if link.startswith(f"{base}/") or link == base:
        return link.removeprefix(base) or "/"
    return link if link.startswith("/") and not link.startswith("//") else None


def _known(address: str, files: Container[str]) -> str:
    """The file that serves an address, or the whole page of it; empty when there is neither."""
    for one in dict.fromkeys((address, address.partition("?")[0])):
        for page in (True, False):
            if one and (name := file_of(one, page=page)) in files:
                return name
    return ""


def _target(link: str, file: str, files: Container[str], base: str) -> str | None:
    """Where a link of a page leads; None leaves it as it is, empty takes it away."""
    local = _local(link.replace("webcal://", f"{urlsplit(base).scheme}://", 1), base)
    if local is None:
        return None
    known = _known(twin(local), files)
    if known and link.startswith("webcal://"):
        return f"webcal://{base.partition('://')[2]}/{known}"
    if not known:
        return ""
    parts = urlsplit(local)
    end = (f"?{parts.query}" if known.startswith("static/") and parts.query else "") + (
        f"#{parts.fragment}" if parts.fragment else ""
    )
    if file == "404.html":
        return f"{base}/{known}{end}"
    folder = file.rpartition("/")[0] or "."
    return relpath(known, folder) + end
