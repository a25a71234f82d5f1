"""A text as the detector reads it: lower case, plain quotes and spaces, words mended; every place maps back.

Never judges; never changes what is quoted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Replaced one by one: most texts hold few of them, and looking in vain costs next to nothing.
_PLAIN = (
    ("’", "'"),
    ("‘", "'"),
    ("ʼ", "'"),
    ("´", "'"),
    ("\u00a0", " "),
    ("\u202f", " "),
    ("\t", " "),
    ("\u2011", "-"),
    ("\n", " "),
    ("\r", " "),
)
#: A word broken at the end of a line of a PDF; the second half goes on in lower case.
BROKEN = re.compile(r"[-\u00ad](?<=[^\W\d_]{2}[-\u00ad])[^\S\n]*\n\s*(?=[^\W\d_]{2})")
#: "Arbeits-\nund Sozialstandards" is a hyphen that stays: the next line goes on with a conjunction.
_JOINED = re.compile(r"(?:und|oder|bzw|en|of|och|eller|og|and|or|et|ou|ja|tai|y|e|o)\b", re.IGNORECASE)


class View(NamedTuple):
    """`text` has the characters that are matched; `places[i]` is where character `i` stood (None: at `i`)."""

    text: str
    places: tuple[int, ...] | None = None

    def origin(self, at: int) -> int:
        """The offset in the original text of an offset in this view."""
        if self.places is None:
            return at
        return self.places[at] if at < len(self.places) else (self.places[-1] + 1 if self.places else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of a non-empty span of this view."""
        return self.origin(start), self.origin(end - 1) + 1


def gaps(text: str) -> list[re.Match[str]]:
    """Where words were broken over lines."""
    return [m for m in BROKEN.finditer(text) if not _JOINED.match(text, m.end())] if "\n" in text else []


def view(text: str, low: str = "") -> View:
    """The view of a text; as long as the text unless words were broken over lines. `low` is the text in `plain`."""
    broken = gaps(text)
    low = low or plain(text)
    if not broken:
        return View(low)
    kept: list[int] = []
    at = 0
    for gap in broken:
        kept.extend(range(at, gap.start()))
        at = gap.end()
    kept.extend(range(at, len(text)))
    return View("".join(low[i] for i in kept), tuple(kept))


def plain(text: str) -> str:
    """A text in lower case with plain quotes, spaces and hyphens; exactly as long as the text."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for odd, usual in _PLAIN:
        low = low.replace(odd, usual)
    return low
