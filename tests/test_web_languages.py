"""A page speaks the reader's language: by the browser, by the address, carried on without a cookie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel import Locale
from web_house import NEW, House, open_house, send

from feedhub.model import Precision
from feedhub.web import languages, words
from feedhub.web.forms import parse_when
from feedhub.web.freeze import freeze
from feedhub.web.languages import LANGUAGES, LOCALES, carry


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = open_house(tmp_path_factory.mktemp("house"))
    made.post()
    yield made
    made.hub.close()


def spoken(house: House, address: str, accepted: str = "") -> str:
    """The language that a page says it is in."""
    page = house.get(address, headers={"Accept-Language": accepted} if accepted else {}).get_data(as_text=True)
    return re.search(r'<html lang="([^"]+)"', page)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"),
        ("sv", "sv"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fi,nl;q=0.4,sv;q=0.8", "sv"),
        ("sv;q=0,en;q=0.1", "en"),
        ("fi, ja", "en"),
        ("*", "en"),
        ("nl-BE", "nl"),
        ("fr-CA,fr;q=0.8", "fr"),
        ("da-DK", "da"),
        ("nb-NO,nb;q=0.9,en;q=0.5", "nb"),
        ("no", "nb"),
        ("nn-NO,nn;q=0.9", "nb"),
        ("nonsense;;q=x", "en"),
    ],
)
def test_the_browser_says_the_language_by_order_of_preference(house: House, accepted: str, code: str) -> None:
    assert spoken(house, "/about", accepted) == code


def test_the_address_wins_over_the_browser(house: House) -> None:
    assert spoken(house, "/about?ui=nl", "sv") == "nl"
    answer = house.get("/about?ui=nl", headers={"Accept-Language": "sv"})
    assert answer.headers["Content-Language"] == "nl"
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_norwegian_answers_to_its_other_codes_and_goes_on_in_its_own(house: House) -> None:
    page = house.get("/notices?ui=no").get_data(as_text=True)
    assert '<html lang="nb"' in page
    assert 'href="/calendar?ui=nb"' in page
    assert "ui=no" not in page


def test_caches_learn_that_a_page_depends_on_the_browser(house: House) -> None:
    answer = house.get("/notices", headers={"Accept-Language": "de"})
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.headers["Content-Language"] == "de"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("query", ["ui=xx", "ui=sv&ui=de"])
def test_an_unknown_language_is_refused_with_the_known_ones(house: House, query: str) -> None:
    answer = house.get(f"/notices?{query}")
    assert answer.status_code == 400
    assert "ui" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["/feeds/announcements.atom", "/feeds/notices.rss", "/calendar.ics", "/api/v1/notices", "/openapi.json"],
)
def test_addresses_for_machines_are_the_same_in_every_language(house: House, address: str) -> None:
    plain = house.get(address)
    for headers, query in (({"Accept-Language": "sv"}, ""), ({"Accept-Language": "de;q=1"}, "?ui=nl")):
        other = house.get(address + query, headers=headers)
        assert other.data == plain.data
        assert "Accept-Language" not in other.headers.get("Vary", "")
        assert "Content-Language" not in other.headers


def test_refusals_of_addresses_for_machines_are_english(house: House) -> None:
    answer = house.get("/feeds/announcements.atom?topic=nothing", headers={"Accept-Language": "sv"})
    assert answer.status_code == 400
    assert answer.data.startswith(b"Unknown topic")


def test_a_chosen_language_goes_on_in_links_and_forms_and_never_to_machines(house: House) -> None:
    page = house.get("/notices?ui=sv").get_data(as_text=True)
    links = re.findall(r'<a\b[^>]*href="(/[^"]*)"', page)
    pages = [a for a in links if not a.startswith(("/openapi.json", "/feeds/"))]
    assert len(pages) > 10
    assert [a for a in pages if "ui=" not in a] == []
    assert 'href="/openapi.json"' in page
    assert page.count('name="ui" value="sv"') == page.count("<form")
    assert not re.search(r"\.(atom|rss|json|ics|css|js)\?[^\"]*ui=", page)


def test_a_redirect_keeps_the_chosen_language(house: House) -> None:
    assert house.get("/desk?ui=de").headers["Location"].endswith("ui=de")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<a href="/laws#x">', '<a href="/laws?ui=sv#x">'),
        ('<a href="/notices?q=a">', '<a href="/notices?q=a&amp;ui=sv">'),
        ('<a href="/about?ui=de">', '<a href="/about?ui=de">'),
        ('<a href="//other.example/">', '<a href="//other.example/">'),
        ('<a href="/notices/n1.ics">', '<a href="/notices/n1.ics">'),
        ('<form method="post" action="/x?a=1">', '<form method="post" action="/x?a=1&amp;ui=sv">'),
        ('<form method="post">', '<form method="post">'),
    ],
)
def test_how_links_carry_the_language(given: str, expected: str) -> None:
    assert carry(given, "sv") == expected


def test_every_page_offers_itself_in_the_other_languages(house: House) -> None:
    page = house.text("/notices?country=SE&sort=newest")
    for code, name in LANGUAGES.items():
        assert f'<a href="/notices?country=SE&amp;sort=newest&amp;ui={code}" lang="{code}"' in page
        assert f">{name}</a>" in page
        assert f'hreflang="{code}" href="{house.hub.instance.base_url}/notices?country=SE' in page
    assert 'aria-current="true">English</a>' in page


@pytest.mark.parametrize("path", ["//elsewhere.example/x", "///elsewhere.example/x"])
def test_the_language_switch_never_leads_to_another_host(house: House, path: str) -> None:
    page = house.get("/", environ_overrides={"PATH_INFO": path}).get_data(as_text=True)
    assert 'href="/elsewhere.example/x?ui=de"' in page
    assert 'href="//' not in page


def test_an_error_page_speaks_the_language_and_says_where_it_does_not(house: House) -> None:
    assert spoken(house, "/nowhere?ui=sv") == "sv"
    page = house.get("/notices?topic=nothing&ui=sv").get_data(as_text=True)
    assert ">Ämne: ”nothing” finns inte här." in page
    page = house.get(f"/notices?{'q=a&q=b&' * 3}ui=sv").get_data(as_text=True)
    assert "bara anges en gång" in page


def test_weeks_begin_on_monday_in_every_language_as_the_month_is_drawn() -> None:
    assert {Locale.parse(code).first_week_day for code in LOCALES.values()} == {0}
    assert set(LOCALES) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("code", "day", "short"),
    [
        ("en", "1 March 2027", "Mon"),
        ("de", "1. März 2027", "Mo"),
        ("nl", "1 maart 2027", "ma"),
        ("sv", "1 mars 2027", "mån"),
        ("da", "1. marts 2027", "man."),
        ("fr", "1 mars 2027", "lun."),
        ("nb", "1. mars 2027", "man."),
    ],
)
def test_dates_are_written_as_the_language_does(house: House, code: str, day: str, short: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        assert words.day_text(date(2027, 3, 1)) == day
        assert words.weekdays()[0][0] == short


def test_the_command_line_offers_the_languages_of_the_pages() -> None:
    from feedhub.cli.files import export

    (option,) = [p for p in export.params if p.name == "language"]
    assert list(option.type.choices) == list(LANGUAGES)


def test_catalogues_are_there_for_every_language_but_english() -> None:
    found = {p.stem for p in Path(languages.__file__).parent.glob("translations/*.po")}
    assert found == set(LANGUAGES) - {"en"}


def test_signing_in_speaks_the_language_too(house: House) -> None:
    wrong = {"email": "nobody@example.org", "password": "not the right one"}
    page = send(house.client(), "/account/login?ui=sv", wrong).get_data(as_text=True)
    assert "E-postadressen eller lösenordet är fel." in page
    assert "Lösenord</label>" in page


def test_forms_say_what_is_wrong_in_the_language_of_the_page(house: House) -> None:
    page = send(house.buyer(), "/desk/new?ui=nl", {"action": "preview", "title": "", "milestones-0-date": "soon"})
    text = page.get_data(as_text=True)
    assert page.status_code == 400
    assert "Geef de melding een titel." in text
    assert "Schrijf een datum als 2027-03-01" in text


def test_messages_of_the_form_library_in_repeated_rows_follow_too(house: House) -> None:
    page = send(house.buyer(), "/desk/new?ui=de", {"action": "preview", "milestones-0-subject": "x" * 201})
    assert "Feld kann nicht länger als 200 Zeichen sein" in page.get_data(as_text=True)


@pytest.mark.parametrize("code", [c for c in LANGUAGES if c != "en"])
def test_the_form_library_speaks_every_language_too_one_that_it_does_not_know_itself(house: House, code: str) -> None:
    wrong = {"action": "preview", "title": "x" * 201, "language": "xx", "requirements-0-topic": "xx"}
    page = send(house.buyer(), f"/desk/new?ui={code}", wrong)
    assert page.status_code == 400
    text = page.get_data(as_text=True)
    assert "200" in text
    for english in ("Field cannot be", "Not a valid", "is not a valid"):
        assert english not in text


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_a_quarter_can_be_typed_as_pages_write_it(house: House, code: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        when = parse_when(words.quarter_text(date(2027, 7, 1)))
    assert (when.first, when.precision) == (date(2027, 7, 1), Precision.QUARTER)


def test_what_was_done_is_said_in_the_language_it_was_done_in(house: House) -> None:
    client = house.buyer()
    answer = send(client, "/desk/new?ui=sv", {**NEW, "action": "publish"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?ui=sv")
    assert "Publicerat. Alla som följer ämnena får besked." in client.get(answer.headers["Location"]).get_data(
        as_text=True
    )


def test_a_static_face_speaks_one_language_and_offers_no_other(house: House, tmp_path: Path) -> None:
    freeze(house.hub, tmp_path / "site", language="de")
    page = (tmp_path / "site" / "notices" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="de">' in page
    assert "Suche und Filter brauchen ein laufendes feedhub" in page
    assert "hreflang" not in page
    assert "ui=" not in page
    assert (tmp_path / "site" / "feeds" / "announcements.atom").read_bytes() == house.get(
        "/feeds/announcements.atom"
    ).data


def test_a_notice_keeps_its_language_and_its_facts_take_the_readers(house: House) -> None:
    notice = house.post(title="Fabrikslistor", language="sv")
    page = house.get(f"/notices/{notice.id}?ui=de").get_data(as_text=True)
    assert re.search(r'<h1 lang="sv">Fabrikslistor</h1>', page)
    for fact in ("In Konsultation", "Konsultation endet", "20. Januar 2027", "Q3 2027", "Ausführungsbedingung", "Tage"):
        assert fact in page
    assert '<blockquote lang="sv"' in page


@pytest.mark.parametrize(
    ("code", "first", "then"),
    [("de", "Dänemark", "Deutschland"), ("fr", "États-Unis", "France"), ("sv", "Tyskland", "Österrike")],
)
def test_names_are_ordered_as_the_language_does(house: House, code: str, first: str, then: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        assert sorted([then, first], key=words.alphabetic) == [first, then]


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_names_of_months_under_a_picture_are_short_and_differ(house: House, code: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        names = [words.month_short(date(2027, month, 1)) for month in range(1, 13)]
    assert len(set(names)) == 12
    assert [n for n in names if len(n) > 3 and n not in ("juin", "juil")] == []


def test_numbers_are_grouped_as_the_language_does(house: House) -> None:
    dots = dict.fromkeys(("da", "de", "nl"), "10.000")
    written = dots | {"en": "10,000", "fr": "10\u202f000", "nb": "10\xa0000", "sv": "10\xa0000"}
    assert set(written) == set(LANGUAGES)
    for code, text in written.items():
        with house.app.test_request_context(f"/?ui={code}"):
            assert words.number(10000) == text


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "i dag"), (-1, "i går"), (38, "om 38 dagar"), (-3, "för 3 dagar sedan"), (300, "om 10 månader")],
)
def test_distances_are_said_as_the_language_does(house: House, days: int, said: str) -> None:
    with house.app.test_request_context("/?ui=sv"):
        assert words.distance(days) == said


@pytest.mark.parametrize(
    ("code", "ahead", "gone"),
    [
        ("en", "in 38 days", "3 days ago"),
        ("da", "om 38 dage", "for 3 dage siden"),
        ("de", "in 38 Tagen", "vor 3 Tagen"),
        ("fr", "dans 38 jours", "il y a 3 jours"),
        ("nb", "om 38 dager", "for 3 dager siden"),
        ("nl", "over 38 dagen", "3 dagen geleden"),
        ("sv", "om 38 dagar", "för 3 dagar sedan"),
    ],
)
def test_days_ahead_and_gone_are_counted_in_each_language(house: House, code: str, ahead: str, gone: str) -> None:
    with house.app.test_request_context(f"/?ui={code}"):
        assert (words.distance(38), words.distance(-3)) == (ahead, gone)


@pytest.mark.parametrize(("code", "said"), [("fr", "Pays\xa0: Suède"), ("sv", "Land: Sverige")])
def test_a_name_and_what_it_names_are_joined_as_the_language_does(house: House, code: str, said: str) -> None:
    assert said in house.text(f"/feeds?country=SE&ui={code}")


def test_filters_name_countries_in_every_language(house: House) -> None:
    names = {code: house.hub.known_values(code)["country"]["SE"] for code in LANGUAGES}
    swedish = {"da": "Sverige", "de": "Schweden", "fr": "Suède", "nb": "Sverige", "nl": "Zweden", "sv": "Sverige"}
    assert names == {"en": "Sweden"} | swedish
