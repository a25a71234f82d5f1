"""What newsboat, sfeed, rss2email, feedparser and reader make of the feeds: the same entries, and all news unread."""

from __future__ import annotations

import mailbox
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from client_programs import Entries, Newsboat, Program
from clients_house import BUYER, Served, needs
from web_house import draft, milestone

pytestmark = pytest.mark.clients


class Sfeed(Program):
    """Appends lines it has not seen to a file; what is new in the file is new."""

    seen: frozenset[str] = frozenset()

    def start(self) -> None:
        needs("sfeed_update", "curl")
        (self.folder / "sfeedrc").write_text(
            f'sfeedpath="{self.folder}/feeds"\nfeeds() {{\n  feed "feedhub" "{self.url}"\n}}\n', encoding="utf-8"
        )

    def poll(self) -> None:
        self.run("sfeed_update", self.folder / "sfeedrc")

    def unread(self) -> Entries:
        lines = (self.folder / "feeds" / "feedhub").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        assert len({row[5] for row in rows}) == len(rows), "an entry stands twice"
        return {row[5]: (row[1], int(row[0])) for row in rows if row[5] not in self.seen}

    def read_all(self) -> None:
        self.seen |= self.unread().keys()


class Rss2email(Program):
    """Sends a message for what it has not seen; here into a mail folder."""

    def start(self) -> None:
        needs("r2e")
        (self.folder / "r2e.cfg").write_text(
            f"[DEFAULT]\nfrom = feeds@example.org\nto = buyer@example.org\nemail-protocol = maildir\n"
            f"maildir-path = {self.folder}/mail\nmaildir-mailbox = new\ndate-header = True\nname-format = {{feed-title}}\n"
            "active = True\n",
            encoding="utf-8",
        )
        (self.folder / "mail").mkdir()
        self.r2e("add", "feedhub", self.url)

    def r2e(self, *words: str) -> None:
        self.run("r2e", "-c", self.folder / "r2e.cfg", "-d", self.folder / "r2e.json", *words)

    def poll(self) -> None:
        self.r2e("run")

    def box(self) -> mailbox.Maildir:
        return mailbox.Maildir(self.folder / "mail" / "new")

    def unread(self) -> Entries:
        found = {}
        for message in self.box():
            title = str(make_header(decode_header(message["Subject"].replace("\n", ""))))
            found[message["X-RSS-ID"]] = (title, int(parsedate_to_datetime(message["Date"]).timestamp()))
        return found

    def read_all(self) -> None:
        self.box().clear()


class Feedparser(Program):
    """A library without a memory; entries are new by their ids."""

    seen: frozenset[str] = frozenset()
    parsed: Any = None

    def poll(self) -> None:
        self.parsed = feedparser.parse(self.url)
        assert not self.parsed.bozo, self.parsed.bozo_exception

    def unread(self) -> Entries:
        import calendar

        return {
            e.id: (e.title, calendar.timegm(e.published_parsed)) for e in self.parsed.entries if e.id not in self.seen
        }

    def read_all(self) -> None:
        self.seen |= self.unread().keys()


class Reader(Program):
    """The library `reader`, which keeps what was read."""

    def start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = pytest.importorskip("reader", reason="reader is not installed here")
            self.reader = reader.make_reader(str(self.folder / "reader.db"))
        self.reader.add_feed(self.url)

    def poll(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.reader.update_feed(self.url)

    def unread(self) -> Entries:
        return {e.id: (e.title, int(e.published.timestamp())) for e in self.reader.get_entries(read=False)}

    def read_all(self) -> None:
        for entry in list(self.reader.get_entries(read=False)):
            self.reader.mark_entry_as_read(entry)


PAIRS = [
    *((program, fmt) for program in (Newsboat, Sfeed, Rss2email, Feedparser, Reader) for fmt in ("atom", "rss")),
    (Reader, "json"),
]
pairs = pytest.mark.parametrize(
    ("program", "fmt"), PAIRS, ids=[f"{program.__name__.lower()}-{fmt}" for program, fmt in PAIRS]
)


@pairs
def test_every_program_lists_the_same_entries_with_the_same_dates(
    served: Served, tmp_path: Path, program: Callable[[Path, str], Program], fmt: str
) -> None:
    for number in range(12):
        served.house.post(title=f"Fabriklistor für Büros & “Laptops” <{number}> 😀")
    client = program(tmp_path / "client", f"{served.base}/feeds/announcements.{fmt}")
    client.poll()
    assert len(served.said()) >= 13
    assert tidy(client.unread()) == tidy(served.said())


@pairs
def test_news_a_moved_date_a_withdrawal_and_a_reminder_each_show_up_as_unread(
    served: Served, tmp_path: Path, program: Callable[[Path, str], Program], fmt: str
) -> None:
    house = served.house
    moving, ending = house.post(title="Moves"), house.post(title="Ends")
    house.hub.remind()
    client = program(tmp_path / "client", f"{served.base}/feeds/announcements.{fmt}")
    client.poll()
    client.read_all()

    def publish_new() -> None:
        house.post(title="Comes")

    def move() -> None:
        moved = (milestone("consultation_closes", date(2027, 2, 10)), *draft().milestones[1:])
        house.hub.revise(BUYER, moving.id, draft(title="Moves", milestones=moved), base_revision=moving.revision)

    def withdraw() -> None:
        house.hub.withdraw(BUYER, ending.id, reason="The purchase is off.", base_revision=ending.revision)

    def remind() -> None:
        served.clock.forward(days=60)
        assert house.hub.remind() > 0

    for step, word in ((publish_new, "New:"), (move, "Date moved:"), (withdraw, "Withdrawn:"), (remind, "")):
        before = served.said().keys()
        served.clock.forward(minutes=5)
        step()
        fresh = {k: v for k, v in served.said().items() if k not in before}
        assert fresh
        assert all(title.startswith(word) for title, _ in fresh.values())
        served.settle()
        client.poll()
        assert tidy(client.unread()) == tidy(fresh), step.__name__
        client.read_all()
        client.poll()
        assert client.unread() == {}, step.__name__


def tidy(entries: Entries) -> Entries:
    """Titles with even spaces: programs wrap them."""
    return {key: (" ".join(title.split()), at) for key, (title, at) in entries.items()}


def test_an_entry_of_two_feeds_is_one_entry_in_newsboat(served: Served, tmp_path: Path) -> None:
    """Overlapping filters carry the same ids, so that nobody reads the same news twice under two identities."""
    served.house.post()
    client = Newsboat(tmp_path / "client", f"{served.base}/feeds/announcements.atom")
    with (client.folder / "urls").open("a", encoding="utf-8") as urls:
        urls.write(f"{served.base}/feeds/announcements.atom?country=SE\n")
    client.poll()
    rows = client.rows("SELECT guid, count(*) FROM rss_item GROUP BY guid")
    assert {guid for guid, _ in rows} == served.said().keys()
    assert {count for _, count in rows} == {1}


def test_programs_that_poll_again_get_a_304(served: Served) -> None:
    url = f"{served.base}/feeds/announcements.atom"
    first = feedparser.parse(url)
    again = feedparser.parse(url, etag=first.etag, modified=first.modified)
    assert again.status == 304
    assert again.entries == []
    later = served.clock.at + timedelta(minutes=1)
    served.clock.at = later
    served.house.post()
    served.settle()
    assert feedparser.parse(url, etag=first.etag, modified=first.modified).status == 200
