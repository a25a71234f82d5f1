"""Whether a document that only the end of the connection delimits came to its own end. Never parses it.

HTTP/1.0 servers without a length cut a page silently; lenient parsers then read half a page as a whole one.
"""

from __future__ import annotations

import re

_PREAMBLE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<![^>\[]*>\s*)*<([A-Za-z_][\w.:-]*)", re.DOTALL
)
_TAIL = 2048


def looks_cut(body: bytes) -> bool:
    """True when HTML, XML or PDF that names its outermost element lacks the end of it.

    HTML that leaves out its `html` tags, JSON (which fails to parse when cut) and text are not judged.
    """
    tail = body[-_TAIL:].lower()
    if body.startswith(b"%PDF-"):
        return b"%%eof" not in tail
    found = _PREAMBLE.match(body[:_TAIL])
    if found is None:
        return False
    name = found[1].lower()
    is_xml = body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml")
    if name != b"html" and not is_xml and name not in (b"rss", b"feed", b"urlset", b"sitemapindex"):
        return False
    return b"</" + name not in tail and not (is_xml and tail.rstrip().endswith(b"/>") and tail.count(b"<") <= 2)
