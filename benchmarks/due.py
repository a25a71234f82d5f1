"""5,000 sources on 500 hosts due at once, one of which never answers: connections to a host, delay, time, memory.

The hosts are addresses of 127.0.0.0/8; they count what they see. Every round takes what the clock would take. Pages
are short, so that what is measured is who is asked when, not reading.
"""

from __future__ import annotations

import json
import sys
import tempfile
from functools import partial
from pathlib import Path

from noisy_pages import LANGUAGES, noisy

from benchmarks._council import LANGS
from benchmarks._hosts import Answer, Hosts
from benchmarks._measured import command
from benchmarks._watchers import ROOT

COUNT, HOSTS, HANGS, DEADLINE, ROUNDS = 5000, 500, 7, 5.0, 40


def page(host: int, number: int, turn: int, *, hangs: int) -> Answer:
    """What the hosts serve: everything but the one that hangs."""
    lang = LANGS[host % len(LANGS)]
    said = f"{LANGUAGES[lang].duty} ({number})"
    return None if host == hangs else (noisy(lang, (), turn, said).encode(), True)


def main() -> None:
    """Print both runs: all hosts well, then one that hangs."""
    for hangs in (-1, HANGS):
        hosts = Hosts(HOSTS, partial(page, hangs=hangs))
        with tempfile.TemporaryDirectory(prefix="feedhub-due-") as folder:
            env = _declare(Path(folder), hosts)
            call = [sys.executable, "-m", "benchmarks._due_child", str(DEADLINE), str(ROUNDS)]
            cost = command(call, env, Path(folder), most=540)
        done, seen = json.loads(cost.said.splitlines()[-1]), hosts.seen()
        hosts.close()
        name = "all hosts well" if hangs < 0 else f"one host hangs (deadline {DEADLINE:.0f} s)"
        good = sum(n for h, n in seen["requests"].items() if h != hangs)
        twice = sum(n > 1 for (h, _), n in seen["pages"].items() if h != hangs)
        ends = ", ".join(f"{n} {k}" for k, n in done["ends"].items())
        print(
            f"{name}: {good} of {COUNT - (COUNT // HOSTS) * (hangs >= 0)} pages of answering hosts read, {twice} of "
            f"them twice, in {len(done['rounds'])} rounds and {sum(done['rounds']):.0f} s (longest round "
            f"{max(done['rounds']):.0f} s); most connections to one host at once: {max(seen['most'].values())} "
            f"(wanted 1); peak memory {cost.peak / 2**20:.0f} MB (wanted < 300), {done['opened'] / 2**20:.0f} MB of it "
            f"before the first fetch; {ends}",
            flush=True,
        )


def _declare(folder: Path, hosts: Hosts) -> dict[str, str]:
    sources = folder / "sources" / "gb"
    sources.mkdir(parents=True)
    for host in range(HOSTS):
        rows = "".join(
            f'[[source]]\nid = "gb-due{host}-p{k}"\nkind = "page"\nurl = "{hosts.url(host, host * 10 + k)}"\n'
            f'language = "{LANGS[host % len(LANGS)]}"\n'
            for k in range(COUNT // HOSTS)
        )
        head = f'[authority]\nname = "Town {host}"\ncountry = "GB"\nlanguages = ["en"]\n\n'
        (sources / f"due{host}.toml").write_text(head + rows, encoding="utf-8")
    return {
        "PATH": "",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "FEEDHUB_DATA_DIR": str(folder / "data"),
        "FEEDHUB_SOURCES": str(folder / "sources"),
        "FEEDHUB_FETCH_ALLOW": "127.0.0.0/8",
        "PYTHONPATH": str(ROOT),
    }


if __name__ == "__main__":
    main()
