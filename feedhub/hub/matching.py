"""What reading, importing and re-reading share: what is known already, what cites what, what waits for whom."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feedhub.changes import GOOD_ABSENCES, Elsewhere, Known
from feedhub.horizon.leads import occurrences
from feedhub.hub.judging import COMPLETE
from feedhub.hub.record import Recorder
from feedhub.model import Draft, Evidence, Notice, Snapshot
from feedhub.publish import wording
from feedhub.store import Tx, catalogue, desk, notices, sightings, to_json
from feedhub.store.catalogue import SourceState
from feedhub.store.sightings import Sighting

#: So many dates are listed in the digest of a first reading.
LISTED = 100


def of_source(tx: Tx, source_id: str) -> list[Notice]:
    """Every notice that a source ever showed."""
    return notices.related(tx, source_id=source_id, authority_ids=(), refs=())


def known_to(tx: Tx, drafts: Sequence[Draft], source_id: str, now: datetime, *, whole: bool = True) -> list[Known]:
    """Every notice that these drafts could be, as `decide` must know it.

    `whole` is false for one page of many, which says nothing about what the source showed elsewhere.
    """
    refs = sorted({r for d in drafts for r in (d.source_ref, *d.previous_refs) if r})
    authorities = sorted({d.authority.id for d in drafts if d.authority.id})
    found = notices.related(tx, source_id=source_id if whole else "", authority_ids=authorities, refs=refs)
    ids = [n.id for n in found]
    references, seen = notices.references(tx, ids), sightings.sightings(tx, ids)
    states = {s.source.id: s for s in catalogue.source_states(tx, sorted({s.source_id for s in seen} - {source_id}))}
    out = []
    for notice in found:
        own = [s for s in seen if s.notice_id == notice.id]
        mine = next((s for s in own if s.source_id == source_id), None)
        out.append(
            Known(
                notice,
                references.get(notice.id, frozenset()),
                {s.source_id: s.anchor for s in own},
                mine.absences if mine else 0,
                mine.missing if mine else {},
                _elsewhere(own, states, now),
            )
        )
    return out


def _elsewhere(seen: Sequence[Sighting], states: Mapping[str, SourceState], now: datetime) -> Elsewhere:
    """What other sources make of a notice. One that tells a thing once, like a feed, neither keeps nor drops it."""
    showing: dict[str, Mapping[str, int]] = {}
    silent: set[str] = set()
    for s in seen:
        state = states.get(s.source_id)
        if state is None or state.source.kind not in COMPLETE:
            continue
        if s.absences >= GOOD_ABSENCES or state.suspended or state.stale(now):
            silent.add(s.source_id)
        else:
            showing[s.source_id] = s.missing
    return Elsewhere(showing, frozenset(silent))


def announce_ahead(recorder: Recorder, title: str, found: Sequence[Notice], now: datetime) -> None:
    """Queue one digest that lists only what lies ahead; nothing when nothing does (law 8)."""
    today = now.date()
    lines = [
        (when.first, n, f"{wording.when(when)}: {wording.milestone(m)} – {n.title}")
        for n in found
        if n.live
        for m in n.living_milestones
        for when in occurrences(m, today, 1)
        if when.last >= today
    ]
    lines.sort(key=lambda t: (t[0], t[2]))
    if lines:
        dates = f"{len(lines)} date{'s' if len(lines) > 1 else ''} ahead"
        if len(lines) > LISTED:
            dates += f", the first {LISTED} of them here"
        recorder.digest(f"{title}: {dates}", [(n, line) for _, n, line in lines[:LISTED]])


def wait_for_curator(tx: Tx, draft: Draft, now: datetime, why: str) -> None:
    """Queue a draft once per source, section and wording."""
    quotes = "|".join(sorted(r.quote or r.text for r in draft.requirements))
    mark = hashlib.sha256(f"{draft.source_id}|{draft.anchor}|{quotes}".encode()).hexdigest()
    desk.put_waiting(tx, why, now, source_id=draft.source_id, state=to_json(draft), fingerprint=mark)


def is_known(draft: Draft, known: Sequence[Known]) -> bool:
    """True when the source already published something from this section."""
    return any(k.anchors.get(draft.source_id) == draft.anchor and draft.anchor for k in known)


def evidenced(draft: Draft, snapshot: Snapshot) -> Draft:
    """Every fact of a draft cites the snapshot it was read from (law 10)."""

    def cite(evidence: Evidence) -> Evidence:
        return replace(
            evidence,
            source_id=draft.source_id,
            snapshot=snapshot.digest,
            url=evidence.url or snapshot.url,
            seen=evidence.seen or snapshot.at.date(),
            published=evidence.published or draft.published,
        )

    return replace(
        draft,
        url=draft.url or snapshot.url,
        requirements=tuple(replace(r, provenance=cite(r.provenance)) for r in draft.requirements),
        milestones=tuple(replace(m, provenance=cite(m.provenance)) for m in draft.milestones),
    )
