"""P12: entries with doubled, missing or reused ids get keys that stay, and a conflict is flagged."""

import feedparser

from feedhub.model import SourceKind
from feedhub.readers import Options, Reading, read

ONE = "<item><guid>1</guid><title>Terms</title><description>Suppliers must report.</description></item>"
REUSED = "<item><guid>1</guid><title>Audit</title><description>Suppliers open their doors.</description></item>"
BARE = "<item><title>Wages</title><description>Suppliers pay wages.</description></item>"


def feed(*items: str) -> Reading:
    body = f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"
    return read(body.encode(), SourceKind.FEED, Options())


def test_the_parser_passes_the_conflict_on() -> None:
    parsed = feedparser.parse(f"<rss version='2.0'><channel>{ONE}{REUSED}</channel></rss>")
    assert [e.id for e in parsed.entries] == ["1", "1"]


def test_the_same_entry_twice_is_one() -> None:
    reading = feed(ONE, ONE)
    assert [d.ref for d in reading.documents] == ["1"]
    assert not reading.warnings


def test_a_reused_id_gives_two_entries_and_a_warning() -> None:
    reading = feed(ONE, REUSED)
    first, second = (d.ref for d in reading.documents)
    assert first == "1"
    assert second.startswith("1#")
    assert reading.warnings == ("two entries share the id 1",)
    assert [d.ref for d in feed(ONE, BARE, REUSED).documents][2] == second


def test_a_missing_id_is_made_from_the_entry() -> None:
    assert feed(BARE).documents[0].ref == feed(ONE, BARE).documents[1].ref
    assert feed(BARE).documents[0].ref != feed(BARE.replace("pay", "raise")).documents[0].ref
