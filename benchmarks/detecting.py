"""How much text the detector judges in a second on one core, and whether the time grows with the length alone.

Three texts a language from the labelled passages: *everyday* has paragraphs without a topic alone, *dense* nothing but
passages about working conditions, *page* nine everyday paragraphs to one of them; *blocks* is the page in blocks that all
differ, as what was judged before is remembered. By length the same text is judged in pieces, so that each is asked the
same; a heading governs all below it, and what it makes a signal costs more, so signals are counted too. Seconds are
processor time: on a machine that others keep busy they are up to half more than on a quiet one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from feedhub import detect, taxonomy
from feedhub.model import Block, Document

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus"
SIZE = 250_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
#: Times the longest text, in one: 10 MB.
WHOLE = 10
WANTED = 2.0


def main() -> None:
    """Print megabytes (UTF-8) a second by language and kind of text, and by length."""
    totals: dict[str, list[float]] = {}
    print(f"{'':4}{'everyday':>9}{'dense':>8}{'page':>8}{'blocks':>8}   MB a second and core")
    for lang in sorted(taxonomy.LANGUAGES):
        dense, page = text(lang, 0, SIZE), text(lang, 9, SIZE)
        everyday = text(lang, 9, SIZE, about=False)
        detect.signals(dense[:20_000])
        speeds = [
            rate(everyday, lambda t, at=lang: detect.signals(t, lang=at)),
            rate(dense, lambda t, at=lang: detect.signals(t, lang=at)),
            rate(page, lambda t, at=lang: detect.signals(t, lang=at)),
        ]
        blocks = document(page, lang)
        speeds.append(rate(page, lambda _, at=blocks: detect.examine(at)))
        print(f"{lang:4} " + "".join(f"{s:8.2f}" for s in speeds), flush=True)
        for name, speed in zip(("everyday", "dense", "page", "blocks"), speeds, strict=True):
            totals.setdefault(name, []).append(speed)
    print("     " + "".join(f"{sum(v) / len(v):8.2f}" for v in totals.values()) + f"   mean (wanted {WANTED:.1f})")
    whole = text("en", 9, SIZES[-1])[: SIZES[-1]]
    for size in SIZES:
        pieces(size, [whole[at : at + size] for at in range(0, len(whole), size)])
    pieces(WHOLE * len(whole), [whole * WHOLE])


def text(lang: str, everyday: int, size: int, *, about: bool = True) -> str:
    """At least `size` characters: labelled passages with so many everyday paragraphs before each, or these alone."""
    rows = [json.loads(line) for line in (CORPUS / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()]
    topical = cycle([r["text"] for r in rows if r["topics"]])
    quiet = cycle([r["text"] for r in rows if not r["topics"]])
    out: list[str] = []
    length = 0
    while length < size:
        more = [*(next(quiet) for _ in range(everyday)), *([next(topical)] if about else [])]
        out += more
        length += sum(len(m) + 2 for m in more)
    return "\n\n".join(out)


def document(whole: str, lang: str) -> Document:
    """The same text as a page of many blocks, each with its number."""
    pieces = whole.split("\n\n")
    return Document(title="", language=lang, blocks=tuple(Block(f"{p} ({i})") for i, p in enumerate(pieces)))


def pieces(size: int, parts: list[str]) -> None:
    """Print how quickly the pieces of a text are judged, and the microseconds for each signal that was made of them."""
    begun, made = time.process_time(), 0
    for part in parts:
        made += len(detect.signals(part, lang="en"))
    spent = time.process_time() - begun
    rated = sum(len(part.encode()) for part in parts) / spent / 1e6
    print(
        f"in pieces of {size:>12,} characters {rated:8.2f} MB a second, {made:6} signals, {spent / made * 1e6:6.0f} us each"
    )


def rate(whole: str, judge: Callable[[str], object]) -> float:
    """Megabytes a second of processor time; short texts are judged often enough to be measured."""
    size = len(whole.encode())
    times = max(1, 200_000 // size)
    begun = time.process_time()
    for _ in range(times):
        judge(whole)
    return times * size / max(1e-9, time.process_time() - begun) / 1e6


if __name__ == "__main__":
    main()
