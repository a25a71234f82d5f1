"""False alarms and found changes of `Hub.check` over every pair of eight languages and eight kinds of noise.

Beside it what a watcher that compares the whole text of a page would have announced. No selector is set anywhere.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import product
from pathlib import Path

from loopback import Clock, Site
from noisy_pages import LANGUAGES, NOISES, noisy

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import Filter

QUIET, CHANGES = 6, 2
MIXES = [*((name,) for name in NOISES), tuple(NOISES)]


def main() -> None:
    """Print both shares."""
    pairs = list(product(LANGUAGES, MIXES))
    site, clock = Site(), Clock(datetime(2026, 11, 24, 9, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as folder:
        hub = _open(Path(folder), site, clock, pairs)
        alarms = _alarms(hub, site, clock, pairs, range(QUIET))
        naive = sum(
            _text(noisy(lang, mix, n, LANGUAGES[lang].duty)) != _text(noisy(lang, mix, n - 1, LANGUAGES[lang].duty))
            for lang, mix in pairs
            for n in range(1, QUIET)
        )
        found = 0
        for number, step in enumerate(("later", "new")):
            found += _found(hub, site, clock, pairs, QUIET + number, step)
        hub.close()
    site.close()
    fetches = len(pairs) * (QUIET - 1)
    print(f"{len(pairs)} pages, {fetches} fetches on which only noise changed: {alarms} false alarms (wanted 0)")
    print(f"comparing the whole text would have given {naive}")
    total = CHANGES * len(pairs)
    print(f"{found} of {total} changed or new requirements found, share {found / total:.3f} (wanted 1.000)")


def _open(folder: Path, site: Site, clock: Clock, pairs: list[tuple[str, tuple[str, ...]]]) -> Hub:
    (folder / "sources" / "gb").mkdir(parents=True)
    for i, (lang, _) in enumerate(pairs):
        (folder / "sources" / "gb" / f"noise{i}.toml").write_text(
            f'[authority]\nname = "Town {i}"\ncountry = "GB"\nlanguages = ["{lang}"]\n\n[[source]]\n'
            f'id = "gb-noise{i}-policy"\nkind = "page"\nurl = "{site.url}/{i}"\n',
            encoding="utf-8",
        )
    env = {
        "FEEDHUB_DATA_DIR": str(folder / "data"),
        "FEEDHUB_SOURCES": str(folder / "sources"),
        "FEEDHUB_FETCH_ALLOW": "127.0.0.0/8",
        "HOME": str(folder),
    }
    hub = Hub.open(Settings.from_env(env), clock=clock)
    load_catalogue(hub)
    return hub


def _round(hub: Hub, site: Site, clock: Clock, pairs: list[tuple[str, tuple[str, ...]]], visit: int, step: str) -> None:
    for i, (lang, mix) in enumerate(pairs):
        words = LANGUAGES[lang]
        said = {"duty": (words.duty,), "later": (words.later,), "new": (words.later, words.new)}[step]
        site.pages[f"/{i}"] = noisy(lang, mix, visit, *said)
    clock.at += timedelta(days=1)
    results = list(hub.check())
    bad = [r.line() for r in results if r.outcome.value not in ("baseline", "changed", "unchanged")]
    assert not bad, bad


def _log(hub: Hub) -> list[int]:
    return [e.seq for e in hub.recent(Filter(), 10_000) if e.kind.value != "digest"]


def _alarms(hub: Hub, site: Site, clock: Clock, pairs: list[tuple[str, tuple[str, ...]]], visits: range) -> int:
    for visit in visits:
        _round(hub, site, clock, pairs, visit, "duty")
    return len(_log(hub))


def _found(hub: Hub, site: Site, clock: Clock, pairs: list[tuple[str, tuple[str, ...]]], visit: int, step: str) -> int:
    before = set(_log(hub))
    _round(hub, site, clock, pairs, visit, step)
    new = [e for e in hub.recent(Filter(), 10_000) if e.seq not in before and e.kind.value != "digest"]
    return len({e.authority_id for e in new})


def _text(page: str) -> str:
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(bare).split())


if __name__ == "__main__":
    main()
