"""F29, F30 and P9, the hub's part: a doubtful page changes nothing that is published, and the operator is told."""

import feedparser
import pytest
from loopback import Clock, Site, declare, page
from make_pdf import pdf
from watching import ABOUT, DUTY, GOOD, check, facts, status

from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.hub.shapes import Actor
from feedhub.model import Filter

NOT_FOUND = page("The page you are looking for could not be found.", "Error 404", title="404 – Page not found")
WALL = (
    "<html><head><title>Cookies</title></head><body><main><h1>We value your privacy</h1><p>We and our partners use "
    "cookies. Accept all cookies to continue to the site.</p><button>Accept all</button></main></body></html>"
)
LOGIN = (
    "<html><head><title>Sign in</title></head><body><form method='post'><label>User name <input name='user'></label>"
    "<label>Password <input type='password' name='password'></label><button>Sign in</button></form></body></html>"
)


@pytest.fixture
def watched(hub: Hub, site: Site, clock: Clock, sources) -> Hub:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = GOOD
    check(hub, clock)
    return hub


@pytest.mark.parametrize(
    ("body", "reason"), [(NOT_FOUND, "error_page"), (WALL, "blocked_page"), (LOGIN, "login_page"), (" ", "empty")]
)
def test_a_suspect_page_changes_nothing_however_often_it_comes(
    watched: Hub, site: Site, clock: Clock, body: str, reason: str
) -> None:
    before, log = facts(watched), [e.seq for e in watched.recent(Filter(), 100)]
    site.pages["/policy"] = body
    for _ in range(5):
        result = check(watched, clock)
        assert (result.outcome.value, result.reason) == ("suspect", reason)
    assert facts(watched) == before
    assert [e.seq for e in watched.recent(Filter(), 100)] == log
    (health,) = watched.authority("gb-example").sources
    assert health.failing
    assert health.sentence
    assert health.todo
    assert len(feedparser.parse(watched.render("/feeds/sources.atom").body).entries) == 1


def test_the_page_that_comes_back_is_read_as_if_nothing_had_been(watched: Hub, site: Site, clock: Clock) -> None:
    before = facts(watched)
    for body in (WALL, GOOD, NOT_FOUND, GOOD):
        site.pages["/policy"] = body
        check(watched, clock)
    assert facts(watched) == before


def test_p9_a_redesign_in_which_the_selector_finds_nothing_deletes_nothing(
    hub: Hub, site: Site, clock: Clock, sources
) -> None:
    declare(sources, f"{site.url}/policy")
    file = sources / "gb" / "example.toml"
    file.write_text(file.read_text().replace("[source.expect]", '[source.read]\nselect = "main"\n[source.expect]'))
    load_catalogue(hub)
    site.pages["/policy"] = GOOD
    check(hub, clock)
    before = facts(hub)
    site.pages["/policy"] = page(ABOUT, DUTY).replace("<main>", "<div class='new'>").replace("</main>", "</div>")
    for _ in range(4):
        assert check(hub, clock).reason == "selector_empty"
    assert facts(hub) == before
    assert hub.authority("gb-example").sources[0].failing


def test_f31_a_pdf_under_the_name_of_a_page_is_read_as_what_it_is_and_the_mismatch_is_noted(
    hub: Hub, site: Site, clock: Clock, sources
) -> None:
    declare(sources, f"{site.url}/policy")
    load_catalogue(hub)
    site.pages["/policy"] = status(200, pdf([[(ABOUT, 10)], [(DUTY, 10)]]), Content_Type="text/html; charset=utf-8")
    assert check(hub, clock).outcome.value == "baseline"
    (notice,) = hub.authority("gb-example").notices
    assert notice.requirements[0].quote == DUTY
    view = hub.source_view(Actor(1, "curator"), "gb-example-policy")
    assert "declared as page, but the content is pdf" in view.checks[0].detail
