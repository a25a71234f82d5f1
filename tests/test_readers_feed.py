"""RSS, Atom and JSON Feed give one document an entry, with stable ids."""

import json
from datetime import date

import pytest

from feedhub.errors import ReadError
from feedhub.model import Document, SourceKind
from feedhub.readers import Options, Reading, read

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Upphandling – nyheter</title><link>https://authority.example/</link><language>sv-SE</language>
{items}
</channel></rss>"""
FULL = """<item><title>Nya krav på &lt;em&gt;datorer&lt;/em&gt;</title><link>https://authority.example/nyheter/1</link>
<guid isPermaLink="false">nyhet-1</guid><pubDate>Mon, 02 Nov 2026 23:30:00 +0100</pubDate>
<description>Kort text</description>
<content:encoded><![CDATA[<p>Leverantören ska:</p><ul><li>följa ILO</li></ul><p><a href="/lag">Lagen</a>
<a href="javascript:x()">x</a></p><script>alert(1)</script>]]></content:encoded></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Avis</title><id>tag:authority.example,2026:a</id>
<updated>2026-11-02T10:00:00Z</updated><entry><title>Clause sociale</title><id>tag:authority.example,2026:1</id>
<link href="/avis/1"/><updated>2026-11-02T10:00:00Z</updated><published>2026-10-01T10:00:00Z</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><h2>Portée</h2><p>Le titulaire publie ses usines.</p></div></content>
</entry></feed>"""


def feed(*items: str, **options: object) -> Reading:
    return read(RSS.format(items="".join(items)).encode(), SourceKind.FEED, Options(**options))


def texts(document: Document) -> list[str]:
    return [b.text for b in document.blocks]


def test_an_rss_entry_is_a_document_with_its_content_in_blocks() -> None:
    reading = feed(FULL)
    assert (reading.title, reading.language) == ("Upphandling – nyheter", "sv")
    document = reading.documents[0]
    assert document.title == "Nya krav på datorer"
    assert document.ref == "nyhet-1"
    assert document.url == "https://authority.example/nyheter/1"
    assert document.published == date(2026, 11, 2)
    assert texts(document) == ["Nya krav på datorer", "Leverantören ska:", "följa ILO", "Lagen x"]
    assert document.blocks[2].intro == "Leverantören ska:"
    assert document.blocks[2].path == ("Nya krav på datorer",)
    assert document.links == (("Lagen", "https://authority.example/lag"),)


def test_an_atom_entry_keeps_its_headings_and_its_first_date() -> None:
    document = read(ATOM.encode(), None, Options(url="https://authority.example/atom.xml")).documents[0]
    assert texts(document) == ["Clause sociale", "Portée", "Le titulaire publie ses usines."]
    assert document.published == date(2026, 10, 1)
    assert document.url == "https://authority.example/avis/1"
    assert document.language == "fr"


def test_a_json_feed_is_read_like_the_others() -> None:
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "News",
            "language": "en",
            "items": [
                {
                    "id": "7",
                    "url": "https://authority.example/7",
                    "title": "Terms",
                    "content_html": "<p>Suppliers must report.</p>",
                },
                {
                    "id": 8,
                    "url": "javascript:x",
                    "content_text": "Plain words.\n\n- one\n- two",
                    "date_published": "2026-11-02T09:00:00Z",
                },
            ],
        }
    ).encode()
    first, second = read(body, None, Options()).documents
    assert (first.ref, texts(first)) == ("7", ["Terms", "Suppliers must report."])
    assert (second.ref, second.url, second.published) == ("8", "", date(2026, 11, 2))
    assert texts(second) == ["Plain words.", "one", "two"]


def test_at_least_counts_entries() -> None:
    assert len(feed(FULL, at_least=1).documents) == 1
    with pytest.raises(ReadError) as caught:
        feed(FULL, at_least=2)
    assert caught.value.reason == "too_few"
    with pytest.raises(ReadError) as caught:
        feed()
    assert caught.value.reason == "too_few"
    assert feed(at_least=0).documents == ()


def test_a_feed_that_is_a_bit_broken_is_read_and_told() -> None:
    reading = read(RSS.format(items=FULL + "<item><title>A & B</title></item>").encode(), SourceKind.FEED, Options())
    assert len(reading.documents) == 2
    assert "not well-formed" in reading.warnings[0]


@pytest.mark.parametrize("body", [b"<urlset/>", b"<note><to>x</to></note>", b'{"items": []}', b"[1, 2]"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read(body, SourceKind.FEED, Options())
    assert caught.value.reason in ("wrong_kind", "unparseable")


def test_a_feed_with_an_old_doctype_is_read() -> None:
    body = RSS.replace(
        "<rss",
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://127.0.0.1:1/rss.dtd">\n<rss',
        1,
    )
    assert len(read(body.format(items=FULL).encode(), SourceKind.FEED, Options()).documents) == 1


def test_a_feed_in_another_charset_keeps_its_letters() -> None:
    body = RSS.replace("utf-8", "iso-8859-1").format(items="<item><title>Löner</title></item>").replace("–", "-")
    assert read(body.encode("iso-8859-1"), SourceKind.FEED, Options()).documents[0].title == "Löner"


def test_an_entry_without_id_gets_one_that_stays() -> None:
    linked = "<item><title>A</title><link>https://authority.example/a</link></item>"
    bare = "<item><title>B</title><description>Suppliers must report.</description></item>"
    one, two = feed(linked, bare).documents, feed(bare, linked).documents
    assert one[0].ref == "https://authority.example/a"
    assert one[1].ref.startswith("sha256:")
    assert {d.ref for d in one} == {d.ref for d in two}
