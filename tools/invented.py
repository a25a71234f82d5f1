"""Invented bodies and what they ask, for the demonstration. No real body, page or sentence stands here."""

from __future__ import annotations

from dataclasses import dataclass

#: Id, name, country, role, and what its second watched page is for.
BODIES = (
    ("se-lakeside", "City of Lakeside", "SE", "public_buyer", "supplier_code"),
    ("se-north-buying", "North Buying Group", "SE", "central_purchasing_body", "market_engagement"),
    ("dk-harbour", "Harbour Municipality", "DK", "public_buyer", "upcoming_procurement"),
    ("nl-ict-category", "Category ICT Workplace", "NL", "central_purchasing_body", "guidance"),
    (
        "de-state-it",
        "Landesbetrieb für Informationstechnik und Gerätebeschaffung Musterland",
        "DE",
        "central_purchasing_body",
        "supplier_code",
    ),
    ("gb-universities", "Universities Purchasing Union", "GB", "purchasing_consortium", "newsletter"),
    ("no-fjord", "Fjord County", "NO", "public_buyer", "guidance"),
    ("ch-cantons", "Partnership of Cantons", "CH", "central_purchasing_body", "upcoming_procurement"),
    ("fi-lakes", "Lake District Procurement", "FI", "purchasing_consortium", "news"),
    ("at-alps", "Bundesgesellschaft Alpenland", "AT", "central_purchasing_body", "market_engagement"),
    ("be-canals", "Canal Region Central Purchasing", "BE", "central_purchasing_body", "supplier_code"),
    ("ie-coast", "Coastal Health Service", "IE", "public_buyer", "guidance"),
)
TITLES = {
    "supplier_code": "Code of conduct for suppliers",
    "market_engagement": "Dialogue with the market",
    "upcoming_procurement": "Planned purchases",
    "guidance": "Guidance on contract terms",
    "newsletter": "Newsletter for suppliers",
    "news": "News for suppliers",
}


@dataclass(frozen=True)
class Asked:
    """What one notice asks: `summary` says it in short, `text` as the clause would."""

    title: str
    topic: str
    product: str
    evidence: str
    summary: str
    text: str
    language: str = "en"


ASKED = (
    Asked(
        "Factory lists for laptops and monitors",
        "supply_chain_transparency",
        "laptops",
        "ew_factory_disclosure_form",
        "The next frame agreement will ask where each model is assembled. A first list may name cities; addresses follow.",
        "Suppliers name the final assembly site of each model within 20 working days of signature, and keep the list current.",
    ),
    Asked(
        "Code of conduct annex, new version",
        "code_of_conduct",
        "computers",
        "signed_code",
        "The annex that every contract carries is being rewritten: freedom of association and recruitment fees are new in it.",
        "The contractor signs the code of conduct and passes it on, unchanged, to the makers of the equipment.",
    ),
    Asked(
        "Conflict minerals: cobalt and 3TG evidence",
        "responsible_minerals",
        "phones",
        "cmrt",
        "Phones bought from next year on come with a report on smelters. Cobalt joins tin, tantalum, tungsten and gold.",
        "Bidders show which smelters and refiners the maker has found, and how many of them were audited.",
    ),
    Asked(
        "Due diligence report every year",
        "hrdd_process",
        "servers",
        "due_diligence_policy",
        "One report a year replaces three questionnaires. It follows the six steps of due diligence.",
        "The contractor reports each year which risks it found in the making of the servers, and what it did about them.",
    ),
    Asked(
        "Lieferkettensorgfaltspflichten bei der Rahmenvereinbarung Arbeitsplatzausstattung",
        "ilo_core_labour_standards",
        "desktops",
        "bitkom_declaration",
        "Die neue Rahmenvereinbarung nimmt die Kernarbeitsnormen in die Ausführungsbedingungen auf.",
        "Auftragnehmer legen mit dem Angebot eine Erklärung zu den Kernarbeitsnormen für die Endmontage vor.",
        "de",
    ),
    Asked(
        "Supply chain map at selection",
        "forced_labour",
        "laptops",
        "modern_slavery_statement",
        "Bidders will be asked for a map of their supply chain down to components, and where forced labour is likely in it.",
        "Bidders map their supply chain for laptops and say which tiers carry a risk of forced labour.",
    ),
    Asked(
        "Complaint channel for factory workers",
        "grievance_mechanism",
        "monitors",
        "",
        "Workers who assemble our monitors shall be able to complain in their own language, without fear.",
        "The contractor makes sure that workers at final assembly know a complaint channel and may use it anonymously.",
    ),
    Asked(
        "Access for independent monitors",
        "independent_monitoring",
        "printers",
        "",
        "Monitors who are paid by neither side may visit the factories. Findings are shared among the buyers who joined.",
        "The contractor obtains access for independent monitors to the sites of final assembly, announced or not.",
    ),
    Asked(
        "National framework agreement 2028–2032 for end-user devices, peripherals, docking stations and related services: "
        "market consultation on disclosure of production sites below the first tier",
        "supply_chain_transparency",
        "laptops",
        "ew_factory_disclosure_form",
        "How far below final assembly can sites be disclosed, by when, and at what cost? Answers shape the tender.",
        "Suppliers disclose the sites of the second tier, at least for displays, batteries and circuit boards.",
    ),
)
QUOTE = "The market is invited to comment on the draft clauses until the date above."
_POLICIES = (
    (
        "Sustainability in our digital purchases",
        "From 1 September 2027 all suppliers of laptops must disclose the names and addresses of their factories.",
        "Suppliers of servers shall submit a due diligence report by 31 March 2028.",
        "Contractors must grant independent monitors access to their factories from 1 January 2028.",
    ),
    (
        "How we buy: people in the supply chain",
        "From 1 February 2028 suppliers of monitors must publish where the panels are made.",
        "Contractors shall pay back recruitment fees to migrant workers by 30 June 2028.",
    ),
    (
        "Policy for responsible ICT",
        "Bidders for phones must submit a report on conflict minerals from 1 November 2027.",
        "From 1 May 2028 contractors must offer factory workers a way to complain anonymously.",
    ),
    (
        "Human rights in public contracts",
        "From 1 January 2028 suppliers must prove that the ILO core conventions are kept at final assembly.",
        "Suppliers of storage systems shall submit a plan of corrective action by 1 October 2027.",
    ),
)
_SECONDS = (
    (
        "What is new for suppliers",
        "Contractors must sign the code of conduct for suppliers and pass it on to their subcontractors from 1 June 2027.",
        "From 1 October 2027 bidders for mobile phones must prove the origin of tin, tantalum, tungsten, gold and cobalt.",
    ),
    (
        "Tablets and docking stations: what we will ask",
        "From 15 May 2027 bidders for tablets must disclose the factories of the first tier.",
        "Suppliers shall provide training on labour rights at assembly sites by 31 December 2027.",
    ),
    (
        "Minutes of the market dialogue on servers",
        "From 1 July 2027 suppliers of servers must carry out human rights due diligence and report on it every year.",
        "Contractors must accept unannounced audits of working hours from 1 March 2028.",
    ),
    (
        "Living wages: the road to 2028",
        "By 30 April 2028 contractors shall present a roadmap towards living wages at final assembly.",
        "From 1 September 2027 suppliers of printers must report cases of child labour within five days.",
    ),
    (
        "Next frame agreement for displays",
        "From 1 August 2027 bidders must show that no product was made with forced labour.",
        "Suppliers of displays shall disclose the chemicals that workers handle from 1 February 2028.",
    ),
)


def watched(body: str, which: str) -> tuple[str, ...]:
    """The heading and the sentences of a body's page; empty when it has none of that name."""
    pool = {"policy": _POLICIES, "second": _SECONDS}.get(which)
    order = [b for b, *_ in BODIES]
    return pool[order.index(body) % len(pool)] if pool and body in order else ()
