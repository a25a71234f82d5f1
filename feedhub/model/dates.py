"""Dates with a precision. A span is stored by its first day and is never shown as that day alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Precision(StrEnum):
    """How exactly a date is known; a season is the quarter it mostly covers."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.HALF: 6, Precision.YEAR: 12}
_RANK = {p: i for i, p in enumerate(Precision)}


@dataclass(frozen=True)
class When:
    """A calendar date in `zone` with its precision.

    `first` is the first day of the span. `instant` is an aware UTC time, set only with precision `instant`.
    """

    first: date
    precision: Precision = Precision.DAY
    instant: datetime | None = None
    zone: str = "Europe/Brussels"

    @property
    def last(self) -> date:
        """The last day of the span (inclusive)."""
        months = _MONTHS.get(self.precision)
        if months is None:
            return self.first
        index = self.first.year * 12 + self.first.month - 1 + months
        if index >= 9999 * 12 + 12:
            return date.max
        return date(index // 12, index % 12 + 1, 1) - timedelta(days=1)

    @property
    def is_span(self) -> bool:
        """True when the date is known only to a month or coarser."""
        return self.precision in _MONTHS

    @property
    def iso(self) -> str:
        """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; quarter and half-year as their first day (contract.md)."""
        if self.precision is Precision.YEAR:
            return f"{self.first.year:04d}"
        if self.precision is Precision.MONTH:
            return f"{self.first.year:04d}-{self.first.month:02d}"
        return self.first.isoformat()

    def covers(self, other: When) -> bool:
        """True when `other` lies inside this span and is known more finely: a confirmation, not a move."""
        return _RANK[other.precision] < _RANK[self.precision] and self.first <= other.first and other.last <= self.last

    def same(self, other: When) -> bool:
        """True when both name the same span (and the same instant, where both know one)."""
        if self.precision is not other.precision or self.first != other.first:
            return False
        return self.instant == other.instant or None in (self.instant, other.instant)
