"""What every verb stands on: store, settings, taxonomy, identity and the clock. Opens a feedhub; judges nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedhub import declarations, fetch, store, taxonomy
from feedhub.config import Settings
from feedhub.errors import Gone, UnknownValue
from feedhub.hub.memo import Memo
from feedhub.hub.terms import PROCUREMENT, scoped, words
from feedhub.model import Authority, Clause, Filter, Instance, Notice, NoticeRef, Stage, Trust
from feedhub.store import Store, Tx, catalogue, finding, log
from feedhub.taxonomy import Taxonomy

T = TypeVar("T")


def system_clock() -> datetime:
    """The machine's time as an aware UTC instant; the only place where feedhub asks for it."""
    return datetime.now(UTC)


@dataclass
class Base:
    """An open feedhub. One per process; safe to use from many threads."""

    settings: Settings
    store: Store
    taxonomy: Taxonomy
    instance: Instance
    created: datetime
    clock: Callable[[], datetime] = field(default=system_clock)

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return self.clock()

    def today(self) -> date:
        """The present day in the default zone of authorities (Europe/Brussels)."""
        return self.now().astimezone(ZoneInfo("Europe/Brussels")).date()

    def close(self) -> None:
        """Give connections back."""
        if "fetcher" in self.__dict__:
            self.fetcher.close()
        self.store.close()

    @cached_property
    def fetcher(self) -> fetch.Fetcher:
        """The one guarded way out."""
        return fetch.Fetcher(
            allow=self.settings.fetch_allow,
            user_agent=self.user_agent,
            chromium=self.settings.browser,
            logins=self.settings.imap_url,
        )

    @property
    def user_agent(self) -> str:
        """The name under which feedhub asks and sends."""
        from feedhub import __version__  # noqa: PLC0415 - the package names its version after its rooms are loaded

        base = self.settings.base_url if self.settings.is_public else ""
        return fetch.user_agent(__version__, self.settings.contact, base)

    # -- what was counted before

    @cached_property
    def memo(self) -> Memo:
        """What was counted for the present state of the world."""
        return Memo()

    @cached_property
    def said(self) -> log.Said:
        """What was found in the log by words."""
        return log.Said()

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, counted once for everything published so far and this day; never change it."""
        with self.store.reading() as tx:
            edition = (log.position(tx).counter, self.today())
        return self.memo.get(key, edition, make)

    # -- authorities and filters

    def authority_of(self, tx: Tx, authority_id: str) -> Authority:
        """The authority; a nameless one when it is not known any more."""
        return catalogue.get_authority(tx, authority_id) or Authority(authority_id, authority_id)

    def stale(self, tx: Tx, found: Iterable[Notice | NoticeRef]) -> dict[str, datetime]:
        """Living notices that nobody confirmed, because their source was not read well, for three times its interval.

        By id, with their last confirmation (meaning.md, Reading and absence).
        """
        now = self.now()
        ours = [n for n in found if n.live and n.source_id and n.confirmed is not None]
        late = {
            s.source.id: 3 * s.source.every
            for s in catalogue.source_states(tx, sorted({n.source_id for n in ours}))
            if s.stale(now)
        }
        return {
            n.id: n.confirmed
            for n in ours
            if n.confirmed and n.source_id in late and n.confirmed + late[n.source_id] < now
        }

    def renamed(self) -> Mapping[str, str]:
        """Former ids of authorities → the ids they have now."""

        def make() -> Mapping[str, str]:
            next_id = {former: a.id for a in self.bodies().values() for former in a.formerly}
            out = {}
            for former in next_id:
                now = former
                for _ in next_id:  # no chain is longer, and a circle ends too
                    now = next_id.get(now, now)
                out[former] = now
            return {former: now for former, now in out.items() if former != now}

        return self.kept("renamed", make)

    def bodies(self) -> Mapping[str, Authority]:
        """All authorities by id, in order of their names."""

        def make() -> Mapping[str, Authority]:
            with self.store.reading() as tx:
                return catalogue.authorities(tx)

        return self.kept("bodies", make)

    def known_values(self, lang: str = "en") -> dict[str, dict[str, str]]:
        """Filter name → value → label: what exists here, for filters, facets and the feed builder. Not to be changed."""
        return self.kept(("known", lang), lambda: self._known_values(lang))

    def _known_values(self, lang: str) -> dict[str, dict[str, str]]:
        with self.store.reading() as tx:
            used = {name: finding.used_values(tx, name) for name in ("country", "lang")}
        former = self.renamed()
        names = {a.id: a.name for a in self.bodies().values() if a.id not in former}
        label = self.taxonomy.label
        countries = {c: label("country", c, lang) for c in self.taxonomy.countries}
        langs = {v: v for v in (*taxonomy.LANGUAGES, *used["lang"])}
        return {
            "authority": names,
            "country": countries | {c: countries.get(c, c) for c in used["country"]},
            "topic": {t: label("topic", t, lang) for t in self.taxonomy.topics},
            "clause": {c.value: label("clause", c.value, lang) for c in Clause},
            "product": {p: label("product", p, lang) for p in self.taxonomy.products},
            "stage": {s.value: label("stage", s.value, lang) for s in Stage},
            "trust": {t.value: label("trust", t.value, lang) for t in Trust},
            "law": {law.id: law.name for law in self.taxonomy.laws.values()},
            "lang": langs,
        }

    def parse_filter(self, pairs: Iterable[tuple[str, str]]) -> Filter:
        """A filter from query parameters, former ids replaced by present ones.

        Raises FilterError for unknown names or values, and Gone for a value that was in use once.
        """
        given = list(pairs)
        known: Mapping[str, Mapping[str, str]] = self.known_values() if given else {}
        if any(name == "authority" for name, _ in given):
            known = {**known, "authority": {**known["authority"], **self.renamed()}}
        try:
            return self.present(Filter.parse(given, known, extra=("ui",)))
        except UnknownValue as error:
            with self.store.reading() as tx:
                if log.has_said(tx, error.name, error.value):
                    raise Gone(
                        f"The {error.name} “{error.value}” is not used any more: nothing new will come."
                    ) from None
            raise

    def met(self, f: Filter, *, procurement: bool = False) -> finding.Met:
        """The notices that pass a filter (perhaps only those from procurement notices), and how some of them are read."""
        asked = self.asked(f)
        if procurement:
            asked = asked.with_value(PROCUREMENT, "yes")

        def make() -> finding.Met:
            with self.store.reading() as tx:
                return finding.meeting(tx, asked, words(f))

        return self.kept(("met", f.query(), procurement), make)

    def present(self, f: Filter) -> Filter:
        """A filter with the ids that its authorities have now."""
        wanted = f.sets.get("authority", ())
        new = self.renamed() if wanted else {}
        if not any(w in new for w in wanted):
            return f
        return replace(f, sets={**f.sets, "authority": tuple(sorted({new.get(w, w) for w in wanted}))})

    def asked(self, f: Filter) -> Filter:
        """A filter as it is asked of the store: with the default scope, and an authority with the ids it had."""
        return scoped(self.aliased(f))

    def aliased(self, f: Filter) -> Filter:
        """A filter with the ids that its authorities had before."""
        wanted = f.sets.get("authority", ())
        former = [old for old, new in self.renamed().items() if new in wanted] if wanted else []
        return replace(f, sets={**f.sets, "authority": tuple(sorted({*wanted, *former}))}) if former else f


def open_base(settings: Settings, clock: Callable[[], datetime] = system_clock) -> Base:
    """Connect, bring the schema up to date, and fix the instance's identity at the first start."""
    opened = Store.open(settings.database_url)
    store.migrate(opened.engine)
    now = clock()
    with opened.writing() as tx:
        if catalogue.get_value(tx, "tag_authority") is None:
            host = urlsplit(settings.base_url).hostname or ""
            own = host if settings.is_public else f"{secrets.token_hex(8)}.feedhub.invalid"
            catalogue.put_value(tx, "tag_authority", own)
            catalogue.put_value(tx, "tag_date", now.date().isoformat())
            catalogue.put_value(tx, "created", now.replace(microsecond=0).isoformat())
        tag = catalogue.get_value(tx, "tag_authority") or ""
        day = catalogue.get_value(tx, "tag_date") or ""
        created = datetime.fromisoformat(catalogue.get_value(tx, "created") or "")
    instance = Instance(tag, day, settings.base_url)
    return Base(settings, opened, taxonomy.load(), instance, created, clock)


def load_catalogue(base: Base) -> None:
    """Make the declared authorities and sources equal to the TOML files; states and overlays stay."""
    found = declarations.load(base.settings.sources)
    with base.store.writing() as tx:
        log.touch(tx)  # first: what can be filtered by may be new
        catalogue.put_authorities(tx, found.authorities)
        catalogue.put_sources(tx, found.sources)
