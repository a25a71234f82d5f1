"""Curators edit, try, suspend and check sources on pages; their words win over the files and can become files again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Clock, Site, page
from web_house import House, open_house, send, token

from feedhub import declarations
from feedhub.errors import REASONS
from feedhub.hub.base import load_catalogue
from feedhub.taxonomy import load
from feedhub.web import words
from feedhub.web.languages import LANGUAGES

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."
ID = "se-elm-policy"
HERE = f"/admin/sources/{ID}"


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock, fetch_allow="127.0.0.0/8")
    yield made
    made.hub.close()


def fields(**more: str) -> dict[str, str]:
    return {
        "title": "Policy of the city",
        "kind": "page",
        "url": "https://elm.example/policy",
        "signposts": "policy",
        "every": "24h",
        "publish": "detected",
        "language": "",
        "select": "",
        "drop": "",
        "at_least": "1",
        "notes": "",
        "do": "save",
        **more,
    }


def source(house: House, source_id: str = ID):
    return next(h.source for h in house.hub.source_health() if h.source.id == source_id)


@pytest.mark.parametrize("role", ["curator", "admin"])
def test_a_curators_words_win_over_the_files(house: House, role: str):
    client = house.signed_in(role)
    answer = send(client, HERE, fields(title="Purchasing rules", every="6h", select="main", drop=".date\n.menu"))
    assert answer.status_code == 303
    now = source(house)
    assert (now.title, now.select, now.drop) == ("Purchasing rules", "main", (".date", ".menu"))
    load_catalogue(house.hub)
    assert source(house).title == "Purchasing rules", "a start of feedhub changes nothing about it"
    text = client.get(HERE).get_data(as_text=True)
    assert "Policy of City of Elm" in text, "what the files say stands beside it"


def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_saved(house: House):
    client = house.signed_in("curator")
    for wrong, said in (
        ({"select": "div::("}, "no CSS selector"),
        ({"every": "1s"}, "no duration"),
        ({"url": "ftp://elm.example/"}, "must begin with https://"),
        ({"url": "https://user:pass@elm.example/"}, "not carry a user name"),
    ):
        answer = send(client, HERE, fields(**wrong))
        assert answer.status_code == 400
        assert said in answer.get_data(as_text=True)
    assert house.hub.edited_sources() == []


def test_a_new_source_of_any_authority(house: House, site: Site):
    client = house.signed_in("curator")
    site.pages["/news"] = page("We publish plans.", DUTY)
    new = fields(source_id="gb-oak-news", authority_id="gb-oak", url=f"{site.url}/news", title="News")
    answer = send(client, "/admin/sources/new", new)
    assert answer.headers["Location"] == "/admin/sources/gb-oak-news"
    assert str(source(house, "gb-oak-news").seen) == "2026-11-24"
    client.post("/admin/sources/gb-oak-news/check", data={"csrf_token": token(client.get(HERE))})
    assert "First reading" in client.get("/admin/sources/gb-oak-news").get_data(as_text=True)
    load_catalogue(house.hub)
    (health,) = [h for h in house.hub.source_health() if h.source.id == "gb-oak-news"]
    assert not health.suspended, "no file knows it, and it is watched all the same"


@pytest.mark.parametrize("wrong", ["news", "se-elm-news", "gb-oak-News", "gb-oak-", "gb-oak/../x", ""])
def test_the_id_of_a_new_source_follows_the_rules_of_declarations(house: House, wrong: str):
    client = house.signed_in("curator")
    answer = send(client, "/admin/sources/new", fields(source_id=wrong, authority_id="gb-oak"))
    assert answer.status_code == 400
    assert len(house.hub.source_health()) == 2


def test_an_id_that_is_taken_is_a_conflict(house: House):
    client = house.signed_in("curator")
    answer = send(client, "/admin/sources/new", fields(source_id=ID, authority_id="se-elm"))
    assert answer.status_code == 409
    assert house.hub.edited_sources() == []


def test_trying_shows_text_flicker_and_what_is_detected_and_stores_nothing(house: House, site: Site):
    client, visits = house.signed_in("curator"), []

    def flickering(handler):
        visits.append(1)
        body = page("We buy for the city.", DUTY, f"Ticket office opens in {len(visits)} days for visitors.").encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.pages["/policy"] = flickering
    answer = send(client, HERE, fields(url=f"{site.url}/policy", do="try"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(visits) == 2
    assert "Ticket office opens in 1 days" in text
    assert text.count("disclose the factories") >= 2
    assert "2027" in text
    assert house.hub.edited_sources() == []
    assert "Not checked yet" in client.get(HERE).get_data(as_text=True)


def test_trying_an_inner_address_is_refused_in_words(house: House):
    client = house.signed_in("curator")
    answer = send(client, HERE, fields(url="http://169.254.169.254/latest/meta-data/", do="try"))
    assert answer.status_code == 400
    assert "private or reserved network" in answer.get_data(as_text=True)


def test_suspend_needs_a_reason_and_resume_watches_again(house: House):
    client = house.signed_in("curator")
    assert send(client, f"{HERE}/suspend", {"reason": ""}, page=HERE).status_code == 400
    assert send(client, f"{HERE}/suspend", {"reason": "Moves in May"}, page=HERE).status_code == 303
    (health,) = [h for h in house.hub.source_health() if h.source.id == ID]
    assert health.suspended
    assert "Moves in May" in health.sentence
    assert send(client, f"{HERE}/resume", {}, page=HERE).status_code == 303
    (health,) = [h for h in house.hub.source_health() if h.source.id == ID]
    assert not health.suspended
    assert health.next_due is not None


def test_the_files_hold_again_after_reverting(house: House):
    client = house.signed_in("curator")
    send(client, HERE, fields(title="Other"))
    assert send(client, f"{HERE}/revert", {}, page=HERE).status_code == 303
    assert source(house).title == "Policy of City of Elm"
    assert house.hub.edited_sources() == []


def test_a_base_that_moves_under_an_overlay_is_shown(house: House, tmp_path: Path):
    client = house.signed_in("curator")
    send(client, HERE, fields(title="Other"))
    found = declarations.load(house.hub.settings.sources)
    assert not house.hub.edited_sources()[0].moved
    from dataclasses import replace

    from feedhub.store import catalogue

    changed = [replace(s, url="https://elm.example/rules") if s.id == ID else s for s in found.sources]
    with house.hub.store.writing() as tx:
        catalogue.put_sources(tx, changed)
    assert house.hub.edited_sources()[0].moved
    assert source(house).title == "Other", "the curator's words still win"
    assert "The files changed since" in client.get(HERE).get_data(as_text=True)
    assert "The files changed since" in client.get("/admin/sources").get_data(as_text=True)


def test_the_edited_sources_come_out_as_declaration_files_that_say_the_same(house: House, tmp_path: Path):
    client = house.signed_in("curator")
    send(client, HERE, fields(title="Edited"))
    send(
        client,
        "/admin/sources/new",
        fields(source_id="se-elm-news", authority_id="se-elm", url="https://elm.example/n"),
    )
    answer = client.get("/admin/sources/edited.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.namelist() == ["sources/se/elm.toml"]
        packed.extractall(tmp_path / "out")
    found = declarations.load(tmp_path / "out" / "sources")
    assert {s.id: s.title for s in found.sources} == {"se-elm-news": "Policy of the city", ID: "Edited"}
    assert {s.id: s for s in found.sources}[ID] == source(house)


def test_the_stored_text_is_plain_text_for_curators_only(house: House, site: Site):
    client = house.signed_in("curator")
    assert client.get(f"{HERE}/text").status_code == 404
    site.pages["/policy"] = page("<b>Bold</b> plans &lt;script&gt;alert(1)&lt;/script&gt;", DUTY)
    send(client, HERE, fields(url=f"{site.url}/policy"))
    client.post(f"{HERE}/check", data={"csrf_token": token(client.get(HERE))})
    answer = client.get(f"{HERE}/text")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert DUTY in answer.get_data(as_text=True)
    assert house.buyer().get(f"{HERE}/text").status_code == 403
    assert house.client().get(f"{HERE}/text").status_code == 302


@pytest.mark.parametrize("way", ["", "/suspend", "/resume", "/revert", "/check"])
def test_nothing_happens_without_the_proof_that_the_form_is_ours(house: House, way: str):
    client = house.signed_in("admin")
    before = house.hub.source_health()
    assert client.post(HERE + way, data=fields(reason="because")).status_code == 400
    assert house.hub.source_health() == before


def test_an_unknown_source_is_not_found(house: House):
    client = house.signed_in("curator")
    assert client.get("/admin/sources/se-elm-nothing").status_code == 404


def test_an_edit_keeps_what_the_form_does_not_show(house: House):
    from dataclasses import replace

    from feedhub.store import catalogue

    with house.hub.store.writing() as tx:
        state = catalogue.get_source(tx, ID)
        special = replace(state.source, headers={"Accept-Language": "sv"}, odd="se_elm")
        catalogue.put_sources(tx, [special, source(house, "gb-oak-policy")])
    client = house.signed_in("curator")
    send(client, HERE, fields(title="Edited"))
    now = source(house)
    assert (now.title, now.odd, dict(now.headers)) == ("Edited", "se_elm", {"Accept-Language": "sv"})


def test_the_form_says_whether_a_browser_draws_the_page(house: House):
    client = house.signed_in("curator")
    send(client, HERE, fields(browser="y"))
    assert source(house).browser
    assert 'name="browser" type="checkbox" value="y"' in client.get(HERE).get_data(as_text=True)
    send(client, HERE, fields())
    assert not source(house).browser


def test_the_last_checks_say_their_reason_in_words_and_the_page_leads_to_the_feed_of_outages(house: House):
    from feedhub.store import collecting

    with house.hub.store.writing() as tx:
        ended = collecting.Check(house.hub.now(), "suspect", "error_page", "404 Not Found", 12)
        collecting.put_checks(tx, {ID: ended})
    shown = house.signed_in("curator").get(HERE).get_data(as_text=True)
    assert "The server answered with an error page (404 Not Found)" in shown
    assert "error_page" not in shown
    assert 'href="/feeds/sources.atom"' in house.text("/sources")


def test_kinds_of_sources_are_told_in_words(house: House):
    page = house.signed_in("curator").get("/admin/sources/new").get_data(as_text=True)
    assert 'value="page">Web page</option>' in page
    assert ">eforms<" not in page


@pytest.mark.parametrize("lang", sorted(set(LANGUAGES) - {"en"}))
def test_every_fault_of_a_source_has_words_in_the_languages_of_pages(house: House, lang: str) -> None:
    labels = load().labels[lang]
    assert set(labels["reason"]) == set(labels["reason_todo"]) == set(REASONS)
    with house.app.test_request_context(f"/?ui={lang}"):
        said = {words.reason(code) for code in REASONS} | {words.remedy(code) for code in REASONS}
    assert said & {text for r in REASONS.values() for text in (r.sentence, r.todo)} == set()


def test_a_source_says_in_the_language_of_the_page_why_it_cannot_be_read(house: House, site: Site) -> None:
    client = house.signed_in("curator")
    assert send(client, HERE, fields(url=f"{site.url}/gone")).status_code in (302, 303)
    list(house.hub.check([ID], due_only=False))
    for code, why, remedy in (("de", "Die Seite ist nicht da.", "Suchen Sie die jetzige Adresse der Seite."),
                              ("en", "The page is not there.", "Find the page&#39;s present address.")):  # fmt: skip
        assert f"<p>{why}</p>" in client.get(f"/sources?ui={code}").get_data(as_text=True)
        page = client.get(f"{HERE}?ui={code}").get_data(as_text=True)
        assert why in page
        assert remedy in page
