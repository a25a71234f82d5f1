"""Where rendered bytes are kept: documents by canonical address for one state of the world, entries for longer.

Knows nothing of how they are made or sent. `Publication.render` fills it; the web takes from it below Flask.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock

from feedhub.hub.shapes import Rendered

#: The publication counter and the local day (`YYYY-MM-DD`): what a body depends on beside its address.
Edition = tuple[int, str]


#: Bytes that a kept entry costs beside its text.
OVERHEAD = 400
#: Fragments that are packed together, and bytes of a body above which the shelf keeps it compressed only.
PACK, LARGE = 64, 8_000_000


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
    """Rendered entries and events by what they are made of; `limit` counts bytes, `deep` those of what is packed.

    They outlive editions: a new announcement renders one entry and not the hundred that stood there before. What was
    used least recently is packed, many together, to a tenth of its size, and taken from there for calendars that are larger than
    `limit`; the oldest packs go first.
    """

    limit: int = 48_000_000
    deep: int = 48_000_000
    size: int = 0
    packed: int = 0
    kept: OrderedDict[Hashable, bytes] = field(default_factory=OrderedDict)
    packs: OrderedDict[int, _Pack] = field(default_factory=OrderedDict)
    places: dict[Hashable, int] = field(default_factory=dict)
    leaving: dict[Hashable, bytes] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, /) -> bytes | None:
        """The bytes kept by a key, if they still are."""
        with self.lock:
            found = self.kept.get(key)
            if found is not None:
                self.kept.move_to_end(key)
                return found
            if key in self.leaving:
                return self.leaving[key]
            place = self.places.get(key)
            return None if place is None else self.packs[place].get(key)

    def __setitem__(self, key: Hashable, fragment: bytes, /) -> None:
        """Keep bytes by a key."""
        with self.lock:
            self.size += len(fragment) + OVERHEAD - _cost(self.kept.pop(key, None))
            self.kept[key] = fragment
            while self.size > self.limit:
                old, left = self.kept.popitem(last=False)
                self.size -= _cost(left)
                self.leaving[old] = left
            if len(self.leaving) >= PACK:
                self._pack()

    def _pack(self) -> None:
        number = next(reversed(self.packs), 0) + 1
        self.packs[number] = pack = _Pack.of(self.leaving)
        self.places |= dict.fromkeys(self.leaving, number)
        self.packed += pack.cost
        self.leaving = {}
        while self.packed > self.deep:
            oldest, gone = self.packs.popitem(last=False)
            self.packed -= gone.cost
            for key in gone.spans:
                if self.places.get(key) == oldest:
                    del self.places[key]


@dataclass
class _Pack:
    """Fragments compressed together; the text stays unpacked as long as its neighbours are asked for."""

    packed: bytes
    spans: dict[Hashable, tuple[int, int]]

    @classmethod
    def of(cls, fragments: Mapping[Hashable, bytes]) -> _Pack:
        """Compress some fragments."""
        spans, begin = {}, 0
        for key, fragment in fragments.items():
            spans[key] = (begin, begin + len(fragment))
            begin += len(fragment)
        return cls(zlib.compress(b"".join(fragments.values()), 1), spans)

    @property
    def cost(self) -> int:
        """Bytes, with those of the keys."""
        return len(self.packed) + OVERHEAD * len(self.spans)

    def get(self, key: Hashable) -> bytes:
        """One of the fragments."""
        begin, end = self.spans[key]
        return _unpacked(self.packed)[begin:end]


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> bytes:
    return zlib.decompress(packed)


def _cost(fragment: bytes | None) -> int:
    return 0 if fragment is None else len(fragment) + OVERHEAD


def _weight(made: Rendered) -> int:
    return len(made.plain or b"") + len(made.zipped)
