"""A learned opinion beside the rules: how likely a sentence states a social requirement, from concepts, letters and words.

Reads one weights file, once, on first use. Never trains, never explains itself, never decides alone: `judge` does.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from feedhub.detect._view import view
from feedhub.detect.concepts import Told, concepts

#: Made by `make train` from the labelled passages under `tests/corpus`; a reviewed file of the package.
WEIGHTS = Path(__file__).resolve().parent / "weights.npz"
#: Hashed places for letters and words, and for the names of concepts.
SLOTS = 1 << 18
NAMES = 1 << 14
_BITS = np.uint32(18)
_SHIFT, _LAST = np.uint32(32 - 18), np.uint32(SLOTS - 1)
#: Sentences weighed at once: their numbers stand above the bits of a slot.
_BATCH = 256
_GRAMS = (3, 4, 5)
_LONGEST = 1500
_PRIMES = np.array([2654435761, 2246822519, 3266489917, 668265263, 374761393], dtype=np.uint32)
_MIX = np.uint32(0x9E3779B1)
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_BULLET = re.compile(r"^[^\S\n]{0,40}(?:[-–—•*·▪◦‣]|\(?\d{1,2}[.)]|[a-z]\))\s", re.MULTILINE)
_LABEL = re.compile(r"^\s*[^\W\d][^.:!?\n|]{1,45}:\s\S")
_QUOTE = re.compile(r"[\"«»“”„].{12,}?[\"«»“”]", re.DOTALL)
_MANY = 5


@dataclass(frozen=True)
class Weights:
    """What was learned: one weight a slot of `hashed`, one a place of `named`, the `bias`, Platt's `slope` and `shift`."""

    hashed: npt.NDArray[np.float32]
    named: npt.NDArray[np.float32]
    bias: float
    slope: float
    shift: float


@cache
def weights() -> Weights:
    """The learned weights; the same object every time. Raises OSError when the package lacks its file."""
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        return unpack({name: kept[name] for name in kept.files})


def unpack(kept: dict[str, npt.NDArray[Any]]) -> Weights:
    """Weights from the arrays of the file: eight bits a slot and one scale for them."""
    bias, slope, shift = (float(x) for x in kept["calibration"])
    hashed = kept["hashed"].astype(np.float32) * np.float32(kept["scale"])
    return Weights(hashed, kept["named"].astype(np.float32), bias, slope, shift)


def opinion(told: Told, learned: Weights | None = None) -> float:
    """The calibrated log odds that a sentence states a social requirement of suppliers. Pure; safe in threads."""
    return opinions([told], learned)[0]


def opinions(told: Sequence[Told], learned: Weights | None = None) -> list[float]:
    """The opinion of each of some sentences; asked of many at once it costs less. Pure; safe in threads."""
    known = learned or weights()
    return [v for at in range(0, len(told), _BATCH) for v in _weighed(told[at : at + _BATCH], known)]


def _weighed(told: Sequence[Told], known: Weights) -> list[float]:
    owners, found = _slots([(t.own.text, t.own.seen.text, t.language, t.context) for t in told])
    sizes = np.maximum(1, np.bincount(owners, minlength=len(told)))
    values = np.bincount(owners, known.hashed[found], len(told)) / np.sqrt(sizes)
    named = [places(t) for t in told]
    owners = np.repeat(np.arange(len(told)), [len(at) for at in named])
    values = values + np.bincount(owners, known.named[np.concatenate(named)], len(told))
    out: list[float] = (known.slope * (values + known.bias) + known.shift).tolist()
    return out


def places(told: Told) -> npt.NDArray[np.int64]:
    """The places, each once, of a sentence's concepts and signs of form."""
    names = (*concepts(told), *signs(told.own.text, told.context))
    return np.array(sorted({_place(name) for name in names}), dtype=np.int64)


@lru_cache(maxsize=1 << 14)
def _place(name: str) -> int:
    return zlib.crc32(name.encode()) % NAMES


def hashes(text: str, lang: str, context: str = "") -> npt.NDArray[np.uint32]:
    """The slots, each once, of a passage: groups of 3–5 letters in any language, one and two words in its own."""
    return _slots([(text, view(text).text, lang, context)])[1]


def _slots(told: Sequence[tuple[str, str, str, str]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The slots of sentences (text, its view, language, context), each once a sentence, and whose each is, in order."""
    lines: list[str] = []
    terms: list[int] = []
    sizes: list[int] = []
    for text, seen, lang, context in told:
        plain = seen if len(text) <= _LONGEST else view(text[:_LONGEST]).text
        words = _WORD.findall(_DIGIT.sub("0", plain))
        lines.append(f" {' '.join(words)} ")
        more = [*_words(words, lang), *_context(context, lang)]
        terms += more
        sizes.append(len(more))
    owners, letters = _letters(lines)
    mine = np.repeat(np.arange(len(told), dtype=np.uint32), sizes)
    owned = np.concatenate([owners << _BITS | letters, mine << _BITS | np.array(terms, dtype=np.uint32) & _LAST])
    owned.sort()
    first = np.ones(len(owned), dtype=np.bool_)
    np.not_equal(owned[1:], owned[:-1], out=first[1:])
    owned = owned[first]
    return (owned >> _BITS).astype(np.int64), owned & _LAST


def _letters(lines: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The slots of groups of letters of lines, and whose each is.

    A longer group is a shorter one and a letter more, so that sums are shared; those that reach over two lines are dropped.
    """
    codes = np.frombuffer("".join(lines).encode("utf-32-le"), dtype=np.uint32)
    owners = np.repeat(np.arange(len(lines), dtype=np.uint32), [len(line) for line in lines])
    total = codes * _PRIMES[0]
    sums, whose = [codes[:0]], [owners[:0]]
    for size in range(2, min(_GRAMS[-1], len(codes)) + 1):
        total = total[:-1] + codes[size - 1 :] * _PRIMES[size - 1]
        if size in _GRAMS:
            inside = owners[: 1 - size] == owners[size - 1 :]
            sums.append(total[inside] + np.uint32(size))
            whose.append(owners[: 1 - size][inside])
    mixed = np.concatenate(sums)
    return np.concatenate(whose), ((mixed ^ (mixed >> np.uint32(15))) * _MIX) >> _SHIFT


@lru_cache(maxsize=256)
def _context(text: str, lang: str) -> tuple[int, ...]:
    """The sums of the words of a heading or intro, which governs many sentences."""
    return tuple(_words(_WORD.findall(view(text[:_LONGEST]).text), f"{lang}^"))


def _words(words: list[str], lang: str) -> list[int]:
    """The sums of words and of pairs of them: a checksum goes on from that of what stands before."""
    begun = zlib.crc32(f"{lang}:".encode())
    coded = " ".join(words).encode().split()
    terms = [zlib.crc32(word, begun) for word in coded]
    terms += [zlib.crc32(b" " + word, before) for before, word in zip(terms, coded[1:], strict=False)]
    return terms


def signs(text: str, context: str = "") -> Sequence[str]:
    """The signs of form that a sentence shows."""
    size = text.count(" ") + 1
    shown = {
        "bullet": bool(_BULLET.search(text)),
        "row": "|" in text,
        "label": bool(_LABEL.match(text)),
        "question": "?" in text,
        "exclamation": "!" in text,
        "quotation": bool(_QUOTE.search(text)),
        "percent": "%" in text,
        "short": size <= _MANY,
        "long": size > 8 * _MANY,
        "context": bool(context),
    }
    return [f"sign:{name}" for name, there in shown.items() if there]
