"""Code tables of procurement notices: languages, countries, and which codes name which social topic.

Facts of the standards only (eForms code lists, OCDS profiles, ESPD criteria); never reads a notice, never judges a text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from feedhub import taxonomy
from feedhub.model import Clause, Stage

_ISO_639 = (
    "bul:bg ces:cs cze:cs dan:da deu:de ger:de ell:el gre:el eng:en est:et fin:fi fra:fr fre:fr gle:ga hrv:hr "
    "hun:hu isl:is ice:is ita:it lav:lv lit:lt mlt:mt nld:nl dut:nl nob:no nno:no nor:no pol:pl por:pt ron:ro "
    "rum:ro slk:sk slo:sk slv:sl spa:es swe:sv cat:ca eus:eu baq:eu glg:gl cym:cy wel:cy bos:bs mkd:mk mac:mk "
    "sqi:sq alb:sq srp:sr tur:tr ukr:uk rus:ru"
)
#: ISO 639-2 and 639-3 codes that notices use → two letters.
LANGUAGES: Mapping[str, str] = {long: short for long, _, short in (p.partition(":") for p in _ISO_639.split())}

#: Country names as British platforms write them.
COUNTRY_NAMES: Mapping[str, str] = {
    "united kingdom": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "great britain": "GB",
    "ireland": "IE",
}

#: A running tender carries adopted terms; a result or a change of contract, terms in force.
STAGES: Mapping[str, Stage] = {
    "planning": Stage.PLANNED,
    "consultation": Stage.CONSULTATION,
    "competition": Stage.ADOPTED,
    "veat": Stage.ADOPTED,
    "result": Stage.IN_FORCE,
    "modification": Stage.IN_FORCE,
    "completion": Stage.IN_FORCE,
    "registration": Stage.IN_FORCE,
}

#: eForms BT-775 (code list social-objective) → topics.
SOCIAL_OBJECTIVES: Mapping[str, tuple[str, ...]] = {
    "hum-right": ("hrdd_process",),
    "work-cond": ("ilo_core_labour_standards",),
    "et-eq": ("non_discrimination_equality",),
    "gen-eq": ("non_discrimination_equality",),
    "acc-all": ("accessibility",),
    "opp": ("social_value_employment",),
}
#: What the codes of BT-775 say, in the words of the code list.
SOCIAL_LABELS: Mapping[str, str] = {
    "hum-right": "Human-rights due diligence in global supply chains",
    "work-cond": "Fair working conditions",
    "et-eq": "Ethnic equality",
    "gen-eq": "Gender equality",
    "acc-all": "Accessibility for all",
    "opp": "Employment opportunities for the long-term unemployed, disadvantaged or persons with disabilities",
}

#: OCDS sustainability goals (EU profile) → topics; one spelling of the supply-chain goal lacks its s.
SUSTAINABILITY_GOALS: Mapping[str, tuple[str, ...]] = {
    "social.humanRightsInSupplyChains": ("hrdd_process",),
    "social.humanRightsInSupplyChain": ("hrdd_process",),
    "social.laborRightsPromotion": ("ilo_core_labour_standards",),
    "social.ethnicEquality": ("non_discrimination_equality",),
    "social.genderEquality": ("non_discrimination_equality",),
    "social.womenInclusion": ("non_discrimination_equality",),
    "social.accessibility": ("accessibility",),
    "social.disadvantagedEmploymentOpportunities": ("social_value_employment",),
}
SUSTAINABILITY_STRATEGIES: Mapping[str, Clause] = {
    "awardCriteria": Clause.AWARD_CRITERION,
    "contractPerformanceConditions": Clause.CONTRACT_PERFORMANCE_CLAUSE,
    "selectionCriteria": Clause.SELECTION_CRITERION,
    "reservedParticipation": Clause.SELECTION_CRITERION,
    "technicalSpecifications": Clause.TECHNICAL_SPECIFICATION,
}

#: ESPD criteria that codes of notices mean; what each states stands in the taxonomy.
CHILD_LABOUR = "d789d01a-fe03-4ccd-9898-73f9cfa080d1"
SOCIAL_LAW = "a261a395-ed17-4939-9c75-b9ff1109ca6e"
LABOUR_LAW = "a34b70d6-c43d-4726-9a88-8e2b438424bf"
SUPPLY_CHAIN = "dc12a151-7fdf-4733-a8f0-30f667292e66"

#: Codes of BT-67 (code lists exclusion-ground and, before SDK 1.10, criterion) → UUID of the ESPD criterion.
EXCLUSION_GROUNDS: Mapping[str, str] = {
    "exg-crim-traffick": CHILD_LABOUR,
    "human-traffic": CHILD_LABOUR,
    "exg-mis-bre-soc-law": SOCIAL_LAW,
    "socsec-law": SOCIAL_LAW,
    "exg-mis-bre-lab-law": LABOUR_LAW,
    "labour-law": LABOUR_LAW,
}
#: Codes of BT-809 (code list selection-criterion) → UUID of the ESPD criterion.
SELECTION_CRITERIA: Mapping[str, str] = {"slc-abil-mgmt-supply": SUPPLY_CHAIN, "chain-manage": SUPPLY_CHAIN}


def language2(code: str) -> str:
    """Two lower-case letters for a language code of two or three letters (`ENG`, `en-GB`), "" when unknown."""
    head = code.strip().lower().replace("_", "-").partition("-")[0]
    if len(head) == 2:
        return "no" if head in ("nb", "nn") else head
    return LANGUAGES.get(head, "")


def country2(code: str) -> str:
    """Two upper-case letters for a country given by two or three letters or an English name, "" when unknown."""
    return taxonomy.load().country(code) or COUNTRY_NAMES.get(code.strip().lower(), "")


def zone_of(country: str) -> str:
    """The IANA zone in which the dates of a two-letter country are meant, Europe/Brussels when it is not known."""
    return taxonomy.load().zone(country)


def cpv_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """The well-formed CPV codes among `codes`, eight digits each, in order and once."""
    return tuple(dict.fromkeys(digits for code in codes if (digits := taxonomy.cpv_digits(code))))


def may_be_ict(cpv: Collection[str]) -> bool:
    """False when CPV codes are given and none of them is ICT hardware or a whole code that covers it."""
    return not cpv or taxonomy.load().is_ict(cpv)


def products_of(cpv: Iterable[str]) -> tuple[str, ...]:
    """The ICT hardware that CPV codes name, in order and once."""
    names = (taxonomy.load().product_for_cpv(code) for code in cpv)
    return tuple(dict.fromkeys(name for name in names if name))
