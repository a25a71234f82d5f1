"""P6: a bomb, a loop of pages, an encrypted or scanned PDF end with a reason; this process is unharmed."""

import io
import resource
import time

import pypdf
import pytest
from make_pdf import looping, scanned, swollen
from make_pdf import pdf as pdf_of

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, pdf, read

BOMB = swollen(40)


def reason(body: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        read(body, SourceKind.PDF, Options())
    return caught.value.reason


def test_the_bomb_is_small_and_swells() -> None:
    assert len(BOMB) < 500_000
    assert len(pypdf.PdfReader(io.BytesIO(BOMB)).pages[0]["/Contents"].get_object().get_data()) > 40_000_000


def test_a_bomb_costs_the_child_and_not_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "CPU", 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    assert reason(BOMB) in ("reader_crashed", "unreadable")
    assert time.monotonic() - began < pdf.WALL
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_a_bomb_beyond_what_pypdf_unpacks_gives_a_reason() -> None:
    assert reason(swollen(80)) in ("reader_crashed", "unreadable")


def test_a_child_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "WALL", 0.05)
    assert reason(scanned()) == "reader_crashed"


def test_a_page_tree_that_holds_itself_ends() -> None:
    assert reason(looping()) in ("unparseable", "unreadable", "reader_crashed")


def test_what_is_encrypted_says_so() -> None:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf_of([[("Suppliers must report.", 10)]]))))
    writer.encrypt(user_password="secret", owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert pypdf.PdfReader(io.BytesIO(out.getvalue())).is_encrypted
    assert reason(out.getvalue()) == "encrypted"


def test_a_scan_holds_no_text() -> None:
    assert reason(scanned()) == "unreadable"
