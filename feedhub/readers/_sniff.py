"""What some bytes are, by their magic and their content; the server's word comes last. Reads nothing in full."""

from __future__ import annotations

import re

from feedhub.model import SourceKind
from feedhub.readers._markup import decode, is_binary
from feedhub.readers._shapes import Kind

_WINDOW = 16_384
_ROOT = re.compile(
    r"\A\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>\s*)*<(?:[\w.-]+:)?([\w.-]+)",
    re.DOTALL | re.IGNORECASE,
)
_EFORMS = {
    "contractnotice",
    "priorinformationnotice",
    "contractawardnotice",
    "businessregistrationinformationnotice",
}
_ESPD = {"qualificationapplicationrequest", "qualificationapplicationresponse", "espdrequest", "espdresponse"}
_FEEDS = {"rss", "feed", "rdf", "channel"}
_SITEMAPS = {"urlset", "sitemapindex"}
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|main|article|section|div|p|h[1-6]|ul|ol|table|span|a|title|meta)\b",
    re.IGNORECASE,
)
_OCDS = re.compile(r'"(?:releases|records|ocid|compiledRelease)"\s*:')
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
_HEADER = re.compile(r"^[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?\S", re.MULTILINE)
_MAIL = re.compile(
    r"^(?:from|to|subject|date|message-id|mime-version|received|return-path|delivered-to):",
    re.IGNORECASE | re.MULTILINE,
)
_TYPES = (
    ("html", SourceKind.PAGE),
    ("text/calendar", SourceKind.ICS),
    ("message/rfc822", SourceKind.NEWSLETTER),
    ("rss", SourceKind.FEED),
    ("atom", SourceKind.FEED),
)
_NAMES = (
    (".ics", SourceKind.ICS),
    (".eml", SourceKind.NEWSLETTER),
    (".mbox", SourceKind.NEWSLETTER),
    (".html", SourceKind.PAGE),
    (".htm", SourceKind.PAGE),
)


#: A mailbox begins with a sender and a time, and a header follows: a sentence that begins with "From" is none.
_MBOX = re.compile(r"From \S+ .*\d{4}\r?\n[A-Za-z-]+:")


def sniff(body: bytes, content_type: str = "", name: str = "") -> Kind | None:
    """The kind of some bytes; "text" for plain text, None for binary content of no known kind.

    `content_type` is the server's word and `name` a file name or address: both count only where content is silent.
    """
    if b"%PDF-" in body[:1024]:
        return SourceKind.PDF
    text, _ = decode(body[:_WINDOW])
    head = text.lstrip("\ufeff \t\r\n")
    if not head or is_binary(head):
        return None
    if head[:15].upper().startswith("BEGIN:VCALENDAR"):
        return SourceKind.ICS
    if head[0] in "{[":
        return _json_kind(text, body, content_type)
    if head[0] == "<":
        found = _xml_kind(head)
        if found is not None:
            return found
    if _MBOX.match(head) or len(_MAIL.findall(head[:4000].split("\n\n")[0].split("\r\n\r\n")[0])) >= 2:
        return SourceKind.NEWSLETTER
    return _by_word(head, content_type, name)


def _json_kind(text: str, body: bytes, content_type: str) -> Kind | None:
    if _JSON_FEED.search(text) or "feed+json" in content_type:
        return SourceKind.FEED
    if b'"totalNoticeCount"' in body or b'"publication-number"' in body:
        return SourceKind.EFORMS  # a page of TED's search
    if _OCDS.search(text) or b'"ocid"' in body:
        return SourceKind.OCDS
    return "text"


def _xml_kind(head: str) -> Kind | None:
    found = _ROOT.match(head)
    root = found[1].lower() if found else ""
    if root in _EFORMS:
        return SourceKind.EFORMS
    if root in _ESPD:
        return SourceKind.ESPD
    if root in _FEEDS:
        return SourceKind.FEED
    if root in _SITEMAPS:
        return SourceKind.SITEMAP
    return SourceKind.PAGE if root == "html" else None


def _by_word(head: str, content_type: str, name: str) -> Kind | None:
    if _HTML.search(head):
        return SourceKind.PAGE
    plain = content_type.lower()
    for word, kind in _TYPES:
        if word in plain:
            return kind
    path = name.lower().split("?")[0].split("#")[0]
    for ending, kind in _NAMES:
        if path.endswith(ending):
            return kind
    if head[0] == "<":
        return None
    return "text"
