"""The watchers side by side: how each is installed, set up, and made to look at all pages once, headless and offline."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks._measured import Cost, Watch, command, cpu
from benchmarks._others import installed, programs

#: Pages fetched at once, where that can be set; urlwatch always takes ten.
WORKERS = 8
ROOT = Path(__file__).resolve().parent.parent


class Watcher:
    """One program that watches `urls`, with its files in `folder`."""

    name = ""
    package = ""
    #: Environment variables of its own.
    more: dict[str, str] = {}  # noqa: RUF012 - a table that each class replaces

    def __init__(self, folder: Path, urls: Sequence[str], languages: Sequence[str]) -> None:
        """Write its configuration; start what must run all the time. Each page has its language."""
        folder.mkdir(parents=True)
        self.folder, self.urls, self.languages = folder, list(urls), list(languages)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **self.more}
        self.begin()

    @classmethod
    def there(cls) -> bool:
        """Whether it is installed."""
        return not cls.package or installed(cls.package)

    def begin(self) -> None:
        """Write files."""
        raise NotImplementedError

    def look(self) -> tuple[Cost, set[str]]:
        """Look at every page once; what it cost, and the addresses of which it says that they changed."""
        raise NotImplementedError

    def close(self) -> None:
        """End what runs."""


class Urlwatch(Watcher):
    """As installed: whole bodies are compared, which costs it least; the report goes to standard output."""

    name = package = "urlwatch"
    filters: tuple[str, ...] = ()

    def begin(self) -> None:
        jobs = [{"url": url, **({"filter": list(self.filters)} if self.filters else {})} for url in self.urls]
        (self.folder / "urls.yaml").write_text("---\n".join(json.dumps(j) + "\n" for j in jobs), encoding="utf-8")
        quiet = {"report": {"stdout": {"enabled": True, "color": False}, "text": {"line_length": 75}}}
        (self.folder / "config.yaml").write_text(json.dumps(quiet), encoding="utf-8")
        (self.folder / "hooks.py").touch()

    def command(self) -> list[str]:
        """Its command line."""
        files = ["--urls", "urls.yaml", "--config", "config.yaml", "--hooks", "hooks.py", "--cache", "cache.db"]
        return [str(programs(self.package) / self.package), *files]

    def look(self) -> tuple[Cost, set[str]]:
        cost = command(self.command(), self.env, self.folder)
        return cost, set(re.findall(r"^CHANGED: (\S+)", cost.said, re.MULTILINE))


class UrlwatchText(Urlwatch):
    """With the filter that its manual recommends for pages: their text is compared, not their tags."""

    name = "urlwatch, html2text"
    filters = ("html2text",)


class Webchanges(Urlwatch):
    """The same files under its own names."""

    name = package = "webchanges"

    def command(self) -> list[str]:
        files = ["--jobs", "urls.yaml", "--config", "config.yaml", "--hooks", "hooks.py", "--database", "cache.db"]
        return [str(programs(self.package) / self.package), *files, "--max-workers", str(WORKERS)]

    def look(self) -> tuple[Cost, set[str]]:
        cost = command(self.command(), self.env, self.folder)
        return cost, {u.rstrip(")") for u in re.findall(r"CHANGED: .*?(http://\S+)", cost.said)}


class Feedhub(Watcher):
    """The command, with its start: `feedhub check --all`."""

    name = "feedhub check --all"

    def begin(self) -> None:
        sources = self.folder / "sources" / "gb"
        sources.mkdir(parents=True)
        for i, (url, lang) in enumerate(zip(self.urls, self.languages, strict=True)):
            head = f'[authority]\nname = "Town {i}"\ncountry = "GB"\nlanguages = ["{lang}"]\n\n'
            row = f'[[source]]\nid = "gb-bench{i}-policy"\nkind = "page"\nurl = "{url}"\n'
            (sources / f"bench{i}.toml").write_text(head + row, encoding="utf-8")
        self.env |= {
            "FEEDHUB_DATA_DIR": str(self.folder / "data"),
            "FEEDHUB_SOURCES": str(self.folder / "sources"),
            "FEEDHUB_FETCH_ALLOW": "127.0.0.0/8",
            "PYTHONPATH": str(ROOT),
        }

    def look(self) -> tuple[Cost, set[str]]:
        cost = command([sys.executable, "-m", "feedhub", "check", "--all", "--json"], self.env, self.folder)
        return cost, self._changed([(r["source"], r["outcome"]) for r in json.loads(cost.said)])

    def _changed(self, rows: list[tuple[str, str]]) -> set[str]:
        bad = [r for r in rows if r[1] not in ("baseline", "changed", "unchanged")]
        assert not bad, bad[:3]
        assert len(rows) == len(self.urls)
        return {self.urls[int(re.findall(r"\d+", s)[0])] for s, outcome in rows if outcome == "changed"}


class Daemon:
    """A process that stays, idle while others are measured."""

    def __init__(self, arguments: Sequence[str], env: dict[str, str], folder: Path) -> None:
        """Start it."""
        with (folder / "log.txt").open("wb") as log:
            self.running = subprocess.Popen(
                arguments, env=env, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.watch = Watch(self.running.pid)

    def cost(self, began: tuple[float, float]) -> Cost:
        """What was spent since `now()` said `began`; the peak is that of the process's whole life."""
        wall, used = self.now()
        return Cost(wall - began[0], used - began[1], self.watch.peak)

    def now(self) -> tuple[float, float]:
        """Clock and processor seconds."""
        return time.perf_counter(), cpu(self.running.pid)

    def close(self) -> None:
        """End it."""
        self.watch.close()
        self.running.terminate()
        try:
            self.running.wait(20)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait(5)


class FeedhubOpen(Feedhub):
    """The verb alone, in a process that is open already, as under `feedhub serve`."""

    name = "feedhub, Hub.check in an open process"

    def begin(self) -> None:
        super().begin()
        self.daemon = Daemon([sys.executable, "-m", "benchmarks._hub_loop"], self.env, self.folder)
        self._line()

    def look(self) -> tuple[Cost, set[str]]:
        began = self.daemon.now()
        assert self.daemon.running.stdin is not None
        self.daemon.running.stdin.write("go\n")
        self.daemon.running.stdin.flush()
        said = self._line()
        return self.daemon.cost(began), self._changed([(r[0], r[1]) for r in json.loads(said)])

    def _line(self) -> str:
        assert self.daemon.running.stdout is not None
        line = self.daemon.running.stdout.readline()
        assert line, (self.folder / "log.txt").read_text()[-2000:]
        return line

    def close(self) -> None:
        self.daemon.close()


class Changedetection(Watcher):
    """Its server, driven through its API: all watches queued at once, plain requests instead of a browser."""

    name = package = "changedetection.io"
    more = {  # noqa: RUF012
        "FETCH_WORKERS": str(WORKERS),
        "DEFAULT_FETCH_BACKEND": "html_requests",
        "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
        "DISABLE_VERSION_CHECK": "true",
        "MINIMUM_SECONDS_RECHECK_TIME": "0",
        "LOGGER_LEVEL": "ERROR",
    }

    def begin(self) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        store = self.folder / "store"
        store.mkdir()
        program = [str(programs(self.package) / self.package), "-d", str(store), "-h", "127.0.0.1", "-p", str(port)]
        self.base, self.key = f"http://127.0.0.1:{port}/api/v1", ""
        self.daemon = Daemon(program, self.env, self.folder)
        self._until(lambda: (store / "changedetection.json").exists() and self._up(store), 90)
        for uuid in self._ask("/watch"):
            self._ask(f"/watch/{uuid}", method="DELETE")
        self.imported = False

    def _up(self, store: Path) -> bool:
        found = json.loads((store / "changedetection.json").read_text())
        self.key = found["settings"]["application"]["api_access_token"]
        try:
            return bool(self._ask("/systeminfo"))
        except OSError:
            return False

    def look(self) -> tuple[Cost, set[str]]:
        stamp, began = int(time.time()), self.daemon.now()
        if self.imported:
            self._ask("/watch?recheck_all=1")
        else:
            self._ask("/import", "\n".join(self.urls).encode())
            self.imported = True
        time.sleep(0.5)
        self._until(lambda: not self._ask("/systeminfo")["queue_size"] and self._all_since(stamp), 300)
        cost = self.daemon.cost(began)
        time.sleep(1)
        watches = self._ask("/watch").values()
        bad = [w["last_error"] for w in watches if w["last_error"]]
        assert not bad, bad[:3]
        return cost, {w["url"] for w in watches if w["last_changed"] >= stamp}

    def _all_since(self, stamp: int) -> bool:
        try:
            watches = self._ask("/watch").values()
        except urllib.error.HTTPError:  # its list cannot be asked for while an import grows it
            return False
        return len(watches) == len(self.urls) and all(w["last_checked"] >= stamp for w in watches)

    def _ask(self, path: str, body: bytes | None = None, method: str | None = None) -> Any:
        headers = {"x-api-key": self.key, "Content-Type": "text/plain"} if body else {"x-api-key": self.key}
        asked = urllib.request.Request(self.base + path, data=body, headers=headers, method=method)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    @staticmethod
    def _until(done: Any, seconds: float) -> None:
        over = time.monotonic() + seconds
        while not done():
            if time.monotonic() > over:
                raise TimeoutError("It does not come to an end.")
            time.sleep(0.2)

    def close(self) -> None:
        self.daemon.close()


ALL: tuple[type[Watcher], ...] = (Feedhub, FeedhubOpen, Urlwatch, UrlwatchText, Webchanges, Changedetection)
