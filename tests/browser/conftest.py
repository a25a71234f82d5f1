"""One house, one server and one browser for every test of this folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser_house import CHROMIUM, Stage
from clients_house import Quiet
from loopback import Site, free_port
from loopback import page as a_page
from web_house import CITY, COUNTY, House, draft, milestone, open_house
from werkzeug.serving import make_server

from feedhub.hub.shapes import Actor
from feedhub.model import Evidence, MilestoneStatus, Precision, Trust
from feedhub.web import with_shelf
from feedhub.web.accounts import add_user

BUYER, CURATOR = Actor(1, "buyer", CITY), Actor(1, "curator")
WATCHED = "From 1 September 2027 all suppliers of laptops must disclose the names and addresses of their factories."


# Playwright keeps an event loop running in its thread until it is stopped, and no other test may find one there.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra “browser”)")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with playwright.sync_playwright() as p:
        started = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *quiet])
        yield started
        started.close()


@pytest.fixture(scope="module")
def stage(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    house = open_house(tmp_path_factory.mktemp("browser"), base_url=base, fetch_allow="127.0.0.0/8")
    site = Site()
    ids = furnished(house, site)
    server = make_server("127.0.0.1", port, with_shelf(house.app, house.hub), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Stage(house, browser, base, ids)
    server.shutdown()
    thread.join(5)
    server.server_close()
    site.close()
    house.hub.close()


@pytest.fixture
def house(stage: Stage) -> House:
    return stage.house


@pytest.fixture
def base(stage: Stage) -> str:
    return stage.base


@pytest.fixture
def addresses(stage: Stage) -> dict[str, str]:
    return stage.ids


def furnished(house: House, site: Site) -> dict[str, str]:
    """Notices posted, moved and withdrawn, a question that waits, a page read for review; the ids of them."""
    for number in range(8):
        house.post(
            CITY if number % 2 else COUNTY,
            title=f"Factory lists for laptops, lot {number}",
            milestones=(
                milestone("consultation_opens", date(2027, 1, 3 + number)),
                milestone("consultation_closes", date(2027, 2, 3 + number)),
                milestone("tender_expected", date(2027, 7, 1), Precision.QUARTER, status=MilestoneStatus.EXPECTED),
                milestone("applies_from", date(2027, 9, 1), Precision.MONTH, trust=Trust.POSTED),
            ),
        )
    hub = house.hub
    notice, gone = house.post(title="The one with a moved date"), house.post(title="The one that is gone")
    told = Evidence(url="https://elm.example/plan", quote="Comments are welcome until 1 February 2027.")
    later = draft(title=notice.title, milestones=(milestone("consultation_closes", date(2027, 2, 1), provenance=told),))
    hub.revise(BUYER, notice.id, later, base_revision=1)
    hub.withdraw(BUYER, gone.id, reason="No budget.", base_revision=1)
    hub.ask_question(notice.id, "Does a list of the tier-one factories suffice?")
    hub.post_lesson(BUYER, title="Ask for cities first", text="Bidders could name them in a week.", topics=())
    site.pages["/policy"] = a_page(WATCHED)
    row = {"id": "se-elm-watched", "title": "Policy", "kind": "page", "url": f"{site.url}/policy", "every": "24h"}
    source = hub.save_source(CURATOR, CITY, row | {"signposts": "policy", "publish": "review"}, new=True)
    list(hub.check([source.id], due_only=False))
    (question,) = hub.questions(BUYER)
    welcome = urlsplit(add_user(hub, "new@example.org", "buyer", COUNTY)).path
    return {
        "welcome": welcome,
        "notice": notice.id,
        "withdrawn": gone.id,
        "question": question.question.id,
        "source": source.id,
        "draft": str(hub.review_queue()[0].id),
    }
