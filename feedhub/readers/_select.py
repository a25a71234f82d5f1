"""The parts of a page that a declaration's CSS selectors name. CSS only; the work a selector may cause is bounded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import soupsieve
from bs4 import BeautifulSoup
from soupsieve.css_match import CSSMatch

from feedhub.errors import ReadError

#: Steps of matching one selector may take over a page: a plain one takes two or three for each element.
_MAX_STEPS = 1_500_000


class _Bounded(CSSMatch):
    """Soupsieve's matcher with a meter: long lists, nested tests and chains of ancestors multiply its work.

    `match_tag` is asked first whenever an element is held against a selector, in every release from 2.6.
    """

    steps = 0

    def match_tag(self, el: Any, tag: Any) -> bool:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise ReadError("reader_crashed", "a selector takes too many steps; make it simpler")
        return bool(super().match_tag(el, tag))


def parts(text: str, select: str, drop: Iterable[str]) -> str:
    """The HTML of what `select` finds (the whole page when it is ""), without what the `drop` selectors find.

    ReadError `selector_empty` when nothing is found, `unparseable` for a selector that is none.
    """
    soup = BeautifulSoup(text, "lxml")
    for selector in drop:
        for tag in _found(soup, selector):
            tag.extract()
    if not select:
        return str(soup)
    found = _found(soup, select)
    chosen = {id(tag) for tag in found}
    outer = [tag for tag in found if not any(id(above) in chosen for above in tag.parents)]
    if not outer:
        raise ReadError("selector_empty", select)
    return f"<html><body>{''.join(str(tag) for tag in outer)}</body></html>"


def _found(soup: BeautifulSoup, selector: str) -> list[Any]:
    try:
        compiled = soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError) as error:
        raise ReadError("unparseable", f"the selector {selector!r} is not valid CSS") from error
    matcher = _Bounded(compiled.selectors, soup, compiled.namespaces, compiled.flags)
    return list(matcher.select(0))
