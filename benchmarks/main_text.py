"""Main text found without a selector: trafilatura, readability-lxml and feedhub's reader with either, on own pages.

Eight languages in seven layouts around the same known text. Words found that belong to it (precision), and words of it
that were found (recall). `--install` puts readability-lxml into an environment of its own.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from statistics import mean

import trafilatura
from noisy_pages import LANGUAGES, NOISES, Parts

from benchmarks._council import LANGS, passages
from benchmarks._others import install, installed, programs
from feedhub.readers import Options, _density, page

_READABILITY = """
import json, sys
from lxml import html
from readability import Document
def text(page):
    return "\\n".join(t for t in html.fromstring(Document(page).summary()).itertext())
print(json.dumps([text(page) for page in json.load(sys.stdin)]))
"""
Known = tuple[str, str]


def _paragraphs(said: list[str]) -> str:
    return "".join(f"<p>{s}</p>" for s in said)


def _list(said: list[str]) -> str:
    return f"<p>{said[0]}</p><ul>" + "".join(f"<li>{s}</li>" for s in said[1:]) + "</ul>"


def _definitions(said: list[str]) -> str:
    pairs = zip(said[::2], said[1::2], strict=False)
    return f"<dl>{''.join(f'<dt>{a}</dt><dd>{b}</dd>' for a, b in pairs)}</dl>" + (
        "" if len(said) % 2 == 0 else f"<p>{said[-1]}</p>"
    )


def _table(said: list[str]) -> str:
    return (
        f"<p>{said[0]}</p><table>"
        + "".join(f"<tr><td>{k}</td><td>{s}</td></tr>" for k, s in enumerate(said[1:]))
        + "</table>"
    )


#: Layout → (what the text stands in, how it is marked up, how many passages).
LAYOUTS: dict[str, tuple[str, Callable[[list[str]], str], int]] = {
    "main": ("<main>{}</main>", _paragraphs, 12),
    "article": ("<div id='page'><article>{}</article></div>", _paragraphs, 12),
    "boxes": ("<div class='wrap'><div class='col-8'>{}</div></div>", _paragraphs, 12),
    "list": ("<div class='wrap'><div class='region'>{}</div></div>", _list, 12),
    "definitions": ("<div class='wrap'><div class='region'>{}</div></div>", _definitions, 12),
    "table": ("<div class='wrap'><div class='region'>{}</div></div>", _table, 9),
    "short": ("<div class='wrap'><div class='region'>{}</div></div>", _paragraphs, 3),
}


def known_page(lang: str, layout: str) -> Known:
    """(page, its main text) of a language in a layout, with all that stands around the text of a council's page."""
    words, parts, rng = LANGUAGES[lang], Parts(), random.Random(f"{lang} {layout}")
    for name in ("token", "teaser", "banner", "assets"):
        NOISES[name](parts, words, 1)
    around, marked, count = LAYOUTS[layout]
    everyday, topical = passages(lang)
    said = [words.duty, *rng.sample(everyday, count // 2), *rng.sample(topical, count - count // 2 - 1)]
    links = "".join(f"<li><a href='/{k}'>{n}</a></li>" for k, n in enumerate(words.links))
    inside = f"<h1>{words.title}</h1>{marked(said)}"
    html = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{words.title}</title>{parts.head}</head>'
        f"<body>{parts.before}<div class='header'><ul class='menu'>{links}</ul>{parts.form}</div>"
        f"{around.format(inside)}{parts.aside}"
        f"<div class='footer'><p>{words.cookies}</p><ul>{links}</ul></div>{parts.after}</body></html>"
    )
    numbers = [str(k) for k in range(count - 1)] if layout == "table" else []
    return html, " ".join([words.title, *said, *numbers])


def main() -> None:
    """Print both shares of each way, by layout."""
    if "--install" in sys.argv:
        install(["readability-lxml"])
    pages = {(lang, layout): known_page(lang, layout) for layout in LAYOUTS for lang in LANGS}
    htmls = [html for html, _ in pages.values()]
    ways: dict[str, list[str]] = {}
    times: dict[str, float] = {}

    def measure(name: str, way: Callable[[str], str]) -> None:
        began = time.perf_counter()
        ways[name] = [way(html) for html in htmls]
        times[name] = (time.perf_counter() - began) / len(htmls)

    measure(
        "all text of the page", lambda html: re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    )
    measure("trafilatura", lambda html: trafilatura.extract(html, include_comments=False) or "")
    measure("trafilatura, favouring recall", lambda html: "\n".join(_recall(html)))
    measure("feedhub (trafilatura shows where)", _ours)
    if installed("readability-lxml"):
        call = [str(programs("readability-lxml") / "python"), "-c", _READABILITY]
        said = subprocess.run(call, input=json.dumps(htmls), capture_output=True, text=True, check=True).stdout
        found = dict(zip(htmls, json.loads(said), strict=True))
        measure("readability-lxml", found.__getitem__)
        lines = {h: {_density.normalise(x) for x in t.splitlines() if len(x) > 20} for h, t in found.items()}
        _density.__dict__["_measured"] = lambda text: lines[text]
        measure("feedhub (readability-lxml shows where)", _ours)
        del times["readability-lxml"], times["feedhub (readability-lxml shows where)"]  # measured elsewhere
    else:
        print("readability-lxml: not installed (python -m benchmarks main_text --install)")
    del times["all text of the page"]
    _print(pages, ways, times)


def _recall(html: str) -> list[str]:
    found = trafilatura.extract(html, output_format="txt", favor_recall=True, include_comments=False)
    return (found or "").splitlines()


def _ours(html: str) -> str:
    (document,) = page.read(html.encode(), Options()).documents
    intros = dict.fromkeys(b.intro for b in document.blocks if b.intro)  # a lead-in or term stands with its blocks
    return "\n".join([*intros, *(b.text for b in document.blocks)])


def _print(pages: dict[tuple[str, str], Known], ways: dict[str, list[str]], times: dict[str, float]) -> None:
    print(f"{len(pages)} pages; precision/recall in percent of words, mean over {len(LANGS)} languages")
    print(f"| way | {' | '.join(LAYOUTS)} | all | duty found |\n|---|{'---|' * (len(LAYOUTS) + 2)}")
    for name, texts in ways.items():
        scores = {key: _score(text, known) for (key, (_, known)), text in zip(pages.items(), texts, strict=True)}
        cells = [_cell([scores[lang, layout] for lang in LANGS]) for layout in LAYOUTS]
        duties = sum(_flat(LANGUAGES[lang].duty) in _flat(t) for (lang, _), t in zip(pages, texts, strict=True))
        print(f"| {name} | {' | '.join(cells)} | {_cell(list(scores.values()))} | {duties}/{len(pages)} |")
    print(", ".join(f"{name} {seconds * 1000:.1f} ms a page" for name, seconds in times.items()))


def _cell(scores: list[tuple[float, float]]) -> str:
    return f"{mean(p for p, _ in scores) * 100:.0f}/{mean(r for _, r in scores) * 100:.0f}"


def _score(text: str, known: str) -> tuple[float, float]:
    found, wanted = Counter(_flat(text).split()), Counter(_flat(known).split())
    both = sum((found & wanted).values())
    return both / max(1, sum(found.values())), both / sum(wanted.values())


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


if __name__ == "__main__":
    main()
