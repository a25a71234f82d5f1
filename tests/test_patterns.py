"""No line of text makes a regular expression slow: every compiled one of detector, readers and text is tried."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType

import pytest

import feedhub.detect
import feedhub.readers
from feedhub import detect, text
from feedhub.detect.dates import LANGUAGES
from feedhub.detect.dates._grammar import _places, pattern
from feedhub.detect.dates._words import words
from feedhub.detect.lexicon import lexicon

#: Pieces that lines of 100 kB are made of; each has made somebody's expression slow.
PIECES = (
    "a",
    "A ",
    " ",
    "1 ",
    "1.",
    "1/",
    "-",
    "(",
    "<a ",
    "a, ",
    "a. ",
    '"',
    "§ 1 ",
    "EUR 1 ",
    "and ",
    "Aa ",
    "\n",
    "a\n",
)
LONG = 100_000
#: Seconds of processor time for one expression over one such line; a square one takes minutes.
ENOUGH = 1.5


def modules() -> Iterator[ModuleType]:
    yield text
    for package in (feedhub.detect, feedhub.readers):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def compiled(value: object, depth: int = 3) -> Iterator[re.Pattern[str]]:
    """The expressions over text in a value, in lists, tables and the attributes of objects of ours."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, dict):
        for held in value.values():
            yield from compiled(held, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for held in value:
            yield from compiled(held, depth - 1)


def slow(expressions: Iterable[re.Pattern[str]], pieces: Iterable[str], length: int = LONG) -> list[str]:
    """What takes too long, a short line first so that a bad one ends soon."""
    found = []
    for piece in pieces:
        for size in (length // 20, length):
            line = (piece * size)[:size]
            for expression in expressions:
                begun = time.thread_time()
                for _ in expression.finditer(line):
                    pass
                spent = time.thread_time() - begun
                if spent > ENOUGH * size / LONG + 0.05:
                    found.append(f"{spent:.2f} s for {size} of {piece!r}: {expression.pattern[:120]}")
            if found:
                return found
    return found


@cache
def of_modules() -> tuple[re.Pattern[str], ...]:
    return tuple({p.pattern: p for m in modules() for value in vars(m).values() for p in compiled(value)}.values())


def test_expressions_are_found() -> None:
    assert len(of_modules()) > 80


@pytest.mark.parametrize("piece", PIECES)
def test_expressions_of_modules_are_quick_on_any_line(piece: str) -> None:
    assert slow(of_modules(), (piece,)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_expressions_for_dates_are_quick_on_any_line(lang: str) -> None:
    assert slow([pattern(lang), _places(lang)], ("1 ", "1.", " ", "a ", "§ 1 ")) == []
    assert slow(list(compiled(dict(vars(words(lang))), 4)), ("1 ", " ", "a ", "a-"), LONG // 5) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_patterns_of_words_are_quick_on_lines_of_their_own_words(lang: str) -> None:
    found: list[str] = []
    for p in lexicon(lang).patterns:
        if len(p.words) > 1:
            first = p.words[0].split("/")[0].strip("*").replace("_", " ")
            found += slow([p.expression], (f"{first} ",), LONG // 10)
    assert found == []


@pytest.mark.parametrize("piece", ["1 ", "a ", " ", "must ", "child labour ", "1.000 employees "])
def test_a_line_of_one_word_is_judged_in_a_moment(piece: str) -> None:
    begun = time.thread_time()
    detect.signals((piece * LONG)[:LONG], lang="en")
    assert time.thread_time() - begun < 5
