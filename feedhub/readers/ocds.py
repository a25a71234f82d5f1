"""Turns OCDS JSON (packages, records, single and compiled releases) into drafts and documents, one for each process.

Reads the standard, its EU profile and the United Kingdom's extension, dirt included. Structured fields are facts
(`official`); topics found in the text of a clause are `detected`. Never fetches, never stores, never asks the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedhub.errors import ReadError
from feedhub.model import AuthorityRef, Block, Clause, Document, Draft, Requirement, Stage, Trust
from feedhub.readers import _notice_codes as codes
from feedhub.readers import _notice_terms as terms
from feedhub.readers._markup import load_json
from feedhub.readers._notice_time import plain_date
from feedhub.readers._ocds_merge import Release, at, merged, rows, strings, words
from feedhub.readers._ocds_milestones import Dating, milestones
from feedhub.readers._ocds_texts import blocks
from feedhub.readers._shapes import Options, Reading, cursor_at
from feedhub.text import shorten

#: Notices under the Procurement Act 2023: kind and stage of UK1 (pipeline) to UK16 (a dynamic market ends).
_NOTICE_TYPES = {
    "UK1": ("pipeline", Stage.PLANNED),
    "UK2": ("consultation", Stage.CONSULTATION),
    "UK3": ("planning", Stage.PLANNED),
    "UK4": ("competition", Stage.ADOPTED),
    "UK5": ("veat", Stage.ADOPTED),
    "UK6": ("result", Stage.IN_FORCE),
    "UK7": ("result", Stage.IN_FORCE),
    "UK8": ("result", Stage.IN_FORCE),
    "UK9": ("result", Stage.IN_FORCE),
    "UK10": ("modification", Stage.IN_FORCE),
    "UK11": ("completion", Stage.IN_FORCE),
    "UK12": ("competition", Stage.WITHDRAWN),
    "UK13": ("planning", Stage.PLANNED),
    "UK14": ("competition", Stage.ADOPTED),
    "UK15": ("modification", Stage.IN_FORCE),
    "UK16": ("completion", Stage.IN_FORCE),
}
_DOCUMENT_TYPES = {
    "plannedProcurementNotice": ("planning", Stage.PLANNED),
    "marketEngagementNotice": ("consultation", Stage.CONSULTATION),
    "tenderNotice": ("competition", Stage.ADOPTED),
    "contractNotice": ("competition", Stage.ADOPTED),
    "tenderCancellationNotice": ("competition", Stage.WITHDRAWN),
    "awardNotice": ("result", Stage.IN_FORCE),
    "contractTerminationNotice": ("completion", Stage.IN_FORCE),
    "implementationNotice": ("result", Stage.IN_FORCE),
}
_TAGS = {
    "planning": ("planning", Stage.PLANNED),
    "planningUpdate": ("planning", Stage.PLANNED),
    "tender": ("competition", Stage.ADOPTED),
    "tenderUpdate": ("competition", Stage.ADOPTED),
    "tenderAmendment": ("competition", Stage.ADOPTED),
    "tenderCancellation": ("competition", Stage.WITHDRAWN),
    "award": ("result", Stage.IN_FORCE),
    "awardUpdate": ("result", Stage.IN_FORCE),
    "awardCancellation": ("result", Stage.WITHDRAWN),
    "contract": ("result", Stage.IN_FORCE),
    "contractUpdate": ("result", Stage.IN_FORCE),
    "contractAmendment": ("modification", Stage.IN_FORCE),
    "implementation": ("result", Stage.IN_FORCE),
    "implementationUpdate": ("result", Stage.IN_FORCE),
    "contractTermination": ("completion", Stage.IN_FORCE),
}
#: Ends without a contract; a tender that is only "complete" led to one.
_ENDED = frozenset({"cancelled", "withdrawn", "unsuccessful"})
#: Publishers in the United Kingdom, whose releases often name no country: Find a Tender, Contracts Finder,
#: Sell2Wales, Public Contracts Scotland.
_BRITISH = ("ocds-h6vhtk-", "ocds-b5fd17-", "ocds-kuma6s-", "ocds-r6ebe6-")


def read(body: bytes, options: Options) -> Reading:
    """One draft and one document for each contracting process, merged from its releases.

    ReadError `wrong_kind` for other JSON (schemas, code lists), `empty` or `too_few` for fewer processes than
    `options.at_least`, `unparseable` for no JSON at all.
    """
    warnings: list[str] = []
    payload = _payload(body, options, warnings)
    releases = merged(payload, warnings)
    if len(releases) < options.at_least:
        raise ReadError("too_few" if releases else "empty", f"{len(releases)} processes")
    pairs = [_process(release, options) for release in releases]
    warnings += [warning for document, _ in pairs for warning in document.warnings]
    return Reading(
        documents=tuple(document for document, _ in pairs),
        drafts=tuple(draft for _, draft in pairs),
        warnings=tuple(dict.fromkeys(warnings)),
        next_page=cursor_at(payload, options.cursor or "links.next"),
    )


def _payload(body: bytes, options: Options, warnings: list[str]) -> object:
    """The JSON of the body; lines of JSON (one release a line, as bulk files have it) give a list."""
    try:
        return load_json(body, warnings, charset=options.charset)
    except ReadError:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith(b"{") for line in lines):
            raise
        return [load_json(line, warnings, charset=options.charset) for line in lines]


def _process(release: Release, options: Options) -> tuple[Document, Draft]:
    warnings: list[str] = []
    buyer, country = _buyer(release, warnings)
    language = codes.language2(words(release, "language")) or options.language or ("en" if country == "GB" else "")
    kind, stage, notice_type = _kind(release)
    url = _address(release) or options.url
    roles = blocks(release)
    cpv = codes.cpv_codes(_classifications(release))
    dating = Dating(codes.zone_of(country or options.country), url, warnings)
    draft = Draft(
        title=_title(release, buyer, warnings),
        authority=AuthorityRef(buyer, country),
        summary=shorten(words(release, "tender", "description") or words(release, "description"), 2000),
        notice_kind=kind,
        stage=stage,
        source_ref=str(release.get("ocid") or release.get("id") or ""),
        previous_refs=tuple(
            dict.fromkeys(w for r in rows(release, "relatedProcesses") if (w := words(r, "identifier")))
        ),
        url=url,
        language=language,
        cpv=cpv,
        products=codes.products_of(cpv),
        codes=_codes(release, notice_type),
        milestones=milestones(release, stage, dating),
        requirements=_requirements(release, roles, language, url, ict=codes.may_be_ict(cpv)),
        trust=Trust.OFFICIAL,
        urgent=notice_type == "UK3",
        documents=_attachments(release, url),
        published=plain_date(words(release, "date"), warnings, "date"),
    )
    return _document(draft, roles, warnings), draft


def _document(draft: Draft, roles: Sequence[tuple[Clause | None, Block]], warnings: Sequence[str]) -> Document:
    return Document(
        title=draft.title,
        blocks=tuple(block for _, block in roles),
        language=draft.language,
        links=tuple(("documents", address) for address in draft.documents),
        published=draft.published,
        url=draft.url,
        ref=draft.source_ref,
        warnings=tuple(f"{draft.source_ref}: {warning}" for warning in warnings),
    )


def _buyer(release: Release, warnings: list[str]) -> tuple[str, str]:
    """Name and two-letter country of the buyer, from `buyer` and the party it points to or whose role it is."""
    parties = rows(release, "parties")
    named = [p for p in parties if p.get("id") and p.get("id") == at(release, "buyer", "id")]
    roles = ("buyer", "procuringEntity", "centralPurchasingBody")
    party = next(iter(named), None) or next((p for r in roles for p in parties if r in strings(p, "roles")), {})
    name = (
        words(release, "buyer", "name") or words(party, "name") or words(release, "tender", "procuringEntity", "name")
    )
    country = codes.country2(words(party, "address", "country")) or codes.country2(
        words(party, "address", "countryName")
    )
    if not country and str(release.get("ocid") or "").startswith(_BRITISH):
        country = "GB"
    if not name:
        warnings.append("the release names no buyer")
    return name, country


def _title(release: Release, buyer: str, warnings: list[str]) -> str:
    for text in (words(release, "tender", "title"), words(release, "title"), words(release, "tender", "description")):
        if text:
            return shorten(text, 200)
    warnings.append("the release has no title")
    process = release.get("ocid") or release.get("id")
    return shorten(f"Procurement of {buyer} ({process})" if buyer else f"Procurement {process}", 200)


def _notices(release: Release) -> list[Release]:
    """The documents that are notices, oldest first."""
    holders = [release.get("planning"), release.get("tender"), *rows(release, "awards"), *rows(release, "contracts")]
    found = [d for holder in holders for d in rows(holder, "documents")]
    notices = [d for d in found if d.get("noticeType") or d.get("documentType") in _DOCUMENT_TYPES]
    return sorted(notices, key=lambda d: str(d.get("datePublished") or ""))


def _kind(release: Release) -> tuple[str, Stage, str]:
    """Notice kind, stage and UK notice type: the last notice says it, else the tag, else what the release holds."""
    notices = _notices(release)
    notice_type = next((t for d in reversed(notices) if (t := words(d, "noticeType")) in _NOTICE_TYPES), "")
    tag = next((t for t in strings(release, "tag") if t in _TAGS), "")
    kind, stage = _NOTICE_TYPES.get(notice_type) or _TAGS.get(tag) or _held(release, notices)
    if (
        not notice_type
        and kind == "planning"
        and any(d.get("documentType") == "marketEngagementNotice" for d in notices)
    ):
        kind, stage = "consultation", Stage.CONSULTATION
    if words(release, "tender", "status") in _ENDED:
        stage = Stage.WITHDRAWN
    return kind, stage, notice_type


def _held(release: Release, notices: Sequence[Release]) -> tuple[str, Stage]:
    """For compiled releases without notice type: the furthest section that is filled."""
    if rows(release, "contracts") or rows(release, "awards"):
        return "result", Stage.IN_FORCE
    status = words(release, "tender", "status")
    if status in ("active", "complete"):
        return "competition", Stage.ADOPTED
    if any(m.get("type") == "engagement" for m in rows(release, "planning", "milestones")):
        return "consultation", Stage.CONSULTATION
    typed = [_DOCUMENT_TYPES[t] for d in notices if (t := words(d, "documentType")) in _DOCUMENT_TYPES]
    if typed:
        return typed[-1]
    return ("planning", Stage.PLANNED) if status in ("", "planned", "planning") else ("competition", Stage.ADOPTED)


def _address(release: Release) -> str:
    """The page of the last notice."""
    addresses = [u for d in _notices(release) if (u := words(d, "url")).lower().startswith(("https://", "http://"))]
    return addresses[-1] if addresses else ""


def _attachments(release: Release, url: str) -> tuple[str, ...]:
    found = [words(d, "url") for section in ("planning", "tender") for d in rows(release, section, "documents")]
    return tuple(dict.fromkeys(u for u in found if u != url and u.lower().startswith(("https://", "http://"))))


def _classifications(release: Release) -> Iterator[str]:
    """CPV codes of the tender, its items and lots, and of awarded items, main ones first."""
    tender = release.get("tender")
    holders = [tender, *rows(tender, "items"), *rows(tender, "lots")]
    holders += [item for award in rows(release, "awards") for item in rows(award, "items")]
    for holder in holders:
        main = at(holder, "classification")
        for row in ([main] if isinstance(main, dict) else []) + rows(holder, "additionalClassifications"):
            if str(row.get("scheme") or "").upper().startswith("CPV"):
                yield str(row.get("id") or "")


def _sustainability(release: Release) -> Iterator[tuple[str, list[str]]]:
    """Goals with their strategies, of the tender and of its lots."""
    for holder in (release.get("tender"), *rows(release, "tender", "lots")):
        for row in rows(holder, "sustainability"):
            yield words(row, "goal"), strings(row, "strategies")


def _codes(release: Release, notice_type: str) -> dict[str, tuple[str, ...]]:
    tender = release.get("tender")
    lots = rows(tender, "lots")
    found = {
        "tag": strings(release, "tag"),
        "noticeType": [notice_type],
        "tender.status": [words(tender, "status")],
        "hasSustainability": ["true"] if any(h.get("hasSustainability") is True for h in lots) else [],
        "sustainability.goal": [goal for goal, _ in _sustainability(release)],
        "sustainability.strategy": [s for _, strategies in _sustainability(release) for s in strategies],
        "reservedParticipation": strings(tender, "otherRequirements", "reservedParticipation"),
    }
    return {name: kept for name, values in found.items() if (kept := tuple(dict.fromkeys(v for v in values if v)))}


def _requirements(
    release: Release, roles: Sequence[tuple[Clause | None, Block]], language: str, url: str, *, ict: bool
) -> tuple[Requirement, ...]:
    """What goals, codes and clauses ask for; exclusion grounds only where ICT hardware is bought (`ict`)."""
    facts: list[Requirement] = []
    for goal, strategies in _sustainability(release):
        clauses = [codes.SUSTAINABILITY_STRATEGIES[s] for s in strategies if s in codes.SUSTAINABILITY_STRATEGIES]
        for topic in codes.SUSTAINABILITY_GOALS.get(goal, ()):
            for clause in clauses or [Clause.CONTRACT_PERFORMANCE_CLAUSE]:
                facts.append(terms.official(topic, clause, f"sustainability/goal {goal}", _label(goal), url=url))
    for holder in (release.get("tender"), *rows(release, "tender", "lots")):
        for ground in rows(holder, "exclusionGrounds", "criteria"):
            code = words(ground, "type")
            if ict and code in codes.EXCLUSION_GROUNDS:
                uuid = codes.EXCLUSION_GROUNDS[code]
                facts += terms.criterion(uuid, f"exclusionGrounds/type {code}", words(ground, "description"), url=url)
    kept = [(c, b) for c, b in roles if c and (ict or c is not Clause.EXCLUSION_GROUND)]
    named = terms.requirements(kept, language, url=url)
    return terms.merged(facts, named)


def _label(goal: str) -> str:
    """A goal in words: `social.humanRightsInSupplyChains` → "Human rights in supply chains"."""
    name = goal.rpartition(".")[2]
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return spaced[:1].upper() + spaced[1:]
