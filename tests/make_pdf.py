"""Small PDFs for tests, written by hand: text in Helvetica, encrypted, scanned, looping, swollen."""

import io
import zlib
from collections.abc import Sequence

Line = tuple[str, float]


def escaped(text: str) -> bytes:
    raw = text.encode("windows-1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def content(lines: Sequence[Line]) -> bytes:
    """Lines from the top down; an empty line leaves a gap."""
    out = [b"BT"]
    y = 780.0
    for text, size in lines:
        y -= size * 1.4
        if text:
            out.append(b"/F1 %g Tf 1 0 0 1 60 %g Tm (%s) Tj" % (size, y, escaped(text)))
    return b"\n".join([*out, b"ET"])


def assemble(objects: Sequence[bytes]) -> bytes:
    """A PDF file of numbered objects; the first is the catalogue."""
    body = io.BytesIO()
    body.write(b"%PDF-1.4\n")
    places = []
    for number, data in enumerate(objects, 1):
        places.append(body.tell())
        body.write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
    start = body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        body.write(b"%010d 00000 n \n" % place)
    body.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return body.getvalue()


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def page_of(contents: int, resources: bytes) -> bytes:
    """A page object under object 2 that shows a content stream."""
    shape = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << %s >> >>"
    return shape % (contents, resources)


def pdf(pages: Sequence[Sequence[Line]], *, language: str = "") -> bytes:
    """A file with one content stream a page."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(pages)))
    lang = b"/Lang (%s)" % language.encode() if language else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % lang,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, lines in enumerate(pages):
        objects.append(page_of(5 + 2 * i, b"/Font << /F1 3 0 R >>"))
        objects.append(stream(content(lines)))
    return assemble(objects)


def scanned() -> bytes:
    """One page that holds a picture and no text."""
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page_of(4, b"/XObject << /Im1 5 0 R >>"),
            stream(b"q 595 0 0 842 0 0 cm /Im1 Do Q"),
            stream(
                b"\x00" * 64,
                b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray",
            ),
        ]
    )


def looping() -> bytes:
    """A page tree whose only branch is itself."""
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])


def swollen(megabytes: int) -> bytes:
    """One page whose content unpacks to so many megabytes of text operators, from some kilobytes."""
    unit = b"BT /F1 9 Tf (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n"
    packed = zlib.compress(unit * (megabytes * 1024 * 1024 // len(unit)), 9)
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            page_of(5, b"/Font << /F1 3 0 R >>"),
            stream(packed, b"/Filter /FlateDecode"),
        ]
    )
