"""The closed lists of the field: topics, clauses, evidence, laws, products, terms, cues and names in several languages.

Reads the TOML files beside it, once. Never judges a text, never fetches, never asks the time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from feedhub.taxonomy.shapes import (
    ClauseKind,
    Convention,
    Criterion,
    EvidenceKind,
    Law,
    LawDate,
    Product,
    Taxonomy,
    Topic,
    cpv_digits,
)

__all__ = [
    "KNOWN_LANGUAGES",
    "LANGUAGES",
    "ClauseKind",
    "Convention",
    "Criterion",
    "EvidenceKind",
    "Law",
    "LawDate",
    "Product",
    "Taxonomy",
    "Topic",
    "cpv_digits",
    "load",
]

#: Languages in which texts are read, as ISO 639-1 codes; each has a file in `terms/` and in `cues/`.
LANGUAGES = ("en", "de", "nl", "sv", "da", "no", "fr", "fi", "es", "it")

#: Languages that an authority may declare: those of the EU, of its neighbours and of its regions.
KNOWN_LANGUAGES = (
    *LANGUAGES,
    *("bg", "cs", "el", "et", "ga", "hr", "hu", "lt", "lv", "mt", "pl", "pt", "ro", "sk", "sl"),
    *("bs", "ca", "cy", "eu", "gd", "gl", "is", "lb", "mk", "nb", "nn", "rm", "ru", "sq", "sr", "tr", "uk"),
)

_T = TypeVar("_T")
_HERE = Path(__file__).resolve().parent


@cache
def load() -> Taxonomy:
    """The taxonomy that ships with feedhub; the same object every time."""
    evidence = {key: _evidence(key, row) for key, row in _toml("evidence.toml").items()}
    products = _toml("products.toml")
    ancestors = tuple(products.pop("ancestors"))
    countries = _toml("countries.toml")
    makers = _toml("makers.toml")
    topics = {key: _topic(key, row, evidence) for key, row in _toml("topics.toml").items()}
    clauses = {key: ClauseKind(id=key, **row) for key, row in _toml("clauses.toml").items()}
    goods = {key: _product(key, row) for key, row in products.items()}
    criteria = {key: _criterion(key, row) for key, row in _toml("criteria.toml").items()}
    own = {
        "topic": {t.id: t.label for t in topics.values()},
        "definition": {t.id: t.definition for t in topics.values()},
        "clause": {c.id: c.label for c in clauses.values()},
        "evidence": {e.id: e.label for e in evidence.values()},
        "criterion": {c.id: c.label for c in criteria.values()},
        "product": {p.id: p.label for p in goods.values()},
    }
    return Taxonomy(
        topics=_frozen(topics),
        clauses=_frozen(clauses),
        evidence=_frozen(evidence),
        laws=_frozen({key: _law(key, row, makers) for key, row in _toml("laws.toml").items()}),
        products=_frozen(goods),
        conventions=_frozen({key: _convention(key, row) for key, row in _toml("conventions.toml").items()}),
        criteria=_frozen(criteria),
        terms=_by_language("terms"),
        cues=_by_language("cues"),
        labels=_labels(own),
        countries=_frozen({code: _names(row) for code, row in countries.items()}),
        zones=_frozen({code: row["zone"] for code, row in countries.items()}),
        cpv_ancestors=ancestors,
        country_aliases=_frozen({other: code for code, row in countries.items() for other in row["also"]}),
        unions=_frozen({code: row["union"] for code, row in countries.items() if "union" in row}),
    )


def _toml(name: str) -> dict[str, Any]:
    with (_HERE / name).open("rb") as file:
        return tomllib.load(file)


def _frozen(mapping: Mapping[str, _T]) -> Mapping[str, _T]:
    return MappingProxyType(dict(mapping))


def _topic(key: str, row: dict[str, Any], evidence: Mapping[str, EvidenceKind]) -> Topic:
    return Topic(
        id=key,
        label=row["label"],
        core=row["core"],
        definition=row["definition"],
        clauses=tuple(row["clauses"]),
        evidence=tuple(e.id for e in evidence.values() if key in e.topics),
    )


def _evidence(key: str, row: dict[str, Any]) -> EvidenceKind:
    words = {name.removeprefix("words").lstrip("_"): tuple(ws) for name, ws in row.items() if name.startswith("words")}
    return EvidenceKind(id=key, label=row["label"], topics=tuple(row["topics"]), words=_frozen(words))


def _product(key: str, row: dict[str, Any]) -> Product:
    words = {lang: tuple(row[lang]) for lang in LANGUAGES if lang in row}
    return Product(id=key, label=row["label"], cpv=tuple(row["cpv"]), words=_frozen(words))


def _law(key: str, row: dict[str, Any], makers: dict[str, str]) -> Law:
    plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items() if name != "dates"}
    dates = tuple(LawDate(**d) for d in row["dates"])
    return Law(id=key, authority_name=makers[row["authority"]], dates=dates, **plain)


def _convention(key: str, row: dict[str, Any]) -> Convention:
    return Convention(key, row["name"], row.get("number", 0), tuple(row.get("words", ())))


def _by_language(folder: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return _frozen(
        {lang: _frozen({k: tuple(v) for k, v in _toml(f"{folder}/{lang}.toml").items()}) for lang in LANGUAGES}
    )


def _criterion(key: str, row: dict[str, Any]) -> Criterion:
    return Criterion(key, row["label"], row["clause"], tuple(row["topics"]), tuple(row["asks"]))


def _names(row: dict[str, Any]) -> Mapping[str, str]:
    return _frozen({lang: row[lang] for lang in LANGUAGES if lang in row})


def _labels(own: dict[str, dict[str, str]]) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    found = {path.name.split(".")[1]: _toml(path.name) for path in sorted(_HERE.glob("labels.*.toml"))}
    english = {**own, **found.get("en", {})}
    return _frozen(
        {
            lang: _frozen({kind: _frozen(names) for kind, names in kinds.items()})
            for lang, kinds in {**found, "en": english}.items()
        }
    )
