"""What a page of a notice says in detail: conventions by name, limits, and in words what the detector heard."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from web_house import CITY, COUNTY, House, draft, milestone, open_house

from feedhub import detect, taxonomy
from feedhub.detect.scoring import AGAINST, BOUND, DUTY
from feedhub.model import Evidence, Filter
from feedhub.web.languages import LANGUAGES

DUTY_TEXT = "From 1 March 2027 suppliers must respect ILO conventions 29 and 87 in contracts over EUR 139,000."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.hub.close()


def detected(house: House) -> str:
    """The address of a notice with a requirement as the detector reads it."""
    (signal,) = [s for s in detect.signals(DUTY_TEXT, lang="en") if s.is_requirement]
    asked = replace(
        draft().requirements[0],
        topic=signal.topics[0],
        quote=signal.text,
        cites=signal.cites,
        threshold=signal.threshold,
        provenance=Evidence(url="https://elm.example/policy", quote=signal.text, judged_by=signal.rules),
    )
    return f"/notices/{house.post(CITY, requirements=(asked,)).id}"


def test_a_notice_names_conventions_and_limits(house: House) -> None:
    page = house.text(detected(house))
    assert "ILO convention 29 (forced labour)" in page
    assert "ILO convention 87 (freedom of association)" in page
    assert "over EUR 139,000" in page


def test_a_notice_says_in_words_what_the_detector_heard(house: House) -> None:
    address = detected(house)
    page = house.text(address)
    assert "<li>Says that it must be done (“must”)</li>" in page
    assert "Binds suppliers (“suppliers”)" in page
    assert "Learned from labelled passages: " in page
    assert "+must" not in page
    assert "Säger att det ska göras (“must”)" in house.text(f"{address}?ui=sv")


def test_data_of_a_notice_hold_what_it_cites(house: House) -> None:
    asked = house.get(f"{detected(house)}.json").get_json()["requirements"][0]
    assert asked["cites"] == ["ilo-29", "ilo-87"]
    assert asked["threshold"] == "over EUR 139,000"


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_every_rule_has_words_in_the_languages_of_pages(lang: str) -> None:
    names = {*DUTY, *BOUND, *AGAINST, "heading", "context", "date", "row", "trigger", "force", "topic", "learned"}
    assert set(taxonomy.load().labels[lang]["rule"]) == names


@pytest.mark.parametrize("address", ["/", "/calendar", "/calendar/horizon", "/calendar/2027/01"])
def test_dates_are_narrowed_where_they_stand(house: House, address: str) -> None:
    house.post()
    house.post(COUNTY, title="Remedy in phone factories")
    page = house.text(f"{address}?country=SE&q=factory")
    form = page[page.index('class="narrowing"') :].partition("</form>")[0]
    assert f'action="{address}"' in page
    assert '<option value="SE" selected>Sweden</option>' in form, "a country that is chosen is chosen anew"
    assert '<option value="GB">United Kingdom</option>' in form
    assert 'value="PL"' not in form, "no choice leads to an empty page"
    assert 'type="hidden" name="country"' not in form, "the old country would stay beside the new one"
    assert '<input type="hidden" name="q" value="factory">' in form, "the rest of the filter stays"


def test_narrowing_keeps_several_values_and_the_shape_of_the_picture(house: House) -> None:
    house.post()
    house.post(COUNTY, title="Remedy in phone factories")
    page = house.text("/calendar/horizon?country=SE&country=GB&rows=topic&months=36&page=1")
    form = page[page.index('class="narrowing"') :].partition("</form>")[0]
    for name, value in (("country", "SE"), ("country", "GB"), ("rows", "topic"), ("months", "36")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert 'name="page"' not in form, "another choice begins at its first page"
    assert "Add one more" in form


def test_what_is_left_open_in_a_form_narrows_nothing(house: House) -> None:
    house.post()
    assert "Factory lists for laptops" in house.text("/calendar?country=&topic=&product=")
    assert "Chosen:" not in house.text("/calendar?country=&topic=&product=")


def test_half_a_day_of_notice_is_told_to_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.hub, "median_lead", lambda _filter: 45.5)
    page = house.text("/")
    assert ">46</dd>" in page
    assert "45.5" not in page


def test_the_notice_given_is_that_of_the_selection_and_no_lawmaker_gives_any(house: House) -> None:
    days = {CITY: 31, COUNTY: 90}
    for authority, lead in days.items():
        first = house.hub.today() + timedelta(days=lead)
        house.post(authority, milestones=(milestone("applies_from", first),), title=f"Lists in {lead} days")
    assert house.hub.notices(Filter({"authority": ("eu-legislator",)})).total > 0
    assert house.hub.median_lead(Filter({"country": ("SE",)})) == 31
    assert house.hub.median_lead(Filter({"country": ("GB",), "topic": ("supply_chain_transparency",)})) == 90
    assert house.hub.median_lead(Filter({"country": ("AL",)})) is None
    assert house.hub.median_lead(Filter()) == 60.5
    assert house.hub.authority("eu-legislator").median_lead_days is None
    given = house.hub.lead_times()
    assert (given.days, [body.id for body, _, _ in given.bodies]) == ((31, 90), [COUNTY, CITY])
    assert {n.authority_id for n, _, _ in given.notices} == {CITY, COUNTY}
    assert ">–</dd>" in house.text("/?country=AL"), "a dash where nothing was asked of anybody"


def test_dates_of_a_law_stand_in_their_order_replaced_ones_among_them(house: House) -> None:
    (law,) = re.findall(r'<section[^>]*id="eu-csddd".*?</section>', house.text("/laws"), re.DOTALL)
    said = [re.sub("<[^>]+>", "", row) for row in re.findall(r'<th scope="row">(.*?)</th>', law)]
    order = ["24 February 2026", "18 March 2026", "26 July 2026", "26 July 2027", "26 July 2028", "26 July 2029"]
    assert [day for day in said if day in order] == order


def test_a_yearly_duty_shows_its_next_turn_in_lists(house: House) -> None:
    page = house.text("/notices?q=Modern+Slavery+Act")
    (row,) = re.findall(r'<li class="notice-row">.*?Modern Slavery Act 2015, section 54</a>.*?</ul>', page, re.DOTALL)
    assert 'Compliance due</strong> <time datetime="2027-06-30"' in row.replace("&#39;", "'")


def test_no_element_has_an_empty_id(house: House) -> None:
    notice = house.post()
    pages = [house.text(f"/notices/{notice.id}/ask"), house.text("/subscribe")]
    pages += [house.signed_in("curator").get("/review").get_data(as_text=True)]
    assert all("csrf_token" in page for page in pages[:2])
    assert [page for page in pages if 'id=""' in page] == []


def test_a_choice_that_is_not_known_leads_to_those_that_are(house: House) -> None:
    page = house.text("/notices?topic=%3Cb%3E/nonsense", status=400)
    assert 'Look at <a href="/feeds">/feeds</a>' in page
    assert "<b>" not in page
