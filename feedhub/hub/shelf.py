"""Where rendered bytes are kept: documents by canonical address for one state of the world, entries for longer.

Knows nothing of how they are made or sent. `Publication.render` fills it; the web takes from it below Flask.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from threading import Lock

from feedhub.hub.shapes import Rendered

#: The publication counter and the local day (`YYYY-MM-DD`): what a body depends on beside its address.
Edition = tuple[int, str]


#: Bytes that a kept entry costs beside its text.
OVERHEAD = 400
#: Bytes of a body above which the shelf keeps it compressed only.
LARGE = 8_000_000


@dataclass
class Shelf:
    """Bodies of one edition, least recently used gone first; `limit` and `size` count bytes, plain and compressed."""

    limit: int = 64_000_000
    size: int = 0
    edition: Edition = (-1, "")
    kept: OrderedDict[str, Rendered] = field(default_factory=OrderedDict)
    making: dict[tuple[Edition, str], Lock] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, address: str, edition: Edition, make: Callable[[], Rendered]) -> Rendered:
        """The body kept for an address, or the one that `make` gives; who asks meanwhile waits for the same one.

        What `make` raises passes through and is not kept.
        """
        key = (edition, address)
        with self.lock:
            found = self._find(address, edition)
            if found is not None:
                return found
            gate = self.making.setdefault(key, Lock())
        try:
            with gate:
                with self.lock:
                    found = self._find(address, edition)
                if found is not None:
                    return found
                made = make()
                with self.lock:
                    self._keep(address, edition, made)
                return made
        finally:
            with self.lock:
                self.making.pop(key, None)

    def peek(self, address: str, etag: str) -> Rendered | None:
        """The body kept for an address, if it is still the one with this tag; makes nothing."""
        with self.lock:
            found = self.kept.get(address)
            if found is None or found.etag != etag:
                return None
            self.kept.move_to_end(address)
            return found

    def _find(self, address: str, edition: Edition) -> Rendered | None:
        if edition != self.edition:
            return None
        found = self.kept.get(address)
        if found is not None:
            self.kept.move_to_end(address)
        return found

    def _keep(self, address: str, edition: Edition, made: Rendered) -> None:
        if edition != self.edition:
            if edition[0] < self.edition[0]:
                return  # the world went on while this one was made
            self.edition, self.size = edition, 0
            self.kept.clear()
        if made.size > LARGE and made.zipped:
            made = replace(made, plain=None)
        weight = _weight(made)
        if weight > self.limit:
            return
        self.kept[address] = made
        self.size += weight
        while self.size > self.limit:
            _, old = self.kept.popitem(last=False)
            self.size -= _weight(old)


@dataclass
class Fragments:
    """Rendered entries and events by what they are made of, least recently used gone first; `limit` counts bytes.

    They outlive editions: a new announcement renders one entry and not the hundred that stood there before.
    """

    limit: int = 48_000_000
    size: int = 0
    kept: OrderedDict[Hashable, bytes] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, /) -> bytes | None:
        """The bytes kept by a key, if they still are."""
        with self.lock:
            found = self.kept.get(key)
            if found is not None:
                self.kept.move_to_end(key)
            return found

    def __setitem__(self, key: Hashable, fragment: bytes, /) -> None:
        """Keep bytes by a key."""
        with self.lock:
            self.size += len(fragment) + OVERHEAD - _cost(self.kept.pop(key, None))
            self.kept[key] = fragment
            while self.size > self.limit:
                self.size -= _cost(self.kept.popitem(last=False)[1])


def _cost(fragment: bytes | None) -> int:
    return 0 if fragment is None else len(fragment) + OVERHEAD


def _weight(made: Rendered) -> int:
    return len(made.plain or b"") + len(made.zipped)
