"""Files and addresses that people hand over: read them and import them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from feedhub import readers
from feedhub.changes import decide
from feedhub.errors import InvalidInput, ReadError, UsageError
from feedhub.fetch import enveloped
from feedhub.hub.base import Base
from feedhub.hub.judging import Judged, judge, relevant, sift, signals_of
from feedhub.hub.matching import known_to
from feedhub.hub.record import Recorder
from feedhub.model import Authority, Draft, Evidence, Fetched, Signal, Source, SourceKind
from feedhub.publish import exchange
from feedhub.readers import Kind, Options

#: A file handed over by a person may be so large.
MAX_FILE = 50_000_000


@dataclass(frozen=True)
class Imported:
    """What came of one file: notices made and changed, drafts left aside, and the reader's warnings."""

    file: str
    created: int = 0
    changed: int = 0
    seen: int = 0
    left: int = 0
    warnings: tuple[str, ...] = ()
    problem: str = ""

    def as_dict(self) -> dict[str, object]:
        """One row of `feedhub import --json`."""
        return asdict(self)

    def line(self) -> str:
        """One line of `feedhub import`."""
        if self.problem:
            return f"{self.file}: {self.problem}"
        counts = f"{self.created} new, {self.changed} changed, {self.seen} known, {self.left} left aside"
        return f"{self.file}: {counts}{''.join(f'; {w}' for w in self.warnings[:3])}"


class Files(Base):
    """The verbs about files."""

    def read_bytes(self, body: bytes, kind: Kind | None, options: Options) -> tuple[Judged, list[Signal]]:
        """What the reader and the detector make of some bytes; stores nothing. Raises ReadError."""
        declared = kind if isinstance(kind, SourceKind) else SourceKind.PAGE
        source = Source("", "", "", declared, options.url, language=options.language)
        authority = Authority("", "", country=options.country)
        reading = readers.read(body, kind, options)
        judged = judge(reading, source, authority, self.settings.detect_min, self.today())
        return judged, signals_of(judged.reading)

    def read_address(self, url: str, *, browser: bool = False) -> Fetched:
        """Fetch one address through the guard, drawn by a browser on request; stores nothing. Raises FetchError."""
        answer = self.fetcher.fetch(Source("adhoc", "", "", SourceKind.PAGE, url, browser=browser), None, self.now())
        if not isinstance(answer, Fetched):
            raise UsageError("The server gave no content.")
        return answer

    def import_files(self, files: Sequence[Path]) -> Iterator[Imported]:
        """Record drafts from eForms, OCDS, ESPD, ICS, CSV or JSON Lines files; one result a file as it ends."""
        for file in files:
            try:
                yield self._import(file)
            except (ReadError, InvalidInput) as error:
                yield Imported(file.name, problem=str(error))

    def _import(self, file: Path) -> Imported:
        body = read_file(file)
        rows = exchange.drafts(body, file.name)
        warnings: tuple[str, ...] = ()
        if rows is None:
            options = Options(url="", content_type="", at_least=0)
            judged, _ = self.read_bytes(body, None, options)
            rows, warnings = list(judged.drafts), judged.reading.warnings
        drafts = [d for d in rows if relevant(d, self.taxonomy, chosen=True)]
        return self._record_file(file.name, drafts, len(rows) - len(drafts), warnings)

    def _record_file(self, name: str, drafts: list[Draft], left: int, warnings: tuple[str, ...]) -> Imported:
        now = self.now()
        with self.store.writing() as tx:
            recorder = Recorder(self, tx, now, by=f"import:{name}")
            drafts = [self._placed(recorder, d) for d in drafts]
            known = known_to(tx, drafts, "", now)
            sure, unsure = sift(drafts, known, self.settings.detect_min)
            decision = decide(known, sure, now, today=self.today())
            for create in decision.creates:
                recorder.create(create, announce=_ahead(create.draft, self.today()))
            for revise in decision.revises:
                recorder.revise(revise)
            recorder.publish(bulk=True)
        return Imported(
            name, len(decision.creates), len(decision.revises), len(decision.seen), left + len(unsure), warnings
        )

    @staticmethod
    def _placed(recorder: Recorder, draft: Draft) -> Draft:
        """The draft with its authority's id, so that `decide` can compare."""
        authority = recorder.authority_for(draft)

        def dated(evidence: Evidence) -> Evidence:
            return replace(
                evidence,
                seen=evidence.seen or draft.published,
                published=evidence.published or draft.published,
                url=evidence.url or draft.url,
            )

        return replace(
            draft,
            authority=replace(draft.authority, id=authority.id),
            requirements=tuple(replace(r, provenance=dated(r.provenance)) for r in draft.requirements),
            milestones=tuple(replace(m, provenance=dated(m.provenance)) for m in draft.milestones),
        )


def read_file(file: Path) -> bytes:
    """The bytes of a file; of a folder (Maildir, or of .eml files) its messages as one mailbox, by name.

    Raises InvalidInput when it is missing or too large.
    """
    if file.is_dir():
        return _mailbox(file)
    try:
        if file.stat().st_size > MAX_FILE:
            raise InvalidInput(f"{file} is larger than {MAX_FILE // 1_000_000} MB.")
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error


def _mailbox(folder: Path) -> bytes:
    """A Maildir keeps read messages in `cur` and new ones in `new`; other folders hold .eml files."""
    maildir = [p for part in ("cur", "new") for p in (folder / part).glob("*") if p.is_file()]
    files = sorted(maildir or folder.glob("*.eml"), key=lambda p: p.name)
    if not files:
        raise InvalidInput(f"{folder} holds no messages: neither a Maildir nor .eml files.")
    out = bytearray()
    for file in files:
        out += enveloped(read_file(file))
        if len(out) > MAX_FILE:
            raise InvalidInput(f"The messages in {folder} are larger than {MAX_FILE // 1_000_000} MB.")
    return bytes(out)


def _ahead(draft: Draft, today: date) -> bool:
    """True when something of the draft lies ahead, or when it has no dates at all but is not over."""
    if draft.milestones:
        return any(m.status.living and m.when.last >= today for m in draft.milestones)
    return draft.stage.value not in ("in_force", "withdrawn", "superseded")
