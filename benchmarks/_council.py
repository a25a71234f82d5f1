"""Pages of about 20 kB as a council publishes them, in eight languages and our own words, and how they change.

Needs nothing but the standard library: the process that measures others must itself stay small.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

from noisy_pages import LANGUAGES, NOISES, Parts

TESTS = Path(__file__).resolve().parent.parent / "tests"
LANGS = tuple(LANGUAGES)
#: What happens to a page from round to round; page i is of kind i % 8. Half stay as they are, a quarter only flickers.
KINDS = ("same", "same", "same", "same", "noise", "noise", "words", "duty")
SIZE = 20_000


def kind_of(i: int) -> str:
    """What page i does from round to round."""
    return KINDS[i % len(KINDS)]


def tagged(i: int) -> bool:
    """True for pages that the server sends with an ETag: every second of each kind."""
    return i // len(KINDS) % 2 == 0


def language(i: int) -> str:
    """The language of page i."""
    return LANGS[i // 16 % len(LANGS)]


def body(i: int, turn: int) -> bytes:
    """The bytes of page i in a round, about 20 kB."""
    lang, kind = language(i), kind_of(i)
    words, parts = LANGUAGES[lang], Parts()
    parts.links = "".join(f"<li><a class='menu__link' href='/{k}'>{n}</a></li>" for k, n in enumerate(words.links * 5))
    if kind == "noise":
        for noise in NOISES.values():
            noise(parts, words, turn)
    duty = words.later if kind == "duty" and turn % 2 else words.duty
    if kind == "duty":  # a year of its own for every round, so that no state of the page comes back
        duty = duty.replace("2027", str(2027 + turn // 2 % 60))
    sections = _sections(lang, i)
    if kind == "words":
        sections.insert(2, f"<p>{_altered(words.more, random.Random(turn))} {words.counter.format(n=turn)}</p>")
    text = "\n".join(sections)
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head><meta charset="utf-8"><title>{words.title} {i}</title>\n'
        f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/site.css">{parts.head}</head>\n'
        f'<body class="page page--{i}">\n{parts.before}<header class="site-header"><nav><ul class="menu">{parts.links}'
        f"</ul></nav>{parts.form}</header>\n<div class='layout'>\n<main id='content'>\n<h1>{words.title}</h1>\n"
        f"<p class='intro'>{words.about}</p>\n<p>{duty}</p>\n{text}\n{parts.inside}</main>\n{parts.aside}</div>\n"
        f"<footer><p>{words.title}</p><ul class='menu'>{parts.links}</ul></footer>{parts.after}\n</body>\n</html>\n"
    ).encode()


def _sections(lang: str, i: int) -> list[str]:
    everyday, topical = passages(lang)
    rng = random.Random(i)
    sections, size = [], 0
    while size < SIZE - 3_600:
        said = [_altered(rng.choice(everyday), rng) for _ in range(rng.randint(2, 4))]
        if len(sections) % 4 == 0:
            said.append(rng.choice(topical))
        kind = len(sections) % 5
        if kind == 0:
            sections.append(f"<h2 class='heading'>{said[0][:50]}</h2>\n<p>{' '.join(said[1:])}</p>")
        elif kind == 3:
            sections.append("<ul class='list'>\n" + "\n".join(f"<li>{s}</li>" for s in said) + "\n</ul>")
        else:
            sections.append(f"<p>{' '.join(said)}</p>")
        size += len(sections[-1].encode())
    return sections


def _altered(text: str, rng: random.Random) -> str:
    """The same sentence with other figures, so that no two pages hold the same."""
    return re.sub(r"\d+", lambda _: str(rng.randint(1, 28)), text)


@cache
def passages(lang: str) -> tuple[list[str], list[str]]:
    """Everyday passages of a language, and passages about suppliers that demand nothing."""
    rows = [json.loads(line) for line in (TESTS / "corpus" / f"{lang}.jsonl").read_text("utf-8").splitlines()]
    found = [(r["text"].replace("\n", " "), bool(r["topics"])) for r in rows if not r["is_requirement"]]
    return [t for t, topical in found if not topical], [t for t, topical in found if topical]
