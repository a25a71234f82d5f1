"""Safe XML, HTML and JSON for all readers: decoding, parsing, caps. Never judges what a text means, never fetches.

No entity is resolved, no DTD is read, no file or network is touched; what is too large or too deep is refused.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Any

from lxml import etree, html

from feedhub.errors import ReadError

#: Levels of nesting that are read; real pages and notices stay under 100.
MAX_DEPTH = 200
#: Bytes of XML, HTML or JSON that are parsed (the caps of fetching are smaller or equal).
MAX_BYTES = 40_000_000

#: Digits of a whole number; longer ones are no amounts, and converting them is slow.
_MAX_DIGITS = 400

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]+)[\"']")
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_META_WINDOW = 4096
#: The Encoding Standard (whatwg.org, section 4.2) reads these labels as windows-1252.
_AS_1252 = frozenset({"iso-8859-1", "latin-1", "latin1", "l1", "us-ascii", "ascii", "iso8859-1", "cp819"})
_SINGLE_BYTE = re.compile(r"^(?:cp\d+|windows-\d+|iso8859-\d+|latin|ascii|koi8|mac)")
_PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
#: Characters XML 1.0 does not allow (section 2.2); servers send them all the same.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


#: Characters of no text: controls (tab, line ends, form feed and escape occur in texts), and undecodable places.
_ODD = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")


def decode(body: bytes, content_type: str = "", charset: str = "", *, markup: bool = True) -> tuple[str, str]:
    """The text of some bytes and the charset used.

    Order: byte order mark, HTTP header, `<meta>` or XML declaration (with `markup`), strict UTF-8, windows-1252.
    A declared charset that does not fit gives way to the next: UTF-8 with wrong bytes, and a single-byte charset
    declared over valid UTF-8 (servers send ISO-8859-1 by default). windows-1252 always fits.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    as_utf8 = _utf8(body)
    for label in (charset, _of_header(content_type), _of_markup(body) if markup else ""):
        name = _codec(label)
        if not name or (as_utf8 is not None and _SINGLE_BYTE.match(name) and not body.isascii()):
            continue
        try:
            return (as_utf8 if name == "utf-8" and as_utf8 is not None else body.decode(name)), name
        except (UnicodeDecodeError, LookupError):
            continue
    if as_utf8 is not None:
        return as_utf8, "utf-8"
    return body.decode("windows-1252", "replace"), "windows-1252"


def _utf8(body: bytes) -> str | None:
    """The text of UTF-8, also with few broken sequences (a cut, a pasted byte); None when it is another charset."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken and broken * 10 > sum(1 for c in text if c > "\x7f"):
        return None
    return text


def is_binary(text: str) -> bool:
    """True when decoded bytes were no text: control characters or undecodable places abound."""
    odd = len(_ODD.findall(text))
    return odd > 3 and odd > len(text) * 0.02


def charset_doubt(content_type: str, charset: str, used: str, text: str) -> tuple[str, ...]:
    """Warnings for the operator: the server named another charset than the text is in, or characters are broken."""
    said = _codec(charset) or _codec(_of_header(content_type))
    out: list[str] = []
    if said and said != used:
        out.append(f"the server says {said}, but the text is {used}")
    if "\ufffd" in text:
        out.append("some characters are broken")
    return tuple(out)


def _of_header(content_type: str) -> str:
    found = _HEADER.search(content_type)
    return found[1] if found else ""


def _of_markup(body: bytes) -> str:
    head = body[:_META_WINDOW]
    found = _XML_DECLARATION.match(head) or _META.search(head)
    name = found[1].decode("ascii", "ignore") if found else ""
    # A declaration that could be read byte by byte is not in UTF-16 (whatwg.org, "prescan a byte stream").
    return "utf-8" if name.lower().startswith("utf-16") else name


def _codec(label: str) -> str:
    """The Python codec of a charset label, "" when it is none that gives text."""
    label = label.strip().lower()
    if label in _AS_1252:
        return "windows-1252"
    try:
        info = codecs.lookup(label) if label else None
    except (LookupError, ValueError):
        return ""
    return info.name if info is not None and getattr(info, "_is_text_encoding", True) else ""


def parse_xml(body: bytes, *, charset: str = "") -> etree._Element:
    """The root element. ReadError `unparseable` for anything but well-formed XML without a document type definition."""
    if len(body) > MAX_BYTES:
        raise ReadError("unparseable", "the XML is larger than the cap")
    text, _ = decode(body, charset=charset)
    if not text.strip():
        raise ReadError("empty")
    if doctype_at(text) >= 0:
        raise ReadError("unparseable", "the XML carries a document type definition, which is refused")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("unparseable", f"not well-formed XML: {str(error)[:120]}") from error
    if root is None:
        raise ReadError("unparseable", "no root element")
    if _too_deep(root):
        raise ReadError("unparseable", "the XML is nested too deeply")
    return root


def doctype_at(text: str) -> int:
    """Where a document type definition begins in the prolog of XML; -1 when there is none."""
    prolog = _PROLOG.match(text)
    at = prolog.end() if prolog else 0
    return at if text[at : at + 9].upper() == "<!DOCTYPE" else -1


def parse_html(body: bytes, charset: str = "", content_type: str = "") -> tuple[html.HtmlElement, str]:
    """The `html` element of a page, however broken, and the charset used; `empty` or `unparseable` when there is none.

    Nesting deeper than `MAX_DEPTH` is refused.
    """
    text, used = decode(body, content_type, charset)
    return parse_html_text(text), used


def parse_html_text(text: str) -> html.HtmlElement:
    """The `html` element of HTML that is already text; see `parse_html`."""
    if len(text) > MAX_BYTES:
        raise ReadError("unparseable", "the page is larger than the cap")
    text = _NOT_XML.sub("", _DECLARATION.sub("", text, count=1))
    if not text.strip():
        raise ReadError("empty")
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise ReadError("unparseable", f"no HTML: {str(error)[:120]}") from error
    if _too_deep(root):
        raise ReadError("unparseable", "the page is nested too deeply")
    return root


def _too_deep(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def load_json(body: bytes, warnings: list[str] | None = None, *, charset: str = "") -> Any:
    """The value of a JSON text. ReadError `unparseable` for none, too large, too deep; `empty` for nothing.

    `NaN`, `Infinity` and numbers too large for a float become null, and `warnings` is told.
    """
    if len(body) > MAX_BYTES:
        raise ReadError("unparseable", "the JSON is larger than the cap")
    text, _ = decode(body, charset=charset, markup=False)
    if not text.strip():
        raise ReadError("empty")
    if _json_depth(text) > MAX_DEPTH:
        raise ReadError("unparseable", "the JSON is nested too deeply")
    impossible: list[str] = []

    def real(literal: str) -> float | None:
        value = float(literal)
        if math.isfinite(value):
            return value
        impossible.append(literal)
        return None

    def whole(literal: str) -> int | None:
        if len(literal) <= _MAX_DIGITS:
            return int(literal)
        impossible.append(literal)
        return None

    try:
        value = json.loads(text, parse_constant=impossible.append, parse_float=real, parse_int=whole)
    except (ValueError, RecursionError) as error:
        raise ReadError("unparseable", f"not JSON: {str(error)[:120]}") from error
    if impossible and warnings is not None:
        warnings.append(f"{len(impossible)} impossible numbers were left out ({impossible[0][:20]})")
    return value


_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_JSON_BRACKETS = re.compile(r"[\[\]{}]")


def _json_depth(text: str) -> int:
    """The deepest nesting of a JSON text, found without parsing it."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    deepest = depth = 0
    for bracket in _JSON_BRACKETS.finditer(_JSON_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
