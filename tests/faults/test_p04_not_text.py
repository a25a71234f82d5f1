"""P4: an empty body, NUL bytes and random bytes give a reason for every kind, never an exception of a library."""

import random

import pytest

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read

NOISE = random.Random(4).randbytes(20_000)
BODIES = {
    "nothing": b"",
    "spaces": b" \n\t ",
    "zeros": b"\x00" * 5000,
    "noise": NOISE,
    "noise in a page": b"<html><body>" + NOISE + b"</body></html>",
    "noise in a feed": b"<rss><channel><item>" + NOISE,
    "noise in json": b'{"releases": [' + NOISE,
    "noise in a calendar": b"BEGIN:VCALENDAR\r\n" + NOISE,
    "a picture": b"\x89PNG\r\n\x1a\n" + NOISE,
    "an archive": b"PK\x03\x04" + NOISE,
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("kind", [None, *(k for k in SourceKind if k is not SourceKind.PDF)])
def test_what_is_no_text_has_a_reason(kind: SourceKind | None, name: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(BODIES[name], kind, Options())
    assert caught.value.reason in ("unparseable", "empty", "wrong_kind", "too_few")


def test_noise_behind_a_pdf_mark_has_a_reason() -> None:
    with pytest.raises(ReadError) as caught:
        read(b"%PDF-1.7\n" + NOISE, SourceKind.PDF, Options())
    assert caught.value.reason in ("unparseable", "truncated", "unreadable")
