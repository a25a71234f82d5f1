"""Which part of a page holds its main text: what the page says itself, else what trafilatura's density measure finds.

Finds a part of the tree and never cuts inside it: the measure drops list items and table rows that matter.
"""

from __future__ import annotations

from lxml import html
from trafilatura import extract

from feedhub.readers._elements import text_of
from feedhub.text import normalise

#: Characters of HTML that are measured; measuring is slower than reading.
_MAX_MEASURED = 1_500_000
#: Share of the measured text that the part must hold.
_SHARE = 0.9
#: Share of measured text from which what a box adds to the part within it belongs to the main text.
_TEXTUAL = 0.5
_TEXTS = ("p", "li", "td", "th", "dd", "dt", "div", "h1", "h2", "h3", "h4", "blockquote", "span", "section", "article")
#: Share of a page's text that a `main` must hold to be believed.
_BELIEVED = 0.25


def main_part(root: html.HtmlElement, text: str) -> html.HtmlElement:
    """The element of a pruned tree that holds the main text; the body when nothing stands out. `text` is the page."""
    body = root if root.tag == "body" or root.find("body") is None else root.find("body")
    total = len(text_of(body))
    for found in (root.xpath("//main | //*[@role='main']"), root.xpath("//article")):
        outer = [e for e in found if not any(above in found for above in e.iterancestors())]
        part = outer[0] if len(outer) == 1 else _common(outer) if outer else None
        if part is not None and len(text_of(part)) >= total * _BELIEVED:
            return part
    return _dense_part(body, text)


def _dense_part(body: html.HtmlElement, text: str) -> html.HtmlElement:
    lines = _measured(text)
    if not lines:
        return body
    weight: dict[html.HtmlElement, int] = {}
    for element in body.iter(*_TEXTS):
        own = normalise(_own_text(element))
        if len(own) > 20 and own in lines:
            weight[element] = len(own)
    total = sum(weight.values())
    if total < sum(map(len, lines)) * 0.4:
        return body
    sums: dict[html.HtmlElement, int] = {}
    for element, size in weight.items():
        for above in (element, *element.iterancestors()):
            sums[above] = sums.get(above, 0) + size
    best = body
    for element, size in sums.items():
        if size >= total * _SHARE and body in element.iterancestors() and _deeper(element, best):
            best = element
    if best.tag in ("p", "li", "td", "th", "span", "h1", "h2", "h3", "h4"):
        best = _parent(best)
    return _with_neighbours(best, body, sums)


def _with_neighbours(
    part: html.HtmlElement, body: html.HtmlElement, sums: dict[html.HtmlElement, int]
) -> html.HtmlElement:
    """The part, or the box around it that adds little but measured text: a duty may stand before a long list."""
    best, above = part, part
    while above is not body and (parent := above.getparent()) is not None:
        more = len(text_of(parent)) - len(text_of(best))
        if more and sums.get(parent, 0) - sums.get(best, 0) < more * _TEXTUAL:
            break
        above = parent
        best = parent if more else best
    return best


def _measured(text: str) -> set[str]:
    if len(text) > _MAX_MEASURED:
        return set()
    found = extract(text, output_format="txt", favor_recall=True, include_comments=False, include_tables=True)
    return {normalise(line.lstrip("-| ")) for line in (found or "").splitlines() if len(line) > 20}


def _own_text(element: html.HtmlElement) -> str:
    """The text of an element that holds no boxes; "" for one that does."""
    if any(child.tag in _TEXTS and child.tag != "span" for child in element.iter() if child is not element):
        return ""
    return text_of(element)


def _deeper(one: html.HtmlElement, other: html.HtmlElement) -> bool:
    return sum(1 for _ in one.iterancestors()) > sum(1 for _ in other.iterancestors())


def _common(elements: list[html.HtmlElement]) -> html.HtmlElement | None:
    """The deepest element that holds all of these."""
    shared = [*elements[0].iterancestors()]
    for element in elements[1:]:
        above = set(element.iterancestors())
        shared = [e for e in shared if e in above]
    return shared[0] if shared else None


def _parent(element: html.HtmlElement) -> html.HtmlElement:
    parent = element.getparent()
    return element if parent is None else parent
