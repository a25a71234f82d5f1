"""Which announcements or notices meet a filter: one bit each, in pages of bits for every value that can be asked for.

Counting a feed and finding its hundred-and-first entry then reads some pages of half a kilobyte, on both engines and
however many there are. Knows numbers and values, never what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_ as both
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from feedhub.model import Announcement
from feedhub.store.tables import announcement_bits, notice_bits

#: Announcements or notices a page.
PAGE = 4096
#: Binary digits of a lead time; the longest that can be asked for is 99,999 days.
_DIGITS = 17
_CHUNK = 200
_MOVES = "feedhub moves of notices"
#: Page number → its bits, the lowest bit for the page's first announcement.
Pages = dict[int, int]
#: A filter name and one of its values.
Fact = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """What meets a filter, by numbers in order (those of announcements are their sequence numbers)."""

    pages: tuple[tuple[int, int], ...]

    @cached_property
    def total(self) -> int:
        """How many."""
        return sum(bits.bit_count() for _, bits in self.pages)

    @property
    def end(self) -> int:
        """A number beyond the last."""
        return (self.pages[-1][0] + 1) * PAGE if self.pages else 0

    def between(self, first: int, last: int) -> list[int]:
        """Those from the `first` (from 0, oldest) up to but without the `last`, oldest first."""
        out: list[int] = []
        before = 0
        for page, bits in self.pages:
            count = bits.bit_count()
            if before < last and before + count > first:
                seqs = list(_seqs(page, bits))
                out += seqs[max(0, first - before) : last - before]
            before += count
        return out

    @cached_property
    def _by_page(self) -> Pages:
        return dict(self.pages)

    def __contains__(self, number: int) -> bool:
        """Whether a number is among them."""
        page, place = divmod(number, PAGE)
        return bool(self._by_page.get(page, 0) >> place & 1)

    def newest(self, limit: int) -> list[int]:
        """The newest `limit`, newest first."""
        return self.between(max(0, self.total - limit), self.total)[::-1]


def _seqs(page: int, bits: int) -> Iterator[int]:
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield page * PAGE + at
        at = digits.find("1", at + 1)


def note(connection: Connection, entries: Iterable[Announcement]) -> None:
    """Set the bits of new announcements; the caller holds the lock of the log."""
    wanted: dict[tuple[str, str, int], int] = {}
    for entry in entries:
        page, place = divmod(entry.seq, PAGE)
        for name, value in facts(entry.kind.value, entry.terms, entry.lead_days):
            key = (name, value, page)
            wanted[key] = wanted.get(key, 0) | 1 << place
    for key, bits in _read(connection, announcement_bits, list(wanted)).items():
        wanted[key] |= bits
    write(connection, wanted)


def move(connection: Connection, number: int, before: set[Fact], after: set[Fact]) -> None:
    """Take a notice out of the sets of what it was and put it into those of what it is, when the transaction `settle`s.

    The caller holds the log's lock. A page that is written once for every notice of a long transaction has as many
    versions in PostgreSQL, and each is looked at by the next.
    """
    page, place = divmod(number, PAGE)
    waiting: dict[tuple[str, str, int], dict[int, bool]] = connection.info.setdefault(_MOVES, {})
    for name, value in before ^ after:
        waiting.setdefault((name, value, page), {})[place] = (name, value) in after


def settle(connection: Connection) -> None:
    """Write what the notices of this transaction have moved; before it ends, and never for a broken one."""
    waiting: dict[tuple[str, str, int], dict[int, bool]] = connection.info.pop(_MOVES, {})
    found = _read(connection, notice_bits, list(waiting))
    pages = {}
    for key, places in sorted(waiting.items()):
        bits = found.get(key, 0)
        for place, stands in places.items():
            bits = bits | 1 << place if stands else bits & ~(1 << place)
        pages[key] = bits
    write(connection, pages, notice_bits)


def forget(connection: Connection) -> None:
    """Forget what a transaction that broke off has left."""
    connection.info.pop(_MOVES, None)


def _read(
    connection: Connection, table: Table, keys: Sequence[tuple[str, str, int]]
) -> dict[tuple[str, str, int], int]:
    """The pages of some names, values and numbers, where they exist."""
    out: dict[tuple[str, str, int], int] = {}
    columns = tuple_(table.c.name, table.c.value, table.c.page)
    for i in range(0, len(keys), _CHUNK):
        for name, value, page, bits in connection.execute(select(table).where(columns.in_(keys[i : i + _CHUNK]))):
            out[name, value, page] = _number(bits)
    return out


def write(connection: Connection, pages: Mapping[tuple[str, str, int], int], table: Table = announcement_bits) -> None:
    """Put whole pages, by name, value and number."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    put = insert.on_conflict_do_update(index_elements=["name", "value", "page"], set_={"bits": insert.excluded.bits})
    rows = [
        {"name": name, "value": value, "page": page, "bits": bits.to_bytes((bits.bit_length() + 7) // 8, "little")}
        for (name, value, page), bits in pages.items()
    ]
    if rows:
        connection.execute(put, rows)


def facts(kind: str, terms: Mapping[str, Sequence[str]], lead_days: int | None) -> Iterator[Fact]:
    """Every (name, value) that an announcement has: its kind, its terms, and its lead time digit by digit."""
    yield "kind", kind
    yield from facts_of_notice(terms, lead_days)


def facts_of_notice(terms: Mapping[str, Sequence[str]], lead_days: int | None) -> Iterator[Fact]:
    """Every (name, value) that a notice has: its terms, and its lead time digit by digit."""
    yield "", ""
    for name, values in terms.items():
        yield from ((name, value) for value in set(values))
    if lead_days is not None:
        yield "lead", ""
        yield from (("lead", str(k)) for k in range(_DIGITS) if lead_days >> k & 1)


def meeting(
    connection: Connection,
    sets: Mapping[str, Sequence[str]],
    *,
    lead_days_min: int | None = None,
    among: Iterable[Pages] = (),
    first: int = 0,
    last: int | None = None,
    table: Table = announcement_bits,
) -> Found:
    """What has a value of every set, a lead time of at least so many days, and a number in the range.

    `among` are sets of those that come into question by something that has no bits.
    """
    found = [*_any_of(connection, table, sets or {"": ("",)}).values(), *among]
    if lead_days_min is not None:
        found.append(_at_least(connection, table, lead_days_min))
    numbers = reduce(both, (set(pages) for pages in found))
    kept = ((page, reduce(both, (pages[page] for pages in found)) & _range(page, first, last)) for page in numbers)
    return Found(tuple(sorted((page, bits) for page, bits in kept if bits)))


def counts(connection: Connection, found: Found) -> dict[str, dict[str, int]]:
    """Of some notices: filter name → value → how many have it."""
    among = dict(found.pages)
    out: dict[str, dict[str, int]] = {}
    query = select(notice_bits).where(notice_bits.c.name.not_in(("", "lead")))
    for name, value, page, bits in connection.execute(query):
        number = (_number(bits) & among.get(page, 0)).bit_count()
        if number:
            values = out.setdefault(name, {})
            values[value] = values.get(value, 0) + number
    return out


def is_used(connection: Connection, name: str, value: str) -> bool:
    """Whether an announcement has a value."""
    table = announcement_bits
    query = select(table.c.page).where(table.c.name == name, table.c.value == value).limit(1)
    return connection.execute(query).first() is not None


def pages_of(seqs: Iterable[int]) -> Pages:
    """Bits for these numbers."""
    places: dict[int, bytearray] = {}
    for seq in seqs:
        page, place = divmod(seq, PAGE)
        places.setdefault(page, bytearray(PAGE // 8))[place >> 3] |= 1 << (place & 7)
    return {page: _number(bits) for page, bits in places.items()}


def _any_of(connection: Connection, table: Table, sets: Mapping[str, Sequence[str]]) -> dict[str, Pages]:
    """For each name the pages of what has one of its values."""
    out: dict[str, Pages] = {name: {} for name in sets}
    asked = (and_(table.c.name == name, table.c.value.in_(values)) for name, values in sets.items())
    for name, page, bits in connection.execute(select(table.c.name, table.c.page, table.c.bits).where(or_(*asked))):
        out[name][page] = out[name].get(page, 0) | _number(bits)
    return out


def _at_least(connection: Connection, table: Table, days: int) -> Pages:
    """Those whose lead time is at least so long, found digit by digit from the highest."""
    known: Pages = {}
    digits: list[Pages] = [{} for _ in range(_DIGITS)]
    query = select(table.c.value, table.c.page, table.c.bits).where(table.c.name == "lead")
    for value, page, bits in connection.execute(query):
        (digits[int(value)] if value else known)[page] = _number(bits)
    out: Pages = {}
    for page, equal in known.items():
        more = 0
        for k in reversed(range(_DIGITS)):
            bits = digits[k].get(page, 0)
            if days >> k & 1:
                equal &= bits  # noqa: PLW2901 - narrowed digit by digit
            else:
                more |= equal & bits
                equal &= ~bits  # noqa: PLW2901
        out[page] = more | equal
    return out


def _range(page: int, first: int, last: int | None) -> int:
    """A mask of the places of a page whose numbers lie in `first` … `last`."""
    low = max(0, min(PAGE, first - page * PAGE))
    high = PAGE if last is None else max(0, min(PAGE, last + 1 - page * PAGE))
    return ((1 << high) - 1) & ~((1 << low) - 1)


def _number(bits: Any) -> int:
    return int.from_bytes(bits, "little")
