"""Turns an ESPD request (European Single Procurement Document, 2.1.1 to 4.1.0) into a draft and a document.

A request lists what bidders must declare; it comes with a tender, so it warns nobody early, but it says through which
criterion a requirement will be asked. Never fetches, never stores, never asks the time.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from feedhub import taxonomy
from feedhub.errors import ReadError
from feedhub.model import AuthorityRef, Block, Clause, Document, Draft, Requirement, Stage, Trust
from feedhub.readers import _notice_codes as codes
from feedhub.readers import _notice_terms as terms
from feedhub.readers._markup import parse_xml
from feedhub.readers._notice_time import plain_date
from feedhub.readers._shapes import Options, Reading
from feedhub.text import clean, shorten

_ROOTS = frozenset({"QualificationApplicationRequest", "ESPDRequest"})
_CRITERIA = "*[local-name()='TenderingCriterion' or local-name()='Criterion']"
#: Codes of the authority table "criterion" (3.x and 4.x) that shut a bidder out; 2.x says it in the code itself.
_EXCLUSION_CODES = (
    "crime-org corruption fraud terr-offence finan-laund human-traffic tax-pay socsec-pay envir-law socsec-law "
    "labour-law bankruptcy insolvency cred-arran bankr-nat liq-admin susp-act prof-misconduct distorsion "
    "partic-confl prep-confl misrepresent sanction nati-ground"
)
#: Codes that only ask who the bidder is.
_BIDDER_CODES = "shelt-worksh registered eo-group relied subco-ent staff-red sme contrib-offer lot-tender"
#: Shorter texts under a criterion are labels of fields ("Threshold", "Additional information"), not requirements.
_SHORTEST = 30


def read(body: bytes, options: Options) -> Reading:
    """One draft and one document; ReadError `wrong_kind` for other XML (a supplier's response too)."""
    root = parse_xml(body, charset=options.charset)
    if etree.QName(root).localname not in _ROOTS:
        raise ReadError("wrong_kind", f"the root element is {etree.QName(root).localname}, not an ESPD request")
    warnings: list[str] = []
    language = codes.language2(str(root.xpath("string((.//@languageID)[1])"))) or options.language or "en"
    buyer, country = _first(root, "ContractingParty", "PartyName", "Name"), codes.country2(_country(root))
    if not buyer:
        warnings.append("the request names no buyer")
    criteria = list(_criteria(root))
    if not criteria:
        warnings.append("the request lists no criterion")
    blocks = tuple(block for _, clause, block in criteria if clause)
    draft = Draft(
        title=shorten(_first(root, "ProcurementProject", "Name") or f"ESPD request of {buyer or 'a buyer'}", 200),
        authority=AuthorityRef(buyer, country),
        summary=shorten(_first(root, "ProcurementProject", "Description"), 2000),
        notice_kind="espd",
        stage=Stage.ADOPTED,
        source_ref=_child(root, "ContractFolderID") or _child(root, "UUID") or _child(root, "ID"),
        url=options.url,
        language=language,
        codes={"criterion": tuple(dict.fromkeys(uuid for uuid, clause, _ in criteria if clause))},
        requirements=_requirements(criteria, language, options.url),
        trust=Trust.OFFICIAL,
        published=plain_date(_child(root, "IssueDate"), warnings, "IssueDate"),
    )
    document = Document(
        title=draft.title,
        blocks=blocks,
        language=language,
        published=draft.published,
        url=draft.url,
        ref=draft.source_ref,
        warnings=tuple(warnings),
    )
    return Reading(documents=(document,), drafts=(draft,), warnings=tuple(warnings))


def _criteria(root: etree._Element) -> Iterator[tuple[str, Clause | None, Block]]:
    """UUID, role and text of each criterion, and again for each requirement the buyer wrote under it."""
    for element in _find(root, _CRITERIA):
        uuid = _child(element, "ID").lower()
        code = _child(element, "CriterionTypeCode") or _child(element, "TypeCode")
        clause = _clause(uuid, code)
        path = (terms.PATHS[clause],) if clause else ()
        name, description = _child(element, "Name"), _child(element, "Description")
        yield (
            uuid,
            clause,
            Block(": ".join(t for t in (name, description) if t), "item", path, "ESPD criterion", anchor=uuid),
        )
        own = "*//*[local-name()='TypeCode' and .='REQUIREMENT']/../*[local-name()='Description']"
        for requirement in _find(element, own):
            text = _text(requirement)
            if len(text) >= _SHORTEST and not text.startswith("["):
                yield uuid, clause, Block(text, "item", (*path, name), "ESPD requirement", anchor=uuid)


def _clause(uuid: str, code: str) -> Clause | None:
    if found := taxonomy.load().criteria.get(uuid):
        return Clause(found.clause)
    if code in _EXCLUSION_CODES.split() or code.startswith("CRITERION.EXCLUSION"):
        return Clause.EXCLUSION_GROUND
    if code in _BIDDER_CODES.split() or code.startswith("CRITERION.OTHER") or not code:
        return None
    return Clause.SELECTION_CRITERION


def _requirements(criteria: list[tuple[str, Clause | None, Block]], language: str, url: str) -> tuple[Requirement, ...]:
    """What the criteria state by their UUIDs, and the topics that the buyer's own words under them name."""
    facts = [
        fact
        for uuid, _, block in criteria
        if block.intro == "ESPD criterion"
        for fact in terms.criterion(uuid, f"ESPD criterion {uuid}", block.text, url=url)
    ]
    own = [(clause, block) for _, clause, block in criteria if clause and block.intro == "ESPD requirement"]
    return terms.merged(facts, terms.requirements(own, language, url=url))


def _find(element: etree._Element, path: str) -> list[etree._Element]:
    found = element.xpath(path)
    return [e for e in found if etree.iselement(e)] if isinstance(found, list) else []


def _text(element: etree._Element) -> str:
    return clean(str(element.xpath("string()")))


def _child(element: etree._Element, name: str) -> str:
    return next((text for e in _find(element, f"*[local-name()='{name}']") if (text := _text(e))), "")


def _first(element: etree._Element, *names: str) -> str:
    """The first text under a chain of names, each anywhere below the last."""
    path = "".join(f"//*[local-name()='{name}']" for name in names)
    return next((text for e in _find(element, f".{path}") if (text := _text(e))), "")


def _country(root: etree._Element) -> str:
    return _first(root, "ContractingParty", "Country", "IdentificationCode")
