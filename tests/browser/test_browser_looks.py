"""How pages look, where it can be measured: what a first screen holds, what a cell says alone, what stays in reach."""

from __future__ import annotations

from typing import Any

import pytest
from browser_house import SHARES, Stage

from feedhub.web.languages import LANGUAGES

pytestmark = pytest.mark.browser

#: Words of the page's own that stand on two lines without a hyphen, and what is wider than the room it has.
BROKEN = """() => {
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const node = texts.currentNode, home = node.parentElement
        if (!home.checkVisibility() || home.closest("svg, script, textarea, .hidden, code, [lang]:not(html)")) continue
        if (getComputedStyle(home).hyphens === "auto") continue
        for (const word of node.textContent.matchAll(/[^\\s\\-–\\/…\u00ad]+/g)) {
            if (word[0].length > 30 || /\\w[.@:]\\w/.test(word[0])) continue
            const range = document.createRange()
            range.setStart(node, word.index)
            range.setEnd(node, word.index + word[0].length)
            const lines = new Set([...range.getClientRects()].filter(b => b.width > 1).map(b => Math.round(b.top)))
            if (lines.size > 1) found.push(word[0])
        }
    }
    for (const e of document.querySelectorAll("main *"))
        if (e.checkVisibility() && !e.closest("svg, .scroll, .hidden, select, input, textarea"))
            if (getComputedStyle(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1) found.push(e.outerHTML.slice(0, 99))
    return found
}"""

LONG = "Landesbetrieb für Informations- und Kommunikationstechnikbeschaffung Musterland"


def bottoms(page: Any, chosen: str) -> list[float]:
    return list(page.eval_on_selector_all(chosen, "all => all.map(e => e.getBoundingClientRect().bottom)"))


def test_the_first_screen_of_a_phone_says_what_comes_first_from_whom_and_by_when(stage: Stage) -> None:
    page = stage.page(width=390, has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{stage.base}/")
    first = bottoms(page, ".first li")
    assert len(first) == 3
    assert first[1] < 844


def test_a_button_that_narrows_down_is_in_reach_without_scrolling(stage: Stage) -> None:
    page = stage.page()
    page.goto(f"{stage.base}/notices")
    assert bottoms(page, ".facets")[0] > 900
    assert bottoms(page, ".facets button")[0] <= 900


def test_a_long_name_stays_inside_its_column(stage: Stage) -> None:
    page = stage.page()
    page.goto(f"{stage.base}/notices")
    label = page.locator(".facet label").first
    label.locator("span").first.evaluate("(e, text) => { e.textContent = text; }", LONG)
    assert label.evaluate("e => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize("row", [".addresses", ".badges"])
def test_a_long_name_in_a_row_breaks_inside_it_on_a_phone(stage: Stage, row: str) -> None:
    page = stage.page(width=320)
    page.goto(stage.address("/notices/{notice}"))
    found = page.locator(row).first
    found.locator("a, span").last.evaluate("(e, text) => { e.textContent = text; }", LONG)
    assert found.evaluate("e => e.scrollWidth <= e.clientWidth")


@SHARES
def test_a_figure_in_a_table_says_on_a_phone_what_it_counts(stage: Stage, share: slice) -> None:
    bare, seen = [], 0
    said = "all => all.filter(e => e.checkVisibility()).map(e => getComputedStyle(e, '::before').content)"
    for page, path in stage.everywhere(share, width=390):
        labels = page.eval_on_selector_all("td.number", said)
        seen += len(labels)
        bare += [path for label in labels if label in ("none", "normal", '""')]
    assert seen or share.step, "a part of the pages may hold no table"
    assert bare == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "language", ["nl", *(pytest.param(x, marks=pytest.mark.thorough) for x in LANGUAGES if x != "nl")]
)
def test_no_word_is_broken_on_a_phone_and_nothing_is_wider_than_its_room(stage: Stage, language: str) -> None:
    found = []
    for page, path in stage.everywhere(locale=language, width=390):
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            found += [(path, width, said) for said in page.evaluate(BROKEN)]
    assert found == []


def test_who_is_signed_in_finds_the_way_to_the_desk_and_others_see_none_of_it(stage: Stage) -> None:
    page = stage.page("buyer")
    page.goto(stage.address("/desk/{notice}/revise"))
    ways = page.get_by_role("navigation", name="Signed in")
    assert ways.get_by_role("link").all_inner_texts() == ["Desk", "Questions", "Share a lesson", "Your account"]
    page = stage.page()
    page.goto(f"{stage.base}/account/login")
    assert page.get_by_role("navigation", name="Signed in").count() == 0
