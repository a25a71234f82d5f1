"""Sources as curators see and edit them: layers, suspension, the stored text, everything edited as files again.

The files of the catalogue are the base; what a curator says lies over it and wins. Nothing is deleted here.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from feedhub import declarations, readers
from feedhub.errors import Conflict, InvalidInput, NotAllowed, NotFound
from feedhub.hub.base import Base
from feedhub.hub.health import source_health
from feedhub.hub.judging import options_for
from feedhub.hub.shapes import Actor, SourceHealth
from feedhub.model import Authority, Source
from feedhub.store import Tx, catalogue, collecting
from feedhub.store.catalogue import Layers
from feedhub.store.collecting import Check
from feedhub.text import clean_lines, shorten

#: Checks listed on the page of a source.
LISTED = 30
_YEAR = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class SourceView:
    """Everything the page of one source shows. `differences` are (key, in the files, by the curator)."""

    health: SourceHealth
    layers: Layers
    checks: tuple[Check, ...] = ()
    differences: tuple[tuple[str, str, str], ...] = ()
    stored: bool = False

    @property
    def source(self) -> Source:
        """The source as it is watched."""
        return self.health.source


class Sources(Base):
    """The verbs of curators about sources. Each raises NotAllowed for another role and NotFound for an unknown id."""

    def source_view(self, actor: Actor, source_id: str) -> SourceView:
        """One source with its layers and last checks."""
        _curator(actor)
        with self.store.reading() as tx:
            one = _layers(tx, source_id)
            known = catalogue.authorities(tx)
            health = next(iter(source_health(tx, self.now(), known, [source_id])), None)
            checks = tuple(collecting.checks_of(tx, source_id, LISTED))
            stored = collecting.latest_snapshot(tx, source_id) is not None
        if health is None:
            raise NotFound(f"There is no source “{source_id}”.")
        return SourceView(health, one, checks, _differences(one, health.authority), stored)

    def edited_sources(self) -> list[Layers]:
        """Every source that a curator edited, and whether the files moved under it."""
        with self.store.reading() as tx:
            return catalogue.layers(tx)

    def source_row(self, source: Source) -> dict[str, Any]:
        """A source as a row of a declaration, for a form."""
        with self.store.reading() as tx:
            return declarations.row_of(source, self.authority_of(tx, source.authority_id))

    def save_source(self, actor: Actor, authority_id: str, row: Mapping[str, Any], *, new: bool = False) -> Source:
        """Keep a curator's words about a source; raises InvalidInput naming keys, Conflict for an id that is taken."""
        _curator(actor)
        with self.store.writing() as tx:
            authority = catalogue.get_authority(tx, authority_id)
            if authority is None:
                raise InvalidInput("Choose the authority.", {"authority_id": "Choose the authority."})
            source, problems = declarations.source_of(row, authority)
            if problems:
                raise InvalidInput("The source cannot be saved as it is.", problems)
            before = catalogue.layers(tx, source.id)
            if new and before:
                raise Conflict(f"There is a source “{source.id}” already: edit it, or choose another id.")
            if not new and not before:
                raise NotFound(f"There is no source “{source.id}”.")
            present = (before[0].overlay or before[0].declared) if before else None
            if present is None or present.url != source.url:
                source = replace(source, seen=self.now().astimezone(ZoneInfo(authority.zone)).date())
            catalogue.put_overlay(tx, source, self.now())
        return source

    def revert_source(self, actor: Actor, source_id: str) -> None:
        """Take a curator's words back; raises InvalidInput for a source that no file declares."""
        _curator(actor)
        with self.store.writing() as tx:
            _layers(tx, source_id)
            if not catalogue.drop_overlay(tx, source_id):
                raise InvalidInput("No file declares this source: suspend it instead.")

    def suspend_source(self, actor: Actor, source_id: str, reason: str) -> None:
        """Stop watching, with a reason for the next person; what was published stays."""
        _curator(actor)
        said = shorten(clean_lines(reason), 400)
        if not said:
            raise InvalidInput("Say why.", {"reason": "Say why, for the next person."})
        with self.store.writing() as tx:
            _layers(tx, source_id)
            catalogue.set_state(tx, source_id, suspended=True, suspended_why="curator", detail=said)

    def resume_source(self, actor: Actor, source_id: str) -> None:
        """Watch again, from now on."""
        _curator(actor)
        with self.store.writing() as tx:
            _layers(tx, source_id)
            now = self.now()
            catalogue.set_state(tx, source_id, suspended=False, suspended_why="", detail="", failures=0, next_due=now)

    def stored_text(self, actor: Actor, source_id: str) -> str:
        """The text read from the newest stored page, one block a line; raises ReadError when it cannot be read."""
        _curator(actor)
        with self.store.reading() as tx:
            state = catalogue.get_source(tx, source_id)
            snapshot = collecting.latest_snapshot(tx, source_id)
            if state is None or snapshot is None:
                raise NotFound("No page of this source is stored yet.")
            authority = self.authority_of(tx, state.source.authority_id)
        options = replace(options_for(state.source, snapshot, authority.country), at_least=0)
        reading = readers.read(snapshot.body, state.source.kind, options)
        head = f"{snapshot.url}\nread on {snapshot.at.isoformat(timespec='seconds')}\n"
        return head + "".join(f"\n{d.title}\n\n{d.text}\n" for d in reading.documents)

    def edited_files(self, actor: Actor) -> bytes:
        """A zip of declaration files: every authority one of whose sources a curator edited, whole."""
        _curator(actor)
        with self.store.reading() as tx:
            wanted = {(e.overlay or e.declared or _none(e)).authority_id for e in catalogue.layers(tx)}
            known = catalogue.authorities(tx)
            states = catalogue.source_states(tx)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for authority_id in sorted(wanted & known.keys()):
                own = [s.source for s in states if s.source.authority_id == authority_id]
                country, _, name = authority_id.partition("-")
                text = declarations.dumps(known[authority_id], own)
                packed.writestr(zipfile.ZipInfo(f"sources/{country}/{name}.toml", _YEAR), text)
        return out.getvalue()


def _none(edited: Layers) -> Source:
    raise NotFound(f"Nothing is said of the source “{edited.source_id}”.")


def _curator(actor: Actor) -> None:
    if actor.role not in ("curator", "admin"):
        raise NotAllowed("Only curators can do this.")


def _layers(tx: Tx, source_id: str) -> Layers:
    found = catalogue.layers(tx, source_id)
    if not found:
        raise NotFound(f"There is no source “{source_id}”.")
    return found[0]


def _differences(one: Layers, authority: Authority) -> tuple[tuple[str, str, str], ...]:
    if one.declared is None or one.overlay is None:
        return ()
    files = _flat(declarations.row_of(one.declared, authority))
    said = _flat(declarations.row_of(one.overlay, authority))
    keys = sorted(files.keys() | said.keys())
    return tuple((k, files.get(k, ""), said.get(k, "")) for k in keys if files.get(k, "") != said.get(k, ""))


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{prefix}{key}.")
        else:
            out[f"{prefix}{key}"] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return out
