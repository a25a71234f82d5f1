"""Decoding, parsing and JSON: the right text or a reason, never a side effect."""

import pytest

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read
from feedhub.readers._markup import MAX_DEPTH, decode, load_json, parse_html, parse_html_text, parse_xml

WORDS = "Leverantören måste följa kraven på löner – även här"


def test_a_byte_order_mark_beats_everything() -> None:
    text, used = decode(WORDS.encode("utf-8-sig"), "text/html; charset=windows-1252", "koi8-r")
    assert (text, used) == (WORDS, "utf-8")
    assert decode(WORDS.encode("utf-16"), "text/html; charset=utf-8")[0] == WORDS


def test_the_header_beats_the_meta_tag() -> None:
    body = b'<meta charset="iso-8859-5"><p>' + "łącznie".encode("iso-8859-2")
    assert decode(body, "text/html; charset=iso-8859-2")[0].endswith("łącznie")


def test_the_meta_tag_beats_guessing() -> None:
    body = (
        b'<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>'
        + "łącznie".encode("iso-8859-2")
    )
    assert decode(body)[0].endswith("łącznie")
    assert decode(b'<?xml version="1.0" encoding="iso-8859-2"?><p>' + "łącznie".encode("iso-8859-2"))[0].endswith(
        "łącznie"
    )


def test_utf8_beats_a_single_byte_charset_the_server_sends_by_default() -> None:
    assert decode(WORDS.encode(), "text/html; charset=ISO-8859-1") == (WORDS, "utf-8")


@pytest.mark.parametrize(
    "label",
    ["", "utf-8", "iso-8859-1", "us-ascii", "latin1", "no-such-charset", "base64", "zlib", "rot13", "utf-7\x00"],
)
def test_western_bytes_are_read_as_windows_1252(label: str) -> None:
    assert decode(WORDS.encode("windows-1252"), charset=label) == (WORDS, "windows-1252")


def test_one_broken_byte_costs_one_character() -> None:
    text, used = decode((WORDS * 10).encode() + b"\xe5")
    assert used == "utf-8"
    assert text == WORDS * 10 + "\ufffd"


def test_a_wrong_charset_is_told() -> None:
    body = f"<html><body><main><p>{WORDS}</p></main></body></html>".encode()
    reading = read(body, SourceKind.PAGE, Options(content_type="text/html; charset=ISO-8859-1"))
    assert reading.documents[0].blocks[0].text == WORDS
    assert reading.warnings == ("the server says windows-1252, but the text is utf-8",)


def test_html_is_parsed_however_broken() -> None:
    root, used = parse_html(b"<p>one<div>two</p></b><table><tr><td>three")
    assert "".join(root.itertext()) == "onetwothree"
    assert used == "utf-8"


@pytest.mark.parametrize("text", ["", "   ", "\ufeff", "<!-- only a comment -->"])
def test_html_without_anything_has_a_reason(text: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(text.encode() or b" ", SourceKind.PAGE, Options())
    assert caught.value.reason in ("empty", "unparseable")


def test_characters_that_xml_forbids_are_dropped_from_html() -> None:
    assert "".join(parse_html_text("<p>a\x00b\x0bc\ufffe</p>").itertext()) == "abc"


def test_xml_of_any_declared_charset_is_read() -> None:
    assert parse_xml(b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe5</a>').text == "å"
    assert parse_xml('<?xml version="1.0" encoding="utf-16"?><a>å</a>'.encode("utf-16")).text == "å"


@pytest.mark.parametrize("body", [b"<a><b></a>", b"just words", b"<a/><b/>", b"<a>&nbsp;</a>"])
def test_broken_xml_has_a_reason(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        parse_xml(body)
    assert caught.value.reason == "unparseable"


def test_nesting_up_to_the_cap_is_read() -> None:
    depth = MAX_DEPTH - 5
    assert parse_xml(b"<a>" * depth + b"</a>" * depth).tag == "a"
    assert load_json(b"[" * depth + b"]" * depth)


def test_json_numbers_that_are_none_become_null_and_are_told() -> None:
    warnings: list[str] = []
    digits = "9" * 5000
    body = f'{{"a": NaN, "b": -Infinity, "c": 1e9999, "d": 12.5, "e": {digits}, "f": 7}}'.encode()
    assert load_json(body, warnings) == {"a": None, "b": None, "c": None, "d": 12.5, "e": None, "f": 7}
    assert len(warnings) == 1
    assert "4 impossible numbers" in warnings[0]


@pytest.mark.parametrize("body", [b"{", b"[1,]", b"{'a': 1}", b'{"a": 1} x', b"\xff\xfe\x00"])
def test_broken_json_has_a_reason(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        load_json(body)
    assert caught.value.reason in ("unparseable", "empty")


def test_brackets_inside_strings_are_no_depth() -> None:
    assert load_json(b'["' + b"[" * 5000 + b'", "\\"' + b"{" * 5000 + b'"]')


def test_lone_surrogates_in_json_reach_no_block() -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "title": "a\\ud800b"}]}'
    )
    document = read(body, SourceKind.FEED, Options()).documents[0]
    assert document.title == "ab"
    assert document.text.encode("utf-8")
