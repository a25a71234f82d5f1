"""The catalogue of sources: TOML files under one folder → authorities and sources, and back.

Checks every file against a closed list of keys and names file and key of each problem. Never fetches an address, never
loads code named in a declaration, never asks the time (`today` is an argument).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import tomlkit

from feedhub import taxonomy
from feedhub.declarations import checks
from feedhub.errors import DeclarationError
from feedhub.model import Authority, PublishPolicy, Signposts, Source, SourceKind

#: What an authority can be. `legislator` and `label_owner` make rules, `platform` publishes the notices of others.
ROLES = (
    "public_buyer",
    "central_purchasing_body",
    "purchasing_consortium",
    "buyer_group",
    "it_service_provider",
    "policy_body",
    "policy_body_and_cpb",
    "convenor",
    "label_owner",
    "platform",
    "legislator",
)
_MULTILINE = re.compile(r"[^\n\r\x00-\x08\x0b-\x1f\x7f][^\r\x00-\x08\x0b-\x1f\x7f]*\n[^\r\x00-\x08\x0b-\x1f\x7f]*")


@dataclass(frozen=True)
class Catalogue:
    """Every authority and source that is declared, in the order of their files."""

    authorities: tuple[Authority, ...] = ()
    sources: tuple[Source, ...] = ()


def load(folder: Path, *, today: date | None = None) -> Catalogue:
    """The catalogue under `folder` (or of one file). Raises the first DeclarationError, which says how many there are.

    `today` is the calendar date against which `seen` is checked; without it a `seen` in the future passes.
    """
    catalogue, problems = _read(folder, today)
    if problems:
        first, more = problems[0], len(problems) - 1
        if not more:
            raise first
        message = str(first).removeprefix(f"{first.file}: ").removeprefix(f"{first.key}: ")
        raise DeclarationError(first.file, first.key, f"{message} ({more} more: run `feedhub sources lint`)")
    return catalogue


def lint(folder: Path, *, today: date | None = None) -> list[DeclarationError]:
    """Every problem of every declaration under `folder` (or of one file), in the order of the files; [] when all is well."""
    return _read(folder, today)[1]


def dumps(authority: Authority, sources: Collection[Source]) -> str:
    """The declaration file of an authority and its sources as TOML; `load` gives the same back."""
    head = {
        "name": authority.name,
        "country": authority.country,
        "role": authority.role,
        "languages": list(authority.languages),
        "website": authority.website,
        "zone": "" if authority.zone == taxonomy.load().zone(authority.country) else authority.zone,
        "notes": authority.notes,
        "contact": authority.contact,
        "formerly": list(authority.formerly),
    }
    out: dict[str, Any] = {"authority": {key: _value(value) for key, value in head.items() if value}}
    if sources:
        out["source"] = [_row(s, authority) for s in sources]
    return tomlkit.dumps(out)


def row_of(source: Source, authority: Authority) -> dict[str, Any]:
    """A source as it stands in its authority's file, for people to edit; `source_of` reads it back."""
    return _row(source, authority)


def source_of(row: Mapping[str, Any], authority: Authority) -> tuple[Source, dict[str, str]]:
    """The source a row of a declaration says, and what is wrong with it: key (`read.select`) → message."""
    problems: dict[str, str] = {}

    def noted(key: str, message: str) -> None:
        problems.setdefault(key.removeprefix("source."), message)

    file = _File("", Path(), None)
    made = file.source(checks.Table(noted, "source", row), authority)
    if made.id and not made.id.startswith(f"{authority.id}-"):
        problems.setdefault("id", f"must begin with {authority.id}-")
    return made, problems


def _value(value: Any) -> Any:
    """Texts of several lines as such, where TOML keeps them as they are (a carriage return it does not)."""
    return tomlkit.string(value, multiline=True) if isinstance(value, str) and _MULTILINE.fullmatch(value) else value


def _row(source: Source, authority: Authority) -> dict[str, Any]:
    language = "" if source.language == _only(authority.languages) else source.language
    row: dict[str, Any] = {
        "id": source.id,
        "title": source.title,
        "kind": source.kind.value,
        "url": source.url,
        "signposts": source.signposts.value,
        "every": _duration(source.every),
        "seen": source.seen,
        "publish": source.publish.value,
        "language": language,
        "browser": source.browser,
        "odd": source.odd,
        "notes": source.notes,
        "read": {k: v for k, v in {"select": source.select, "drop": list(source.drop)}.items() if v},
        "expect": {"at_least": source.at_least} if source.at_least != 1 else {},
        "query": _query_row(source),
    }
    return {key: _value(value) for key, value in row.items() if value not in ("", None, {}, False)}


def _query_row(source: Source) -> dict[str, Any]:
    method = source.method if source.method != "GET" else ""
    plain = {
        "method": method,
        "body": source.body,
        "cursor": source.cursor,
        "window": "" if source.month_param else _span(source.window),
        "from_param": source.from_param,
        "to_param": source.to_param,
        "month_param": source.month_param,
        "back": _span(source.back),
        "max_pages": source.max_pages if source.max_pages != 10 else 0,
        "rate": source.rate,
        "wait_403": _span(source.wait_403),
        "headers": dict(source.headers),
    }
    return {key: _value(value) for key, value in plain.items() if value}


def _span(value: timedelta) -> str:
    return _duration(value) if value else ""


def _duration(every: timedelta) -> str:
    for unit in ("d", "h", "m"):
        if every % checks.UNITS[unit] == timedelta(0) and (unit != "d" or every >= timedelta(days=7)):
            return f"{every // checks.UNITS[unit]}{unit}"
    raise ValueError(f"{every} is no whole number of minutes")


def _only(languages: Collection[str]) -> str:
    return next(iter(languages)) if len(languages) == 1 else ""


def _read(folder: Path, today: date | None) -> tuple[Catalogue, list[DeclarationError]]:
    problems: list[DeclarationError] = []
    authorities: dict[str, Authority] = {}
    sources: dict[str, Source] = {}
    where: dict[str, str] = {}
    root = folder.parent if folder.is_file() else folder
    if not folder.exists():
        return Catalogue(), [DeclarationError(str(folder), "", "there is no such file or folder")]
    for path in _files(folder):
        name = path.relative_to(root).as_posix()
        file = _File(name, path, today)
        authority, found = file.read()
        problems += file.problems
        if authority is None:
            continue
        if authority.id in authorities:
            problems.append(
                DeclarationError(name, "authority", f"“{authority.id}” is declared in {where[authority.id]} already")
            )
        authorities.setdefault(authority.id, authority)
        where.setdefault(authority.id, name)
        for key, source in found:
            if source.id in sources:
                problems.append(
                    DeclarationError(name, f"{key}.id", f"“{source.id}” is taken by {where['source ' + source.id]}")
                )
            sources.setdefault(source.id, source)
            where.setdefault(f"source {source.id}", name)
    problems += _taken(authorities, where)
    return Catalogue(tuple(authorities.values()), tuple(sources.values())), problems


def _taken(authorities: Mapping[str, Authority], where: Mapping[str, str]) -> Iterator[DeclarationError]:
    """Former ids that somebody has or had already."""
    taken = dict(where)
    for authority in authorities.values():
        for former in authority.formerly:
            if former in taken:
                message = f"“{former}” is declared in {taken[former]} already"
                yield DeclarationError(where[authority.id], "authority.formerly", message)
            taken[former] = where[authority.id]


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    return sorted(p for p in folder.rglob("*.toml") if not any(part.startswith(".") for part in p.parts[-2:]))


class _File:
    """One declaration file: its problems, and what stands in it."""

    def __init__(self, name: str, path: Path, today: date | None) -> None:
        self.name = name
        self.path = path
        self.today = today
        self.taxonomy = taxonomy.load()
        self.problems: list[DeclarationError] = []

    def note(self, key: str, message: str) -> None:
        """Record a problem of this file."""
        self.problems.append(DeclarationError(self.name, key, message))

    def read(self) -> tuple[Authority | None, list[tuple[str, Source]]]:
        """The authority and its sources, each source with its key in the file; problems are noted, not raised."""
        try:
            raw = tomllib.loads(self.path.read_bytes().decode("utf-8-sig"))
        except tomllib.TOMLDecodeError as error:
            self.note("", f"is not valid TOML: {error}")
            return None, []
        except (UnicodeDecodeError, OSError) as error:
            self.note("", f"cannot be read as UTF-8 text: {error}")
            return None, []
        top = checks.Table(self.note, "", raw)
        row = top.get("authority", dict, "a table [authority]", required=True)
        rows = top.get("source", list, "tables [[source]]") or []
        top.close()
        authority = self._authority(checks.Table(self.note, "authority", row or {})) if row is not None else None
        found = []
        for number, one in enumerate(rows, 1):
            key = f"source[{number}]"
            if not isinstance(one, dict):
                self.note(key, "must be a table [[source]]")
            elif authority is not None:
                found.append((key, self.source(checks.Table(self.note, key, one), authority)))
        return authority, found

    def _authority(self, table: checks.Table) -> Authority:
        country = table.text("country", required=True)
        code = self.taxonomy.country(country)
        if country and code is None:
            table.note("country", f"“{country}” is unknown{checks.meant(country.upper(), self.taxonomy.countries)}")
        role = table.text("role", "public_buyer")
        if role not in ROLES:
            table.note("role", f"“{role}” is unknown{checks.meant(role, ROLES)}; known are {', '.join(ROLES)}")
        languages = table.texts("languages")
        for language in languages:
            checks.language(table, "languages", language)
        made = Authority(
            id=self._id(code or country, table),
            name=table.text("name", required=True),
            country=code or country,
            role=role,
            languages=languages,
            website=checks.url(table, "website"),
            zone=checks.zone(table, table.text("zone")) or self.taxonomy.zone(code or ""),
            notes=table.text("notes", lines=True).strip(),
            contact=checks.contact(table),
            formerly=tuple(self._former(table)),
        )
        table.close()
        return made

    def _former(self, table: checks.Table) -> Iterator[str]:
        for former in table.texts("formerly"):
            if checks.ID.fullmatch(former):
                yield former
            else:
                table.note("formerly", f"“{former}” must be the id of an authority, such as se-adda")

    def _id(self, country: str, table: checks.Table) -> str:
        """`sources/se/adda.toml` → `se-adda`; a file outside a country's folder takes its own country."""
        *folders, stem = Path(self.name).with_suffix("").parts
        if folders and self.taxonomy.country(folders[-1]) not in (None, country):
            table.note("country", f"is {country}, but the file lies in the folder {folders[-1]}")
        made = f"{country.lower()}-{stem}" if country else stem
        if not checks.ID.fullmatch(made):
            self.note("", f"the file's name must be of a–z, 0–9 and single hyphens, as in {checks.slug(stem)}.toml")
        return made

    def source(self, table: checks.Table, authority: Authority) -> Source:
        """The source of one [[source]] table; problems are noted, not raised."""
        read, expect, query = table.table("read"), table.table("expect"), table.table("query")
        made = Source(
            id=self._source_id(table),
            authority_id=authority.id,
            title=table.text("title") or authority.name,
            kind=table.choice("kind", SourceKind, SourceKind.PAGE, required=True),
            url=checks.url(table, "url", required=True),
            signposts=table.choice("signposts", Signposts, Signposts.POLICY),
            every=checks.every(table),
            seen=self._seen(table),
            publish=table.choice("publish", PublishPolicy, PublishPolicy.DETECTED),
            language=checks.language(table, "language", table.text("language")) or _only(authority.languages),
            select=checks.selector(read, "select", read.text("select")),
            drop=tuple(checks.selector(read, "drop", s) for s in read.texts("drop")),
            at_least=checks.at_least(expect),
            odd=checks.odd(table),
            browser=bool(table.get("browser", bool, "true or false")),
            notes=table.text("notes", lines=True).strip(),
        )
        made = checks.with_query(made, query)
        for part in (table, read, expect, query):
            part.close()
        return made

    def _source_id(self, table: checks.Table) -> str:
        value = table.text("id", required=True)
        if value and not checks.ID.fullmatch(value):
            table.note("id", f"“{value}” must be of a–z, 0–9 and single hyphens, as in {checks.slug(value)}")
        return value

    def _seen(self, table: checks.Table) -> date | None:
        value = table.get("seen", date, "a date without quotes, as in 2026-11-23")
        if isinstance(value, datetime):
            table.note("seen", "must be a date without a time, as in 2026-11-23")
            return None
        if value and self.today and value > self.today:
            table.note("seen", f"{value} lies in the future")
        return value if isinstance(value, date) else None
