"""Which parts of a page can state a date: what is walked in search of one in a foot or margin, instead of the whole page.

Never reads a date; a part that is left out holds no four figures of a year in a block of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

from feedhub.readers._elements import BOXES, SILENT, heading_level

#: Four figures, whatever unreadable stands between them, or some that may go on in the element beside.
_FIGURE = re.compile(r"\d")
_YEAR = re.compile(r"\d(?:\W*\d){3}|^\W*\d|\d\W*$")
#: What is read as a whole: a row by its table, a term by its list.
_WHOLE = ("dl", "table")


def dated_parts(root: html.HtmlElement) -> list[html.HtmlElement]:
    """The boxes, lists of terms and tables whose blocks may hold a year, in order; none lies within another."""
    found: dict[html.HtmlElement, None] = {}
    for holder in _holders(root):
        part = _part(holder)
        if part is not None:
            found[part] = None
    return [part for part in found if not any(above in found for above in part.iterancestors())]


def _holders(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The elements right below which a year may stand."""
    for element in root.iter():
        if _dated(element.text) and isinstance(element.tag, str):
            yield element
        if _dated(element.tail) and (parent := element.getparent()) is not None:
            yield parent


def _dated(text: str | None) -> bool:
    return text is not None and _FIGURE.search(text) is not None and _YEAR.search(text) is not None


def _part(holder: html.HtmlElement) -> html.HtmlElement | None:
    """The part whose blocks hold the text right below an element; None where that is in no block, or in a heading."""
    box, whole = None, None
    for above in (holder, *holder.iterancestors()):
        tag = above.tag
        if tag in SILENT or heading_level(above) or (tag == "sup" and above.find(".//a") is not None):
            return None
        if tag == "pre":
            box, whole = None, None
        elif tag in _WHOLE:
            whole = above
        elif tag in BOXES and box is None:
            box = above
    return box if whole is None else whole
