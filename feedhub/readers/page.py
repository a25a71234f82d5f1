"""Turns a web page into blocks of its main text. Never fetches, never stores, never asks the time.

With a selector the selected part is read. Without one: `main` or `article` where a page says so, else the smallest part
that holds what trafilatura's density measure takes for the text, walked by structure so that lists and tables survive.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date

from lxml import html

from feedhub.errors import ReadError
from feedhub.model import Block, Document, SourceKind
from feedhub.readers._blocks import blocks_of, rooted
from feedhub.readers._clutter import prune
from feedhub.readers._density import main_part
from feedhub.readers._doubt import doubt, looks_cut
from feedhub.readers._elements import safe_link, text_of
from feedhub.readers._margins import dated_parts
from feedhub.readers._markup import charset_doubt, decode, parse_html_text
from feedhub.readers._select import parts
from feedhub.readers._shapes import Options, Reading
from feedhub.readers._stamps import of_head, without_stamps
from feedhub.text import clean

#: Blocks kept of one page; the longest law texts have some thousand.
_MAX_BLOCKS = 20_000
#: Characters of HTML read of one page, and up to which a date in the margin is looked for.
_MAX_HTML = 4_000_000
_MAX_MARGIN = 500_000
#: Characters of selected text that nobody needs to doubt.
_PLENTY = 2500


@dataclass(frozen=True)
class _Text:
    blocks: list[Block]
    links: tuple[tuple[str, str], ...]

    @property
    def length(self) -> int:
        return sum(len(b.text) for b in self.blocks)


def read(body: bytes, options: Options) -> Reading:
    """One document.

    ReadError: `empty unparseable truncated error_page login_page blocked_page selector_empty too_few`.
    `published` is the date the page gives itself; lines that only state it are no blocks.
    """
    text, charset = decode(body, options.content_type, options.charset)
    if looks_cut(body):
        raise ReadError("truncated", "the end of the page is missing")
    warnings = charset_doubt(options.content_type, options.charset, charset, text)
    if len(text) > _MAX_HTML:
        warnings = (*warnings, f"only the first {_MAX_HTML} of {len(text)} characters were read")
        text = text[:_MAX_HTML]
    root = parse_html_text(text)
    base = _base(root, options.url)
    found, title = _trusted(root, text, body, options, base)
    blocks, stamped = without_stamps(found.blocks, options.country)
    if len(blocks) > _MAX_BLOCKS:
        warnings = (*warnings, f"only the first {_MAX_BLOCKS} of {len(blocks)} blocks were read")
        blocks = blocks[:_MAX_BLOCKS]
    if not blocks:
        raise ReadError("empty")
    if len(blocks) < options.at_least:
        raise ReadError("too_few", f"{len(blocks)} of at least {options.at_least}")
    document = Document(
        title=title,
        blocks=tuple(blocks),
        language=_language(root) or options.language,
        links=found.links,
        published=stamped or of_head(root, options.country) or _stamp_anywhere(root, text, options.country),
        url=options.url,
        warnings=warnings,
    )
    return Reading(SourceKind.PAGE, (document,), (), warnings, title, document.language)


def _trusted(root: html.HtmlElement, text: str, body: bytes, options: Options, base: str) -> tuple[_Text, str]:
    """The text asked for and the page's title; raises when the page is not what it should be."""
    missing: ReadError | None = None
    found = None
    if options.select or options.drop:
        try:
            found = _selected(root, options, base)
        except ReadError as error:
            missing = error
    if found is None or found.length < _PLENTY:
        whole = _main(root, text, base)
        title = _title(root, whole.blocks)
        reason = doubt(root, title, "\n".join(b.text for b in whole.blocks), body)
        if reason:
            raise ReadError(reason, title[:100])
        if missing is not None:
            raise missing
        return found or whole, title
    return found, _title(root, found.blocks)


def _selected(root: html.HtmlElement, options: Options, base: str) -> _Text:
    """What the declaration's selectors leave of the page; clutter inside a selected part is still dropped."""
    part = parse_html_text(parts(html.tostring(root, encoding="unicode"), options.select, options.drop))
    if not options.select:
        return _main(part, html.tostring(part, encoding="unicode"), base)
    chosen = part.body
    pruned = copy.deepcopy(chosen)
    prune(pruned, whole=False)
    return _unless_emptied(_walked(pruned, base), chosen, base, 0.2)


def _main(root: html.HtmlElement, text: str, base: str) -> _Text:
    """The main text of a whole page, below its main heading wherever that stands."""
    tree = copy.deepcopy(root)
    prune(tree)
    part = main_part(tree, text)
    found = _walked(part, base)
    headings = [h for h in tree.iter("h1") if text_of(h)]
    if len(headings) == 1 and part not in headings[0].iterancestors():
        name = text_of(headings[0])
        found = _Text([Block(name, "heading", level=1), *rooted(found.blocks, (name,))], found.links)
    return _unless_emptied(found, tree, base, 0.1)


def _unless_emptied(pruned: _Text, tree: html.HtmlElement, base: str, share: float) -> _Text:
    """The pruned text, unless hardly anything is left of the tree: then a requirement may be in the rest."""
    enough = pruned.length >= len("".join(tree.itertext())) * share  # counted closely only where that is too much
    if pruned.blocks and (enough or pruned.length >= sum(len(text.strip()) for text in tree.itertext()) * share):
        return pruned
    return _walked(tree, base)


def _walked(part: html.HtmlElement, base: str) -> _Text:
    return _Text(*blocks_of(part, base))


def _title(root: html.HtmlElement, blocks: list[Block]) -> str:
    """The main heading; else what the head calls the page."""
    first = next((b.text for b in blocks if b.kind == "heading" and b.level == 1), "")
    heading = first or next((t for t in (text_of(h) for h in root.iter("h1")) if t), "")
    for meta in root.iter("meta"):
        if not heading and meta.get("property") == "og:title":
            heading = clean(meta.get("content") or "")
    named = root.find(".//title")
    return heading or (clean(named.text or "") if named is not None else "") or _highest(blocks)


def _highest(blocks: list[Block]) -> str:
    """The first heading of the highest level, "" when there is none."""
    headings = [b for b in blocks if b.kind == "heading"]
    return min(headings, key=lambda b: b.level).text if headings else ""


def _stamp_anywhere(root: html.HtmlElement, text: str, country: str) -> date | None:
    """The date in a foot or margin that is no part of the text."""
    if len(text) > _MAX_MARGIN:
        return None
    return without_stamps([b for part in dated_parts(root) for b in blocks_of(part)[0]], country)[1]


def _language(root: html.HtmlElement) -> str:
    """ISO 639-1 of the page's own word, "" when it gives none; Norwegian's two written forms are `no`."""
    code = (
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""
    ).strip()
    for meta in root.iter("meta"):
        if not code and (meta.get("http-equiv") or "").lower() == "content-language":
            code = (meta.get("content") or "").strip()
    code = code.replace("_", "-").split("-")[0].lower()
    if code in ("nb", "nn"):
        return "no"
    return code if len(code) == 2 and code.isalpha() else ""


def _base(root: html.HtmlElement, url: str) -> str:
    base = root.find(".//base")
    return (safe_link(base.get("href") or "", url) if base is not None else "") or url
