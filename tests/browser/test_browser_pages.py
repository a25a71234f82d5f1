"""Pages in a real browser: accessible in both themes, without a script, with the keyboard, at every width."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser_house import ALL, INSIDE, PAGES, SHARES, Stage
from web_house import CITY, House, draft

import feedhub.web
from feedhub.hub.shapes import Actor
from feedhub.web import formats
from feedhub.web.languages import LANGUAGES

pytestmark = pytest.mark.browser


def opened(browser: Any, **more: Any) -> Any:
    return browser.new_context(viewport={"width": 1280, "height": 900}, **more).new_page()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("language", "theme", "width", "share"),
    [
        ("en", "light", 1280, slice(0, None, 4)),
        ("de", "dark", 390, slice(2, None, 4)),
        *(
            pytest.param(language, theme, width, ALL, marks=pytest.mark.thorough)
            for language in LANGUAGES
            for theme, width in (("light", 1280), ("dark", 390))
        ),
    ],
)
def test_axe_finds_nothing_on_any_page(stage: Stage, language: str, theme: str, width: int, share: slice) -> None:
    axe_package = pytest.importorskip("axe_playwright_python", reason="axe is not installed (extra “browser”)")
    axe = (Path(axe_package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for page, path in stage.everywhere(share, locale=language, color_scheme=theme, width=width):
        page.evaluate(axe)
        for v in page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)"):
            found += [(path, v["id"], n["target"], n["failureSummary"]) for n in v["nodes"]]
    assert found == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "language", ["de", *(pytest.param(x, marks=pytest.mark.thorough) for x in LANGUAGES if x != "de")]
)
def test_no_page_is_wider_than_the_window(stage: Stage, language: str) -> None:
    wide = []
    for page, path in stage.everywhere(locale=language):
        assert page.evaluate("document.documentElement.lang") == language
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((path, width))
    assert wide == []


@SHARES
def test_no_page_weighs_more_than_150_kilobytes_or_asks_more_than_five_times(stage: Stage, share: slice) -> None:
    heavy, weights = [], list[float]()
    listened = None
    for page, path in stage.everywhere(share):
        if page is not listened:
            listened, tally = page, page.context.new_cdp_session(page)
            tally.send("Network.enable")
            tally.send("Network.setCacheDisabled", {"cacheDisabled": True})
            tally.on("Network.loadingFinished", lambda e: weights.append(e["encodedDataLength"]))
        page.goto("about:blank")
        weights.clear()
        page.goto(stage.address(path))
        page.wait_for_timeout(40)  # the sign of the page is asked for after all else
        assert len(weights) >= 3
        if len(weights) > 5 or sum(weights) > 150_000:
            heavy.append((path, len(weights), sum(weights)))
    assert heavy == []


def test_the_stylesheet_and_the_script_are_small() -> None:
    static = Path(feedhub.web.__file__).parent / "static"
    assert sum(f.stat().st_size for f in static.glob("*.css")) < 30_000
    assert sum(f.stat().st_size for f in static.glob("*.js")) < 10_000


def test_a_language_is_chosen_in_the_foot_and_goes_on_without_script_or_cookie(browser: Any, base: str) -> None:
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{base}/notices?country=SE")
    page.get_by_role("navigation", name="Language").get_by_role("link", name="Deutsch").click()
    assert "country=SE" in page.url
    assert page.get_by_role("heading", level=1).inner_text() == "Mitteilungen"
    page.get_by_label("In Titeln, Anforderungen und Zitaten suchen").fill("laptops")
    page.get_by_role("button", name="Suchen").click()
    assert "ui=de" in page.url
    page.get_by_role("link", name="Kalender", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Kalender"
    assert page.context.cookies() == []


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_today_stands_inside_its_flag(browser: Any, base: str, language: str) -> None:
    page = opened(browser, locale=language)
    page.goto(f"{base}/calendar/horizon")
    widths = "s => [s.querySelector('.now-text').getBBox().width, s.querySelector('.now-flag').getBBox().width]"
    text, flag = page.locator("svg.timeline").evaluate(widths)
    assert text < flag


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_chart_of_lead_times_stands_whole_on_a_narrow_phone(stage: Stage, language: str) -> None:
    page = stage.page(width=320, locale=language)
    page.goto(f"{stage.base}/lead-times")
    boxes = "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
    ((left, right),) = page.eval_on_selector_all("svg.chart", boxes)
    drawn = page.eval_on_selector_all("svg.chart > rect, svg.chart > text", boxes)
    assert len(drawn) > 14
    assert [b for b in drawn if b[0] < left or b[1] > right] == []


def test_no_name_of_a_month_is_broken_in_a_list_on_a_phone(browser: Any, base: str) -> None:
    """The fault: “Decembe” stood above “r 2026”."""
    names = {formats.dated("yMMMM", date(2027, m, 1), code) for code in LANGUAGES for m in range(1, 13)}
    page = browser.new_context(viewport={"width": 390, "height": 900}).new_page()
    page.goto(f"{base}/calendar")
    broken = page.evaluate(
        """words => {
            const date = document.querySelector(".entry:not(.wide) .big-span")
            const room = date.parentElement.getBoundingClientRect().width
            date.style = "display: inline-block; white-space: nowrap"
            return words.filter(word => (date.textContent = word, date.getBoundingClientRect().width > room))
        }""",
        sorted({word for name in names for word in name.split()}),
    )
    assert broken == []


@pytest.mark.parametrize("months", [12, 24, 36])
def test_nothing_in_the_timeline_lies_under_the_flag_of_today_or_beyond_the_edge(
    browser: Any, base: str, months: int
) -> None:
    page = opened(browser)
    page.goto(f"{base}/calendar/horizon?months={months}&rows=topic")
    boxes = "all => all.map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])"
    ((left, top, right, bottom),) = page.eval_on_selector_all(".now-flag", boxes)
    labels = page.eval_on_selector_all(".tick, .tick-year, .row-label, .mark-text", boxes)
    assert len(labels) > months / 3
    assert [b for b in labels if b[0] < right and b[2] > left and b[1] < bottom and b[3] > top] == []
    ((_, _, edge, _),) = page.eval_on_selector_all("svg.timeline", boxes)
    assert [b for b in labels if b[2] > edge] == []


def test_a_picture_of_few_dates_stands_whole_on_a_phone(browser: Any, base: str) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 900}).new_page()
    page.goto(f"{base}/calendar/horizon?q=moved")
    assert page.locator("svg.timeline a").count() >= 1
    room = "s => [s.parentElement.scrollWidth, s.parentElement.clientWidth]"
    wide, seen = page.locator("svg.timeline").evaluate(room)
    assert wide <= seen, "nothing of it needs scrolling"
    assert not page.locator(".mark-text").first.is_visible(), "words would lie on each other"
    assert page.get_by_role("link", name="The same as a list").is_visible()


@pytest.mark.parametrize("months", [12, 24, 36])
def test_years_over_a_picture_stand_apart_on_a_phone(browser: Any, base: str, months: int) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 900}).new_page()
    page.goto(f"{base}/calendar/horizon?q=moved&months={months}")
    edges = (
        "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect()).map(b => [b.left, b.right])"
    )
    years = sorted(page.eval_on_selector_all(".tick-year", edges))
    assert years
    assert all(one[1] < other[0] for one, other in pairwise(years))


def test_a_month_of_vague_dates_shows_a_phone_no_empty_table(browser: Any, base: str) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 900}).new_page()
    page.goto(f"{base}/calendar/2027/07?q=lot")
    assert page.locator("#spans").is_visible()
    assert not page.locator("table.month").is_visible()


def test_the_browser_complains_about_nothing(stage: Stage) -> None:
    said: list[str] = []
    for page, path in stage.everywhere():
        if path in (PAGES[0], *(paths[0] for paths in INSIDE.values())):
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.reload()
    assert [words for words in said if not re.search("status of 40[34]", words)] == []


def test_every_date_of_the_horizon_is_reached_by_tab(browser: Any, base: str) -> None:
    page = opened(browser)
    page.goto(f"{base}/calendar/horizon?months=24")
    marks = page.locator("svg.timeline a").count()
    assert marks >= 20
    reached = set()
    page.locator("svg.timeline").evaluate("s => s.parentElement.focus()")
    for _ in range(marks):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('svg.timeline a')].indexOf(document.activeElement)"))
    assert reached == set(range(marks))


def test_arrows_go_from_date_to_date(browser: Any, base: str) -> None:
    page = opened(browser)
    page.goto(f"{base}/calendar/horizon")
    page.locator("svg.timeline a").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("[...document.querySelectorAll('svg.timeline a')].indexOf(document.activeElement)") == 1


def test_targets_are_at_least_24_pixels(browser: Any, base: str) -> None:
    page = opened(browser)
    for address, signs in (("/", "svg.strip a .hit"), ("/calendar/horizon", "svg.timeline a .hit")):
        page.goto(base + address)
        boxes = page.eval_on_selector_all(
            signs, "all => all.map(e => [e.getBoundingClientRect().width, e.getBoundingClientRect().height])"
        )
        assert boxes
        assert all(w >= 24 and h >= 24 for w, h in boxes)


def test_everything_works_without_a_script(browser: Any, base: str) -> None:
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{base}/feeds")
    page.get_by_label("Words that must occur").fill("laptops")
    page.get_by_role("checkbox", name="Posted by the authority").check()
    page.get_by_role("button", name="Show").click()
    assert "q=laptops" in page.url
    assert "trust=posted" in page.url
    assert "trust=posted&q=laptops" in page.get_by_label("Atom", exact=True).input_value()


def test_an_address_is_copied_by_its_button(browser: Any, base: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{base}/feeds")
    page.get_by_role("button", name="Copy the Atom address").click()
    page.wait_for_function("document.querySelector('[data-copy=a-atom]').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/feeds/announcements.atom")


def test_the_builder_shows_at_once_what_a_choice_gives_and_does_the_same_without_a_script(
    browser: Any, base: str
) -> None:
    page = opened(browser)
    page.goto(f"{base}/feeds")
    page.evaluate("window.stayed = true")
    before = page.locator("[role=status]").inner_text()
    with page.expect_response("**/feeds?trust=posted"):
        page.get_by_role("checkbox", name="Posted by the authority").check()
    page.wait_for_function("document.getElementById('a-atom').value.endsWith('trust=posted')")
    assert page.evaluate("window.stayed")
    assert page.locator("[role=status]").inner_text() != before
    assert page.locator(".chips").inner_text().startswith("Chosen:")
    assert page.url == f"{base}/feeds?trust=posted"
    for name in ("a-atom", "a-rss", "a-json", "a-ics", "a-webcal"):
        assert page.locator(f"#{name}").input_value().endswith("?trust=posted")
    assert page.locator("#a-webcal").input_value().startswith("webcal://")
    assert page.locator("[data-copy=a-rss]").is_visible()
    shown = page.locator("#result").inner_text()

    plain = opened(browser, java_script_enabled=False)
    plain.goto(f"{base}/feeds")
    plain.get_by_role("checkbox", name="Posted by the authority").check()
    plain.get_by_role("button", name="Show").click()
    assert plain.url.startswith(f"{base}/feeds?")
    assert plain.locator("[role=status]").inner_text() in shown


def test_a_page_prints_without_navigation(browser: Any, base: str, addresses: dict[str, str]) -> None:
    page = opened(browser)
    page.emulate_media(media="print")
    page.goto(base + "/notices/{notice}".format(**addresses))
    assert not page.locator("nav").first.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()


def test_what_is_new_since_the_last_visit_is_marked_and_only_the_browser_knows(browser: Any, base: str) -> None:
    page = opened(browser)
    page.goto(base)
    assert not page.locator("[data-since]").is_visible()
    page.evaluate("localStorage.setItem('feedhub.visit', JSON.stringify({seen: Date.parse('2026-11-01')}))")
    page.goto(base)
    assert "since your last visit" in page.locator("[data-since]").inner_text()
    assert page.locator(".news .fresh").count() == page.locator("[data-instant]").count() > 0
    page.reload()
    assert page.locator(".news .fresh").count() > 0  # the visit goes on
    page.evaluate("localStorage.setItem('feedhub.visit', JSON.stringify({seen: Date.now() - 3600e3}))")
    page.reload()
    assert "Nothing new" in page.locator("[data-since]").inner_text()
    assert page.context.cookies() == []


def test_a_question_is_asked_without_a_script(browser: Any, base: str, addresses: dict[str, str], house: House) -> None:
    page = opened(browser, java_script_enabled=False)
    page.goto(f"{base}/notices/{addresses['notice']}")
    page.get_by_role("link", name="Ask about this notice").click()
    page.get_by_label("Your question").fill("Is a list of assembly sites enough for lot 3?")
    page.get_by_role("button", name="Send the question").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your question waits for its answer"
    asked = {a.question.text: a.notice.id for a in house.hub.questions(Actor(1, "curator"))}
    assert asked["Is a list of assembly sites enough for lot 3?"] == addresses["notice"]


def test_words_that_changed_are_told_by_text_and_not_by_colour_alone(
    browser: Any, base: str, addresses: dict[str, str], house: House
) -> None:
    me = Actor(1, "buyer", CITY)
    before = house.post(title="Lists within 20 days")
    house.hub.revise(me, before.id, draft(title="Lists within 10 days"), base_revision=1)
    page = opened(browser)
    page.goto(f"{base}/notices/{before.id}")
    page.get_by_role("link", name="What changed, word by word").click()
    assert "[removed: 20]" in " ".join(page.locator("del").first.all_text_contents())
    assert "[added: 10]" in " ".join(page.locator("ins").first.all_text_contents())
