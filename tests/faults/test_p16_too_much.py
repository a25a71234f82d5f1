"""P16: a feed of ten thousand entries and a text of eleven megabytes are read in part, and that is flagged."""

import time

from feedhub.model import SourceKind
from feedhub.readers import Options, read


def test_a_huge_feed_is_cut_and_flagged() -> None:
    item = "<item><guid>{n}</guid><title>Entry {n}</title><description>Suppliers must report, part {n}.</description></item>"
    body = f"<rss version='2.0'><channel><title>T</title>{''.join(item.format(n=n) for n in range(10_000))}</channel></rss>"
    before = time.process_time()
    reading = read(body.encode(), SourceKind.FEED, Options())
    assert len(reading.documents) == 1000
    assert reading.documents[0].ref == "0"
    assert reading.warnings == ("only the first 1000 of 10000 entries were read",)
    assert time.process_time() - before < 8


def test_a_huge_json_feed_is_cut_and_flagged() -> None:
    items = ",".join(f'{{"id": "{n}", "content_text": "part {n}"}}' for n in range(10_000))
    reading = read(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'.encode(), None, Options())
    assert len(reading.documents) == 1000
    assert "only the first 1000 of 10000" in reading.warnings[0]


def test_a_huge_text_is_cut_and_flagged() -> None:
    body = ("Suppliers must report every year. " * 20 + "\n\n").encode() * 16_200
    assert len(body) > 11_000_000
    reading = read(body, None, Options())
    assert "only the first 5000000" in reading.warnings[0]
    assert len(reading.documents[0].blocks) > 100


def test_a_huge_page_is_cut_and_flagged() -> None:
    body = b"<html><body><main><h1>Law</h1>" + b"<p>" + b"Suppliers must report every year. " * 400 + b"</p>"
    body += (b"<p>" + b"Suppliers must report every year. " * 400 + b"</p>") * 800 + b"</main></body></html>"
    assert len(body) > 10_000_000
    reading = read(body, SourceKind.PAGE, Options())
    assert "only the first 4000000" in reading.warnings[0]
    assert len(reading.documents[0].blocks) > 200
