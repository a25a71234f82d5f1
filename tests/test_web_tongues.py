"""No page in another language falls back into English, save where it says so (`lang="en"`) or quotes a name.

A text of a page is English when the English page says the same, or when it holds a name or a sentence that the language
has another word for. What both languages truly share stands in `SHARED`, for a person to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from test_web_translations import OTHERS, Reader, texts
from web_house import CITY, COUNTY, NEW, House, draft, milestone, open_house, send

from feedhub.hub.shapes import Actor
from feedhub.model import Evidence, MilestoneStatus, Precision, Requirement, Trust
from feedhub.store import subscriptions
from feedhub.taxonomy import load
from feedhub.web.languages import CATALOGUES, LOCALES

BUYER = Actor(1, "buyer", CITY)
#: What the notices of the house say.
FOREIGN = re.compile(r"Otsikko|Poissa|Toinen|Kuvaus|Lainaus|Ennen")
FINNISH = frozenset(
    ("Otsikko", "Poissa", "Toinen", "Kuvaus", "Vaatimus", "Lainaus", "Ennen", "Ei rahaa", "Riittääkö luettelo?")
)
#: What no language translates, beside the names of bodies, sources and laws.
NAMES = (
    *("feedhub", "Atom", "RSS", "JSON", "JSON Feed", "OPML", "OpenAPI", "RELAX NG", "JSON Schema", "webcal", "WebSub"),
    *("Webhook", "Outlook", "Teams", "Slack", "Google Calendar", "Apple Calendar", "CC BY 4.0", "CSS", "UTC"),
    *("English", "Dansk", "Deutsch", "Français", "Nederlands", "Norsk", "Svenska"),
)


#: What catalogue and taxonomy say in a language just as in English, by the languages that do, as a person has read it.
SHARED = {
    "da de fr nb nl sv": ("Agenda", "Modern Slavery Assessment Tool (MSAT)"),
    "da de fr nb sv": ("Original",),
    "da de nb nl": ("Feed (RSS, Atom, JSON)",),
    "da nb nl sv": ("Id",),
    "da de nl": ("Sitemap", "Tablets"),
    "da fr sv": ("Administration",),
    "da nb": ("Administrator",),
    "da nl": ("E-mail",),
    "de": ("Name", "Newsletter"),
    "de nl": ("Laptops",),
    "fr": (
        *("%(num)s date", "%(num)s dates", "%(num)s source", "%(num)s sources", "Action", "Date", "Date %(number)s"),
        *("Dates", "Directive", "Documents", "Intention", "Label", "Pages", "Questions", "Secret", "Source", "Sources"),
        "Urgent",
    ),
    "fr nl": ("Contact", "Horizon"),
    "nb sv": ("Policy",),
    "nl": ("%(num)s account", "%(num)s accounts", "Accounts", "Privacy", "Product", "Servers", "Week"),
}


class Spoken(Reader):
    """What a page says in its own language: one text for each element or attribute."""

    SPOKEN = Reader.SPOKEN | {"data-copied", "data-failed", "data-one", "data-many", "data-label"}


class Written(Reader):
    """The same without attributes, which cannot say that a part of them is in another language."""

    SPOKEN = frozenset()


def spoken(page: str, reader_of: type[Reader] = Spoken) -> list[str]:
    reader = reader_of()
    reader.feed(page)
    found = (" ".join(text.split()) for text in reader.said)
    return [text for text in found if re.search(r"[^\W\d_]{2}", text)]


@cache
def translated(code: str) -> Mapping[str, str]:
    """English words → those of the language, for all that is said in both; from catalogue and taxonomy."""
    out: dict[str, str] = {}
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        for message in read_po(file, locale=code):
            if message.id:
                english, other = texts(message.id), texts(message.string)
                out |= dict(zip(english, other * 2 if len(other) == 1 else other, strict=False))
    for kind, names in load().labels["en"].items():
        out |= {name: load().labels[code].get(kind, {}).get(value, "") for value, name in names.items()}
    return out | {names["en"]: load().label("country", c, code) for c, names in load().countries.items()}


@cache
def shared(code: str) -> re.Pattern[str]:
    """Words that the language has from catalogue, taxonomy or calendar just as English has them, in small letters."""
    other, plain = Locale.parse(LOCALES[code]), Locale.parse(LOCALES["en"])
    same = {o.casefold() for e, o in translated(code).items() if e.casefold() == o.casefold()}
    same |= {n.casefold() for c, n in other.languages.items() if n == plain.languages.get(c)}
    same |= months(other) & months(plain)
    longest = sorted((re.escape(w.strip(" .,:;")) for w in same if len(w) > 1), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest)})(?!\w)")


def months(locale: Locale) -> set[str]:
    widths = (of for widths in locale.months.values() for of in widths.values())
    names = {name.rstrip(".").casefold() for of in widths for name in of.values()}
    return names | {name[:3] for name in names}  # as they stand under pictures


@cache
def english(code: str) -> re.Pattern[str]:
    """Names and sentences that the language says otherwise, long enough not to be one of its own words by chance."""
    known = {other.casefold() for other in translated(code).values()}
    said = {re.sub(r"<[^>]*>", "", e) for e, other in translated(code).items() if e.casefold() != other.casefold()}
    said = {p.strip(" .,:;()“”") for e in said for p in re.split(r"%\(\w+\)[sd]|\{n\}", e)}
    long = {p for p in said if (len(p) > 9 or (" " in p and len(p) > 6)) and p.casefold() not in known}
    return re.compile("|".join(rf"\b{re.escape(p)}\b" for p in sorted(long, key=len, reverse=True)), re.IGNORECASE)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Notices in Finnish with all that notices can have: moved, withdrawn, asked about; and a lesson."""
    made = open_house(tmp_path_factory.mktemp("house"), smtp_url="smtp://127.0.0.1:9")
    where = Evidence(url="https://elm.example/x", quote="Lainaus.", context=("Ennen.",), seen=date(2026, 11, 20))
    asked = Requirement(
        "living_wage", text="Vaatimus.", quote="Lainaus.", trigger="at_signature", threshold="yli miljoona",
        evidence=("sa8000",), laws=("eu-csddd",), trust=Trust.DETECTED, provenance=where,
    )  # fmt: skip
    dates = (
        milestone("consultation_closes", date(2027, 1, 20), subject="Aihe"),
        milestone("tender_expected", date(2027, 7, 1), Precision.QUARTER, status=MilestoneStatus.EXPECTED),
        milestone("applies_from", date(2028, 1, 1), Precision.HALF),
    )
    more = {"summary": "Kuvaus.", "language": "fi", "requirements": (asked,)}
    notice = made.post(title="Otsikko", milestones=dates, **more)
    later = (replace(dates[0], when=replace(dates[0].when, first=date(2027, 2, 20))), *dates[1:])
    made.hub.revise(BUYER, notice.id, draft(title="Otsikko", milestones=later, **more), base_revision=1)
    gone = made.post(title="Poissa", milestones=dates, **more)
    made.hub.withdraw(BUYER, gone.id, reason="Ei rahaa.", base_revision=1)
    made.post(COUNTY, title="Toinen", milestones=dates, **more)
    made.hub.ask_question(notice.id, "Riittääkö luettelo?")
    (question,) = made.hub.questions(BUYER)
    made.hub.ask_mail("a@reseller.example", made.hub.parse_filter([("country", "SE")]), "daily", "127.0.0.1")
    with made.hub.store.reading() as tx:
        (subscription,) = [s for s, _, _ in subscriptions.listing(tx, 2)]
    confirm, end = (link.removeprefix(made.hub.instance.base_url) for link in made.hub.links_of(subscription))
    made.ids = {"confirm": confirm, "end": end, "id": notice.id, "gone": gone.id, "question": question.question.id}  # type: ignore[attr-defined]
    yield made
    made.hub.close()


PUBLIC = (
    *("/", "/?country=SE", "/notices", "/notices?topic=living_wage&lead_days_min=3&from=2027-01-01&q=otsikko"),
    *("/notices?country=AL&product=laptops&trust=posted&stage=planned&clause=award_criterion&law=eu-csddd&lang=fi",),
    *("/notices/{id}", "/notices/{gone}", "/notices/{id}/ask", "/notices/{id}/revisions/2", "/calendar?past=12"),
    *("/calendar?country=AL", "/calendar/horizon", "/calendar/horizon?rows=topic", "/calendar/horizon?rows=country"),
    *("/calendar/2027/02", "/calendar/2027/06", "/authorities", "/authorities?q=x", "/authorities/se-elm", "/topics"),
    *(
        "/topics/living_wage",
        "/evidence",
        "/evidence/sa8000",
        "/evidence/iso_45001",
        "/laws",
        "/lead-times",
        "/lessons",
    ),
    *("/sources", "/sources?country=AL", "/feeds", "/feeds?topic=living_wage&country=SE", "/subscribe", "/about"),
    *(
        "/subscribe?country=SE&from=2027-01-01",
        "/privacy",
        "/takedown",
        "/account/login",
        "/nowhere",
        "/notices?page=x",
    ),
    *(
        "/calendar/1900/01",
        "/notices?topic=nothing",
        "/subscribe/confirm/nothing",
        "/topics/nothing",
        "/evidence/nothing",
    ),
    *("{confirm}", "{end}"),
)
INSIDE = {
    "buyer": (
        *("/account", "/account/password", "/desk", "/desk/new", "/desk/{id}/revise", "/desk/{id}/withdraw", "/admin"),
        *("/desk/questions", "/desk/questions/{question}", "/desk/lessons/new"),
    ),
    "admin": (
        *("/account", "/review", "/admin", "/admin/deliveries", "/admin/sources", "/admin/sources/new"),
        *("/admin/sources/se-elm-policy", "/review/notices/{id}"),
    ),
}
EMPTY = {"requirements-0-text": "Vaatimus.", "milestones-0-date": "pian", "url": "sivu", "action": "preview"}
#: Forms that are sent wrong or half: by whom, where, what.
SENT = (
    ("", "/account/login", {"email": "x", "password": ""}),
    ("", "/notices/{id}/ask", {"text": ""}),
    ("buyer", "/desk/new", EMPTY),
    (
        "buyer",
        "/desk/new",
        {**NEW, "action": "preview", "title": "Otsikko", "summary": "", "requirements-0-text": "V."},
    ),
    ("buyer", "/desk/{id}/withdraw", {"reason": ""}),
    ("buyer", "/desk/questions/{question}", {"text": "", "answer": "", "action": "publish"}),
    ("buyer", "/desk/lessons/new", {"title": "", "text": ""}),
    ("admin", "/admin/sources/se-elm-policy", {"url": "ftp://x", "every": "often", "action": "save"}),
    ("admin", "/admin", {"email": "x", "role": "nobody"}),
)


@cache
def own(house_names: frozenset[str]) -> re.Pattern[str]:
    """Names that belong to nobody's language, addresses, and codes of countries."""
    names = house_names.union(NAMES)
    for law in load().laws.values():
        names |= {law.name, law.short, law.jurisdiction}
    longest = sorted((re.escape(n) for n in names if n), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?i:{'|'.join(longest)})(?!\w)|[\w.@…-]+\.[a-z]{{2,}}\b|\b[A-Z]{{2,3}}\b")


def names_in(house: House) -> frozenset[str]:
    found = {text for v in house.hub.authorities() for text in (v.authority.name, v.authority.id)}
    return frozenset(found | {text for h in house.hub.source_health() for text in (h.source.title, h.source.id)})


def fallen_back(english_page: set[str], page: set[str], code: str, names: re.Pattern[str]) -> set[str]:
    """The texts of a page that are English; all in what is `spoken`."""
    out = set()
    for text in page:
        if text.startswith("/"):  # an address of this service has no language
            continue
        rest = names.sub(" ", text).casefold()
        bare = (shared(code).sub(" ", rest), names.sub(" ", shared(code).sub(" ", text.casefold())))
        if (text in english_page and all(re.search(r"[^\W\d_]{2}", b) for b in bare)) or english(code).search(rest):
            out.add(text)
    return out


def pages(house: House, code: str) -> Iterator[tuple[str, str]]:
    """(address, page) in a language, for everybody and for those who are signed in, and forms that were sent wrong."""
    ids = house.ids  # type: ignore[attr-defined]
    clients = {"": house.client(), "buyer": house.signed_in("buyer", CITY), "admin": house.signed_in("admin")}
    said = {"Accept-Language": code}
    for role, addresses in (("", PUBLIC), *INSIDE.items()):
        for address in addresses:
            yield address, clients[role].get(address.format(**ids), headers=said).get_data(as_text=True)
    for role, address, fields in SENT:
        where = address.format(**ids)
        yield (
            f"POST {address}",
            send(clients[role], f"{where}?ui={code}", dict(fields), page=where).get_data(as_text=True),
        )


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_said_as_in_english_but_what_the_language_shares_with_it(code: str) -> None:
    countries = {names["en"] for names in load().countries.values()}
    same = {e for e, o in translated(code).items() if e == o} - countries
    bare = {e: own(frozenset()).sub(" ", re.sub(r"%\(\w+\)[sd]|<[^>]*>", "", e)) for e in same}
    found = {e for e, rest in bare.items() if re.search(r"[^\W\d_]{2}", rest)}
    assert found == {word for codes, words in SHARED.items() if code in codes.split() for word in words}


@pytest.fixture(scope="module")
def in_english(house: House) -> dict[str, set[str]]:
    return {address: set(spoken(page)) for address, page in pages(house, "en")}


@pytest.mark.parametrize("code", ["de", *(pytest.param(c, marks=pytest.mark.thorough) for c in OTHERS if c != "de")])
def test_no_page_falls_back_into_english(house: House, in_english: dict[str, set[str]], code: str) -> None:
    names, found, seen = own(names_in(house) | FINNISH), [], 0
    for address, page in pages(house, code):
        assert f'<html lang="{code}"' in page, address
        said = set(spoken(page))
        seen += len(said)
        found += [(address, text) for text in fallen_back(in_english[address], said, code, names)]
    assert seen > 3000
    assert sorted(found) == []


def test_titles_in_another_language_than_the_page_say_so(house: House) -> None:
    """A screen reader then speaks them right. Fields of a form hold what their owner wrote, in whatever language."""
    bare = []
    for address, page in pages(house, "sv"):
        body = re.sub(r"<(textarea|title).*?</\1>", "", page.partition("<body")[2], flags=re.DOTALL)
        bare += [(address, text) for text in spoken(body, Written) if FOREIGN.search(text)]
    assert sorted(set(bare)) == []


def test_no_colon_follows_a_french_word_without_its_space(house: House) -> None:
    names, bare = own(names_in(house) | FINNISH), set()
    for address, page in pages(house, "fr"):
        bare |= {(address, text) for text in spoken(page) if re.search(r"\w: ", names.sub("", text))}
    assert sorted(bare) == []
