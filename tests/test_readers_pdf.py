"""PDFs are read in a process of their own, into blocks that know their page."""

import io
from datetime import date

import pypdf
import pytest
from make_pdf import Line, scanned
from make_pdf import pdf as made

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, pdf, read

THREE: list[list[Line]] = [
    [
        ("Testkommunen, Upphandling", 8),
        ("", 8),
        ("Uppförandekod för leverantörer", 20),
        ("", 10),
        ("1. Bakgrund", 14),
        ("Kommunen ställer krav på mänskliga rättig-", 10),
        ("heter i leveranskedjan. Kraven gäller alla avtal som tecknas efter den", 10),
        ("1 mars 2027.", 10),
        ("", 10),
        ("Leverantören ska:", 10),
        ("• kartlägga sina fabriker", 10),
        ("• rapportera varje år, dock senast vid utgången av det", 10),
        ("  första kvartalet", 10),
        ("", 10),
        ("Brister ska rättas inom den tid som", 10),
        ("", 8),
        ("Sida 1 av 3", 8),
    ],
    [
        ("Testkommunen, Upphandling", 8),
        ("", 8),
        ("beställaren bestämmer.", 10),
        ("2. Påföljder", 14),
        ("Vid brott får avtalet hävas.", 10),
        ("", 10),
        ("Arbeits- und Sozialstandards sowie Umwelt-", 10),
        ("und Klimaschutz gelten auch dort.", 10),
        ("Sida 2 av 3", 8),
    ],
    [
        ("Testkommunen, Upphandling", 8),
        ("Senast uppdaterad: 2026-09-01", 10),
        ("Frågor besvaras av enheten.", 10),
        ("Sida 3 av 3", 8),
    ],
]


def reason(body: bytes, **options: object) -> str:
    with pytest.raises(ReadError) as caught:
        read(body, SourceKind.PDF, Options(**options))
    return caught.value.reason


def test_a_pdf_gives_headings_paragraphs_and_items_with_their_pages() -> None:
    document = read(made(THREE, language="sv-SE"), SourceKind.PDF, Options()).documents[0]
    top = "Uppförandekod för leverantörer"
    assert [(b.kind, b.page, b.path, b.text) for b in document.blocks] == [
        ("heading", 1, (), top),
        ("heading", 1, (top,), "1. Bakgrund"),
        (
            "paragraph",
            1,
            (top, "1. Bakgrund"),
            "Kommunen ställer krav på mänskliga rättigheter i leveranskedjan. Kraven gäller alla avtal som tecknas efter den 1 mars 2027.",
        ),
        ("paragraph", 1, (top, "1. Bakgrund"), "Leverantören ska:"),
        ("item", 1, (top, "1. Bakgrund"), "kartlägga sina fabriker"),
        ("item", 1, (top, "1. Bakgrund"), "rapportera varje år, dock senast vid utgången av det första kvartalet"),
        ("paragraph", 1, (top, "1. Bakgrund"), "Brister ska rättas inom den tid som beställaren bestämmer."),
        ("heading", 2, (top,), "2. Påföljder"),
        ("paragraph", 2, (top, "2. Påföljder"), "Vid brott får avtalet hävas."),
        (
            "paragraph",
            2,
            (top, "2. Påföljder"),
            "Arbeits- und Sozialstandards sowie Umwelt- und Klimaschutz gelten auch dort.",
        ),
        ("paragraph", 3, (top, "2. Påföljder"), "Frågor besvaras av enheten."),
    ]
    assert document.blocks[4].intro == "Leverantören ska:"
    assert (document.title, document.language, document.published) == (top, "sv", date(2026, 9, 1))


def test_a_pdf_where_a_page_was_declared_is_read_as_one_and_told() -> None:
    reading = read(made(THREE), SourceKind.PAGE, Options(content_type="text/html"))
    assert reading.kind == SourceKind.PDF
    assert reading.warnings == ("declared as page, but the content is pdf; read as pdf",)


def test_pages_beyond_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PAGES", 2)
    reading = read(made(THREE), SourceKind.PDF, Options())
    assert max(b.page for b in reading.documents[0].blocks) == 2
    assert reading.warnings == ("only the first 2 of 3 pages were read",)


def test_an_encrypted_pdf_is_told_and_one_with_an_empty_password_is_read() -> None:
    for password, want in (("secret", "encrypted"), ("", "")):
        writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(made(THREE))))
        writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
        out = io.BytesIO()
        writer.write(out)
        if want:
            assert reason(out.getvalue()) == want
        else:
            assert read(out.getvalue(), SourceKind.PDF, Options()).documents[0].blocks


def test_a_scan_is_unreadable() -> None:
    assert reason(scanned()) == "unreadable"


def test_a_pdf_cut_short_is_truncated_and_another_file_is_no_pdf() -> None:
    assert reason(made(THREE)[:1500]) == "truncated"
    assert reason(b"PK\x03\x04" + bytes(200)) == "unparseable"


def test_too_few_blocks_are_told() -> None:
    assert reason(made(THREE), at_least=50) == "too_few"


def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}
    run = pdf.subprocess.run

    def spy(command: list[str], **options: object) -> object:
        seen.update(options)
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("FEEDHUB_SECRET_KEY", "do-not-tell")
    monkeypatch.setattr(pdf.subprocess, "run", spy)
    read(made(THREE), SourceKind.PDF, Options())
    assert list(seen["env"]) == ["PYTHONPATH"]  # type: ignore[call-overload]
