"""P1: external entities and external DTDs are refused without any I/O."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read
from feedhub.readers._markup import parse_xml


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A port that notes who connects."""
    seen: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                connection, address = server.accept()
            except TimeoutError:
                continue
            seen.append(address)
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield server.getsockname()[1], seen
    stop.set()
    thread.join()
    server.close()


def test_a_careless_parser_reads_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("kept apart")
    body = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode()
    careless = etree.XMLParser(resolve_entities=True, load_dtd=True)
    assert "kept apart" in (etree.fromstring(body, careless).text or "")


@pytest.mark.parametrize(
    "kind", [SourceKind.EFORMS, SourceKind.ESPD, SourceKind.SITEMAP, SourceKind.FEED, SourceKind.PAGE]
)
def test_no_reader_opens_a_file_or_an_address(
    kind: SourceKind, tmp_path: Path, listener: tuple[int, list[object]]
) -> None:
    port, seen = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("kept apart")
    roots = {
        SourceKind.SITEMAP: "urlset",
        SourceKind.FEED: "rss",
        SourceKind.PAGE: "html",
        SourceKind.ESPD: "ESPDRequest",
    }
    root = roots.get(kind, "ContractNotice")
    for address in (secret.as_uri(), f"http://127.0.0.1:{port}/x"):
        for subset in (
            f'[<!ENTITY x SYSTEM "{address}">]',
            f'SYSTEM "{address}"',
            f'[<!ENTITY % p SYSTEM "{address}"> %p;]',
        ):
            body = f"<?xml version='1.0'?><!DOCTYPE {root} {subset}><{root}>&x; text</{root}>".encode()
            try:
                reading = read(body, kind, Options(at_least=0))
            except ReadError:
                continue
            assert "kept apart" not in repr(reading)
    assert seen == []


def test_a_definition_hidden_by_its_encoding_is_refused_too() -> None:
    body = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    for encoding in ("utf-16", "utf-8-sig", "utf-32"):
        with pytest.raises(ReadError, match="document type definition"):
            parse_xml(body.encode(encoding))
    with pytest.raises(ReadError, match="document type definition"):
        parse_xml(b"<?xml version='1.0'?><!-- <!DOCTYPE no --><?pi <a>?>\n" + body.encode())
