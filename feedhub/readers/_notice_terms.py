"""Finds the topics that a clause of a notice names by the taxonomy's terms, where the field already says the clause.

Only for text whose procurement role a structured field gives (terms of performance, award, selection, exclusion).
Never judges free text: that is the detector's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from feedhub import taxonomy
from feedhub.model import Block, Clause, Evidence, Requirement, Trust
from feedhub.readers._notice_codes import SOCIAL_LABELS, SOCIAL_OBJECTIVES
from feedhub.text import clean, shorten

#: What stands in `Block.path` for a text whose role a field gives; the detector reads the role from it.
PATHS: Mapping[Clause, str] = {
    Clause.CONTRACT_PERFORMANCE_CLAUSE: "Contract performance clause",
    Clause.AWARD_CRITERION: "Award criterion",
    Clause.SELECTION_CRITERION: "Selection criterion",
    Clause.EXCLUSION_GROUND: "Exclusion ground",
    Clause.TECHNICAL_SPECIFICATION: "Technical specification",
}
#: How sure a term in a text of known role makes us: above the default of FEEDHUB_DETECT_MIN, below a person.
CONFIDENCE = 0.85

#: Languages that join words: a term may stand inside a longer word.
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
#: Topics whose terms are about people wherever they stand; the others count only beside one of these.
_ANCHORS = (
    "hrdd_process",
    "ilo_core_labour_standards",
    "forced_labour",
    "state_imposed_forced_labour",
    "child_labour",
    "living_wage",
    "freedom_of_association",
    "non_discrimination_equality",
    "responsible_minerals",
    "responsible_recruitment",
    "code_of_conduct",
    "social_value_employment",
    "local_labour_clause",
)
#: Terms of those topics that tenders also use for money, machines or the bidders' equal treatment.
_AMBIGUOUS_TERMS = (
    "due diligence|adverse impacts|risk-based approach|working conditions|servitude|minimum age|remuneration|"
    "wage deductions|discrimination|cobalt|smelter|reserved contracts|trade union|apprenticeships|"
    "risikovurdering|negative indvirkninger|værdikæde|mindstealder|diskrimination|kobolt|praktikpladser|"
    "risikoanalyse|nachteilige auswirkungen|sorgfaltspflichten|verpflichtungserklärung|mindestalter|gewerkschaft|"
    "diskriminierung|gleichstellung|kobalt|auszubildende|soziale belange|isv|risicoanalyse|arbeidsomstandigheden|"
    "minimumleeftijd|vakbond|discriminatie|gelijke kansen|arbeidsvoorwaarden|cao|arbeidsrecht|riskanalys|"
    "negativ påverkan|minimiålder|lönevillkor|diskriminering|likabehandling|högriskområden|negative konsekvenser|"
    "leverandørkjede|minstealder|lønnsvilkår|lærlinger|sysselsetting|cartographie des risques|"
    "chaînes d'approvisionnement|conditions de travail|âge minimum|syndicat|obligations sociales|"
    "análisis de riesgos|cadena de suministro|impactos adversos|diligencia debida|debida diligencia|"
    "condiciones de trabajo|edad mínima|discriminación|cobalto|contratos reservados|condiciones laborales|"
    "valutazione dei rischi|catene di fornitura|impatti negativi|età minima|discriminazione|ccnl|"
    "riskienarviointi|toimitusketju|vastuullisuusvaatimukset|työolot|vähimmäisikä|syrjintä|tasa-arvo|koboltti|"
    "toimintaohje|young workers|fair pay"
)
_AMBIGUOUS = frozenset(_AMBIGUOUS_TERMS.split("|"))
#: A clause that says only "human rights" asks for them to be respected through the chain: the due-diligence topic.
_HUMAN_RIGHTS: Mapping[str, str] = {
    "en": "human rights",
    "de": "menschenrecht",
    "nl": "mensenrecht",
    "no": "menneskerettighet",
    "fr": "droits de l'homme",
}
#: Joined stems that texts use and the term lists spell in another form.
_STEMS: Mapping[tuple[str, str], tuple[str, ...]] = {("da", "child_labour"): ("børnearbejd",)}

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[^\W\d_a-zåäöæøéèüß]|[\d•–-])")
_ELLIPSIS = re.compile(
    r"(?<!\w)(\w{3,40})-\s{1,3}(?:og|och|und|en|ja|eller|oder|of|tai|samt)\s{1,3}(\w{6,60})", re.IGNORECASE
)


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each on one line."""
    return [s for line in text.split("\n") for s in _SENTENCE.split(clean(line)) if s]


def requirements(blocks: Iterable[tuple[Clause, Block]], language: str, *, url: str = "") -> tuple[Requirement, ...]:
    """One requirement for each topic and clause that the blocks name; `Block.intro` names the field, for provenance.

    The first sentence that names a topic is its quote. Trust is `detected`: the text was read, not the code.
    """
    found: dict[tuple[str, Clause], Requirement] = {}
    for clause, block in blocks:
        for topic, term, sentence in named(block.text, language):
            if (topic, clause) in found:
                continue
            found[topic, clause] = Requirement(
                topic=topic,
                clause=clause,
                text=shorten(sentence, 300),
                quote=shorten(sentence, 1000),
                trigger=taxonomy.load().clauses[clause.value].ready,
                provenance=Evidence(url=url, quote=shorten(sentence, 1000), judged_by=(block.intro, f"term: {term}")),
                confidence=CONFIDENCE,
            )
    return tuple(found.values())


def named(text: str, language: str) -> list[tuple[str, str, str]]:
    """Topics named in a text as (topic, term, sentence); adjacent topics only in a sentence that is about people."""
    anchors, others = _patterns(language if language in taxonomy.load().terms else "en")
    out: list[tuple[str, str, str]] = []
    for sentence in sentences(text):
        folded = _folded(sentence)
        sure = _hits(anchors, folded)
        if sure:
            out += [(topic, term, sentence) for topic, term in (*sure, *_hits(others, folded))]
    return out


def merged(coded: Sequence[Requirement], read: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """What codes say and what texts say as one list: a code that its text confirms keeps its trust and the quote."""
    by_key = {(r.topic, r.clause): r for r in read}
    out: dict[tuple[str, Clause], Requirement] = {}
    for fact in coded:
        key = (fact.topic, fact.clause)
        text = by_key.pop(key, None)
        out.setdefault(key, replace(fact, quote=text.quote, text=text.text) if text else fact)
    return (*out.values(), *by_key.values())


def official(topic: str, clause: Clause, code: str, label: str, *, criterion: str = "", url: str = "") -> Requirement:
    """A requirement that a code of a structured field states; `code` names field and value ("BT-775 hum-right")."""
    return Requirement(
        topic=topic,
        clause=clause,
        text=label,
        trigger=taxonomy.load().clauses[clause.value].ready,
        criterion=criterion,
        trust=Trust.OFFICIAL,
        provenance=Evidence(url=url, quote=label, judged_by=(code,)),
    )


def criterion(uuid: str, code: str, label: str = "", *, url: str = "") -> list[Requirement]:
    """The requirements that a criterion of the ESPD states, by its UUID; none where it names no social topic."""
    found = taxonomy.load().criteria.get(uuid)
    if found is None:
        return []
    said, clause = label or found.label, Clause(found.clause)
    return [official(topic, clause, code, said, criterion=uuid, url=url) for topic in found.topics]


def social_objectives(given: Sequence[str], read_ones: Sequence[Requirement], *, url: str = "") -> list[Requirement]:
    """The requirements that codes of BT-775 state.

    A social objective binds in performance, unless the notice's texts name its topic only for award or selection.
    """
    facts: list[Requirement] = []
    for code in given:
        for topic in SOCIAL_OBJECTIVES.get(code, ()):
            named_for = [r.clause for r in read_ones if r.topic == topic and r.clause is not Clause.EXCLUSION_GROUND]
            binding = not named_for or Clause.CONTRACT_PERFORMANCE_CLAUSE in named_for
            clause = Clause.CONTRACT_PERFORMANCE_CLAUSE if binding else named_for[0]
            facts.append(official(topic, clause, f"BT-775 {code}", SOCIAL_LABELS[code], url=url))
    return facts


def _folded(sentence: str) -> str:
    """Casefolded with plain apostrophes, and with shared word ends written out (Kinder- und Zwangsarbeit)."""
    text = sentence.replace("’", "'").replace("‘", "'").casefold()
    ends = [head + tail[i:] for head, tail in _ELLIPSIS.findall(text) for i in range(2, len(tail) - 3)]
    return f"{text} {' '.join(ends)}" if ends else text


def _hits(patterns: Mapping[str, re.Pattern[str]], folded: str) -> list[tuple[str, str]]:
    return [(topic, match.group(0)) for topic, pattern in patterns.items() if (match := pattern.search(folded))]


@cache
def _patterns(language: str) -> tuple[Mapping[str, re.Pattern[str]], Mapping[str, re.Pattern[str]]]:
    """Per topic one pattern of the terms that stand for themselves, and one of those that need company."""
    sure: dict[str, re.Pattern[str]] = {}
    weak: dict[str, re.Pattern[str]] = {}
    for topic, terms in taxonomy.load().terms[language].items():
        words = [t.replace("’", "'").casefold() for t in terms] + list(_STEMS.get((language, topic), ()))
        if topic == "hrdd_process" and language in _HUMAN_RIGHTS:
            words.append(_HUMAN_RIGHTS[language])
        strong = [w for w in words if topic in _ANCHORS and w not in _AMBIGUOUS]
        rest = [w for w in words if w not in strong]
        if strong:
            sure[topic] = _pattern(strong, language)
        if rest:
            weak[topic] = _pattern(rest, language)
    return sure, weak


def _pattern(words: Sequence[str], language: str) -> re.Pattern[str]:
    joined = language in _COMPOUNDING
    parts = [
        re.escape(w) if joined and len(w) > 4 else rf"(?<!\w){re.escape(w)}(?!\w)"
        for w in sorted(words, key=len, reverse=True)
    ]
    return re.compile("|".join(parts))
