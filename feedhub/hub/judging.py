"""From a reading to drafts: the detector, and what is sure enough to publish. Stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from feedhub import detect
from feedhub.changes import Known
from feedhub.changes.decide import SAME
from feedhub.changes.pairing import pair_requirements
from feedhub.model import Authority, AuthorityRef, Document, Draft, Signal, Snapshot, Source, SourceKind
from feedhub.readers import Options, Reading
from feedhub.taxonomy import Taxonomy
from feedhub.text import similarity

#: So far below FEEDHUB_DETECT_MIN a passage still keeps alive what was published from it (no flicker at the edge).
SLACK = 0.15
#: Kinds of source that show all there is: what is missing there is absent. Feeds and platforms only add.
COMPLETE = (SourceKind.PAGE, SourceKind.PDF, SourceKind.ICS)


@dataclass(frozen=True)
class Judged:
    """What a reading gives: the reader's result, the drafts, and the signals for people to look at."""

    reading: Reading
    drafts: tuple[Draft, ...]
    signals: tuple[Signal, ...] = ()


def options_for(source: Source, snapshot: Snapshot, country: str) -> Options:
    """How the reader must look at a snapshot of a source."""
    return Options(
        select=source.select,
        drop=source.drop,
        at_least=source.at_least,
        language=source.language,
        odd=source.odd,
        url=snapshot.url or source.url,
        content_type=snapshot.content_type,
        charset=snapshot.charset,
        country=country,
    )


def judge(reading: Reading, source: Source, authority: Authority, minimum: float, seen: date) -> Judged:
    """Detect in what was read. `seen` is the day the bytes were fetched."""
    structured = [_owned(d, source, authority) for d in reading.drafts]
    found: list[Draft] = []
    for document in reading.documents:
        page_date = document.published or seen
        drafts = detect.drafts(
            document, source=source, authority=authority, page_date=page_date, minimum=max(0.3, minimum - SLACK)
        )
        found += [_placed(d, document) for d in drafts]
    return Judged(reading, tuple(_joined(structured, found, {d.ref for d in reading.documents})))


def said_by(reading: Reading) -> str:
    """A digest of what a reading says: equal when only what no reader keeps has changed, or where links lead."""
    told = replace(reading, documents=tuple(replace(d, links=()) for d in reading.documents))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def signals_of(reading: Reading) -> list[Signal]:
    """Every signal of a reading, for `feedhub read` and `sources try`."""
    return [
        finding.signal
        for document in reading.documents
        for finding in detect.examine(document, lang=document.language, page_date=document.published)
    ]


def _owned(draft: Draft, source: Source, authority: Authority) -> Draft:
    """A structured draft keeps the buyer it names; a buyer of the catalogue's name is that authority."""
    ref = draft.authority
    if not ref.name or ref.name.casefold() == authority.name.casefold():
        ref = AuthorityRef(authority.name, authority.country, authority.id)
    return replace(draft, authority=ref, source_id=source.id, anchor=draft.anchor or draft.source_ref)


def _placed(draft: Draft, document: Document) -> Draft:
    """A detected draft stands in its section; in a feed or mailbox, in its section of its entry."""
    anchor = f"{document.ref}#{draft.anchor}" if document.ref else draft.anchor
    return replace(draft, anchor=anchor, url=draft.url or document.url, published=draft.published or document.published)


def _joined(structured: Sequence[Draft], found: Iterable[Draft], refs: set[str]) -> list[Draft]:
    """What the text of a procurement notice says joins the draft made from its fields."""
    by_ref = {d.source_ref: d for d in structured if d.source_ref in refs}
    alone: list[Draft] = []
    for draft in found:
        home = next((r for r in by_ref if draft.anchor.startswith(f"{r}#")), None)
        if home is None:
            alone.append(draft)
            continue
        have = {(r.topic, r.clause) for r in by_ref[home].requirements}
        more = tuple(r for r in draft.requirements if (r.topic, r.clause) not in have)
        kinds = {m.kind for m in by_ref[home].milestones}
        dates = tuple(m for m in draft.milestones if m.kind not in kinds)
        by_ref[home] = replace(
            by_ref[home],
            requirements=by_ref[home].requirements + more,
            milestones=by_ref[home].milestones + dates,
        )
    return [by_ref.get(d.source_ref, d) for d in structured] + alone


def relevant(draft: Draft, taxonomy: Taxonomy, *, chosen: bool = False) -> bool:
    """True for a draft that tells a reseller something: a requirement, or ICT hardware still to be bought.

    What a platform lists for other goods is passed over; a file that a person has `chosen` is not.
    """
    if draft.cpv and not chosen and not taxonomy.is_ict(draft.cpv):
        return False
    if draft.requirements:
        return True
    planned = draft.notice_kind in ("planning", "consultation", "competition", "pipeline", "post", "event")
    return planned and taxonomy.is_ict(draft.cpv)


def sift(drafts: Sequence[Draft], known: Sequence[Known], minimum: float) -> tuple[list[Draft], list[Draft]]:
    """(sure, unsure): drafts reduced to facts that are sure enough, and drafts that wait for a curator.

    A weak fact stays when it is what its source published before, in weaker words: a reworded page is no withdrawal.
    A weak fact beside that, which the first reading passed over, is no news later.
    """
    upheld = _upheld(drafts, known)
    sure: list[Draft] = []
    unsure: list[Draft] = []
    for draft in drafts:
        kept = tuple(r for r in draft.requirements if r.confidence >= minimum or id(r) in upheld)
        if kept or not draft.requirements:
            sure.append(replace(draft, requirements=kept))
        else:
            unsure.append(draft)
    return sure, unsure


def _upheld(drafts: Sequence[Draft], known: Sequence[Known]) -> set[int]:
    """`id()` of each requirement that is the best successor of a published one: in its section, or in like words."""
    upheld: set[int] = set()
    for source in {d.source_id for d in drafts}:
        own = [k for k in known if source in k.anchors]
        sections = {id(r): k.anchors[source] for k in own for r in k.notice.living_requirements}
        found = {id(r): d.anchor for d in drafts if d.source_id == source for r in d.requirements}
        old = [r for k in own for r in k.notice.living_requirements]
        new = [r for d in drafts if d.source_id == source for r in d.requirements]
        for before, after in pair_requirements(old, new)[0]:
            alike = similarity(before.quote or before.text, after.quote or after.text) >= SAME
            if alike or sections[id(before)] == found[id(after)]:
                upheld.add(id(after))
    return upheld
