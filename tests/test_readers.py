"""Bytes are recognised by what they are, and every reader answers in one shape."""

import pytest

from feedhub.errors import REASONS, ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read, sniff

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
PAGE = b"<!doctype html><html lang='en'><body><main><h1>Code</h1><p>Suppliers must report.</p></main></body></html>"

SAMPLES = {
    "pdf": (b"%PDF-1.7\n", SourceKind.PDF),
    "pdf behind junk": (b"\r\n\r\n%PDF-1.4\n", SourceKind.PDF),
    "eforms contract": (
        f'<?xml version="1.0"?><ContractNotice xmlns="{UBL}ContractNotice-2"/>'.encode(),
        SourceKind.EFORMS,
    ),
    "eforms planning": (
        f'<ns3:PriorInformationNotice xmlns:ns3="{UBL}PriorInformationNotice-2"/>'.encode(),
        SourceKind.EFORMS,
    ),
    "eforms award": (
        f'<!-- made by hand --><ContractAwardNotice xmlns="{UBL}ContractAwardNotice-2"/>'.encode(),
        SourceKind.EFORMS,
    ),
    "eforms registration": (b"<brin:BusinessRegistrationInformationNotice xmlns:brin='x'/>", SourceKind.EFORMS),
    "espd": (
        f'<QualificationApplicationRequest xmlns="{UBL}QualificationApplicationRequest-2"/>'.encode(),
        SourceKind.ESPD,
    ),
    "ocds package": (b'{"uri": "x", "releases": [{"ocid": "a"}]}', SourceKind.OCDS),
    "ocds record": (b'{"records": []}', SourceKind.OCDS),
    "ocds release": (b'[{"ocid": "ocds-1", "tag": ["planning"]}]', SourceKind.OCDS),
    "json feed": (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', SourceKind.FEED),
    "rss": (b"<?xml version='1.0'?>\n<rss version='2.0'><channel/></rss>", SourceKind.FEED),
    "atom": (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'/>", SourceKind.FEED),
    "rss 1": (b"<rdf:RDF xmlns:rdf='x'/>", SourceKind.FEED),
    "calendar": (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", SourceKind.ICS),
    "sitemap": (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", SourceKind.SITEMAP),
    "mail": (
        b"From: a@authority.example\nSubject: News\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\nHello",
        SourceKind.NEWSLETTER,
    ),
    "mailbox": (b"From list Mon Nov  2 10:00:00 2026\nSubject: News\n\nHello", SourceKind.NEWSLETTER),
    "page": (PAGE, SourceKind.PAGE),
    "page of xhtml": (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"><body/></html>', SourceKind.PAGE),
    "fragment": (b"<div><p>Suppliers must report.</p></div>", SourceKind.PAGE),
    "page in utf-16": ("<html><body><p>Krav</p></body></html>".encode("utf-16"), SourceKind.PAGE),
    "text": ("Leverantören ska rapportera.\n".encode(), "text"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_bytes_are_recognised_by_their_content(name: str) -> None:
    body, kind = SAMPLES[name]
    assert sniff(body) == kind


def test_the_servers_word_never_beats_the_content() -> None:
    assert sniff(b"%PDF-1.7\n", "text/html", "policy.html") == SourceKind.PDF
    assert sniff(SAMPLES["rss"][0], "text/html") == SourceKind.FEED


def test_the_servers_word_decides_where_content_is_silent() -> None:
    assert sniff(b"Suppliers must report.", "text/html; charset=utf-8") == SourceKind.PAGE
    assert sniff(b"Suppliers must report.", "", "https://authority.example/letter.eml?x=1") == SourceKind.NEWSLETTER


@pytest.mark.parametrize("body", [bytes(range(256)) * 8, b"\x00" * 400, b"PK\x03\x04" + b"\x00\x01\x02" * 200])
def test_binary_content_of_no_known_kind_is_not_guessed(body: bytes) -> None:
    assert sniff(body) is None
    with pytest.raises(ReadError) as caught:
        read(body, None, Options())
    assert caught.value.reason == "unparseable"


def test_a_prose_line_that_looks_like_a_header_makes_no_mail() -> None:
    assert sniff(b"Subject: the duty of suppliers is described below.\n\nThey report.") == "text"


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\n" * 40])
@pytest.mark.parametrize("kind", [None, SourceKind.PAGE, SourceKind.FEED, SourceKind.PDF])
def test_nothing_is_empty_whatever_was_declared(body: bytes, kind: SourceKind | None) -> None:
    with pytest.raises(ReadError) as caught:
        read(body, kind, Options())
    assert caught.value.reason == "empty"


def test_a_reading_names_kind_title_and_language() -> None:
    reading = read(PAGE, None, Options())
    assert (reading.kind, reading.title, reading.language) == (SourceKind.PAGE, "Code", "en")
    assert len(reading.documents) == 1
    assert not reading.drafts


def test_a_text_where_a_page_was_declared_is_read_with_a_warning() -> None:
    reading = read(b"Suppliers must report every year.", SourceKind.PAGE, Options())
    assert reading.kind == "text"
    assert "declared as page" in reading.warnings[0]


@pytest.mark.parametrize("kind", [SourceKind.PAGE, SourceKind.OCDS, SourceKind.ICS, SourceKind.SITEMAP])
def test_a_feed_where_something_else_was_declared_is_refused(kind: SourceKind) -> None:
    with pytest.raises(ReadError) as caught:
        read(SAMPLES["rss"][0], kind, Options())
    assert caught.value.reason == "wrong_kind"


@pytest.mark.parametrize(
    "kind", [SourceKind.FEED, SourceKind.OCDS, SourceKind.ICS, SourceKind.SITEMAP, SourceKind.EFORMS]
)
def test_a_page_where_structure_was_declared_says_which_page_it_is(kind: SourceKind) -> None:
    with pytest.raises(ReadError) as caught:
        read(PAGE, kind, Options())
    assert caught.value.reason == "wrong_kind"
    with pytest.raises(ReadError) as caught:
        read(b"<html><head><title>Page not found</title></head><body><p>Try again.</p></body></html>", kind, Options())
    assert caught.value.reason == "error_page"


def test_an_unknown_odd_reader_is_named() -> None:
    with pytest.raises(ReadError, match="no_such_source"):
        read(PAGE, SourceKind.PAGE, Options(odd="no_such_source"))


def test_every_reason_that_readers_raise_stands_in_the_table() -> None:
    for reason in ("empty", "unparseable", "unreadable", "encrypted", "selector_empty", "too_few", "error_page"):
        assert REASONS[reason].outcome == "suspect"
    for reason in ("blocked_page", "login_page", "reader_crashed", "wrong_kind"):
        assert REASONS[reason].outcome == "suspect"


def test_a_reader_that_breaks_gives_a_reason_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from feedhub.readers import page

    def broken(body: bytes, options: Options) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(page, "read", broken)
    with pytest.raises(ReadError) as caught:
        read(PAGE, SourceKind.PAGE, Options())
    assert caught.value.reason == "reader_crashed"
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
