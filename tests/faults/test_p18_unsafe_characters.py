"""P18, the reader's part: bidi overrides, zero-width, control characters and lone surrogates reach no document."""

import json
import re

import pytest

from feedhub.model import SourceKind
from feedhub.readers import Options, read

UNSAFE = "\u202eevil\u202c \u200bzero\u200b \u2066iso\u2069 \x07bell\x1b \ufeffmark \u200flr"
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
BODIES = {
    "page": (
        f"<html lang='\u202een'><head><title>{UNSAFE}</title></head><body><main><h1 id='\u202ex'>Code {UNSAFE}</h1><p>Suppliers {UNSAFE} must &#8238;report&#x202E; &#0; &#xD800;.</p><p>See <a href='/a\u202eb'>x{UNSAFE}</a> for more.</p></main></body></html>",
        SourceKind.PAGE,
    ),
    "rss": (
        f"<rss version='2.0'><channel><title>T\u202e</title><item><guid>g\u200b1</guid><title>A {UNSAFE[:8]}</title><description>Suppliers &#8238; report \u2066now\u2069.</description></item></channel></rss>",
        SourceKind.FEED,
    ),
    "json": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": UNSAFE,
                "items": [{"id": "1\u202e", "title": "a\ud800", "content_html": f"<p>{UNSAFE}\udfff</p>"}],
            }
        ),
        SourceKind.FEED,
    ),
    "mail": (
        f"From: a@b.example\nSubject: N\u202eews\nContent-Type: text/plain; charset=utf-8\n\nSuppliers {UNSAFE} report.\n",
        SourceKind.NEWSLETTER,
    ),
    "text": (f"Suppliers {UNSAFE} must report.", "text"),
}


def test_the_fault_is_in_the_bodies() -> None:
    assert all(FORBIDDEN.search(body) or "\\ud800" in body for body, _ in BODIES.values())


@pytest.mark.parametrize("name", BODIES)
def test_documents_are_clean(name: str) -> None:
    body, kind = BODIES[name]
    for document in read(body.encode(), kind, Options(url="https://authority.example/")).documents:
        fields = [document.title, document.language, document.ref, document.url]
        fields += [part for link in document.links for part in link]
        for block in document.blocks:
            fields += [block.text, block.intro, block.anchor, *block.path]
        for field in fields:
            assert not FORBIDDEN.search(field), repr(field)
            field.encode("utf-8")
