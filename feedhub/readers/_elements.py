"""One element of HTML: its text on one line, its level as a heading, its name, its address made safe.

Serves every reader that meets HTML. Never walks a page, never judges.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml import html

from feedhub.text import clean

#: Elements whose text nobody reads as text.
SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "video",
        "audio",
        "head",
        "title",
        "link",
        "meta",
        "select",
        "option",
        "datalist",
        "input",
        "textarea",
        "progress",
        "meter",
        "map",
    ]
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
BOXES = frozenset(
    [
        "html",
        "body",
        "main",
        "article",
        "section",
        "div",
        "p",
        "header",
        "footer",
        "aside",
        "nav",
        "form",
        "fieldset",
        "figure",
        "figcaption",
        "blockquote",
        "address",
        "center",
        "details",
        "hgroup",
        "legend",
        "caption",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "li",
        "dt",
        "dd",
        "search",
        "dialog",
    ]
)
#: Browsers drop these from an address, so that "java\tscript:" runs (url.spec.whatwg.org, "basic URL parser").
_IGNORED = re.compile(r"[\t\r\n]")


def heading_level(element: html.HtmlElement) -> int:
    """1 to 6 for a heading (`h1` … `h6`, `summary`, `role=heading`), else 0."""
    if element.tag in _HEADINGS:
        return _HEADINGS[element.tag]
    if element.tag == "summary":
        return 6
    if element.get("role") == "heading":
        level = element.get("aria-level", "2")
        return min(6, int(level)) if level.isascii() and level.isdigit() and level != "0" else 2
    return 0


def fragment(element: html.HtmlElement) -> str:
    """The name by which an address can point to an element, "" when it has none."""
    name = element.get("id") or (element.get("name") if element.tag == "a" else "") or ""
    return name if name == clean(name) and " " not in name else ""


def text_of(element: html.HtmlElement) -> str:
    """The readable text of an element on one line, with space between its boxes."""
    parts: list[str] = []
    _gather(element, parts)
    return clean("".join(parts))


def _gather(element: html.HtmlElement, parts: list[str]) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in SILENT or (tag == "sup" and element.find(".//a") is not None):
        return
    spaced = tag in BOXES or tag in ("br", "ul", "ol", "dl", "table") or tag in _HEADINGS
    parts.append(" " if spaced else "")
    parts.append(element.text or "")
    for child in element:
        _gather(child, parts)
        parts.append(child.tail or "")
    parts.append(" " if spaced else "")


def safe_link(href: str, base: str = "") -> str:
    """The absolute http(s) or mailto address of a link; "" for anything else, and for places on the same page."""
    href = clean(_IGNORED.sub("", href)).replace(" ", "%20")
    if not href or href.startswith("#"):
        return ""
    try:
        address = urljoin(base, href)
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return address
    return address if parts.scheme == "mailto" else ""
