"""P8: bytes that equal the path of a local file, or an address, are never opened."""

from pathlib import Path

import feedparser
import pytest

from feedhub.errors import ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, read

FEED = b"<rss version='2.0'><channel><title>local</title><item><title>Local entry</title></item></channel></rss>"


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    file = tmp_path / "feed.xml"
    file.write_bytes(FEED)
    return str(file).encode()


def test_feedparser_really_opens_a_path_given_as_bytes(path: bytes) -> None:
    assert feedparser.parse(path).entries[0].title == "Local entry"


@pytest.mark.parametrize("kind", [None, *SourceKind])
def test_no_reader_opens_it(kind: SourceKind | None, path: bytes) -> None:
    for body in (path, b"file://" + path, path + b"\n"):
        try:
            reading = read(body, kind, Options(at_least=0))
        except ReadError:
            continue
        assert "Local entry" not in repr(reading)
        assert reading.title != "local"
