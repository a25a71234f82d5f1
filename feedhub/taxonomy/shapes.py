"""What the taxonomy holds, as frozen shapes. Never reads a file, never judges a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Norwegian is `no` where texts are read and `nb` where pages are written; names are looked up under both.
_NORWEGIAN = ("nb", "no", "nn")


@dataclass(frozen=True)
class Topic:
    """What a social requirement can be about. `core` is false for adjacent topics, shown on request only.

    `clauses` are the ids of the procurement roles in which it usually comes, `evidence` the kinds that can prove it.
    """

    id: str
    label: str
    core: bool
    definition: str
    clauses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClauseKind:
    """A procurement role; `ready` says when a bidder must be ready at the latest: at_bid, at_signature or ""."""

    id: str
    label: str
    definition: str
    ready: str = ""


@dataclass(frozen=True)
class EvidenceKind:
    """A named kind of proof. `words` maps a language ("" for every language) to the spellings of texts."""

    id: str
    label: str
    topics: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """A kind of ICT hardware: beginnings of CPV codes, and its words by language."""

    id: str
    label: str
    cpv: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LawDate:
    """One date of a law as its source gives it.

    `date` is `YYYY`, `YYYY-MM`, `YYYY-Qn`, `YYYY-MM-DD`, `--MM-DD` (every year) or words such as
    `+6 months after FY end`. `certainty` is certain, probable, uncertain, conflict or certain-from-memory; `source`
    the page it was seen on, "" when it was not looked up. `was` is the role that a superseded date had; `subject`
    tells two dates of one kind apart, in English.
    """

    date: str
    role: str
    certainty: str
    source: str = ""
    note: str = ""
    was: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Law:
    """An act, directive, policy note, contract instrument or label, with its dates.

    `country` is a code of `countries`, `authority` and `authority_name` the body that made it, `cites` the spellings and numbers
    by which texts of any language name it, `official_hosts` the hosts of that body or of its gazette.
    `stage` is where it stood when last seen, for laws whose dates do not say. `core` is false for one that touches no
    social topic: it is shown on request only.
    """

    id: str
    name: str
    jurisdiction: str
    country: str
    kind: str
    who: str
    thresholds: str
    topics: tuple[str, ...]
    relevance: str
    status: str
    authority: str
    stage: str
    authority_name: str = ""
    short: str = ""
    cites: tuple[str, ...] = ()
    official_hosts: tuple[str, ...] = ()
    url: str = ""
    dates: tuple[LawDate, ...] = ()
    core: bool = True


@dataclass(frozen=True)
class Convention:
    """An international convention or guideline. `number` is that of an ILO convention, 0 for others.

    `words` are the spellings by which texts of any language name it.
    """

    id: str
    name: str
    number: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """A criterion of the European Single Procurement Document; `id` is its UUID, `clause` its procurement role.

    `topics` are what a notice that names it states, `asks` further topics that bidders declare through it.
    """

    id: str
    label: str
    clause: str
    topics: tuple[str, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taxonomy:
    """The closed lists of the field. Immutable; every mapping keeps the order of its file."""

    topics: Mapping[str, Topic]
    clauses: Mapping[str, ClauseKind]
    evidence: Mapping[str, EvidenceKind]
    laws: Mapping[str, Law]
    products: Mapping[str, Product]
    conventions: Mapping[str, Convention]
    criteria: Mapping[str, Criterion]
    terms: Mapping[str, Mapping[str, tuple[str, ...]]]
    cues: Mapping[str, Mapping[str, tuple[str, ...]]]
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]
    countries: Mapping[str, Mapping[str, str]]
    zones: Mapping[str, str]
    cpv_ancestors: tuple[str, ...] = ()
    country_aliases: Mapping[str, str] = field(default_factory=dict)
    unions: Mapping[str, str] = field(default_factory=dict)

    @property
    def core_topics(self) -> tuple[str, ...]:
        """Ids of the topics that are in scope by default."""
        return tuple(t.id for t in self.topics.values() if t.core)

    def label(self, kind: str, id: str, lang: str = "en") -> str:  # noqa: A002 -- the field's word
        """The name of a thing in a language, else in English, else its id in words; never raises.

        `kind` is topic, definition (of a topic), clause, evidence, criterion, law, convention, product, country, stage, trust, milestone,
        milestone_status, precision, signposts, role, outcome, announcement, law_role, reason and reason_todo (of a source's fault) or rule (a name of what the detector heard).
        """
        base = lang.partition("-")[0]
        languages = (lang, base, *(_NORWEGIAN if base in _NORWEGIAN else ()), "en")
        if kind == "country":
            names = self.countries.get(self.country(id) or "", {})
            return next((names[language] for language in languages if language in names), id)
        if kind == "law":
            return self.laws[id].name if id in self.laws else id
        if kind == "convention":
            return self.conventions[id].name if id in self.conventions else id
        for language in languages:
            name = self.labels.get(language, {}).get(kind, {}).get(id)
            if name:
                return name
        return id.replace("_", " ")

    def country(self, code: str) -> str | None:
        """The code of `countries` for a two- or three-letter code in any case (UK and GBR give GB), else None."""
        upper = code.strip().upper()
        return upper if upper in self.countries else self.country_aliases.get(upper)

    def zone(self, country: str) -> str:
        """The IANA zone in which the dates of a country's authorities are meant; Europe/Brussels when unknown."""
        return self.zones.get(self.country(country) or "", "Europe/Brussels")

    def product_for_cpv(self, code: str) -> str | None:
        """The product a CPV code names (the longest beginning wins), None for ancestors and other codes."""
        digits = cpv_digits(code)
        found = [
            (len(prefix), p.id)
            for p in self.products.values()
            for prefix in p.cpv
            if digits and digits.startswith(prefix)
        ]
        return max(found)[1] if found else None

    def is_ict(self, codes: Iterable[str]) -> bool:
        """True when any CPV code is ICT hardware, or a whole code under which notices file it without saying more."""
        return any(self.product_for_cpv(c) or cpv_digits(c) in self.cpv_ancestors for c in codes)

    def criterion_for(self, topic: str, clause: str, country: str) -> Criterion | None:
        """The ESPD criterion through which bidders of a country declare a requirement; None where there is none."""
        if self.country(country) not in self.unions:
            return None
        asked = (c for c in self.criteria.values() if c.clause == clause and topic in (*c.topics, *c.asks))
        return next(asked, None)

    def laws_in(self, topic: str, country: str) -> tuple[Law, ...]:
        """The laws that touch a topic and were made by a country, or by the EU where it is a member."""
        own = self.country(country) or country
        makers = {own, "EU"} if self.unions.get(own) == "EU" else {own}
        return tuple(law for law in self.laws_for(topic) if law.country in makers)

    def laws_for(self, topic: str) -> tuple[Law, ...]:
        """The laws that touch a topic, in the order of the file."""
        return tuple(law for law in self.laws.values() if topic in law.topics)


def cpv_digits(code: str) -> str:
    """The eight digits of a CPV code without the check digit that UK data appends (`30213100-6`); "" if it is none."""
    digits = code.strip().partition("-")[0].strip()
    return digits if len(digits) == 8 and digits.isascii() and digits.isdigit() else ""
