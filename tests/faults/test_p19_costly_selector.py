"""P19, the reader's part: a selector or a text made to cost time is bounded."""

import contextlib
import time

import pytest
import soupsieve
from bs4 import BeautifulSoup

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, _select, read

NESTED = "<div>" * 90 + "<p>Suppliers must report.</p>" + "</div>" * 90
PAGE = f"<html><body><main>{NESTED * 6}</main></body></html>".encode()
COSTLY = [
    ", ".join(f".c{n}" for n in range(300)),
    f"div:not({', '.join(f'q.c{n}' for n in range(300))})",
    f":is({', '.join(f'div div div .c{n}' for n in range(300))})",
]


def steps(selector: str) -> int:
    """How often the matcher holds an element against a selector on a small page."""
    soup = BeautifulSoup("<div>" * 30 + "x" + "</div>" * 30, "lxml")
    compiled = soupsieve.compile(selector)
    matcher = _select._Bounded(compiled.selectors, soup, compiled.namespaces, compiled.flags)
    assert not list(matcher.select(0))
    return matcher.steps


def test_a_selector_really_multiplies_the_work() -> None:
    assert steps(COSTLY[0]) > steps(".c1") * 200


@pytest.mark.parametrize("selector", COSTLY)
@pytest.mark.parametrize("field", ["select", "drop"])
def test_a_costly_selector_is_stopped(monkeypatch: pytest.MonkeyPatch, selector: str, field: str) -> None:
    monkeypatch.setattr(_select, "_MAX_STEPS", 20_000)
    options = Options(select=selector) if field == "select" else Options(drop=(selector,))
    before = time.process_time()
    with pytest.raises(ReadError, match="too many steps"):
        read(PAGE, SourceKind.PAGE, options)
    assert time.process_time() - before < 5


def test_plain_selectors_on_a_large_page_stay_far_below_the_cap() -> None:
    boxes = "".join(f"<div class='box b{n}'><p>Suppliers must report, part {n}.</p></div>" for n in range(3000))
    reading = read(
        f"<html><body><main>{boxes}</main></body></html>".encode(),
        SourceKind.PAGE,
        Options(select="main .box > p", drop=(".b3, .b5",)),
    )
    assert len(reading.documents[0].blocks) == 2998


@pytest.mark.parametrize(
    "text",
    [
        "- " * 50_000,
        "a" * 300_000,
        "." * 100_000,
        "1." * 50_000,
        "<" * 60_000,
        "&amp;" * 60_000,
        "updated " * 20_000,
        "Stand " + " " * 90_000 + "x",
        "<!-- " * 20_000,
        "<!DOCTYPE " * 20_000,
        "<?xml " * 20_000,
        "From \n\n" * 20_000,
        "A: b\n" * 20_000,
        '"' * 60_001,
        "[" * 150,
    ],
)
@pytest.mark.parametrize("kind", [None, SourceKind.PAGE, "text", SourceKind.FEED, SourceKind.NEWSLETTER])
def test_text_made_to_backtrack_is_read_in_time(text: str, kind: SourceKind | None) -> None:
    before = time.process_time()
    with contextlib.suppress(ReadError):
        read(f"x{text}".encode() if kind == "text" else text.encode(), kind, Options())
    assert time.process_time() - before < 4
