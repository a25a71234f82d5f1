"""No line of text makes a regular expression slow: every compiled one of detector, readers and text is tried."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import feedhub.detect
import feedhub.readers
from feedhub import detect, text
from feedhub.detect.dates import LANGUAGES
from feedhub.detect.dates._grammar import pattern, places
from feedhub.detect.dates._words import _compiled, _ends, _rows, _starts, words
from feedhub.detect.lexicon import Pattern, _regex, lexicon
from feedhub.readers._notice_terms import _patterns

ROOT = Path(text.__file__).parent
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
#: Characters of a line, and of one four times as long, which may take four times as long: a square takes sixteen.
SHORT, LONG = 1_500, 6_000
#: Times as long, and seconds of processor time for the long line below which none is called slow.
MOST, ENOUGH = 9.0, 0.004


#: A repetition without an upper bound, in an expression that has no brackets of characters with such signs in them.
UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{\d*,\}")


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


def slow(expressions: Iterable[re.Pattern[str]], pieces: Iterable[str]) -> list[str]:
    """What takes too long for a line four times as long."""
    found = []
    for piece in pieces:
        short, long = ((piece * size)[:size] for size in (SHORT, LONG))
        for expression in expressions:
            if (
                spent(expression, long) > ENOUGH
                and (least := best(expression, long)) > ENOUGH
                and least > MOST * best(expression, short)
            ):
                found.append(f"{least:.4f} s for {LONG} of {piece!r}: {expression.pattern[:120]}")
    return found


def spent(expression: re.Pattern[str], line: str) -> float:
    begun = time.thread_time()
    for _ in expression.finditer(line):
        pass
    return time.thread_time() - begun


def best(expression: re.Pattern[str], line: str) -> float:
    """The least of five times: a machine that does other things too makes some of them longer, and none shorter."""
    return min(spent(expression, line) for _ in range(5))


@pytest.mark.parametrize(("expression", "line"), [(r"\s*\n\s*x", " "), (r"(?:a+b|a+c)", "a")])
def test_a_square_expression_is_found(expression: str, line: str) -> None:
    assert slow([re.compile(expression)], (line,)) != []


@pytest.mark.parametrize("expression", [r"\s{0,40}\n", r"a+", r"\w{1,30}x"])
def test_a_bounded_expression_passes(expression: str) -> None:
    assert slow([re.compile(expression)], (" ", "a")) == []


@cache
def of_modules() -> tuple[re.Pattern[str], ...]:
    return tuple({p.pattern: p for m in modules() for value in vars(m).values() for p in compiled(value)}.values())


def test_expressions_are_found() -> None:
    assert len(of_modules()) > 80


#: Functions that make expressions of words and keep them; each is tried in a test below.
MAKERS = {
    ("detect/dates/_grammar.py", "_either"),
    ("detect/dates/_grammar.py", "places"),
    ("detect/dates/_words.py", "words"),
    ("detect/dates/_words.py", "_compiled"),
    ("detect/dates/_words.py", "_ends"),
    ("detect/dates/_words.py", "_starts"),
    ("detect/lexicon.py", "expression"),
    ("readers/_notice_terms.py", "_pattern"),
}


def hidden(code: str) -> list[tuple[str, str]]:
    """The functions of a module that use an expression which stands in no module, and what of `re` they call."""
    functions = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.FunctionDef)]
    calls = [(f.name, n) for f in functions for n in ast.walk(f) if isinstance(n, ast.Call)]
    used = [(name, c.func) for name, c in calls if isinstance(c.func, ast.Attribute)]
    return [
        (name, f.attr)
        for name, f in used
        if isinstance(f.value, ast.Name) and f.value.id == "re" and f.attr != "escape"
    ]


@pytest.mark.parametrize("code", ['def f(t):\n    return re.search("a+b", t)', "def f():\n    return re.compile('a')"])
def test_an_expression_in_a_function_is_found(code: str) -> None:
    assert hidden(code) != []


def test_expressions_stand_in_modules_where_they_are_tried() -> None:
    for file in (ROOT / "text.py", *sorted((ROOT / "detect").rglob("*.py")), *sorted((ROOT / "readers").rglob("*.py"))):
        here = file.relative_to(ROOT).as_posix()
        for function, call in hidden(file.read_text(encoding="utf-8")):
            assert call == "compile", f"{here}: {function} calls re.{call}: let the expression be one of the module"
            assert (here, function) in MAKERS, f"{here}: {function} compiles an expression that no test tries"


@pytest.mark.parametrize("piece", PIECES)
def test_expressions_of_modules_are_quick_on_any_line(piece: str) -> None:
    assert slow(of_modules(), (piece,)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_expressions_for_dates_are_quick_on_any_line(lang: str) -> None:
    begins = ("0", *words(lang).starters)
    assert slow({places(lang), *(pattern(lang, key) for key in begins)}, ("1 ", "1.", " ", "a ", "§ 1 ")) == []
    assert slow(list(compiled(dict(vars(words(lang))), 4)), ("1 ", " ", "a ", "a-")) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phrases_beside_dates_are_quick_on_any_line(lang: str) -> None:
    cues = [_compiled(expression) for rows in words(lang).cues.values() for _, expression, _ in rows]
    lists = [key for key, value in _rows(lang).items() if isinstance(value, list)]
    lists += [f"beside.{key}" for key in _rows(lang)["beside"]]
    beside = [made(lang, key) for key in lists for made in (_ends, _starts)]
    assert slow([*set(cues), *beside], ("1 ", " ", "a ", "a-")) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_terms_of_notices_are_quick_on_any_line(lang: str) -> None:
    assert slow(list(compiled([dict(found) for found in _patterns(lang)])), ("a", "a ", " ", "1 ")) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_patterns_of_words_repeat_nothing_without_bound(lang: str) -> None:
    several = [p for p in lexicon(lang).patterns if len(p.words) > 1]
    assert several
    assert [p.source for p in several if UNBOUNDED.search(_regex(p.words))] == []
    assert [p.source for p in several if p.words.count("..") > 2] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_patterns_with_the_most_gaps_are_quick_on_lines_of_their_own_words(lang: str) -> None:
    several = sorted(lexicon(lang).patterns, key=lambda p: (-p.words.count(".."), p.source))[:12]
    assert [found for p in several for found in slow([p.expression], (f"{first(p)} ",))] == []


def first(p: Pattern) -> str:
    return p.words[0].split("/")[0].strip("*").replace("_", " ")


@pytest.mark.parametrize("piece", ["1 ", "a ", " ", "must ", "child labour ", "1.000 employees "])
def test_a_line_of_one_word_is_judged_in_time_that_grows_with_its_length(piece: str) -> None:
    def judged(size: int) -> float:
        begun = time.thread_time()
        detect.signals((piece * size)[:size], lang="en")
        return time.thread_time() - begun

    judged(SHORT)
    short, long = (min(judged(size) for _ in range(3)) for size in (4_000, 16_000))
    assert long < max(0.05, MOST * short)
