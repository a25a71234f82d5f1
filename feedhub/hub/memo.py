"""What was counted once for a state of the world and need not be counted again. Knows nothing of what it keeps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


@dataclass
class Memo:
    """Values of one edition (publication counter and day), the least recently used gone first."""

    most: int = 1024
    edition: Hashable = None
    kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, edition: Hashable, make: Callable[[], T]) -> T:
        """The value kept for a key, or the one that `make` gives; two that ask at once may both make it."""
        with self.lock:
            if edition == self.edition and key in self.kept:
                self.kept.move_to_end(key)
                return cast("T", self.kept[key])
        made = make()
        with self.lock:
            if edition != self.edition:
                self.edition = edition
                self.kept.clear()
            self.kept[key] = made
            if len(self.kept) > self.most:
                self.kept.popitem(last=False)
        return made
