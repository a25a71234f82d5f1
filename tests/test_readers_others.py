"""Mails, mailboxes, sitemaps and plain text."""

from datetime import date
from email.message import EmailMessage

import pytest

from feedhub.errors import ReadError
from feedhub.model import Document, SourceKind
from feedhub.readers import Options, read

HTML = """<html><body><table role="presentation"><tr><td><p>Kan du inte läsa? <a href="https://l.example/w">Läs i webbläsaren</a></p></td></tr>
<tr><td><h2>Nya kontraktsvillkor</h2><p>Från 1 mars 2027 ska leverantören:</p><ul><li>redovisa fabriker</li></ul></td></tr>
<tr><td><p><a href="https://l.example/u">Avsluta prenumeration</a></p></td></tr></table></body></html>"""


def mail(
    subject: str = "Nyhetsbrev: kontraktsvillkor",
    *,
    html: str = HTML,
    plain: str = "Se webbversionen.",
    ident: str = "<1@l.example>",
) -> bytes:
    message = EmailMessage()
    message["From"] = "Redaktionen <redaktion@authority.example>"
    message["To"] = "person@reader.example"
    message["Subject"] = subject
    message["Date"] = "Tue, 03 Nov 2026 00:30:00 +0200"
    if ident:
        message["Message-ID"] = ident
    message.set_content(plain)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def texts(document: Document) -> list[str]:
    return [b.text for b in document.blocks]


def test_a_mail_gives_its_html_without_the_housekeeping() -> None:
    reading = read(mail(), None, Options(language="sv"))
    document = reading.documents[0]
    assert reading.kind == SourceKind.NEWSLETTER
    assert document.title == "Nyhetsbrev: kontraktsvillkor"
    assert texts(document) == ["Nya kontraktsvillkor", "Från 1 mars 2027 ska leverantören:", "redovisa fabriker"]
    assert document.blocks[2].intro == "Från 1 mars 2027 ska leverantören:"
    assert document.published == date(2026, 11, 2)
    assert document.ref == "1@l.example"


def test_no_address_of_a_person_is_kept() -> None:
    assert "person@reader.example" not in repr(read(mail(), None, Options()))
    assert "redaktion@authority.example" not in repr(read(mail(), None, Options()))


def test_a_mail_of_plain_text_is_read_to_its_signature() -> None:
    body = mail(html="", plain="Hej!\n\nLeverantören ska:\n- rapportera löner\n- rätta brister\n\n-- \nRedaktionen\n")
    assert texts(read(body, None, Options()).documents[0]) == [
        "Hej!",
        "Leverantören ska:",
        "rapportera löner",
        "rätta brister",
    ]


def test_a_mailbox_gives_a_document_a_message() -> None:
    box = b"".join(
        b"From list Tue Nov  3 00:30:00 2026\n" + mail(s, ident=i) + b"\n\n"
        for s, i in (("Ett", "<1@x>"), ("Två", "<2@x>"))
    )
    assert [d.ref for d in read(box, None, Options()).documents] == ["1@x", "2@x"]
    with pytest.raises(ReadError) as caught:
        read(box, None, Options(at_least=3))
    assert caught.value.reason == "too_few"


def test_a_mail_without_id_gets_one_from_its_content() -> None:
    body = mail(ident="")
    one, two = (read(b, None, Options()).documents[0].ref for b in (body, body.replace(b"fabriker", b"partner")))
    assert one == read(body, None, Options()).documents[0].ref
    assert one != two
    assert one.startswith("sha256:")


@pytest.mark.parametrize(
    "header",
    [
        b"Date: not a date\n",
        b"Date: Tue, 99 Nov 99999 00:00:00 +9999\n",
        b"Content-Type: text/html; charset=no-such\n",
        b"Subject: =?utf-8?b?////?=\n",
    ],
)
def test_a_broken_header_breaks_nothing(header: bytes) -> None:
    body = b"From: a@b.example\nTo: c@d.example\n" + header + b"\n<p>Suppliers must report every year.</p>\n"
    assert "Suppliers must report every year." in read(body, SourceKind.NEWSLETTER, Options()).documents[0].text


def test_a_mail_without_text_is_empty() -> None:
    with pytest.raises(ReadError) as caught:
        read(b"From: a@b.example\nSubject: Hello\n\n", SourceKind.NEWSLETTER, Options())
    assert caught.value.reason == "empty"


SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://authority.example/news/terms</loc><lastmod>2026-11-02T10:00:00+01:00</lastmod></url>
<url><loc> https://authority.example/news/audit </loc><lastmod>2026-02-30</lastmod></url>
<url><loc>https://authority.example/jobs/1</loc></url>
<url><loc>javascript:alert(1)</loc></url><url/></urlset>"""


def test_a_sitemap_lists_addresses_with_their_last_change() -> None:
    document = read(SITEMAP, None, Options(url="https://authority.example/sitemap.xml")).documents[0]
    assert document.links == (
        ("2026-11-02", "https://authority.example/news/terms"),
        ("", "https://authority.example/news/audit"),
        ("", "https://authority.example/jobs/1"),
    )
    assert (document.title, document.published) == ("authority.example", date(2026, 11, 2))


def test_a_sitemap_is_narrowed_to_a_path() -> None:
    for select in ("/news", "news/", "https://authority.example/news"):
        assert len(read(SITEMAP, SourceKind.SITEMAP, Options(select=select)).documents[0].links) == 2
    with pytest.raises(ReadError) as caught:
        read(SITEMAP, SourceKind.SITEMAP, Options(select="/gone"))
    assert caught.value.reason == "selector_empty"


def test_at_least_counts_addresses() -> None:
    with pytest.raises(ReadError) as caught:
        read(SITEMAP, SourceKind.SITEMAP, Options(at_least=4))
    assert caught.value.reason == "too_few"


def test_an_index_of_sitemaps_is_read_the_same_way() -> None:
    body = b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>https://authority.example/s1.xml</loc></sitemap></sitemapindex>"
    assert read(body, None, Options()).documents[0].links == (("", "https://authority.example/s1.xml"),)


LONG = (
    "The supplier shall carry out due diligence in its chain of supply and shall be able to show how. "
    "Contracts signed after 1 March 2027 are covered."
)


def test_a_text_gives_paragraphs_and_items() -> None:
    body = (
        "Ethical terms\n\nThe supplier shall carry out due diligence in its chain of supply and shall be\n"
        "able to show how. Contracts signed after 1 March 2027 are cov-\nered.\n\nThe supplier shall:\n"
        "  - name its factories\n  - report every year, and do so before the end of the\n    first quarter\n1. First, second.\n"
    )
    blocks = read(body.encode(), "text", Options(language="en")).documents[0].blocks
    assert [(b.kind, b.text, b.intro) for b in blocks] == [
        ("paragraph", "Ethical terms", ""),
        (
            "paragraph",
            LONG,
            "",
        ),
        ("paragraph", "The supplier shall:", ""),
        ("item", "name its factories", "The supplier shall:"),
        ("item", "report every year, and do so before the end of the first quarter", "The supplier shall:"),
        ("item", "1. First, second.", "The supplier shall:"),
    ]


def test_a_text_file_may_be_read_as_text_whatever_it_looks_like() -> None:
    assert (
        read(b"<p>Suppliers must report.</p>", "text", Options()).documents[0].text == "<p>Suppliers must report.</p>"
    )
