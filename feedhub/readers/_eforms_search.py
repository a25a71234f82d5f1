"""Reads a page of results of TED's search (API v3): one draft and one document for each notice in the list.

The list holds the fields a query asked for, so less than the notice itself; what is there is as official. Values come
plain, as lists, or by language. Never fetches the notices behind the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from feedhub.errors import ReadError
from feedhub.model import (
    AuthorityRef,
    Block,
    Clause,
    Document,
    Draft,
    Evidence,
    Milestone,
    MilestoneKind,
    MilestoneStatus,
    Requirement,
    Trust,
)
from feedhub.readers import _notice_codes as codes
from feedhub.readers import _notice_terms as terms
from feedhub.readers._notice_time import moment, plain_date
from feedhub.readers._shapes import Options, Reading, cursor_at
from feedhub.text import clean, clean_lines, shorten

Row = Mapping[str, Any]

_KINDS = (
    ("planning", ("pin-buyer", "pin-only", "pin-rtl", "pin-tran")),
    ("consultation", ("pmc",)),
    ("veat", ("veat",)),
    ("modification", ("can-modif",)),
    ("result", ("can-",)),
    ("completion", ("compl",)),
    ("registration", ("brin-",)),
)
#: Field of the search → business term, kind and firmness of the date.
_DATES = (
    ("deadline-receipt-answers", "BT-800", MilestoneKind.CONSULTATION_CLOSES, MilestoneStatus.CONFIRMED, ""),
    ("deadline-receipt-tender", "BT-131", MilestoneKind.TENDER_CLOSES, MilestoneStatus.CONFIRMED, ""),
    (
        "deadline-receipt-request",
        "BT-1311",
        MilestoneKind.TENDER_CLOSES,
        MilestoneStatus.CONFIRMED,
        "requests to participate",
    ),
    (
        "deadline-receipt-expressions",
        "BT-630",
        MilestoneKind.TENDER_CLOSES,
        MilestoneStatus.CONFIRMED,
        "expressions of interest",
    ),
    ("future-notice", "BT-127", MilestoneKind.TENDER_EXPECTED, MilestoneStatus.EXPECTED, ""),
    ("contract-duration-start", "BT-536", MilestoneKind.CONTRACT_STARTS, MilestoneStatus.EXPECTED, ""),
    ("contract-duration-end", "BT-537", MilestoneKind.CONTRACT_ENDS, MilestoneStatus.EXPECTED, ""),
)
#: Field of the search → business term, name, role.
_TEXTS = (
    ("description-proc", "BT-24", "Description", None),
    ("description-lot", "BT-24", "Description", None),
    ("description-part", "BT-24", "Description", None),
    ("additional-information-proc", "BT-300", "Additional information", None),
    ("additional-information-lot", "BT-300", "Additional information", None),
    (
        "strategic-procurement-description-lot",
        "BT-777",
        "Strategic procurement",
        Clause.CONTRACT_PERFORMANCE_CLAUSE,
    ),
    ("terms-performance-lot", "BT-70", "Terms of performance", Clause.CONTRACT_PERFORMANCE_CLAUSE),
    ("award-criterion-description-lot", "BT-540", "Award criterion", Clause.AWARD_CRITERION),
    ("selection-criterion-description-lot", "BT-750", "Selection criterion", Clause.SELECTION_CRITERION),
)
_CODES = (
    ("notice-type", "BT-02"),
    ("strategic-procurement-lot", "BT-06"),
    ("green-procurement-lot", "BT-774"),
    ("social-objective-lot", "BT-775"),
)
_TED = "https://ted.europa.eu/en/notice/-/detail/"


def read_page(payload: object, options: Options) -> Reading:
    """Drafts and documents of a page; ReadError `wrong_kind` for other JSON, `empty` or `too_few` below `at_least`."""
    rows = payload.get("notices") if isinstance(payload, dict) else None
    if not isinstance(rows, list):
        told = clean(str(payload.get("message") or ""))[:120] if isinstance(payload, dict) else ""
        raise ReadError("wrong_kind", told or "no list of notices")
    notices = [row for row in rows if isinstance(row, dict)]
    if len(notices) < options.at_least:
        raise ReadError("too_few" if notices else "empty", f"{len(notices)} notices")
    warnings = ["the search ran out of time; the page may be incomplete"] if _timed_out(payload) else []
    pairs = [_notice(row, options, warnings) for row in notices]
    return Reading(
        documents=tuple(document for document, _ in pairs),
        drafts=tuple(draft for _, draft in pairs),
        warnings=tuple(dict.fromkeys(warnings)),
        next_page=cursor_at(payload, options.cursor or "iterationNextToken") if notices else "",
    )


def _timed_out(payload: object) -> bool:
    return isinstance(payload, dict) and payload.get("timedOut") is True


def _notice(row: Row, options: Options, warnings: list[str]) -> tuple[Document, Draft]:
    titles = row.get("title-proc") or row.get("title-lot") or row.get("notice-title")
    language = _language(titles, options.language)
    number = next(iter(_values(row.get("publication-number"))), "")
    ref = next((v for name in ("procedure-identifier", "notice-identifier") for v in _values(row.get(name))), number)
    country = codes.country2(next(iter(_values(row.get("buyer-country"))), ""))
    buyer = next(iter(_values(row.get("buyer-name"), language)), "")
    notice_type = next(iter(_values(row.get("notice-type"))), "")
    kind = next(
        (k for k, starts in _KINDS if notice_type.startswith(starts)), "competition" if notice_type else "planning"
    )
    title = next(iter(_values(titles, language)), "") or f"Notice {number}"
    url = f"{_TED}{number.lstrip('0')}" if number else options.url
    roles = list(_blocks(row, title, language))
    cpv = codes.cpv_codes(_values(row.get("classification-cpv")))
    coded = {code: values for name, code in _CODES if (values := _values(row.get(name)))}
    draft = Draft(
        title=shorten(title, 200),
        authority=AuthorityRef(buyer, country),
        summary=next((shorten(b.text, 2000) for _, b in roles if b.intro.startswith("BT-24")), ""),
        notice_kind=kind,
        stage=codes.STAGES[kind],
        source_ref=ref,
        previous_refs=tuple(v for v in (*_values(row.get("notice-identifier")), number.lstrip("0")) if v and v != ref),
        url=url,
        language=language,
        cpv=cpv,
        products=codes.products_of(cpv),
        codes=coded,
        milestones=tuple(_milestones(row, codes.zone_of(country or options.country), url, warnings)),
        requirements=_requirements(coded, roles, language, url),
        trust=Trust.OFFICIAL,
        urgent=notice_type == "pin-rtl",
        documents=tuple(v for v in _values(row.get("document-url-lot")) if v.startswith(("https://", "http://"))),
        published=plain_date(next(iter(_values(row.get("publication-date"))), ""), warnings, "publication-date"),
    )
    blocks = tuple(block for _, block in roles)
    return Document(draft.title, blocks, language, published=draft.published, url=url, ref=ref), draft


def _language(value: object, wished: str) -> str:
    """The language to read in: the declared one where the title has it, the only one there is, else English."""
    given = [two for key in value if (two := codes.language2(str(key)))] if isinstance(value, dict) else []
    if wished in given or not given:
        return wished
    return "en" if "en" in given else given[0]


def _values(value: object, language: str = "") -> tuple[str, ...]:
    """The texts of a value in order and once: plain, in a list, or by language (then in `language`, else the first)."""
    if isinstance(value, dict):
        by_language = {codes.language2(str(key)): part for key, part in value.items()}
        return _values(by_language.get(language, next(iter(by_language.values()), None)))
    parts = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for part in parts if isinstance(part, str) and (text := clean_lines(part))))


def _blocks(row: Row, title: str, language: str) -> Iterator[tuple[Clause | None, Block]]:
    yield None, Block(title, "heading", intro="BT-21 Title")
    for name, code, label, clause in _TEXTS:
        for text in _values(row.get(name), language):
            yield clause, Block(text, path=(terms.PATHS[clause],) if clause else (), intro=f"{code} {label}")


def _milestones(row: Row, zone: str, url: str, warnings: list[str]) -> Iterator[Milestone]:
    for name, code, kind, status, subject in _DATES:
        places = [f"{name}-date-{place}" for place in ("lot", "part")] + [name]
        found = next(((place, days) for place in places if (days := _values(row.get(place)))), None)
        if found is None:
            continue
        clocks = _values(row.get(found[0].replace("-date-", "-time-")))
        for day in found[1]:
            # Equal values are listed once, so a time belongs to the dates only when there is one time for all.
            when = moment(day, clocks[0] if len(clocks) == 1 and "T" not in day else "", zone, warnings, code)
            if when:
                evidence = Evidence(url=url, quote=day, judged_by=(code,))
                yield Milestone(kind, when, subject, status, code, trust=Trust.OFFICIAL, provenance=evidence)


def _requirements(
    coded: Mapping[str, tuple[str, ...]], roles: list[tuple[Clause | None, Block]], language: str, url: str
) -> tuple[Requirement, ...]:
    read_ones = terms.requirements([(c, b) for c, b in roles if c], language, url=url)
    return terms.merged(terms.social_objectives(coded.get("BT-775", ()), read_ones, url=url), read_ones)
