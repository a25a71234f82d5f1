"""Programs of others that tests in more than one folder drive: newsboat, and vdirsyncer with khal."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from clients_house import needs

#: Entry id → its title and instant in Unix seconds.
Entries = dict[str, tuple[str, int]]


class Program:
    """A program that polls one feed. `unread` is what it would show a person as new; `read_all` is that person."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        folder.mkdir()
        self.start()

    def start(self) -> None:
        """Subscribe."""

    def poll(self) -> None:
        """Fetch the feed."""

    def unread(self) -> Entries:
        raise NotImplementedError

    def read_all(self) -> None:
        """Read everything that is there."""

    def run(self, *command: str | Path) -> str:
        env = {**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(
            [str(c) for c in command], cwd=self.folder, env=env, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


class Newsboat(Program):
    """Marks what it has not shown as unread in its database."""

    def start(self) -> None:
        needs("newsboat")
        (self.folder / "urls").write_text(f"{self.url}\n", encoding="utf-8")
        (self.folder / "conf").write_text("", encoding="utf-8")

    def poll(self) -> None:
        self.run("newsboat", "-u", "urls", "-c", "cache.db", "-C", "conf", "-x", "reload")

    def rows(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "cache.db")) as db, db:
            return db.execute(statement).fetchall()

    def unread(self) -> Entries:
        said = self.run("newsboat", "-u", "urls", "-c", "cache.db", "-C", "conf", "-x", "print-unread")
        rows = self.rows("SELECT guid, title, pubDate FROM rss_item WHERE unread = 1")
        assert said.split()[0] == str(len(rows))
        return {guid: (title, at) for guid, title, at in rows}

    def read_all(self) -> None:
        self.rows("UPDATE rss_item SET unread = 0")


def run(folder: Path, *command: str | Path, feed: str = "", fails: bool = False) -> str:
    env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    env |= {"LC_ALL": "C.UTF-8", "TZ": "UTC", "XDG_CACHE_HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    done = subprocess.run(
        [str(c) for c in command],
        cwd=folder,
        env=env,
        input=feed,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert fails or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Khal:
    """vdirsyncer brings the calendar to the disk, khal shows it."""

    def __init__(self, folder: Path, url: str) -> None:
        needs("vdirsyncer", "khal")
        self.folder = folder
        folder.mkdir()
        (folder / "vdir").write_text(
            '[general]\nstatus_path = "status"\n[pair dates]\na = "web"\nb = "disk"\ncollections = null\n'
            f'conflict_resolution = "a wins"\n[storage web]\ntype = "http"\nurl = "{url}"\n'
            '[storage disk]\ntype = "filesystem"\npath = "dates/"\nfileext = ".ics"\n',
            encoding="utf-8",
        )
        (folder / "khal.conf").write_text(
            f"[calendars]\n[[dates]]\npath = {folder}/dates\nreadonly = True\n[default]\nhighlight_event_days = False\n"
            "[locale]\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n"
            f"longdatetimeformat = %Y-%m-%d %H:%M\ntimeformat = %H:%M\n[sqlite]\npath = {folder}/khal.db\n",
            encoding="utf-8",
        )
        run(folder, "vdirsyncer", "-c", "vdir", "discover", feed="y\n" * 5)

    def poll(self) -> None:
        run(self.folder, "vdirsyncer", "-c", "vdir", "sync")

    def events(self) -> list[tuple[date, str]]:
        """Days and titles; vdirsyncer gives every event of an http calendar a UID of its own, made of its content."""
        shown = "{start-date-long}\t{title}"
        said = run(
            self.folder, "khal", "-c", "khal.conf", "list", "-o", "-df", "", "-f", shown, "2025-12-01", "2030-01-01"
        )
        rows = [re.sub(r"\x1b\[[0-9;]*m", "", line).split("\t") for line in said.splitlines() if "\t" in line]
        return sorted((date.fromisoformat(day), title) for day, title in rows)
