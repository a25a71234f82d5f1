"""Where the fields of an eForms notice stand (SDK 1.3 to 1.15), and how to take them out.

Namespaces are matched by URI, whatever the prefix. Texts repeat per language: the notice's own is taken, else English.
Never judges what a field means for suppliers: that is `eforms.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from feedhub.model import Clause
from feedhub.readers._notice_codes import language2
from feedhub.text import clean, clean_lines

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}
_REGISTRATION = "http://data.europa.eu/p27/eforms-business-registration-information-notice/1"
#: Root elements: three UBL documents, and the business registration notice of eForms itself.
ROOTS = frozenset(
    {
        "{urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2}ContractNotice",
        "{urn:oasis:names:specification:ubl:schema:xsd:PriorInformationNotice-2}PriorInformationNotice",
        "{urn:oasis:names:specification:ubl:schema:xsd:ContractAwardNotice-2}ContractAwardNotice",
        f"{{{_REGISTRATION}}}BusinessRegistrationInformationNotice",
    }
)

EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"
LOT = "cac:ProcurementProjectLot"
PROJECT = "cac:ProcurementProject"
REQUEST = "cac:TenderingTerms/cac:TendererQualificationRequest/cac:SpecificTendererRequirement"
AWARDING = "cac:TenderingTerms/cac:AwardingTerms/cac:AwardingCriterion"
SELECTION = f"cac:TenderingTerms/{EXTENSION}/efac:SelectionCriteria"
EXECUTION = "cac:TenderingTerms/cac:ContractExecutionRequirement"
CALL_DOCUMENTS = "cac:TenderingTerms/cac:CallForTendersDocumentReference"


@dataclass(frozen=True)
class TextField:
    """A text field: its business term and name, where it stands, its procurement role, and the kind of block."""

    code: str
    name: str
    path: str
    clause: Clause | None = None
    kind: str = "paragraph"


_PERFORMANCE = Clause.CONTRACT_PERFORMANCE_CLAUSE
PROCEDURE_TEXTS = (
    TextField("BT-21", "Title", f"{PROJECT}/cbc:Name", kind="heading"),
    TextField("BT-24", "Description", f"{PROJECT}/cbc:Description"),
    TextField("BT-300", "Additional information", f"{PROJECT}/cbc:Note"),
    TextField("BT-88", "Features of the procedure", "cac:TenderingProcess/cbc:Description"),
    TextField(
        "BT-67",
        "Exclusion ground",
        f"{REQUEST}[cbc:TendererRequirementTypeCode/@listName='exclusion-ground']/cbc:Description",
        Clause.EXCLUSION_GROUND,
    ),
)
LOT_TEXTS = (
    TextField("BT-21", "Title", f"{PROJECT}/cbc:Name", kind="heading"),
    TextField("BT-24", "Description", f"{PROJECT}/cbc:Description"),
    TextField("BT-300", "Additional information", f"{PROJECT}/cbc:Note"),
    TextField(
        "BT-777", "Strategic procurement", f"{PROJECT}/cac:ProcurementAdditionalType/cbc:ProcurementType", _PERFORMANCE
    ),
    TextField(
        "BT-67",
        "Exclusion ground",
        f"{REQUEST}[cbc:TendererRequirementTypeCode/@listName='exclusion-ground']/cbc:Description",
        Clause.EXCLUSION_GROUND,
    ),
    TextField(
        "BT-750",
        "Selection criterion",
        f"{SELECTION}[not(cbc:CalculationExpressionCode='not-used')]/*[self::cbc:Name or self::cbc:Description]",
        Clause.SELECTION_CRITERION,
        "item",
    ),
    TextField("BT-733", "Award criteria", f"{AWARDING}/cbc:Description", Clause.AWARD_CRITERION),
    TextField(
        "BT-540",
        "Award criterion",
        f"{AWARDING}/cac:SubordinateAwardingCriterion/*[self::cbc:Name or self::cbc:Description]",
        Clause.AWARD_CRITERION,
        "item",
    ),
    TextField(
        "BT-70",
        "Terms of performance",
        f"{EXECUTION}[cbc:ExecutionRequirementCode/@listName='conditions']/cbc:Description",
        _PERFORMANCE,
    ),
    TextField("BT-57", "Renewal", f"{PROJECT}/cac:ContractExtension/cac:Renewal/cac:Period/cbc:Description"),
)

_USED = "efac:SelectionCriteria[not(cbc:CalculationExpressionCode='not-used')]"
#: Code fields worth keeping: business term → where; lots, parts and the procedure alike.
CODES = (
    ("BT-02", "cbc:NoticeTypeCode"),
    ("OPP-070", f"{EXTENSION}/efac:NoticeSubType/cbc:SubTypeCode"),
    ("BT-140", f"{EXTENSION}/efac:Changes/efac:ChangeReason/cbc:ReasonCode"),
    ("BT-67", f".//{REQUEST}/cbc:TendererRequirementTypeCode[@listName='exclusion-ground']"),
    ("BT-71", f".//{REQUEST}/cbc:TendererRequirementTypeCode[@listName='reserved-procurement']"),
    ("BT-06", ".//cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='strategic-procurement']"),
    ("BT-774", ".//cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='environmental-impact']"),
    ("BT-775", ".//cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='social-objective']"),
    ("BT-776", ".//cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='innovative-acquisition']"),
    ("BT-805", ".//cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='gpp-criteria']"),
    ("BT-754", ".//cac:ProcurementAdditionalType/cbc:ProcurementTypeCode[@listName='accessibility']"),
    ("BT-809", f".//{_USED}/*[self::cbc:TendererRequirementTypeCode or self::cbc:CriterionTypeCode]"),
    ("BT-70", f".//{EXECUTION}/cbc:ExecutionRequirementCode[@listName='conditions']"),
    ("BT-736", f".//{EXECUTION}/cbc:ExecutionRequirementCode[@listName='reserved-execution']"),
    ("BT-765", ".//cac:ContractingSystem/cbc:ContractingSystemTypeCode[@listName='framework-agreement']"),
)


def nodes(element: etree._Element, path: str) -> list[etree._Element]:
    """The elements at an XPath below `element`, namespaces by URI."""
    found = element.xpath(path, namespaces=NAMESPACES)
    return [e for e in found if etree.iselement(e)] if isinstance(found, list) else []


def text_of(element: etree._Element) -> str:
    """The text of an element without comments, on one line."""
    return clean(str(element.xpath("string()")))


def first(element: etree._Element, path: str) -> str:
    """The first non-empty text at a path, "" when there is none."""
    return next((text for node in nodes(element, path) if (text := text_of(node))), "")


def values(element: etree._Element, path: str) -> tuple[str, ...]:
    """The non-empty texts at a path, in order and once."""
    return tuple(dict.fromkeys(text for node in nodes(element, path) if (text := text_of(node))))


def texts(element: etree._Element, path: str, language: str) -> list[str]:
    """The texts at a path, one for each parent, each in one language: `language`, else English, else the first given.

    What one parent holds in that language (a criterion's name and description) is joined in order.
    """
    groups: dict[etree._Element, list[etree._Element]] = {}
    for node in nodes(element, path):
        parent = node.getparent()
        if parent is not None:
            groups.setdefault(parent, []).append(node)
    found = (_in_language(group, language) for group in groups.values())
    return [text for text in found if text]


def _in_language(group: list[etree._Element], language: str, *, joined: bool = True) -> str:
    named = [(language2(node.get("languageID") or ""), node) for node in group]
    given = {code for code, _ in named if code}
    chosen = next((code for code in (language, "en") if code in given), next((c for c, _ in named if c), ""))
    parts: list[str] = []
    for code, node in named:
        part = clean_lines(str(node.xpath("string()")))
        if part and code in ("", chosen) and part not in parts:
            parts.append(part)
    return ": ".join(parts if joined else parts[:1])


def lots(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Lots, groups of lots and parts with their identifiers (BT-137)."""
    for lot in nodes(root, LOT):
        yield first(lot, "cbc:ID"), lot


def organisations(root: etree._Element, language: str) -> dict[str, tuple[str, str]]:
    """Technical identifier of companies and touch points → name (BT-500) and three-letter country (BT-514)."""
    found: dict[str, tuple[str, str]] = {}
    for organisation in nodes(root, f"{EXTENSION}/efac:Organizations/efac:Organization"):
        company = next(iter(nodes(organisation, "efac:Company")), None)
        home = first(company, "cac:PostalAddress/cac:Country/cbc:IdentificationCode") if company is not None else ""
        for body in nodes(organisation, "efac:Company|efac:TouchPoint"):
            name = _in_language(nodes(body, "cac:PartyName/cbc:Name"), language, joined=False)
            country = first(body, "cac:PostalAddress/cac:Country/cbc:IdentificationCode") or home
            found[first(body, "cac:PartyIdentification/cbc:ID")] = (name, country)
    return found


def buyers(root: etree._Element, language: str) -> list[tuple[str, str]]:
    """Names and three-letter countries of the buyers, the leader of the group first; empty names left out."""
    known = organisations(root, language)
    leaders = set(
        values(
            root,
            f"{EXTENSION}/efac:Organizations/efac:Organization"
            "[efbc:GroupLeadIndicator='true']/efac:Company/cac:PartyIdentification/cbc:ID",
        )
    )
    ids = values(root, "cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID")
    ordered = sorted(ids, key=lambda ref: ref not in leaders)
    found = [known[ref] for ref in ordered if known.get(ref, ("", ""))[0]]
    return found or [pair for pair in known.values() if pair[0]][:1]
