"""P3: a hundred thousand levels of XML, HTML or JSON are refused; nothing recurses, hangs or dies."""

import json
import time

import pytest

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read

LEVELS = 100_000
BODIES = {
    "html": (b"<html><body>" + b"<div>" * LEVELS + b"text", SourceKind.PAGE),
    "html inline": (b"<html><body>" + b"<b>" * LEVELS + b"text", SourceKind.PAGE),
    "html lists": (b"<html><body>" + b"<ul><li>" * LEVELS + b"text", SourceKind.PAGE),
    "html tables": (b"<html><body>" + b"<table><tr><td>" * LEVELS + b"text", SourceKind.PAGE),
    "xml": (b"<urlset>" + b"<url>" * LEVELS + b"</url>" * LEVELS + b"</urlset>", SourceKind.SITEMAP),
    "eforms": (b"<ContractNotice>" + b"<a>" * LEVELS, SourceKind.EFORMS),
    "rss": (b"<rss><channel>" + b"<item>" * LEVELS, SourceKind.FEED),
    "rss closed": (b"<rss><channel>" + b"<a>" * LEVELS + b"</a>" * LEVELS + b"</channel></rss>", SourceKind.FEED),
    "json": (
        b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * LEVELS + b"]" * LEVELS + b"}",
        SourceKind.FEED,
    ),
    "json objects": (b'{"releases": ' + b'{"a":' * LEVELS, SourceKind.OCDS),
}


def test_the_standard_parser_really_gives_up_on_such_depth() -> None:
    with pytest.raises(RecursionError):
        json.loads("[" * LEVELS + "]" * LEVELS)


@pytest.mark.parametrize("name", BODIES)
def test_deep_nesting_is_refused_quickly(name: str) -> None:
    body, kind = BODIES[name]
    before = time.process_time()
    with pytest.raises(ReadError) as caught:
        read(body, kind, Options())
    assert caught.value.reason in ("unparseable", "truncated")
    assert time.process_time() - before < 3


@pytest.mark.parametrize("name", BODIES)
def test_the_kind_of_deep_nesting_is_found_without_descending(name: str) -> None:
    with pytest.raises(ReadError):
        read(BODIES[name][0], None, Options())


def test_a_deep_page_is_refused_even_with_a_selector() -> None:
    with pytest.raises(ReadError):
        read(BODIES["html"][0] + b"</body></html>", SourceKind.PAGE, Options(select="div"))
