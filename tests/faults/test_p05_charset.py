"""P5: a mislabelled charset gives the right text, or is flagged."""

import pytest

from feedhub.model import SourceKind
from feedhub.readers import Options, read

WORDS = "Lieferanten müssen größere Prüfungen erfüllen – løn, försörjning, päivä, señal, coûts"
LABELS = ["", "utf-8", "iso-8859-1", "windows-1252", "us-ascii", "no-such-charset"]


def test_the_fault_is_real() -> None:
    assert WORDS.encode().decode("iso-8859-1") != WORDS


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("meta", LABELS)
@pytest.mark.parametrize("real", ["utf-8", "windows-1252"])
def test_western_text_is_right_whatever_the_labels_say(real: str, meta: str, label: str) -> None:
    head = f'<meta charset="{meta}">' if meta else ""
    body = f"<html><head>{head}</head><body><main><p>{WORDS}</p></main></body></html>".encode(real)
    reading = read(body, SourceKind.PAGE, Options(content_type=f"text/html; charset={label}" if label else ""))
    assert reading.documents[0].blocks[0].text == WORDS
    if label in ("iso-8859-1", "us-ascii") and real == "utf-8":
        assert any("the text is utf-8" in w for w in reading.warnings)


def test_what_cannot_be_put_right_is_flagged() -> None:
    body = b"<html><body><main><p>" + WORDS.encode() * 5 + b"\xc3(</p></main></body></html>"
    assert "some characters are broken" in read(body, SourceKind.PAGE, Options()).warnings
