"""Turns an eForms notice (TED XML, SDK 1.3 to 1.15), or a page of TED's search, into drafts and documents.

Codes and dates of structured fields are facts (`official`); topics found in the text of a clause are `detected`.
Never fetches, never stores, never asks the time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from feedhub.errors import ReadError
from feedhub.model import AuthorityRef, Block, Clause, Document, Draft, Requirement, Stage, Trust
from feedhub.readers import _eforms_fields as fields
from feedhub.readers import _notice_codes as codes
from feedhub.readers import _notice_terms as terms
from feedhub.readers._eforms_milestones import milestones
from feedhub.readers._eforms_search import read_page
from feedhub.readers._markup import load_json, parse_xml
from feedhub.readers._notice_time import plain_date
from feedhub.readers._shapes import Options, Reading
from feedhub.text import shorten

_PLANNING = frozenset(str(n) for n in range(1, 10)) | {"E2", "T01"}
_COMPETITION = frozenset(str(n) for n in range(10, 25)) | {"CEI", "E3"}
_KINDS = (
    ("planning", _PLANNING),
    ("consultation", frozenset({"E1"})),
    ("competition", _COMPETITION),
    ("veat", frozenset(str(n) for n in range(25, 29))),
    ("result", frozenset(str(n) for n in range(29, 38)) | {"E4", "T02"}),
    ("modification", frozenset({"38", "39", "40", "E6"})),
    ("completion", frozenset({"E5"})),
    ("registration", frozenset({"X01", "X02"})),
)
#: The form type (BT-03) says the kind where the subtype is missing or new.
_FORMS = {
    "planning": "planning",
    "consultation": "consultation",
    "competition": "competition",
    "dir-awa-pre": "veat",
    "result": "result",
    "cont-modif": "modification",
    "completion": "completion",
    "bri": "registration",
}
#: Planning notices that shorten the time for tenders.
_REDUCED_TIME = frozenset({"7", "8", "9"})
_VERSION = re.compile(r"-\d{2}$")
_TED = "https://ted.europa.eu/en/notice/-/detail/"


@dataclass(frozen=True)
class _Notice:
    """What every part of the draft needs: the tree, the notice's language, its subtype and kind, its own address."""

    root: etree._Element
    language: str
    subtype: str
    kind: str
    url: str


def read(body: bytes, options: Options) -> Reading:
    """One draft and one document for a notice in XML; one of each a notice for a page of TED's search in JSON.

    ReadError `wrong_kind` for other XML or JSON, `unparseable` for neither and for an empty form, `empty` for a search without results.

    Fields that are missing or impossible are named in the warnings and left out.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        warnings: list[str] = []
        page = read_page(load_json(body, warnings, charset=options.charset), options)
        return replace(page, warnings=(*warnings, *page.warnings))
    return _notice(parse_xml(body, charset=options.charset), options)


def _notice(root: etree._Element, options: Options) -> Reading:
    if root.tag not in fields.ROOTS:
        raise ReadError("wrong_kind", f"the root element is {etree.QName(root).localname}, not an eForms notice")
    warnings: list[str] = []
    notice = _opened(root, options)
    blocks = _blocks(notice)
    draft = _draft(notice, blocks, options, warnings)
    if not (draft.source_ref or draft.authority.name or blocks):
        raise ReadError("unparseable", "the notice carries neither an identifier nor a buyer nor any text")
    document = Document(
        title=draft.title,
        blocks=tuple(block for _, block in blocks),
        language=notice.language,
        links=tuple(("documents", address) for address in draft.documents),
        published=draft.published,
        url=draft.url,
        ref=draft.source_ref,
        warnings=tuple(warnings),
    )
    return Reading(documents=(document,), drafts=(draft,), warnings=tuple(warnings))


def _opened(root: etree._Element, options: Options) -> _Notice:
    subtype = fields.first(root, f"{fields.EXTENSION}/efac:NoticeSubType/cbc:SubTypeCode")
    form = str(root.xpath("string(cbc:NoticeTypeCode/@listName)", namespaces=fields.NAMESPACES))
    kind = next((name for name, subtypes in _KINDS if subtype in subtypes), "") or _FORMS.get(form, "planning")
    number = fields.first(root, f"{fields.EXTENSION}/efac:Publication/efbc:NoticePublicationID").lstrip("0")
    language = codes.language2(fields.first(root, "cbc:NoticeLanguageCode")) or options.language
    return _Notice(root, language, subtype, kind, f"{_TED}{number}" if number else options.url)


def _draft(
    notice: _Notice, blocks: Sequence[tuple[Clause | None, Block]], options: Options, warnings: list[str]
) -> Draft:
    root = notice.root
    buyer, country = _buyer(notice, warnings)
    cpv = codes.cpv_codes(fields.values(root, ".//cbc:ItemClassificationCode[not(@listName) or @listName='cpv']"))
    title, summary = _title(notice, warnings), _summary(notice)
    coded = _codes(root)
    return Draft(
        title=title,
        authority=AuthorityRef(buyer, country),
        summary=summary,
        notice_kind=notice.kind,
        stage=_stage(notice, coded),
        source_ref=_reference(root, warnings),
        previous_refs=_previous(root),
        url=notice.url,
        language=notice.language,
        cpv=cpv,
        products=codes.products_of(cpv),
        codes=coded,
        milestones=milestones(root, codes.zone_of(country or options.country), warnings, url=notice.url),
        requirements=_requirements(notice, blocks, coded, ict=codes.may_be_ict(cpv)),
        trust=Trust.OFFICIAL,
        urgent=notice.subtype in _REDUCED_TIME,
        documents=_documents(root),
        published=_published(root, warnings),
    )


def _buyer(notice: _Notice, warnings: list[str]) -> tuple[str, str]:
    found = fields.buyers(notice.root, notice.language)
    if not found:
        warnings.append("the notice names no buyer (BT-500)")
        return "", ""
    name, country = found[0]
    return name, codes.country2(country)


def _title(notice: _Notice, warnings: list[str]) -> str:
    for path in (f"{fields.PROJECT}/cbc:Name", f"{fields.LOT}/{fields.PROJECT}/cbc:Name"):
        for text in fields.texts(notice.root, path, notice.language):
            return shorten(text, 200)
    warnings.append("the notice has no title (BT-21)")
    return f"Notice {fields.first(notice.root, 'cbc:ID') or 'without title'}"


def _summary(notice: _Notice) -> str:
    for path in (f"{fields.PROJECT}/cbc:Description", f"{fields.LOT}/{fields.PROJECT}/cbc:Description"):
        for text in fields.texts(notice.root, path, notice.language):
            return shorten(text, 2000)
    return ""


def _reference(root: etree._Element, warnings: list[str]) -> str:
    """The procedure identifier (BT-04); planning notices have none and are known by their own (BT-701)."""
    found = fields.first(root, "cbc:ContractFolderID") or fields.first(root, "cbc:ID")
    if not found:
        warnings.append("the notice has neither procedure identifier (BT-04) nor notice identifier (BT-701)")
    return found


def _previous(root: etree._Element) -> tuple[str, ...]:
    """Notices this one follows (BT-125, OPP-090) or changes (BT-758): as given, and without version and leading zeros.

    With them its own further numbers (BT-701, OPP-010), by which a later notice may name it.
    """
    given = (
        *fields.values(root, f"{fields.LOT}/cac:TenderingProcess/cac:NoticeDocumentReference/cbc:ID"),
        *fields.values(root, "cac:TenderingProcess/cac:NoticeDocumentReference/cbc:ID"),
        *fields.values(root, f"{fields.EXTENSION}/efac:Changes/efbc:ChangedNoticeIdentifier"),
    )
    number = fields.first(root, f"{fields.EXTENSION}/efac:Publication/efbc:NoticePublicationID").lstrip("0")
    reference = fields.first(root, "cbc:ContractFolderID") or fields.first(root, "cbc:ID")
    own = (fields.first(root, "cbc:ID"), number)
    both = (ref for text in given for ref in (text, _VERSION.sub("", text).lstrip("0")))
    return tuple(dict.fromkeys(ref for ref in (*both, *own) if ref and ref != reference))


def _codes(root: etree._Element) -> dict[str, tuple[str, ...]]:
    found = {code: fields.values(root, path) for code, path in fields.CODES}
    described = fields.values(root, f"{fields.LOT}/{fields.PROJECT}/cac:ProcurementAdditionalType/cbc:ProcurementType")
    if described:
        found["BT-777"] = tuple(shorten(text, 500) for text in described)
    laws = fields.values(
        root, ".//cac:EmploymentLegislationDocumentReference/cac:Attachment/cac:ExternalReference/cbc:URI"
    )
    if laws:
        found["OPT-130"] = laws
    return {code: values for code, values in found.items() if values}


def _stage(notice: _Notice, coded: dict[str, tuple[str, ...]]) -> Stage:
    reasons = coded.get("BT-140", ())
    if "cancel" in reasons:
        return Stage.WITHDRAWN
    if "susp-review" in reasons:
        return Stage.POSTPONED
    results = fields.values(notice.root, f"{fields.EXTENSION}/efac:NoticeResult/efac:LotResult/cbc:TenderResultCode")
    if results and set(results) == {"clos-nw"}:
        return Stage.WITHDRAWN
    return codes.STAGES[notice.kind]


def _documents(root: etree._Element) -> tuple[str, ...]:
    """Where the procurement documents are (BT-15) or restricted ones can be asked for (BT-615); web addresses only."""
    found = fields.values(root, f".//{fields.CALL_DOCUMENTS}/cac:Attachment/cac:ExternalReference/cbc:URI")
    return tuple(address for address in found if address.lower().startswith(("https://", "http://")))


def _published(root: etree._Element, warnings: list[str]) -> date | None:
    text = fields.first(root, f"{fields.EXTENSION}/efac:Publication/efbc:PublicationDate")
    return plain_date(text or fields.first(root, "cbc:IssueDate"), warnings, "OPP-012" if text else "BT-05")


def _blocks(notice: _Notice) -> list[tuple[Clause | None, Block]]:
    """The texts in the order of the notice, each once, with the role their field gives them."""
    out: list[tuple[Clause | None, Block]] = []
    seen: set[tuple[str, str]] = set()
    places: list[tuple[str, etree._Element, tuple[fields.TextField, ...]]] = [("", notice.root, fields.PROCEDURE_TEXTS)]
    places += [(name, lot, fields.LOT_TEXTS) for name, lot in fields.lots(notice.root)]
    for anchor, element, specs in places:
        for spec in specs:
            for text in fields.texts(element, spec.path, notice.language):
                if (key := (spec.code, text)) in seen:
                    continue
                seen.add(key)
                path = (terms.PATHS[spec.clause],) if spec.clause else ()
                out.append((spec.clause, Block(text, spec.kind, path, f"{spec.code} {spec.name}", anchor=anchor)))
    return out


def _requirements(
    notice: _Notice, blocks: Sequence[tuple[Clause | None, Block]], coded: dict[str, tuple[str, ...]], *, ict: bool
) -> tuple[Requirement, ...]:
    """What codes and clauses ask for.

    The Union's exclusion grounds stand in nearly every notice. They become requirements where ICT hardware is bought
    (`ict`); elsewhere they stay codes and text, or each tender for road works would count as a social requirement.
    """
    roles = [(c, b) for c, b in blocks if c and (ict or c is not Clause.EXCLUSION_GROUND)]
    read_ones = terms.requirements(roles, notice.language, url=notice.url)
    facts = terms.social_objectives(coded.get("BT-775", ()), read_ones, url=notice.url)
    for field, table in (("BT-67", codes.EXCLUSION_GROUNDS), ("BT-809", codes.SELECTION_CRITERIA)):
        for code in coded.get(field, ()):
            if ict and code in table:
                facts += terms.criterion(table[code], f"{field} {code}", url=notice.url)
    return terms.merged(facts, read_ones)
