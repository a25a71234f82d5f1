"""Feeds that moved or retired: 301 to where an authority is now, 410 for what nothing will come of, and nobody misses news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from icalendar import Calendar
from loopback import Clock
from web_house import CITY, House, open_house

from feedhub.errors import DeclarationError, InvalidInput
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.hub.carrying import Topics
from feedhub.model import Authority, Filter
from feedhub.store import catalogue, log
from feedhub.web.shelf import with_shelf

NOW_CALLED = "se-ash"
ATOM = "/feeds/announcements.atom"


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    """The City of Elm posted, and is the City of Ash since."""
    made = open_house(tmp_path, clock)
    made.post(title="Posted by Elm")
    rename(made.hub, Authority(NOW_CALLED, "City of Ash", "SE", formerly=(CITY,)))
    yield made
    made.hub.close()


def rename(hub: Hub, *authorities: Authority) -> None:
    with hub.store.writing() as tx:
        log.touch(tx)
        catalogue.put_authorities(tx, authorities)


def titles(house: House, address: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(house.hub.render(address).body).entries]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{ATOM}?authority={CITY}", f"{ATOM}?authority={NOW_CALLED}"),
        (f"{ATOM}?utm_source=x&topic=living_wage&authority={CITY}", f"{ATOM}?authority={NOW_CALLED}&topic=living_wage"),
        (f"/calendar.ics?reminders=events&authority={CITY}", f"/calendar.ics?authority={NOW_CALLED}&reminders=events"),
        (
            f"/feeds/notices.json?authority={CITY}&authority=gb-oak",
            f"/feeds/notices.json?authority=gb-oak&authority={NOW_CALLED}",
        ),
        (f"/api/v1/notices?authority={CITY}", f"/api/v1/notices?authority={NOW_CALLED}"),
        (f"/authorities/{CITY}", f"/authorities/{NOW_CALLED}"),
    ],
)
@pytest.mark.parametrize("shelf", [False, True])
def test_an_address_with_a_former_id_leads_to_the_present_one_for_good(
    house: House, old: str, new: str, shelf: bool
) -> None:
    if shelf:
        house.app.wsgi_app = with_shelf(house.app.wsgi_app, house.hub)  # type: ignore[method-assign]
    for _ in range(2):
        answer = house.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, new)
    if not old.startswith("/authorities"):
        assert answer.headers["Cache-Control"].startswith("public")
    assert house.get(new).status_code == 200


def test_what_was_announced_under_the_former_id_stays_in_the_feeds_calendar_and_pages(house: House) -> None:
    assert titles(house, f"{ATOM}?authority={NOW_CALLED}") == ["New: Posted by Elm"]
    assert titles(house, f"/feeds/notices.atom?authority={NOW_CALLED}") == ["Posted by Elm"]
    calendar = Calendar.from_ical(house.hub.render(f"/calendar.ics?authority={NOW_CALLED}").body)
    assert len(calendar.walk("VEVENT")) == 2
    assert house.hub.authority(NOW_CALLED).total == 1
    for page in (f"/authorities/{NOW_CALLED}", f"/notices?authority={NOW_CALLED}", f"/notices?authority={CITY}"):
        assert "Posted by Elm" in house.get(page).text


def test_a_former_authority_is_offered_nowhere(house: House) -> None:
    assert CITY not in house.hub.known_values()["authority"]
    assert CITY not in [view.authority.id for view in house.hub.authorities()]
    assert f"authority={CITY}" not in house.get("/feeds.opml").text


def test_who_listens_to_the_former_address_gets_what_the_present_one_says(house: House) -> None:
    post_as_ash(house)
    content = Topics(house.hub.render).get(f"{ATOM}?authority={CITY}")
    assert [e.title for e in feedparser.parse(content.body).entries] == ["New: Posted by Ash", "New: Posted by Elm"]
    for kind, topic, query in (("websub", f"{ATOM}?authority={CITY}", ""), ("mail", "", f"authority={CITY}")):
        with house.hub.store.reading() as tx:
            found = log.find(tx, house.hub._where((kind, topic, query)))
        assert [e.title for e in found] == ["New: Posted by Ash", "New: Posted by Elm"]


def test_the_hub_renews_no_lease_for_a_former_address_and_names_the_present_one(house: House) -> None:
    topic = house.hub.instance.url(f"{ATOM}?authority={CITY}")
    fields = [("hub.mode", "subscribe"), ("hub.topic", topic), ("hub.callback", "https://reader.example/")]
    with pytest.raises(InvalidInput, match=rf"now at {ATOM}\?authority={NOW_CALLED}"):
        house.hub.ask_websub(fields, "127.0.0.1")


def post_as_ash(house: House) -> None:
    house.post(NOW_CALLED, title="Posted by Ash")


def test_renamed_twice_an_authority_is_found_under_both_and_a_circle_ends(house: House) -> None:
    rename(house.hub, Authority("se-fir", "City of Fir", "SE", formerly=(NOW_CALLED,)))
    assert house.hub.renamed() == {CITY: "se-fir", NOW_CALLED: "se-fir"}
    assert titles(house, f"{ATOM}?authority=se-fir") == ["New: Posted by Elm"]
    rename(house.hub, Authority(CITY, "City of Elm", "SE", formerly=("se-fir",)))
    assert house.get(f"{ATOM}?authority={CITY}").status_code in (200, 301)


def test_a_value_that_was_in_use_once_is_gone_and_one_that_never_was_is_unknown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = "supply_chain_transparency"
    assert house.get(f"{ATOM}?topic={topic}").status_code == 200
    left = {name: found for name, found in house.hub.taxonomy.topics.items() if name != topic}
    monkeypatch.setattr(house.hub, "taxonomy", replace(house.hub.taxonomy, topics=left))
    house.hub.memo.kept.clear()
    for address in (f"{ATOM}?topic={topic}", f"/calendar.ics?topic={topic}", f"/notices?topic={topic}"):
        answer = house.get(address)
        assert answer.status_code == 410, address
        assert "not used any more" in answer.text
    assert house.get(f"{ATOM}?topic={topic}").headers["Cache-Control"].startswith("public")
    assert house.get(f"{ATOM}?topic=never_was").status_code == 400


def test_a_file_that_got_another_name_names_the_former_id(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue" / "se"
    folder.mkdir(parents=True)
    told = '[authority]\nname = "City of Yew"\ncountry = "SE"\nformerly = ["se-ash"]\n'
    (folder / "yew.toml").write_text(told, encoding="utf-8")
    house.hub.settings = replace(house.hub.settings, sources=folder.parent)
    load_catalogue(house.hub)
    assert house.hub.renamed() == {CITY: "se-yew", NOW_CALLED: "se-yew"}
    (folder / "ash.toml").write_text('[authority]\nname = "City of Ash"\ncountry = "SE"\n', encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"se/yew.toml: authority.formerly: “se-ash” is declared in se/ash.toml"):
        load_catalogue(house.hub)


def test_filters_of_other_authorities_are_left_alone(house: House) -> None:
    other = Filter({"authority": ("gb-oak",)})
    assert house.hub.present(other) == house.hub.aliased(other) == other
