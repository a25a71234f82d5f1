"""Looking without storing: what a reader and the detector make of a file or an address, once or twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from feedhub import declarations, detect
from feedhub.config import Settings
from feedhub.errors import InvalidInput, UsageError
from feedhub.hub.files import Files, read_file
from feedhub.hub.judging import Judged
from feedhub.hub.sources import Sources
from feedhub.hub.upkeep import Upkeep
from feedhub.model import Draft, Fetched, Signal, SourceKind
from feedhub.readers import Kind, Options
from feedhub.store import backup


@dataclass(frozen=True)
class Look:
    """What was read and detected; `flicker` are lines that differed between two fetches of one address."""

    judged: Judged
    signals: tuple[Signal, ...]
    flicker: tuple[str, ...] = ()
    show_text: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The shape promised for `feedhub read --json`."""
        reading = self.judged.reading
        out: dict[str, Any] = {
            "reader": str(getattr(reading.kind, "value", reading.kind)),
            "title": reading.title,
            "language": reading.language,
            "documents": len(reading.documents),
            "drafts": [draft_json(d) for d in self.judged.drafts],
            "signals": [detect.signal_json(s) for s in self.signals],
            "warnings": list(reading.warnings),
        }
        if self.show_text:
            out["text"] = [b.text for d in reading.documents for b in d.blocks]
            out["flicker"] = list(self.flicker)
        return out

    def as_text(self) -> str:
        """The same for a terminal."""
        reading = self.judged.reading
        kind = getattr(reading.kind, "value", reading.kind)
        lines = [f"Read as {kind}: {reading.title or 'no title'} ({reading.language or 'language unknown'})"]
        lines.append(f"{_count(reading.documents, 'document')}, {_count(self.judged.drafts, 'draft')}.")
        lines += [f"Warning: {w}" for w in reading.warnings]
        if self.show_text:
            lines += ["", "Text:"] + [f"  {b.text}" for d in reading.documents for b in d.blocks]
            lines += ["", "Flickers between two fetches:" if self.flicker else "Nothing flickers between two fetches."]
            lines += [f"  {line}" for line in self.flicker]
        for draft in self.judged.drafts:
            lines += ["", f"Draft: {draft.title}", f"  {draft.notice_kind}, stage {draft.stage.value}"]
            lines += [
                f"  {m.kind.value}: {m.when.iso} ({m.when.precision.value}) {m.code}".rstrip() for m in draft.milestones
            ]
            for r in draft.requirements:
                lines.append(f"  {r.topic} · {r.clause.value} · {r.confidence:.2f}: {(r.quote or r.text)[:160]}")
        for s in self.signals:
            mark = "requirement" if s.is_requirement else "hint"
            lines += ["", f"{mark.capitalize()} ({s.confidence:.2f}): {s.text}", f"  why: {', '.join(s.rules)}"]
        return "\n".join(lines)


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def draft_json(draft: Draft) -> dict[str, Any]:
    """A draft in the shape promised for `feedhub read --json`."""
    return {
        "title": draft.title,
        "summary": draft.summary,
        "authority": {"name": draft.authority.name, "country": draft.authority.country},
        "notice_kind": draft.notice_kind,
        "stage": draft.stage.value,
        "source_ref": draft.source_ref,
        "previous_refs": list(draft.previous_refs),
        "language": draft.language,
        "url": draft.url,
        "cpv": list(draft.cpv),
        "products": list(draft.products),
        "codes": {k: list(v) for k, v in draft.codes.items()},
        "urgent": draft.urgent,
        "documents": list(draft.documents),
        "milestones": [
            {
                "kind": m.kind.value,
                "date": m.when.iso,
                "precision": m.when.precision.value,
                "field": m.code,
                "subject": m.subject,
                "status": m.status.value,
                "instant": m.when.instant.isoformat() if m.when.instant else None,
            }
            for m in draft.milestones
        ],
        "requirements": [
            {
                "topic": r.topic,
                "clause": r.clause.value,
                "trigger": r.trigger,
                "quote": r.quote,
                "evidence": list(r.evidence),
                "laws": list(r.laws),
                "cites": list(r.cites),
                "threshold": r.threshold,
                "criterion": r.criterion,
                "trust": r.trust.value,
                "confidence": round(r.confidence, 3),
            }
            for r in draft.requirements
        ],
        "confidence": round(draft.confidence, 3),
    }


class Looking(Sources, Files, Upkeep):
    """The verbs of looking."""

    def look(self, target: str, given: bytes | None, *, kind: str | None = None, language: str = "") -> Look:
        """Read a file, an address or given bytes; stores nothing. Raises ReadError, FetchError or InvalidInput."""
        options = Options(at_least=0, language=language)
        if given is not None:
            body = given
        elif target.startswith(("http://", "https://", "imap://", "imaps://")):
            answer = self.read_address(target)
            body, options = answer.body, _options(answer, "", language)
        else:
            body = read_file(Path(target))
        return self._look(body, kind, options)

    def _look(self, body: bytes, kind: str | None, options: Options) -> Look:
        wanted: Kind | None = None
        if kind:
            wanted = "text" if kind == "text" else SourceKind(kind)
        judged, signals = self.read_bytes(body, wanted, options)
        return Look(judged, tuple(signals))

    def look_twice(
        self,
        url: str,
        *,
        select: str = "",
        language: str = "",
        kind: str | None = None,
        drop: tuple[str, ...] = (),
        browser: bool = False,
    ) -> Look:
        """Fetch an address twice and say which lines differ. Raises ReadError or FetchError."""
        first, second = (self.read_address(url, browser=browser) for _ in range(2))
        one = self._look(first.body, kind, replace(_options(first, select, language), drop=drop))
        two = self._look(second.body, kind, replace(_options(second, select, language), drop=drop))
        before = {b.text for d in one.judged.reading.documents for b in d.blocks}
        after = {b.text for d in two.judged.reading.documents for b in d.blocks}
        return replace(two, flicker=tuple(sorted(before ^ after)), show_text=True)

    def save_page(self, source_id: str, folder: Path) -> Path:
        """Write the newest stored page and what is read from it for the tests; raises NotFound, UsageError."""
        snapshot = self.saved_page(source_id)
        suffix = {"application/pdf": "pdf", "application/json": "json"}.get(snapshot.content_type.split(";")[0], "html")
        file = folder / source_id / f"{snapshot.at.date().isoformat()}.{suffix}"
        options = Options(at_least=0, url=snapshot.url, content_type=snapshot.content_type, charset=snapshot.charset)
        expected = self._look(snapshot.body, None, options).as_dict()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(snapshot.body)
            twin = file.with_suffix(".expected.json")
            twin.write_text(json.dumps(expected, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
        return file


def _options(answer: Fetched, select: str, language: str) -> Options:
    return Options(
        at_least=0,
        select=select,
        language=language,
        url=answer.url,
        content_type=answer.content_type,
        charset=answer.charset,
        status=answer.status,
    )


# -- without a hub


def lint_sources(folder: Path) -> tuple[int, list[str]]:
    """(number of sources declared well, every problem as a sentence) of a folder or one file."""
    if not folder.exists():
        raise InvalidInput(f"{folder} does not exist.")
    problems = [str(p) for p in declarations.lint(folder)]
    if problems:
        return 0, problems
    return len(declarations.load(folder).sources), []


def annotate_row(row: Mapping[str, Any], today: date | None) -> dict[str, Any]:
    """One row of a corpus with `signals` added."""
    return detect.annotate(dict(row), today=today)


def evaluate_rows(rows: Iterable[Mapping[str, Any]], today: date | None) -> detect.Report:
    """Precision, recall and F1 of the detector on labelled rows."""
    return detect.evaluate([dict(r) for r in rows], today=today)


def restore_copy(settings: Settings, file: Path) -> None:
    """Put a backup back in place of the database that the settings name; feedhub must not run."""
    backup.restore(settings.database_url, file)
