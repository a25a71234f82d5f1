"""What every page has at hand: the hub, the filter of the request, addresses and words. Never writes, never renders."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, request
from flask_babel import gettext, lazy_gettext, ngettext

from feedhub import __version__
from feedhub.errors import FilterError
from feedhub.horizon import leads, views
from feedhub.model import FILTER_NAMES, Filter, is_tracking
from feedhub.web import forms, retold, words

if TYPE_CHECKING:
    from feedhub.hub import Hub

STATIC = Path(__file__).resolve().parent / "static"
#: The interface language and, per page, what belongs to the page and not to the filter.
OWN = ("ui",)


def the_hub() -> Hub:
    """The hub this application serves."""
    return cast("Hub", current_app.extensions["feedhub"])


@dataclass(frozen=True)
class Scope:
    """The filter of one page and every address that belongs to it; `path` is the page's own.

    `fixed` are the filter values that the path itself names; they stand in no query of the page.
    """

    filter: Filter
    path: str
    base_url: str
    own: Mapping[str, str]
    fixed: tuple[tuple[str, str], ...] = ()

    def at(self, path: str, **own: str | int) -> str:
        """`path` with this filter, and with parameters of that page's own."""
        return _address(path, [*self.filter.pairs(), *_given(own)])

    def here(self, **own: str | int) -> str:
        """This page again, with other parameters of its own."""
        pairs = [p for p in self.filter.pairs() if p not in self.fixed]
        return _address(self.path, [*pairs, *_given({**self.own, **own})])

    def without(self, name: str, value: str | None = None) -> str:
        """This page with one filter value less."""
        if name in self.filter.sets:
            left = self.filter.without(name, value).pairs()
        else:
            left = [(n, v) for n, v in self.filter.pairs() if n != name]
        return _address(self.path, [*left, *((k, v) for k, v in self.own.items() if k != "page")])

    @property
    def news(self) -> Filter:
        """This filter for announcements: without its dates, which are of milestones on pages and of instants in feeds."""
        return replace(self.filter, since=None, until=None)

    @property
    def dated(self) -> bool:
        """True when dates are chosen, which narrow the calendar but not the news."""
        return self.news != self.filter

    @cached_property
    def feeds(self) -> dict[str, str]:
        """Absolute addresses: atom, rss, json of the news; ics, webcal of exactly this filter."""
        out = {kind: self.base_url + self.news.address(f"/feeds/announcements.{kind}") for kind in _FORMATS}
        out["ics"] = self.base_url + self.filter.address("/calendar.ics")
        out["webcal"] = "webcal://" + out["ics"].partition("://")[2]
        return out

    @cached_property
    def chips(self) -> list[tuple[str, str, str]]:
        """What is chosen: (words, name, value)."""
        out = []
        for name, value in self.filter.pairs():
            if name == "lead_days_min":
                text = ngettext("Lead time at least %(num)s day", "Lead time at least %(num)s days", int(value))
            elif name in ("from", "to"):
                text = f"{words.FILTER[name]} {words.day_text(date.fromisoformat(value))}"
            else:
                text = f"{words.FILTER[name]}{words.colon()}{value_label(name, value)}"
            out.append((text, name, value))
        return out


def _given(own: Mapping[str, str | int]) -> list[tuple[str, str]]:
    return [(k, str(v)) for k, v in own.items() if v not in ("", None)]


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    """The same spelling as `Filter.address`, so that a page's address equals its canonical one."""
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


_FORMATS = ("atom", "rss", "json")


def read_scope(*own: str, fixed: Iterable[tuple[str, str]] = (), takes: Collection[str] = FILTER_NAMES) -> Scope:
    """The request's filter; `own` names parameters of this page alone. Raises FilterError (400).

    `fixed` are filter values that the address itself names, such as the topic of a topic's page. `takes` are the filters
    that narrow this page: another one is refused rather than passed over, or a reader would trust a list that is not his.
    """
    mine = (*OWN, *own)
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k not in mine]
    for name, value in pairs:
        if name not in takes and not is_tracking(name) and (value or name not in FILTER_NAMES):
            known = ", ".join([*takes, *own, *OWN])
            raise FilterError(lazy_gettext("This page has no “%(name)s”. It has: %(known)s.", name=name, known=known))
    values: dict[str, str] = {}
    for name in own:
        given = request.args.getlist(name)
        if len(given) > 1:
            raise FilterError(lazy_gettext("“%(name)s” can be given only once.", name=name))
        if given and given[0]:
            values[name] = given[0]
    hub = the_hub()
    named = tuple(fixed)
    return Scope(hub.parse_filter([*named, *pairs]), request.path, hub.instance.base_url, values, named)


def number(scope: Scope, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the page's own parameters; raises FilterError with what is possible."""
    value = scope.own.get(name, str(default))
    if not (value.isascii() and value.isdigit() and low <= int(value[:6]) <= high and len(value) <= 6):
        raise FilterError(
            lazy_gettext("“%(name)s” must be a whole number from %(low)s to %(high)s.", name=name, low=low, high=high)
        )
    return int(value)


def page_of(scope: Scope, total: int, per_page: int) -> tuple[int, int]:
    """The page that is asked for, at most the last one, and how many there are."""
    pages = max(1, -(-total // per_page))
    return min(number(scope, "page", 1, 1, 9999), pages), pages


def choice(scope: Scope, name: str, options: Iterable[str]) -> str:
    """One of a page's own closed choices, the first by default; raises FilterError naming them."""
    known = list(options)
    value = scope.own.get(name, known[0])
    if value not in known:
        raise FilterError(lazy_gettext("“%(name)s” must be one of: %(known)s.", name=name, known=", ".join(known)))
    return value


def known_values() -> Mapping[str, Mapping[str, str]]:
    """`Hub.known_values`, asked once a request."""
    if "known_values" not in g:
        g.known_values = the_hub().known_values()
    return cast("Mapping[str, Mapping[str, str]]", g.known_values)


def value_label(name: str, value: str) -> str:
    """The words for a value of a filter parameter."""
    if name == "law":
        return law_label(value)
    if name in ("topic", "clause", "country", "product", "stage", "trust"):
        return words.named(name, value)
    known = known_values().get(name, {})
    if value in known and known[value] != value:
        return known[value]
    return words.language_name(value) if name == "lang" else value


#: What the calendar's pages and the front page narrow by; the notices' page has every filter.
NARROWED = ("country", "topic", "product")


def narrowing(scope: Scope) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What a page can be narrowed by: (filter name, the one value that is chosen, (value, words) of those with notices)."""
    counts, out = the_hub().counts(Filter()), []
    for name in NARROWED:
        chosen = scope.filter.sets.get(name, ())
        labels = {v: value_label(name, v) for v in (*counts.get(name, {}), *chosen)}
        only = chosen[0] if len(chosen) == 1 else ""
        options = [(v, labels[v]) for v in labels if v == only or v not in chosen]
        out.append((name, only, sorted(options, key=lambda option: option[1].casefold())))
    return out


def topic_label(topic: str) -> str:
    """The words for a topic id."""
    return value_label("topic", topic)


def evidence_label(evidence: str) -> str:
    """The words for a kind of evidence, or the words a buyer gave."""
    return words.named("evidence", evidence) if evidence in the_hub().taxonomy.evidence else evidence


def law_label(law: str) -> str:
    """The short name of a law, or the words a buyer gave."""
    laws = the_hub().taxonomy.laws
    return (laws[law].short or laws[law].name) if law in laws else law


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def static_url(name: str) -> str:
    """The address of a static file, changed with its content so that it can be cached for a year."""
    return f"/static/{name}?v={_fingerprint(name)}"


def register(app: Flask) -> None:
    """Give templates their words and helpers."""
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(colon=words.colon)
    env.filters.update(
        {
            "when": words.when_text,
            "when_datetime": words.when_datetime,
            "day": words.day_text,
            "month": words.month_text,
            "month_short": words.month_short,
            "month_year_short": words.month_year_short,
            "moment": words.moment_text,
            "number": words.number,
            "capital": words.capital,
            "stamp": words.stamp,
            "distance": words.distance,
            "ago": lambda then: words.ago(then, the_hub().now()),
            "topic": topic_label,
            "stage": lambda v: words.named("stage", v),
            "clause": lambda v: value_label("clause", str(v)),
            "trust": lambda v: words.named("trust", v),
            "trust_short": lambda v: words.said(words.TRUST_SHORT, v),
            "milestone": lambda v: words.named("milestone", v),
            "status": lambda v: words.named("milestone_status", v),
            "kind": lambda v: words.named("announcement", v),
            "percent": words.percent,
            "to_do": lambda v: words.TO_DO.get(v, ""),
            "waits": lambda v: words.said(words.WAITS, v),
            "source_kind": lambda v: words.said(words.SOURCE_KIND, v),
            "outcome": lambda v: words.named("outcome", v) if v else gettext("Not read yet"),
            "reason": words.reason,
            "remedy": words.remedy,
            "signposts": lambda v: words.named("signposts", v),
            "country": lambda v: value_label("country", v) if v else "",
            "law": law_label,
            "criterion": lambda v: words.named("criterion", v),
            "reach": words.reach,
            "convention": lambda v: the_hub().taxonomy.label("convention", v),
            "judged": words.judged,
            "product": lambda v: value_label("product", v),
            "language": words.language_name,
            "role": lambda v: words.named("role", v),
            "account": lambda v: words.said(words.ACCOUNT, v),
            "evidence": evidence_label,
            "ahead": words.ahead,
            "coming": leads.coming,
            "bare": words.bare,
            "host": words.host,
            "readable": words.readable,
            "trigger": words.trigger,
            "law_kind": lambda v: words.said(words.LAW_KIND, v),
            "definition": lambda v: words.named("definition", v),
            "law_date": words.law_date,
            "law_subject": retold.law_subject,
            "retold": retold.retold,
            "law_role": lambda v: words.named("law_role", v),
        }
    )
    env.globals.update(
        static_url=static_url,
        sign_of=views.sign,
        value_label=value_label,
        narrowing=narrowing,
        FILTER_LABELS=words.FILTER,
        faults=forms.faults,
        version=__version__,
    )

    @app.context_processor
    def everywhere() -> dict[str, object]:
        hub = the_hub()
        return {"today": hub.today(), "instance": hub.instance, "settings": hub.settings}
