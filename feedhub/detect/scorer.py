"""A learned opinion beside the rules: how likely a passage states a social requirement, from its letters and words.

Reads one weights file, once, on first use. Never trains, never explains itself, never decides alone: `judge` does.
"""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from feedhub.detect._view import view
from feedhub.detect.joining import Join

#: Made by `make train` from the labelled passages under `tests/corpus`; a reviewed file of the package.
WEIGHTS = Path(__file__).resolve().parent / "weights.npz"
#: Hashed places for letters and words.
SLOTS = 1 << 18
_SHIFT = np.uint32(32 - 18)
_GRAMS = (3, 4, 5)
_LONGEST = 1500
_PRIMES = np.array([2654435761, 2246822519, 3266489917, 668265263, 374761393], dtype=np.uint32)
_MIX = np.uint32(0x9E3779B1)
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪◦‣]|\(?\d{1,2}[.)]|[a-z]\))\s", re.MULTILINE)
_LABEL = re.compile(r"^\s*[^\W\d][^.:!?\n|]{1,45}:\s\S")
_QUOTE = re.compile(r"[\"«»“”„].{12,}?[\"«»“”]", re.DOTALL)
_MANY = 5

#: Signs of form, in the order of their weights.
SIGNS = ("bullet", "row", "label", "question", "exclamation", "quotation", "percent", "short", "long", "context")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """What was learned: `hashed` (one weight a slot), `signs`, `bias`, Platt's `slope` and `shift`, and the `join`."""

    hashed: npt.NDArray[np.float32]
    signs: tuple[float, ...]
    bias: float
    slope: float
    shift: float
    join: Join


@cache
def weights() -> Weights:
    """The learned weights; the same object every time. Raises OSError when the package lacks its file."""
    with np.load(WEIGHTS, allow_pickle=False) as kept:
        return unpack({name: kept[name] for name in kept.files})


def unpack(kept: dict[str, npt.NDArray[Any]]) -> Weights:
    """Weights from the arrays of the file: eight bits a slot and one scale."""
    signs = tuple(float(x) for x in kept["signs"])
    bias, slope, shift = (float(x) for x in kept["calibration"])
    hashed = kept["hashed"].astype(np.float32) * np.float32(kept["scale"])
    return Weights(hashed, signs, bias, slope, shift, Join(*(float(x) for x in kept["join"])))


def score(text: str, lang: str, context: str = "") -> float:
    """The calibrated probability, 0 to 1, that `text` states a social requirement of suppliers.

    `lang` is an ISO 639-1 code, `context` the heading, list intro or table header above it. Pure; safe in threads.
    """
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit(text, lang, context)))))


def logit(text: str, lang: str, context: str = "", learned: Weights | None = None) -> float:
    """The log odds behind `score`."""
    known = learned or weights()
    places = hashes(text, lang, context)
    value = float(known.hashed[places].sum()) / math.sqrt(max(1, len(places)))
    value += sum(w for w, there in zip(known.signs, signs(text, context), strict=True) if there)
    return known.slope * (value + known.bias) + known.shift


def hashes(text: str, lang: str, context: str = "") -> npt.NDArray[np.uint32]:
    """The slots, each once, of a passage: groups of 3–5 letters in any language, one and two words in its own."""
    plain = _DIGIT.sub("0", view(text[:_LONGEST]).text)
    words = _WORD.findall(plain)
    letters = " ".join(words)
    found = [*_letters(f" {letters} "), _words(words, lang)]
    if context:
        found.append(_words(_WORD.findall(view(context[:_LONGEST]).text), f"{lang}^"))
    return np.unique(np.concatenate(found))


def _letters(text: str) -> list[npt.NDArray[np.uint32]]:
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    out = []
    for size in _GRAMS:
        if len(codes) < size:
            continue
        total = np.full(len(codes) - size + 1, size, dtype=np.uint32)
        for i in range(size):
            total += codes[i : len(codes) - size + 1 + i] * _PRIMES[i]
        total ^= total >> np.uint32(15)
        out.append((total * _MIX) >> _SHIFT)
    return out


def _words(words: list[str], lang: str) -> npt.NDArray[np.uint32]:
    terms = [f"{lang}:{w}" for w in words]
    terms += [f"{lang}:{a} {b}" for a, b in pairwise(words)]
    return np.array([zlib.crc32(t.encode()) & (SLOTS - 1) for t in terms], dtype=np.uint32)


def signs(text: str, context: str = "") -> tuple[bool, ...]:
    """Which of `SIGNS` a passage shows."""
    size = text.count(" ") + 1
    return (
        bool(_BULLET.search(text)),
        "|" in text,
        bool(_LABEL.match(text)),
        "?" in text,
        "!" in text,
        bool(_QUOTE.search(text)),
        "%" in text,
        size <= _MANY,
        size > 8 * _MANY,
        bool(context),
    )
