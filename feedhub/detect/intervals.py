"""How far figures of a labelled set may be off: bootstrap intervals over addresses, and figures of five fifths.

Never counts anything itself; the same counts give the same figures.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

#: Where a row comes from (its rows stand or fall together), and its true positives, false positives, false negatives.
Counted = tuple[str, tuple[int, int, int]]
FIFTHS = 5
_ROUNDS = 2000


def interval(counts: Sequence[Counted]) -> tuple[float, float]:
    """The 95 % interval of F1 when whole addresses are drawn again and again; (0, 0) of nothing."""
    sums = _by_address(counts)
    if not len(sums):
        return 0.0, 0.0
    draws = np.random.default_rng(0).integers(0, len(sums), size=(_ROUNDS, len(sums)))
    low, high = np.percentile(_f1(sums[draws].sum(axis=1)), [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)


def fifths(counts: Sequence[Counted]) -> list[float]:
    """F1 of five parts; the rows of an address are in one of them."""
    parts = [[c for c in counts if zlib.crc32(c[0].encode()) % FIFTHS == k] for k in range(FIFTHS)]
    sums = np.array([np.sum([c for _, c in part] or [(0, 0, 0)], axis=0) for part in parts])
    return [round(float(x), 3) for x in _f1(sums)]


def _by_address(counts: Sequence[Counted]) -> npt.NDArray[np.int64]:
    sums: dict[str, npt.NDArray[np.int64]] = {}
    for address, told in counts:
        sums[address] = sums.get(address, np.zeros(3, dtype=np.int64)) + np.array(told)
    return np.array(list(sums.values()), dtype=np.int64)


def _f1(sums: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    right, false, missed = sums[..., 0], sums[..., 1], sums[..., 2]
    return np.asarray(2 * right / np.maximum(1, 2 * right + false + missed), dtype=np.float64)
