"""Reading late and many at once: what was rendered before need not be read again. Knows nothing of what it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

#: What is read at once, so that a long document does not hold everything it is made from.
AT_ONCE = 500
K = TypeVar("K")
V = TypeVar("V")


class Unread(Generic[K, V]):
    """Things that are read when one of them is asked for, with those of `wanted` that come after it."""

    def __init__(self, read: Callable[[Sequence[K]], Mapping[K, V]], wanted: Sequence[K]) -> None:
        self._read, self._wanted = read, wanted
        self._place = {key: i for i, key in enumerate(wanted)}
        self._known: Mapping[K, V] = {}

    def get(self, key: K) -> V:
        """What stands behind a key; raises KeyError when there is nothing."""
        if key not in self._known:
            place = self._place.get(key)
            self._known = self._read([key] if place is None else self._wanted[place : place + AT_ONCE])
        return self._known[key]
