"""Documents to findings, and findings to drafts: one notice for one section of a page. Never judges a sentence itself."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby, islice

from feedhub import taxonomy
from feedhub.detect.judge import Standing, judge, judge_all
from feedhub.detect.language import identify
from feedhub.detect.milestones import milestones
from feedhub.detect.stages import STARTS
from feedhub.model import (
    Authority,
    AuthorityRef,
    Block,
    Document,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    Requirement,
    Signal,
    Source,
    Stage,
    Trust,
)
from feedhub.text import clean, fold, shorten

_TITLE = 160
_CONTEXT = 300
_ANCHOR = 80
#: Headings shorter than this say nothing; shorter than that they need the one above them.
_SHORT, _PLAIN = 12, 32
#: Headings that say nothing of their own about what stands below them.
_EMPTY = re.compile(
    r"(?:home|start|news|aktuell\w*|nyheter|nyheder|actualités?|noticias|notizie|uutiset|nieuws|about\b.*|om oss|über uns|"
    r"introduction|einleitung|inledning|innledning|inleiding|background|bakgrund|bakgrunn|baggrund|hintergrund|"
    r"contents?|inhalt|overview|überblick|översikt|oversikt|faq|frequently asked questions|summary|zusammenfassung|"
    r"requirements|krav|anforderungen|eisen|exigences|requisitos|requisiti|vaatimukset|[\W\d]*)",
    re.IGNORECASE,
)
#: A firmer stage stands first: a section is at the stage of the firmest thing it says.
_FIRMNESS = (
    Stage.POSTPONED,
    Stage.ADOPTED,
    Stage.IN_FORCE,
    Stage.CONSULTATION,
    Stage.PLANNED,
    Stage.RELAXED,
    Stage.WITHDRAWN,
    Stage.INTENTION,
)
_Key = tuple[Standing, str, date | None, str]
#: Signals of blocks judged before, and how many blocks are remembered.
_kept: dict[_Key, tuple[Signal, ...]] = {}
_MOST_KEPT = 10_000
_lock = threading.Lock()


@dataclass(frozen=True)
class Finding:
    """A signal and where it stands: its block and the block's number in the document."""

    signal: Signal
    block: Block
    index: int


def signals(text: str, *, lang: str = "", page_date: date | None = None) -> list[Signal]:
    """The signals of a plain text, with character offsets in it.

    `lang` is an ISO 639-1 code that wins over what the text looks like; `page_date` the day against which "upcoming"
    is judged (None: by the wording alone).
    """
    return judge(text, lang=lang, page_date=page_date)


def examine(document: Document, *, lang: str = "", page_date: date | None = None, country: str = "") -> list[Finding]:
    """The signals of a document block by block, each judged under its headings, list intro or table header."""
    body = " ".join(b.text for b in document.blocks[:40])
    language = lang or document.language or identify(f"{document.title} {body}")
    said = [(i, b) for i, b in enumerate(document.blocks) if b.kind != "heading" and b.text.strip()]
    found = _judged([_standing(b) for _, b in said], language, page_date, country)
    return [Finding(s, block, i) for (i, block), signals in zip(said, found, strict=True) for s in signals]


def _standing(block: Block) -> Standing:
    return Standing(block.text, ". ".join(part.rstrip(".: ") for part in block.path[-2:] if part), block.intro)


def _judged(standing: Sequence[Standing], lang: str, page_date: date | None, country: str) -> list[tuple[Signal, ...]]:
    """The signals of blocks; a feed or page that changed says mostly what it said before, of the same day."""
    keys = [(piece, lang, page_date, country) for piece in standing]
    known = {key: found for key in keys if (found := _kept.get(key)) is not None}
    new = list(dict.fromkeys(key for key in keys if key not in known))
    judged = judge_all([key[0] for key in new], lang=lang, page_date=page_date, country=country)
    known.update(zip(new, map(tuple, judged), strict=True))
    _keep({key: known[key] for key in new})
    return [known[key] for key in keys]


def _keep(new: Mapping[_Key, tuple[Signal, ...]]) -> None:
    """Remember what was judged, and forget what was remembered first."""
    with _lock:
        _kept.update(new)
        for key in list(islice(_kept, max(0, len(_kept) - _MOST_KEPT))):
            del _kept[key]


def drafts(
    document: Document, *, source: Source, authority: Authority, page_date: date | None, minimum: float
) -> list[Draft]:
    """One draft for each section that states requirements; findings below `minimum` are left out.

    A section of intentions or removals alone gives a draft whose confidence stays below publication, for review.
    """
    findings = examine(
        document, lang=source.language or document.language, page_date=page_date, country=authority.country
    )
    kept = [f for f in findings if f.signal.confidence >= minimum and _speaks(f.signal)]
    chosen = {id(f) for f in kept}
    rest = [f for f in findings if id(f) not in chosen or any(r.startswith("+force") for r in f.signal.rules)]
    out: list[Draft] = []
    taken: dict[str, int] = {}
    for path, group in groupby(sorted(kept, key=lambda f: _order(f, kept)), key=lambda f: f.block.path):
        section = list(group)
        firm = [f for f in section if f.signal.is_requirement] or section
        dated = _dated(path, firm, rest)
        points = milestones(dated, authority.zone, partial(_evidence, document, source), page_date, document.published)
        draft = _draft(path, firm, document, source, authority)
        draft = replace(draft, milestones=points, stage=_stage(draft.stage, points, page_date))
        count = taken[draft.anchor] = taken.get(draft.anchor, 0) + 1
        out.append(draft if count == 1 else _renamed(draft, count))
    return out


def _speaks(signal: Signal) -> bool:
    hint = signal.stage in (Stage.INTENTION, Stage.WITHDRAWN, Stage.RELAXED)
    core = taxonomy.load().core_topics
    return (signal.is_requirement or hint) and any(t in core for t in signal.topics)


def _order(finding: Finding, kept: list[Finding]) -> tuple[int, int]:
    """Sections in the order of the page, even where a page returns to the same heading path."""
    first = next(f.index for f in kept if f.block.path == finding.block.path)
    return first, finding.index


def _draft(
    path: tuple[str, ...],
    section: list[Finding],
    document: Document,
    source: Source,
    authority: Authority,
) -> Draft:
    requirements = tuple(r for f in section for r in _requirements(f, document, source))
    confidence = max(r.confidence for r in requirements)
    products = dict.fromkeys(p for f in section for p in f.signal.products)
    heading = section[0].block
    return Draft(
        title=_title(path, section, document),
        summary=shorten(" ".join(dict.fromkeys(f.signal.text for f in section)), 600),
        authority=AuthorityRef(authority.name, authority.country, authority.id),
        stage=min((f.signal.stage for f in section), key=_FIRMNESS.index),
        source_id=source.id,
        anchor=_anchor(path, heading, document),
        url=document.url or source.url,
        language=section[0].signal.language,
        products=tuple(products),
        requirements=requirements,
        confidence=confidence,
        published=document.published,
    )


def _dated(path: tuple[str, ...], section: list[Finding], rest: list[Finding]) -> list[tuple[Signal, int]]:
    """The signals whose dates are those of a section, with their block's number.

    Its own; those of sentences beside them that say only when ("This applies from …"); and where none says when it
    begins, those above it on the page.
    """
    own = [(f.signal, f.index) for f in section if f.signal.dates]
    own += [(f.signal, f.index) for f in rest if f.block.path == path and f not in section and _tells_when(f.signal)]
    if any(d.role in STARTS for signal, _ in own for d in signal.dates):
        return own
    above = [f for f in rest if len(f.block.path) < len(path) and f.block.path == path[: len(f.block.path)]]
    return own + [(f.signal, f.index) for f in above if _tells_when(f.signal)]


def _tells_when(signal: Signal) -> bool:
    settled = signal.stage not in (Stage.INTENTION, Stage.WITHDRAWN, Stage.RELAXED)
    return settled and any(d.role in STARTS for d in signal.dates)


def _stage(stage: Stage, points: tuple[Milestone, ...], page_date: date | None) -> Stage:
    """What reads as if in force but begins later is adopted."""
    ahead = page_date is not None and any(
        m.kind is MilestoneKind.APPLIES_FROM and m.status.living and m.when.last > page_date for m in points
    )
    return Stage.ADOPTED if ahead and stage is Stage.IN_FORCE else stage


def _requirements(finding: Finding, document: Document, source: Source) -> list[Requirement]:
    """One requirement for each topic of a sentence; adjacent topics ride along beside a core one."""
    signal = finding.signal
    proof = _evidence(document, source, (signal, finding.index))
    quote = clean(signal.text)
    return [
        Requirement(
            topic=topic,
            clause=signal.clause,
            text=quote,
            quote=quote,
            trigger=signal.trigger,
            evidence=signal.evidence,
            laws=signal.laws,
            cites=signal.cites,
            threshold=signal.threshold,
            trust=Trust.DETECTED,
            provenance=proof,
            confidence=signal.confidence,
        )
        for topic in signal.topics
    ]


def _evidence(document: Document, source: Source, found: tuple[Signal, int]) -> Evidence:
    signal, index = found
    near = [document.blocks[i] for i in (index - 1, index + 1) if 0 <= i < len(document.blocks)]
    return Evidence(
        source_id=source.id,
        url=document.url or source.url,
        quote=clean(signal.text),
        context=tuple(shorten(b.text, _CONTEXT) for b in near if b.text.strip()),
        judged_by=signal.rules,
    )


def _title(path: tuple[str, ...], section: list[Finding], document: Document) -> str:
    """The heading when it is specific, else what the section is about: never the sentence, whose dates may move."""
    heading = path[-1] if path else ""
    if heading and not _EMPTY.fullmatch(heading.strip()) and len(heading) >= _SHORT:
        return shorten(heading if len(heading) >= _PLAIN or len(path) < 2 else f"{path[0]} – {heading}", _TITLE)
    lists = taxonomy.load()
    topics = list(dict.fromkeys(t for f in section for t in f.signal.topics if lists.topics[t].core))
    said = ", ".join(lists.label("topic", t) for t in topics[:2])
    where = next((p for p in (heading, document.title) if p and not _EMPTY.fullmatch(p.strip())), "")
    return shorten(f"{where}: {said}" if where else said, _TITLE)


def _anchor(path: tuple[str, ...], block: Block, document: Document) -> str:
    heading = next((b for b in document.blocks if b.kind == "heading" and b.anchor and _same(b, path)), None)
    if heading is not None:
        return heading.anchor
    slug = "-".join(fold(" ".join(path)).split())
    return slug[:_ANCHOR].strip("-") or block.anchor or "page"


def _same(heading: Block, path: tuple[str, ...]) -> bool:
    return bool(path) and heading.text == path[-1] and heading.path in (path, path[:-1])


def _renamed(draft: Draft, count: int) -> Draft:
    return replace(draft, anchor=f"{draft.anchor}-{count}")
