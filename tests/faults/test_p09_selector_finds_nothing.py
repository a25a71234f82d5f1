"""P9, the reader's part: after a redesign the selector finds nothing, and that is told, not read as an empty page."""

import pytest
from bs4 import BeautifulSoup

from feedhub.errors import REASONS, ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read

OLD = b"<html><body><div class='rich-text'><p>Suppliers must report every year.</p></div></body></html>"
NEW = OLD.replace(b"rich-text", b"prose")


def test_a_plain_selection_gives_nothing_and_no_error() -> None:
    assert BeautifulSoup(NEW, "lxml").select(".rich-text") == []


def test_nothing_selected_is_suspect() -> None:
    assert read(OLD, SourceKind.PAGE, Options(select=".rich-text")).documents[0].blocks
    with pytest.raises(ReadError) as caught:
        read(NEW, SourceKind.PAGE, Options(select=".rich-text"))
    assert caught.value.reason == "selector_empty"
    assert REASONS[caught.value.reason].outcome == "suspect"


def test_a_selected_part_without_text_is_suspect_too() -> None:
    with pytest.raises(ReadError) as caught:
        read(NEW.replace(b"<p>Suppliers must report every year.</p>", b""), SourceKind.PAGE, Options(select=".prose"))
    assert REASONS[caught.value.reason].outcome == "suspect"
