"""Every word of the interface is marked, and translated into every language."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from types import ModuleType

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from babel.support import NullTranslations
from loopback import ROOT
from web_house import CITY, House, draft, milestone, open_house

from feedhub.hub.shapes import Actor
from feedhub.model import Evidence, Filter, Precision, Requirement, SourceKind, Trust
from feedhub.taxonomy import load
from feedhub.web import languages, words
from feedhub.web.languages import CATALOGUES, LANGUAGES

OTHERS = sorted(set(LANGUAGES) - {"en"})
HELD = re.compile(r"%(?:\(\w+\))?[sd]")
TAG = re.compile(r"</?(\w+)")


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "tools" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_holds_what_the_pages_say_and_nothing_else(code: str) -> None:
    made = tool()
    assert made.updated(code, made.words()) == (CATALOGUES / f"{code}.po").read_text(encoding="utf-8"), (
        "Run “make translations” and translate what is empty."
    )


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated_with_its_placeholders_and_tags(code: str) -> None:
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        found = read_po(file, locale=code)
    for message in found:
        if not message.id:
            continue
        here = (code, message.id)
        assert not message.fuzzy, here
        said = texts(message.string)
        assert len(said) == (found.num_plurals if not isinstance(message.id, str) else 1), here
        held = {h for text in texts(message.id) for h in HELD.findall(text)}
        for text in said:
            assert text.strip(), here
            assert set(HELD.findall(text)) == held, here
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(texts(message.id)[0])), here
            assert '"' not in re.sub(r"<[^>]*>|\"type\": \"ping\"", "", text), (here, "would end an attribute")
            assert len(text) < 5 or text.endswith(".") == texts(message.id)[0].endswith("."), here


@pytest.mark.parametrize(
    ("code", "one", "many"),
    [
        ("da", "dag", "dage"),
        ("de", "Tag", "Tage"),
        ("fr", "jour", "jours"),
        ("nb", "dag", "dager"),
        ("nl", "dag", "dagen"),
        ("sv", "dag", "dagar"),
    ],
)
def test_counts_take_the_form_that_the_language_gives_them(code: str, one: str, many: str) -> None:
    said = [languages.catalogue(code).ungettext("day", "days", n) for n in (0, 1, 2, 1000)]
    assert said == [one if code == "fr" else many, one, many, many]


#: What opens and closes a quote, as docs/translating.md says.
QUOTES = {"da": "””", "de": "„“", "fr": "«»", "nb": "«»", "nl": "‘’", "sv": "””"}


@pytest.mark.parametrize("code", OTHERS)
def test_quotes_and_signs_are_those_of_the_language(code: str) -> None:
    first, last = QUOTES[code]
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        found = [m for m in read_po(file, locale=code) if m.id]
    for message in found:
        for text in texts(message.string):
            bare = re.sub(r"<[^>]*>|\"type\": \"ping\"", "", text)
            assert ("“" in texts(message.id)[0]) <= (first in bare and last in bare), text
            assert not set(bare) & (set("“”„«»‘") - set(QUOTES[code])), text
            if code == "fr":
                assert not re.search(r"'| [:;?!»]|« |\w[:;?!](?=\s|$)", bare), (text, "a no-break space is wanted")


class Marked(NullTranslations):
    """A language in which every marked word stands in brackets, so that what is not marked shows."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return f"⟦{msgid1 if num == 1 else msgid2}⟧"

    def upgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"

    def unpgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        return self.ungettext(singular, plural, num)

    gettext, ngettext, pgettext, npgettext = ugettext, ungettext, upgettext, unpgettext


class Reader(HTMLParser):
    """What a page says outside the brackets: texts and spoken attributes, without parts in a language of their own."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})
    SPOKEN = frozenset({"aria-label", "title", "placeholder", "alt"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.depth = 0
        self.said: list[str] = []

    @property
    def foreign(self) -> bool:
        return any(other for _, other in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        # The words in a picture are shortened; the whole ones stand in the labels of its links.
        picture = tag == "text" and found.get("class") in ("row-label", "mark-text")
        other = picture or tag in ("style", "script", "code") or (tag != "html" and "lang" in found)
        if not (self.foreign or other):
            self.said += [_outside(found[name] or "") for name in self.SPOKEN & found.keys()]
            if tag == "meta" and found.get("name") == "description":
                self.said.append(_outside(found["content"] or ""))
        if tag not in self.VOID:
            self.open.append((tag, other))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = ""
        for sign in data:
            self.depth += (sign == "⟦") - (sign == "⟧")
            if self.depth == 0 and sign != "⟧":
                text += sign
        if not self.foreign:
            self.said.append(text)


def _outside(text: str) -> str:
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = less
    return text


#: Names that are the same in every language.
NAMES = (
    *("feedhub", "City of Elm", "County of Oak", "Policy of City of Elm", "Policy of County of Oak", "elm.example"),
    *(
        "Outlook",
        "Teams",
        "Slack",
        "Google Calendar",
        "Apple Calendar",
        "OpenAPI",
        "RSS",
        "Atom",
        "JSON Feed",
        "JSON",
        "WebSub",
        "webcal",
        "RELAX NG",
        "JSON Schema",
    ),
    *("Webhook", "CC BY 4.0", "UTC", "CSS", "https", "example.org", "se-elm", "gb-oak"),
)


#: Distances in time, weeks and quarters by number, hosts and addresses.
DISTANCE = re.compile(r"\b(om|för) \d+ \w+( sedan)?|\b[kv]\d\b|[\w.@-]+\.\w{2,}\b")


def unmarked(page: str, own: tuple[str, ...]) -> list[str]:
    """Texts with letters that are neither marked nor a name, a label of the taxonomy, a date or a notice's own."""
    reader = Reader()
    reader.feed(page)
    left = (" ".join(text.casefold().split()) for text in reader.said)
    known = sorted({n.casefold() for n in (*_labels(), *NAMES, *own) if len(n) > 1}, key=len, reverse=True)
    wanted = re.compile("|".join(re.escape(n) for n in known))
    out = []
    for text in left:
        cut = text.rstrip(".… ")
        rest = wanted.sub(" ", DISTANCE.sub(" ", text))
        if re.search(r"[^\W\d_]{2}", rest) and not any(name.startswith(cut) for name in known):
            out.append(text)
    return out


def _labels() -> set[str]:
    """The Swedish words that come from the taxonomy and from Babel, and the names of laws."""
    locale = Locale.parse("sv_SE")
    out = {n for kinds in load().labels["sv"].values() for n in kinds.values()}
    out |= {names["sv"] for names in load().countries.values() if "sv" in names}
    out |= {name for law in load().laws.values() for name in (law.name, law.short, law.jurisdiction)}
    for forms in (locale.months, locale.days):
        out |= {n.rstrip(".") for widths in forms.values() for width in widths.values() for n in width.values()}
    return out | {locale.languages[code] for code in words.WRITTEN}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A notice in Finnish with everything that a notice can have, moved once; nothing of it is the page's language."""
    made = open_house(tmp_path_factory.mktemp("house"))
    where = Evidence(url="https://elm.example/policy", quote="Lainaus.", context=("Ennen.",), seen=date(2026, 11, 20))
    asked = Requirement(
        "living_wage", text="Vaatimus.", quote="Lainaus.", trigger="at_signature", threshold="yli miljoona",
        evidence=("sa8000",), laws=("eu-csddd",), trust=Trust.DETECTED, provenance=where,
    )  # fmt: skip
    dates = (
        milestone("consultation_closes", date(2027, 1, 20), subject="Aihe"),
        milestone("tender_expected", date(2027, 7, 1), Precision.QUARTER),
        milestone("applies_from", date(2028, 1, 1), Precision.HALF),
    )
    more = {"summary": "Kuvaus.", "language": "fi", "requirements": (asked,)}
    notice = made.post(title="Otsikko", milestones=dates, **more)
    later = (replace(dates[0], when=replace(dates[0].when, first=date(2027, 2, 20))), *dates[1:])
    revised = draft(title="Otsikko", milestones=later, **more)
    made.hub.revise(Actor(1, "buyer", CITY), notice.id, revised, base_revision=1)
    made.notice_id = notice.id  # type: ignore[attr-defined]
    yield made
    made.hub.close()


PUBLIC = (
    *("/", "/notices", "/notices?topic=living_wage&lead_days_min=3&from=2027-01-01", "/notices/{id}", "/calendar"),
    *("/calendar?past=12", "/calendar/horizon", "/calendar/horizon?rows=topic", "/calendar/horizon?rows=country"),
    *("/calendar/2027/02", "/authorities", "/authorities/se-elm", "/topics", "/topics/living_wage", "/evidence"),
    *("/laws", "/lead-times", "/sources", "/feeds", "/feeds?topic=living_wage", "/subscribe", "/about", "/privacy"),
    *("/takedown", "/account/login", "/nowhere", "/notices?page=x", "/calendar/1900/01", "/notices?topic=nothing"),
)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_says_nothing_that_is_not_marked(house: House, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "catalogue", lambda code: Marked())
    page = house.get(address.format(id=house.notice_id), headers={"Accept-Language": "sv"}).get_data(as_text=True)  # type: ignore[attr-defined]
    assert page.count("⟦") > 20
    names = {v.authority.name for v in house.hub.authorities()}
    titles = {n.title for n in house.hub.notices(Filter(), per_page=100).notices}
    assert unmarked(page, (*names, *titles, "Kuvaus.")) == []


DESKS = (
    (
        "buyer",
        CITY,
        ("/account", "/desk", "/desk/new", "/desk/{id}/revise", "/desk/{id}/withdraw", "/account/password"),
    ),
    ("curator", "", ("/account", "/review", "/admin/sources", "/admin/sources/new", "/admin/sources/se-elm-policy")),
    ("admin", "", ("/admin", "/admin/deliveries")),
)


@pytest.mark.parametrize(("role", "authority", "addresses"), DESKS, ids=[d[0] for d in DESKS])
def test_desks_say_nothing_that_is_not_marked(
    house: House, role: str, authority: str, addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = house.signed_in(role, authority)
    monkeypatch.setattr(languages, "catalogue", lambda code: Marked())
    found = [v.authority for v in house.hub.authorities()]
    names = {text for a in found for text in (a.name, a.id, f"({a.country})")}
    names |= set(SourceKind)  # as they stand in declarations
    for address in addresses:
        answer = client.get(address.format(id=house.notice_id), headers={"Accept-Language": "sv"})  # type: ignore[attr-defined]
        assert answer.status_code == 200, address
        own = (*names, "Otsikko", "Kuvaus.", "Vaatimus.", f"{role}-{authority or 'none'}")
        assert unmarked(answer.get_data(as_text=True), own) == [], address


def test_a_text_that_nobody_marked_is_found() -> None:
    page = (
        '<html lang="sv"><p>⟦Dates⟧ Forgotten</p><p lang="fi">Otsikko</p><a aria-label="Lost">⟦x <b>y</b>⟧</a></html>'
    )
    assert unmarked(page, ()) == ["forgotten", "lost"]
