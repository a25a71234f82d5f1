"""A curator with thirty drafts before them, by keyboard alone, in a real browser."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from browser_house import Stage
from web_house import CITY, draft, milestone

from feedhub.hub.shapes import Actor
from feedhub.model import Clause, Evidence, Requirement, Trust
from feedhub.store import desk, to_json

pytestmark = pytest.mark.browser
QUOTE = "Suppliers of laptops must name their factories by {day}."


@pytest.fixture
def thirty(stage: Stage) -> Stage:
    """Thirty found drafts, each due a day after the one before, queued with the last due first."""
    with stage.house.hub.store.writing() as tx:
        for number in reversed(range(30)):
            day = date(2026, 12, 1) + timedelta(days=number)
            said = QUOTE.format(day=day)
            seen = Evidence(url="https://elm.example/policy", quote=said, judged_by=("+must:must",))
            asked = Requirement("living_wage", Clause.POLICY, said, said, provenance=seen, confidence=0.6)
            due = milestone("applies_from", day, trust=Trust.DETECTED, provenance=seen)
            found = draft(title=f"Found {number}", requirements=(asked,), milestones=(due,), trust=Trust.DETECTED)
            desk.put_waiting(tx, "unsure", stage.house.hub.now(), state=to_json(found))
    return stage


def first(page: Any) -> str:
    return str(page.locator(".notice-row h2").first.inner_text())


def press(page: Any, key: str) -> None:
    """Alt and a key; Playwright sends it without the letter by which Chromium finds an access key."""
    session = page.context.new_cdp_session(page)
    sign = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper()), "modifiers": 1}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "unmodifiedText": key, "text": key, **sign})


def published(stage: Stage) -> list[str]:
    return [n.title for n in stage.house.hub.own_notices(Actor(1, "buyer", CITY)) if n.title.startswith("Found")]


def test_drafts_are_accepted_rejected_and_corrected_by_one_key_each_and_the_next_takes_their_place(
    thirty: Stage,
) -> None:
    page = thirty.page("curator")
    page.goto(f"{thirty.base}/review")
    for number, key in enumerate(("a", "r", "a")):
        assert first(page) == f"Found {number}"
        assert page.get_by_role("blockquote").first.is_visible()
        with page.expect_navigation():
            press(page, key)
    assert sorted(published(thirty)) == ["Found 0", "Found 2"]
    with page.expect_navigation():
        press(page, "c")
    page.get_by_label("Topic").select_option("child_labour")
    with page.expect_navigation():
        press(page, "a")
    assert page.get_by_label("Title").input_value() == "Found 4"
    (corrected,) = [n for n in thirty.house.hub.own_notices(Actor(1, "buyer", CITY)) if n.title == "Found 3"]
    assert [r.topic for r in corrected.living_requirements] == ["child_labour"]

    page.goto(f"{thirty.base}/review")
    row = page.locator(".notice-row").nth(4)
    following = page.locator(".notice-row").nth(5).get_attribute("id")
    row.get_by_role("button", name="Reject").click()
    page.wait_for_url(f"**/review#{following}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.notice-row').id") == following
