"""Whole journeys in a real browser: a reseller, a screen reader, a phone, paper, a buyer, a curator."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser_house import SHARES, Stage
from client_programs import Khal, Newsboat
from clients_house import needs
from web_house import CITY, LIST

from feedhub.hub.shapes import Actor
from feedhub.model import Filter, Trust
from feedhub.web.accounts import add_user

pytestmark = pytest.mark.browser


def narrowed(page: Any, stage: Stage) -> None:
    """What Sweden will ask for laptops in 2027, chosen by hand."""
    page.goto(f"{stage.base}/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Notices").click()
    if page.locator(".fold:not([open])").count():
        page.locator(".fold > summary").click()
    page.get_by_role("checkbox", name=re.compile("^Sweden")).check()
    page.get_by_role("checkbox", name=re.compile("^Laptops")).check()
    page.get_by_label("From", exact=True).fill("2027-01-01")
    page.get_by_label("To", exact=True).fill("2027-12-31")
    page.get_by_role("button", name="Show").click()


def copied(page: Any, label: str) -> str:
    page.get_by_role("button", name=f"Copy the {label} address").click()
    page.get_by_role("button", name="Copied").wait_for()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_reseller_finds_what_sweden_asks_for_laptops_and_sees_where_a_date_comes_from(stage: Stage) -> None:
    page = stage.page()
    narrowed(page, stage)
    assert page.get_by_label("Chosen:").get_by_role("listitem").count() == 5
    titles = page.locator(".notice-row .entry-title").all_inner_texts()
    assert "Factory lists for laptops, lot 1" in titles
    assert "Factory lists for laptops, lot 0" not in titles
    page.get_by_role("link", name="The one with a moved date").click()
    moved = page.get_by_role("row").filter(has_text="1 February 2027")
    assert "before: 20 January 2027" in moved.inner_text()
    source = moved.get_by_role("link", name="Source: elm.example")
    assert source.get_attribute("href") == "https://elm.example/plan"
    moved.locator("summary", has_text="Quote").click()
    assert moved.get_by_role("blockquote").inner_text() == "Comments are welcome until 1 February 2027."
    assert page.get_by_role("blockquote").filter(has_text=LIST).is_visible()


def test_a_reseller_narrows_the_front_page_and_keeps_a_short_address(stage: Stage) -> None:
    page = stage.page()
    page.goto(f"{stage.base}/")
    page.get_by_role("combobox", name="Country").select_option("Sweden")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(f"{stage.base}/?country=SE")
    assert page.get_by_label("Chosen:").get_by_role("link", name="Remove Country: Sweden").is_visible()
    page.get_by_role("link", name="By authority, topic or country").click()
    page.wait_for_url("**/calendar/horizon?country=SE")
    assert page.get_by_role("combobox", name="Country").input_value() == "SE"


def test_the_copied_addresses_bring_the_selection_into_a_feed_reader_and_a_calendar(
    stage: Stage, tmp_path: Path
) -> None:
    needs("newsboat", "vdirsyncer", "khal")
    page = stage.page(permissions=["clipboard-read", "clipboard-write"])
    narrowed(page, stage)
    page.get_by_role("link", name="See a preview and help for your program").click()
    reader = Newsboat(tmp_path / "reader", copied(page, "Atom"))
    page.reload()
    calendar = Khal(tmp_path / "calendar", copied(page, "Calendar (iCalendar)"))
    reader.poll()
    titles = " ".join(title for title, _ in reader.unread().values())
    assert "lot 1" in titles
    assert "lot 0" not in titles
    calendar.poll()
    dates = calendar.events()
    assert any(day == date(2027, 2, 4) and "lot 1" in title for day, title in dates)
    assert not any("lot 0" in title for _, title in dates)


# -- by the accessibility tree alone


def tree(page: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """(role, name, properties) of everything that a screen reader is told, in reading order."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    told = []
    for node in nodes:
        if not node.get("ignored"):
            properties = {p["name"]: p["value"].get("value") for p in node.get("properties", ())}
            told.append((node["role"]["value"], node.get("name", {}).get("value", "").strip(), properties))
    session.detach()
    return told


def names(told: list[tuple[str, str, dict[str, Any]]], *roles: str) -> list[str]:
    return [name for role, name, _ in told if role in roles]


@SHARES
def test_a_screen_reader_is_told_landmarks_headings_and_names_on_every_page(stage: Stage, share: slice) -> None:
    wrong = []
    for page, path in stage.everywhere(share):
        told = tree(page)
        levels = [properties["level"] for role, _, properties in told if role == "heading"]
        if names(told, "main") != [""] or "Main" not in names(told, "navigation"):
            wrong.append((path, "landmarks", names(told, "main", "navigation")))
        if levels.count(1) != 1 or any(after - before > 1 for before, after in pairwise(levels)):
            wrong.append((path, "headings", levels))
        nameless = [r for r, n, _ in told if r in ("link", "button", "textbox", "checkbox", "combobox") and not n]
        if nameless:
            wrong.append((path, "without a name", nameless))
        if not names(told, "RootWebArea")[0].endswith(" · feedhub"):
            wrong.append((path, "title", names(told, "RootWebArea")))
    assert wrong == []


def test_a_screen_reader_walks_from_the_horizon_to_the_source_of_a_date(stage: Stage) -> None:
    page = stage.page()
    page.goto(f"{stage.base}/")
    told = tree(page)
    assert names(told, "search")
    assert names(told, "heading")[0] == "What public buyers of ICT hardware will ask for, and by when"
    assert {"The next 24 months", "Next dates", "What is new"} <= set(names(told, "heading"))

    mark = next(n for n in names(told, "link") if n.startswith("1 February 2027") and "moved date" in n)
    assert (
        mark == "1 February 2027: Consultation closes. The one with a moved date. City of Elm. Posted by the authority."
    )
    page.get_by_role("link", name=mark).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices/*")
    told = tree(page)
    assert names(told, "columnheader") == ["Date", "What happens", "How firm", "Source and trust"]
    assert [n for n in names(told, "rowheader") if n.startswith("1 February 2027")]
    assert "Source: elm.example" in names(told, "link")
    assert names(told, "blockquote", "DisclosureTriangle") or "Quote" in page.locator("summary").all_inner_texts()


def test_the_first_tab_offers_to_skip_to_the_content(stage: Stage) -> None:
    page = stage.page()
    page.goto(f"{stage.base}/notices")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("e => e === document.activeElement && e.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


# -- a phone


def test_on_a_phone_the_choice_is_folded_and_everything_is_reached_by_touch(stage: Stage) -> None:
    page = stage.page(width=390, has_touch=True, is_mobile=True, device_scale_factor=2)
    page.goto(f"{stage.base}/notices")
    assert not page.get_by_role("checkbox").first.is_visible()
    page.locator(".fold > summary").tap()
    page.get_by_role("checkbox", name=re.compile("^Sweden")).tap()
    page.get_by_role("button", name="Show").tap()
    page.wait_for_url("**country=SE**")
    page.get_by_role("link", name="The one with a moved date").tap()
    page.wait_for_url("**/notices/n*")
    assert page.get_by_role("heading", level=1).inner_text() == "The one with a moved date"
    heads = page.get_by_role("columnheader")
    assert heads.count() == 4


@SHARES
def test_on_a_phone_controls_are_large_enough_for_a_finger(stage: Stage, share: slice) -> None:
    small = []
    size = """all => all.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest("p, li, td, th, dd, .trap")
        && !e.matches(".hidden, .skip") && Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) < 24)
        .map(e => e.outerHTML.slice(0, 90))"""
    for page, path in stage.everywhere(share, width=390, has_touch=True, is_mobile=True):
        found = page.eval_on_selector_all(
            "main a, button, summary, select, input:not([type=hidden], [type=checkbox])", size
        )
        small += [(path, each) for each in found]
    assert small == []


# -- paper


def test_paper_shows_the_whole_notice_with_its_addresses(stage: Stage) -> None:
    page = stage.page(width=718)
    page.emulate_media(media="print")
    page.goto(stage.address("/notices/{notice}"))
    after = "e => getComputedStyle(e, '::after').content"
    source = page.get_by_role("link", name="Source: elm.example").first
    assert "https://elm.example/plan" in source.evaluate(after)
    assert page.locator("blockquote", has_text="Comments are welcome").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


@SHARES
def test_nothing_is_cut_off_on_paper(stage: Stage, share: slice) -> None:
    cut = []
    wide = """() => [...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && !e.closest(".hidden, .trap")
        && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 90))"""
    for page, path in stage.everywhere(share, width=718):
        page.emulate_media(media="print")
        cut += [(path, each) for each in page.evaluate(wide)[:3]]
    assert cut == []


# -- without a script


def test_without_a_script_a_reseller_reaches_quotes_and_feeds(stage: Stage) -> None:
    page = stage.page(java_script_enabled=False)
    narrowed(page, stage)
    page.get_by_role("link", name="The one with a moved date").click()
    page.locator("summary", has_text="Quote").click()
    assert page.locator("blockquote", has_text="Comments are welcome").is_visible()
    page.get_by_role("link", name="All of City of Elm").click()
    assert page.get_by_label("Atom", exact=True).input_value().endswith(f"announcements.atom?authority={CITY}")


# -- buyers and curators


def test_a_buyer_posts_revises_and_answers_from_an_invitation(stage: Stage) -> None:
    hub, title = stage.house.hub, "Living wages for docking stations"
    page = stage.page()
    page.goto(add_user(hub, "ann@elm.example", "buyer", CITY))
    page.get_by_label("New password").fill("a long sentence of words")
    page.get_by_label(re.compile("again", re.IGNORECASE)).fill("a long sentence of words")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_label("E-mail address").fill("ann@elm.example")
    page.get_by_label("Password").fill("a long sentence of words")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{stage.base}/desk")
    page.get_by_role("link", name="New notice").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("group", name="Requirement 1").get_by_role("textbox").first.fill("Suppliers show a roadmap.")
    page.get_by_label("Topic").first.select_option("living_wage")
    page.get_by_role("group", name="Date 1").get_by_role("textbox").first.fill("2027-Q3")
    page.get_by_role("button", name="Preview").last.click()
    assert "Q3 2027" in page.get_by_role("region", name="This is what readers will see").inner_text()
    page.get_by_role("button", name="Publish").first.click()
    assert page.get_by_role("status").inner_text().startswith("Published.")
    address = page.url

    page.goto(address.replace("/notices/", "/desk/") + "/revise")
    page.get_by_role("group", name="Date 1").get_by_role("textbox").first.fill("2027-Q4")
    page.get_by_role("button", name="Preview").last.click()
    page.get_by_role("button", name="Publish").first.click()
    assert "before: Q3 2027" in page.get_by_role("table").inner_text()

    hub.ask_question(address.rpartition("/")[2], "Does a plan for one factory count as a roadmap?")
    page.goto(f"{stage.base}/desk/questions")
    page.get_by_role("link", name="Does a plan for one factory").click()
    page.get_by_label("Your answer").fill("Yes, in the first year.")
    page.get_by_role("button", name="Publish question and answer").click()
    assert "Yes, in the first year." in page.get_by_role("region", name="Questions and answers").inner_text()
    assert hub.recent(Filter(), 1)[0].title == f"Question answered: {title}"


def test_a_curator_accepts_what_the_machine_found(stage: Stage) -> None:
    page = stage.page("curator")
    page.goto(f"{stage.base}/review")
    waits = page.get_by_role("listitem").filter(has=page.get_by_role("button", name=re.compile("^Accept")))
    assert "names and addresses of their factories" in waits.first.inner_text()
    waits.first.get_by_role("button", name=re.compile("^Accept")).click()
    assert page.get_by_role("status").first.inner_text() == "Accepted."
    found = [n for n in stage.house.hub.notices(Filter()).notices if n.source_id == stage.ids["source"]]
    assert [n.trust for n in found] == [Trust.VERIFIED]
    assert found[0].living_requirements[0].quote
    stage.house.hub.retract(Actor(1, "curator"), found[0].id, "The test is over.")
