"""A buyer who posts from a phone, by touch and by keyboard alone, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_house import Stage
from web_house import CITY

from feedhub.model import Filter
from feedhub.web.accounts import add_user

pytestmark = pytest.mark.browser
SECRET = "a long sentence of words"
TITLE = "Living wages for docking stations"
ASKED = (
    "The contractor shows a roadmap towards living wages at final assembly within 60 days of signature, and reports "
    "every year how far it has come."
)


def at(page: Any) -> str:
    """The id, or else the class, of what has the focus."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def invited(stage: Stage, email: str) -> None:
    """An account that has chosen its password."""
    page = stage.page()
    page.goto(add_user(stage.house.hub, email, "buyer", CITY))
    page.get_by_label("New password").fill(SECRET)
    page.get_by_label("The same again").fill(SECRET)
    page.get_by_role("button", name="Save the password").click()
    page.context.close()


def newest(stage: Stage) -> str:
    return stage.house.hub.recent(Filter(), 1)[0].title


class Thumb:
    """Taps and types on a page, and counts what it does."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.taps = self.signs = 0

    def tap(self, found: Any) -> None:
        found.tap()
        self.taps += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.signs += len(words)

    @property
    def seconds(self) -> float:
        """At the pace of people: three signs a second on glass, and five seconds to read, find and tap."""
        return self.signs / 3 + self.taps * 5


def test_a_notice_is_posted_from_a_phone_well_within_five_minutes(stage: Stage) -> None:
    invited(stage, "eva@elm.example")
    page = stage.page(width=390, has_touch=True, is_mobile=True)
    page.goto(f"{stage.base}/desk/new")
    thumb = Thumb(page)
    assert at(page) == "email"
    thumb.type("eva@elm.example")
    thumb.tap(page.get_by_label("Password"))
    thumb.type(SECRET)
    thumb.tap(page.get_by_role("button", name="Sign in"))
    page.wait_for_url("**/desk/new")
    thumb.tap(page.get_by_label("Title"))
    thumb.type(TITLE)
    thumb.tap(page.get_by_label("What bidders must do"))
    thumb.type(ASKED)
    thumb.tap(page.get_by_label("Topic", exact=True))
    page.get_by_label("Topic", exact=True).select_option("living_wage")
    thumb.taps += 1
    thumb.tap(page.get_by_label("Date", exact=True))
    thumb.type("Q3 2027")
    thumb.tap(page.get_by_role("button", name="Preview").last)
    page.get_by_text("This is what readers will see").wait_for()
    publish = page.get_by_role("button", name="Publish").first
    assert publish.bounding_box()["y"] < 844
    thumb.tap(publish)
    assert page.get_by_role("status").inner_text().startswith("Published.")
    assert newest(stage) == f"New: {TITLE}"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert thumb.taps == 9
    assert thumb.seconds < 150


def test_the_keyboard_alone_posts_a_notice_and_is_led_to_what_is_wrong(stage: Stage) -> None:
    page = stage.page("buyer")
    page.goto(f"{stage.base}/desk/new")

    def walk(to: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if at(page) == to:
                return
        pytest.fail(f"Tab does not reach {to}")

    walk("title")
    page.keyboard.type("Repair instead of new screens")
    walk("milestones-0-date")
    page.keyboard.type("soon")
    page.evaluate("document.querySelector('form[data-guard]').noValidate = true")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    assert at(page) == "banner"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert at(page) == "milestones-0-date"
    page.keyboard.press("Control+a")
    page.keyboard.type("2027-Q4")
    page.keyboard.press("Enter")
    page.get_by_text("This is what readers will see").wait_for()
    assert at(page) == "preview"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Published.").wait_for()
    assert newest(stage) == "New: Repair instead of new screens"


def test_a_new_row_is_where_the_writer_is_taken(stage: Stage) -> None:
    page = stage.page("buyer", width=390, reduced_motion="reduce")
    page.goto(f"{stage.base}/desk/new")
    page.get_by_role("button", name="Add a requirement").click()
    page.locator("#requirements-1-text").wait_for()
    assert at(page) == "requirements-1-text"
    assert page.evaluate("document.activeElement.getBoundingClientRect().bottom < innerHeight")


def test_words_survive_a_session_that_ended(stage: Stage) -> None:
    page = stage.page("buyer", width=390)
    page.goto(f"{stage.base}/desk/new")
    page.get_by_label("Title").fill("Written in a long meeting")
    page.get_by_label("Date", exact=True).fill("2028")
    page.context.clear_cookies()
    page.get_by_role("button", name="Preview").last.click()
    page.get_by_role("heading", name="Not sent yet").wait_for()
    invited(stage, "ida@elm.example")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    other = opened.value
    other.get_by_label("E-mail address").fill("ida@elm.example")
    other.get_by_label("Password").fill(SECRET)
    other.get_by_role("button", name="Sign in").click()
    other.get_by_role("heading", name="New notice").wait_for()
    page.get_by_role("button", name="Go on with what you wrote").click()
    page.get_by_role("button", name="Publish").first.click()
    assert newest(stage) == "New: Written in a long meeting"


def broken(page: Any) -> list[str]:
    """What axe finds on a page as it stands."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed (extra “browser”)")
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    return list(page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => v.id))"))


def test_axe_finds_nothing_where_something_is_wrong_previewed_or_kept(stage: Stage) -> None:
    page = stage.page("buyer", width=390)
    page.goto(f"{stage.base}/desk/new")
    page.evaluate("document.querySelector('form[data-guard]').noValidate = true")
    page.get_by_label("What bidders must do").fill(ASKED)
    page.get_by_label("Date", exact=True).fill("soon")
    page.get_by_role("button", name="Preview").last.click()
    page.locator("[role=alert]").wait_for()
    assert broken(page) == []
    page.goto(f"{stage.base}/desk/new")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Date", exact=True).fill("2028")
    page.get_by_role("button", name="Preview").last.click()
    page.get_by_text("This is what readers will see").wait_for()
    assert broken(page) == []
    page.context.clear_cookies()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_role("heading", name="Not sent yet").wait_for()
    assert broken(page) == []
