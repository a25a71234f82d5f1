"""What RFC 4287 lets an Atom document be, as RELAX NG, put together with the RFCs and the namespace that feeds use.

Stricter than RFC 4287 where a feed of ours can be: every entry has an id, a title, `updated` and `published` and one
alternate of its own, text is never XHTML, and foreign elements are those of RFC 5005, RFC 6721 and our own.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

import feedhub.web

OWN = Path(feedhub.web.__file__).parent / "static" / "feedhub-1.rng"
_STAMP = '<data type="dateTime"><param name="pattern">[0-9\\-]+T[0-9:]+Z</param></data>'
_URI = '<data type="anyURI"><param name="minLength">1</param></data>'
_LANG = '<optional><attribute name="xml:lang"><data type="language"/></attribute></optional>'


def _element(name: str, content: str) -> str:
    return f'<element name="{name}">{_LANG}{content}</element>'


def _attribute(name: str, content: str = "<text/>", *, must: bool = False) -> str:
    made = f'<attribute name="{name}" ns="">{content}</attribute>'
    return made if must else f"<optional>{made}</optional>"


def _text(name: str, *types: str) -> str:
    values = "".join(f"<value>{t}</value>" for t in types)
    return _element(name, f"{_attribute('type', f'<choice>{values}</choice>')}<text/>")


def _some(pattern: str) -> str:
    return f"<zeroOrMore>{pattern}</zeroOrMore>"


_PERSON = f"<interleave>{_element('name', '<text/>')}<optional>{_element('uri', _URI)}</optional></interleave>"
_CATEGORY = _element("category", _attribute("term", must=True) + _attribute("scheme", _URI) + _attribute("label"))
_MEDIA = '<data type="token"><param name="pattern">[a-z]+/[a-z+.\\-]+</param></data>'


def _link(rels: str) -> str:
    kinds = "".join(f"<value>{r}</value>" for r in rels.split())
    return _element(
        "link",
        _attribute("rel", f"<choice>{kinds}</choice>", must=True)
        + _attribute("href", _URI, must=True)
        + _attribute("type", _MEDIA)
        + _attribute("hreflang", '<data type="language"/>'),
    )


_ENTRY = _element(
    "entry",
    "<interleave>"
    + _element("author", _PERSON)
    + _some(_CATEGORY)
    + _text("content", "html")
    + f"{_element('id', _URI)}{_some(_link('alternate via'))}"
    + f"{_element('published', _STAMP)}{_element('updated', _STAMP)}"
    + f"<optional>{_text('summary', 'text')}</optional>{_text('title', 'text', 'html')}"
    + '<group><ref name="entry"/></group>'
    + "</interleave>",
)
_TOMBSTONE = (
    '<element name="deleted-entry" ns="http://purl.org/atompub/tombstones/1.0">'
    f"{_attribute('ref', _URI, must=True)}{_attribute('when', _STAMP, must=True)}</element>"
)
_HISTORY = "".join(
    f'<optional><element name="{name}" ns="http://purl.org/syndication/history/1.0"><empty/></element></optional>'
    for name in ("archive", "complete")
)
_FEED_LINKS = "self alternate hub license describedby first previous next last prev-archive next-archive current"
_FEED = _element(
    "feed",
    "<interleave>"
    + _element("author", _PERSON)
    + f"{_text('generator')}{_element('id', _URI)}{_some(_link(_FEED_LINKS))}"
    + f"{_text('rights')}{_text('subtitle', 'text')}{_text('title', 'text')}{_element('updated', _STAMP)}"
    + f"{_HISTORY}{_some(_TOMBSTONE)}{_some(_ENTRY)}"
    + "</interleave>",
).replace('<optional><attribute name="type" ns=""><choice></choice></attribute></optional>', "")
_SCHEMA = f"""<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<include href="{OWN.as_uri()}"><start>{_FEED}</start></include></grammar>"""


def atom_schema() -> etree.RelaxNG:
    """The schema of our Atom documents."""
    return etree.RelaxNG(etree.fromstring(_SCHEMA))


def own_schema() -> etree.RelaxNG:
    """The schema of one element of our namespace."""
    return etree.RelaxNG(etree.parse(OWN))
