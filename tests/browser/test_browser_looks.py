"""How pages look, where it can be measured: what a first screen holds, what a cell says alone, what stays in reach."""

from __future__ import annotations

from typing import Any

import pytest
from browser_house import SHARES, Stage

pytestmark = pytest.mark.browser

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


@SHARES
def test_a_figure_in_a_table_says_on_a_phone_what_it_counts(stage: Stage, share: slice) -> None:
    bare, seen = [], 0
    said = "all => all.filter(e => e.checkVisibility()).map(e => getComputedStyle(e, '::before').content)"
    for page, path in stage.everywhere(share, width=390):
        labels = page.eval_on_selector_all("td.number", said)
        seen += len(labels)
        bare += [path for label in labels if label in ("none", "normal", '""')]
    assert seen
    assert bare == []


def test_who_is_signed_in_finds_the_way_to_the_desk_and_others_see_none_of_it(stage: Stage) -> None:
    page = stage.page("buyer")
    page.goto(stage.address("/desk/{notice}/revise"))
    ways = page.get_by_role("navigation", name="Signed in")
    assert ways.get_by_role("link").all_inner_texts() == ["Desk", "Questions", "Share a lesson", "Your account"]
    page = stage.page()
    page.goto(f"{stage.base}/account/login")
    assert page.get_by_role("navigation", name="Signed in").count() == 0
