"""P2: entity expansion, nested or quadratic, is refused in less than a tenth of a second."""

import time

import pytest
from lxml import etree

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><{root}><channel><title>&a9;</title></channel></{root}>"
)
QUADRATIC = (
    '<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a "'
    + "ha" * 20_000
    + '">]><{root}>'
    + "&a;" * 20_000
    + "</{root}>"
)
ROOTS = {
    SourceKind.SITEMAP: "urlset",
    SourceKind.FEED: "rss",
    SourceKind.EFORMS: "ContractNotice",
    SourceKind.ESPD: "ESPDRequest",
}


def test_three_levels_of_it_really_expand() -> None:
    small = '<!DOCTYPE a [<!ENTITY x "hahaha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;&y;</a>'
    assert etree.fromstring(small.encode(), etree.XMLParser(resolve_entities=True)).text == "hahaha" * 8


@pytest.mark.parametrize("bomb", [LAUGHS, QUADRATIC], ids=["nested", "quadratic"])
@pytest.mark.parametrize("kind", ROOTS)
def test_a_bomb_is_refused_at_once(kind: SourceKind, bomb: str) -> None:
    body = bomb.replace("{root}", ROOTS[kind]).encode()
    with pytest.raises(ReadError):
        read(b"<a/>", kind, Options())  # loads the reader, so that only the refusal is timed
    before = time.process_time()
    with pytest.raises(ReadError) as caught:
        read(body, kind, Options())
    assert caught.value.reason == "unparseable"
    assert time.process_time() - before < 0.1


def test_an_html_page_expands_nothing() -> None:
    body = LAUGHS.replace("{root}", "html").encode()
    try:
        reading = read(body, SourceKind.PAGE, Options())
    except ReadError:
        return
    assert len(repr(reading)) < 5000
