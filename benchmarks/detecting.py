"""How much text the detector judges in a second on one core, and whether the time grows with the length alone.

Two texts a language from the labelled passages: *dense* has nothing but passages about working conditions, *page* has
nine everyday paragraphs to one of them, as pages of buyers do. Seconds are processor time of the thread.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from feedhub import detect
from feedhub.model import Block, Document

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
SIZE = 500_000
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
WANTED = 2.0


def main() -> None:
    """Print megabytes (UTF-8) a second by language and kind of text, and by length."""
    totals: dict[str, list[float]] = {}
    print(f"{'':4}{'dense':>8}{'page':>8}{'blocks':>8}   MB a second and core")
    for lang in sorted(p.stem for p in CORPUS.glob("*.jsonl")):
        dense, page = text(lang, 0, SIZE), text(lang, 9, SIZE)
        detect.signals(dense[:20_000], lang=lang)
        speeds = [
            rate(dense, lambda t, at=lang: detect.signals(t, lang=at)),
            rate(page, lambda t, at=lang: detect.signals(t, lang=at)),
        ]
        speeds.append(rate(page, lambda t, at=lang: detect.examine(document(t, at))))
        print(f"{lang:4}" + "".join(f"{s:8.2f}" for s in speeds))
        for name, speed in zip(("dense", "page", "blocks"), speeds, strict=True):
            totals.setdefault(name, []).append(speed)
    print("    " + "".join(f"{sum(v) / len(v):8.2f}" for v in totals.values()) + f"   mean (wanted {WANTED:.1f})")
    whole = text("en", 9, SIZES[-1])
    for size in SIZES:
        part = whole[:size]
        print(f"{size:>12,} characters {rate(part, lambda t: detect.signals(t, lang='en')):8.2f} MB a second")


def text(lang: str, everyday: int, size: int) -> str:
    """At least `size` characters: labelled passages with so many everyday paragraphs before each."""
    rows = [json.loads(line) for line in (CORPUS / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()]
    about = cycle([r["text"] for r in rows if r["topics"]])
    quiet = cycle([r["text"] for r in rows if not r["topics"]])
    out: list[str] = []
    length = 0
    while length < size:
        more = [*(next(quiet) for _ in range(everyday)), next(about)]
        out += more
        length += sum(len(m) + 2 for m in more)
    return "\n\n".join(out)


def document(whole: str, lang: str) -> Document:
    """The same text as a page of many blocks."""
    return Document(title="", language=lang, blocks=tuple(Block(p) for p in whole.split("\n\n")))


def rate(whole: str, judge: Callable[[str], object]) -> float:
    """Megabytes a second of processor time; short texts are judged often enough to be measured."""
    size = len(whole.encode())
    times = max(1, 200_000 // size)
    begun = time.thread_time()
    for _ in range(times):
        judge(whole)
    return times * size / max(1e-9, time.thread_time() - begun) / 1e6


if __name__ == "__main__":
    main()
