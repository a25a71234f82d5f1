"""300 pages of 20 kB watched by feedhub, urlwatch, webchanges and changedetection.io: time, memory, what they announce.

Every round the pages turn, and every watcher looks at all of them once, in turns, so that a busy machine is busy for
all; the middle ratio of the rounds counts. `--install` puts the others into environments of their own.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from benchmarks._council import body, kind_of, language, tagged
from benchmarks._hosts import Answer, Hosts
from benchmarks._measured import Cost
from benchmarks._others import install
from benchmarks._watchers import ALL, Urlwatch, Watcher

COUNT, HOSTS, ROUNDS = 300, 20, 5


def page(host: int, number: int, turn: int) -> Answer:
    """What the hosts serve."""
    del host
    return body(number, turn), tagged(number)


def main() -> None:
    """Print the table."""
    if "--install" in sys.argv:
        install(sorted({k.package for k in ALL if k.package}))
    for kind in ALL:
        if not kind.there():
            print(f"{kind.name}: not installed (python -m benchmarks watchers --install)")
    hosts = Hosts(HOSTS, page)
    urls = [hosts.url(i % HOSTS, i) for i in range(COUNT)]
    languages = [language(i) for i in range(COUNT)]
    with tempfile.TemporaryDirectory(prefix="feedhub-watchers-") as folder:
        watchers = [kind(Path(folder) / f"w{n}", urls, languages) for n, kind in enumerate(ALL) if kind.there()]
        try:
            first = {w.name: w.look()[0] for w in watchers}
            rounds = [_round(hosts, watchers, turn) for turn in range(1, ROUNDS + 1)]
        finally:
            for w in watchers:
                w.close()
    hosts.close()
    _print(watchers, first, rounds, urls)


Round = dict[str, tuple[Cost, set[str]]]


def _round(hosts: Hosts, watchers: list[Watcher], turn: int) -> Round:
    hosts.turn(turn)
    start = turn % len(watchers)
    return {w.name: w.look() for w in watchers[start:] + watchers[:start]}


def _print(watchers: list[Watcher], first: dict[str, Cost], rounds: list[Round], urls: list[str]) -> None:
    kinds = Counter(kind_of(i) for i in range(COUNT))
    said = ", ".join(f"{n} {k}" for k, n in kinds.items())
    print(f"{COUNT} pages on {HOSTS} hosts, each round: {said}; medians of {ROUNDS} rounds; × is of {Urlwatch.name}")
    print(
        "| watcher | wall | × | processor | × | peak memory | × | first round | said changed: same/noise/words/duty |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    base = Urlwatch.name if Urlwatch.name in first else watchers[0].name
    peaks = {w.name: max(first[w.name].peak, *(r[w.name][0].peak for r in rounds)) for w in watchers}
    for w in watchers:
        costs = [r[w.name][0] for r in rounds]
        wall = median(c.wall / r[base][0].wall for c, r in zip(costs, rounds, strict=True))
        used = median(c.cpu / r[base][0].cpu for c, r in zip(costs, rounds, strict=True))
        told = Counter(kind_of(urls.index(u)) for r in rounds for u in r[w.name][1])
        shares = "/".join(f"{told[k] / kinds[k] / ROUNDS:.0%}" for k in ("same", "noise", "words", "duty"))
        print(
            f"| {w.name} | {median(c.wall for c in costs):.1f} s | {wall:.2f} | {median(c.cpu for c in costs):.1f} s "
            f"| {used:.2f} | {peaks[w.name] / 2**20:.0f} MB | {peaks[w.name] / peaks[base]:.2f} "
            f"| {first[w.name].wall:.1f} s | {shares} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
