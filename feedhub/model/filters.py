"""Filters: one parameter set for pages, feeds, calendar and API, with one canonical form each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import quote, urlencode

from feedhub.errors import FilterError, UnknownValue

#: Values by which something can be filtered: name → values. Frozen into announcements.
Terms = Mapping[str, tuple[str, ...]]

#: Parameters that take values of a closed set, in canonical order.
SET_NAMES = ("authority", "country", "topic", "clause", "product", "stage", "trust", "law", "lang")
FILTER_NAMES = (*SET_NAMES, "q", "from", "to", "lead_days_min")

_TRACKING = ("fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "dclid", "igshid", "yclid", "_ga", "ref_src")


def is_tracking(name: str) -> bool:
    """True for parameters that mail programs and advertisers append; they are ignored (meaning.md)."""
    return name.startswith("utm_") or name in _TRACKING


@dataclass(frozen=True)
class Filter:
    """A filter with one canonical form. `sets` maps a name of `SET_NAMES` to its sorted values ("any of").

    `since` and `until` are calendar dates, both inclusive (parameters `from` and `to`).
    """

    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    q: str = ""
    since: date | None = None
    until: date | None = None
    lead_days_min: int | None = None

    @classmethod
    def parse(
        cls,
        pairs: Iterable[tuple[str, str]],
        known: Mapping[str, Collection[str]],
        extra: Collection[str] = (),
    ) -> Filter:
        """Make a filter from query parameters; raises FilterError with a sentence for anything unknown.

        `known` maps set names to the values that exist; a name absent from it takes any value.
        `extra` names parameters that belong to somebody else (such as `ui`) and are passed over.
        """
        sets: dict[str, set[str]] = {}
        single: dict[str, str] = {}
        for name, raw in pairs:
            value = raw.strip()
            if is_tracking(name) or name in extra:
                continue
            if name not in FILTER_NAMES:
                raise FilterError(f"Unknown parameter “{_cut(name)}”. Known are: {', '.join(FILTER_NAMES)}.")
            if value == "":
                continue
            if name in SET_NAMES:
                if name == "country":
                    value = value.upper()
                if name in known and value not in known[name]:
                    message = f"Unknown {name} “{_cut(value)}”. Look at /feeds for the values that exist."
                    raise UnknownValue(message, name, value)
                sets.setdefault(name, set()).add(value)
            elif name in single and single[name] != value:
                raise FilterError(f"“{name}” can be given only once.")
            else:
                single[name] = value
        return cls(
            sets={n: tuple(sorted(sets[n])) for n in SET_NAMES if n in sets},
            q=_query(single.get("q", "")),
            since=_day("from", single.get("from")),
            until=_day("to", single.get("to")),
            lead_days_min=_number("lead_days_min", single.get("lead_days_min")),
        )

    @property
    def is_empty(self) -> bool:
        """True when everything passes."""
        return not self.pairs()

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters in canonical order."""
        out = [(n, v) for n in SET_NAMES for v in self.sets.get(n, ())]
        if self.q:
            out.append(("q", self.q))
        if self.since:
            out.append(("from", self.since.isoformat()))
        if self.until:
            out.append(("to", self.until.isoformat()))
        if self.lead_days_min is not None:
            out.append(("lead_days_min", str(self.lead_days_min)))
        return out

    def query(self) -> str:
        """The canonical query string without `?`, empty for the empty filter."""
        return urlencode(self.pairs(), quote_via=quote)

    def address(self, path: str) -> str:
        """`path` with the canonical query."""
        query = self.query()
        return f"{path}?{query}" if query else path

    def with_value(self, name: str, value: str) -> Filter:
        """This filter with one more value of a set."""
        values = tuple(sorted({*self.sets.get(name, ()), value}))
        return replace(self, sets={**self.sets, name: values})

    def without(self, name: str, value: str | None = None) -> Filter:
        """This filter without one value, or without any value of `name`."""
        left = tuple(v for v in self.sets.get(name, ()) if value is not None and v != value)
        sets = {k: v for k, v in self.sets.items() if k != name}
        if left:
            sets[name] = left
        return replace(self, sets=sets)


def _cut(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:59]}…"


def _query(value: str) -> str:
    value = " ".join(value.split())
    if len(value) > 200:
        raise FilterError("“q” is longer than 200 characters.")
    return value


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise FilterError(f"“{name}” must be a date such as 2027-03-01, not “{value[:40]}”.") from None


def _number(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 5):
        raise FilterError(f"“{name}” must be a number of days from 0 to 99999, not “{value[:40]}”.")
    return int(value)
