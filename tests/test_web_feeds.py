"""Feeds over HTTP: conditional, compressed, open, the same for everybody."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Clock
from web_house import CITY, House, open_house


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    made.post()
    yield made
    made.hub.close()


ATOM = "/feeds/announcements.atom"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (ATOM, "application/atom+xml; charset=utf-8"),
        ("/feeds/announcements.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/announcements.json", "application/feed+json; charset=utf-8"),
        ("/feeds/notices.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/lessons.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/calendar.ics", "text/calendar; charset=utf-8"),
        ("/api/v1/notices", "application/json; charset=utf-8"),
        ("/api/v1/announcements", "application/json; charset=utf-8"),
        ("/ocds/releases.json", "application/json; charset=utf-8"),
    ],
)
def test_every_public_address_sends_its_exact_content_type(house: House, address: str, kind: str) -> None:
    answer = house.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind


def test_a_notice_is_sent_in_every_format(house: House) -> None:
    notice = house.post(title="Monitors")
    for kind in ("json", "ics", "atom"):
        assert house.get(f"/notices/{notice.id}.{kind}").status_code == 200
    assert house.get("/notices/nope.json").status_code == 404


def test_the_bytes_are_those_the_hub_renders(house: House) -> None:
    assert house.get(ATOM).data == house.hub.render(ATOM).body


def test_an_unchanged_feed_answers_304_with_its_validators(house: House) -> None:
    first = house.get(ATOM)
    again = house.get(ATOM, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


def test_if_none_match_wins_over_if_modified_since(house: House) -> None:
    first = house.get(ATOM)
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert house.get(ATOM, headers=since).status_code == 304
    assert house.get(ATOM, headers={**since, "If-None-Match": '"other"'}).status_code == 200
    assert house.get(ATOM, headers={"If-Modified-Since": "Mon, 02 Jan 2006 15:04:05 GMT"}).status_code == 200


def test_a_new_announcement_changes_the_etag(house: House) -> None:
    before = house.get(ATOM).headers["ETag"]
    house.post(title="Another one")
    after = house.get(ATOM, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_gzip_has_a_strong_etag_of_its_own_and_no_time_in_it(house: House) -> None:
    plain = house.get(ATOM)
    zipped = house.get(ATOM, headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.data[4:8] == b"\0\0\0\0"
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert not zipped.headers["ETag"].startswith("W/")
    same = {"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]}
    answer = house.get(ATOM, headers=same)
    assert answer.status_code == 304
    assert "Content-Encoding" not in answer.headers
    assert house.get(ATOM, headers={"If-None-Match": zipped.headers["ETag"]}).status_code == 200


def test_head_sends_the_headers_of_get_without_a_body(house: House) -> None:
    got, head = house.get(ATOM), house.client().head(ATOM)
    assert head.data == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
        assert head.headers[name] == got.headers[name]


def test_any_page_on_the_web_may_read_a_feed_even_conditionally(house: House) -> None:
    assert house.get(ATOM).headers["Access-Control-Allow-Origin"] == "*"
    asked = house.client().options(
        ATOM, headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    )
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
    assert "GET" in asked.headers["Access-Control-Allow-Methods"]


def test_a_feed_never_sets_a_cookie_and_never_varies_by_one(house: House) -> None:
    client = house.buyer()
    client.set_cookie("remember_token", "1|x")
    answer = client.get(ATOM)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"].startswith("public, max-age=60")
    assert answer.data == house.get(ATOM).data


def test_tracking_parameters_change_nothing(house: House) -> None:
    assert house.get(f"{ATOM}?utm_source=mail&fbclid=1").data == house.get(ATOM).data


def test_an_unknown_parameter_is_refused_in_plain_text(house: House) -> None:
    answer = house.get(f"{ATOM}?colour=red")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "colour" in answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("address", ["/feeds/nothing.atom", "/feeds/archive/announcements/9.atom", "/feeds/../x.atom"])
def test_an_unknown_feed_is_404_in_plain_text(house: House, address: str) -> None:
    answer = house.get(address)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_self_is_linked_in_its_canonical_form(house: House) -> None:
    answer = house.get(f"{ATOM}?country=SE&authority={CITY}&utm_medium=x")
    assert f'<http://127.0.0.1:8000{ATOM}?authority={CITY}&country=SE>; rel="self"' in answer.headers["Link"]


def test_openapi_describes_the_filter_parameters(house: House) -> None:
    document = house.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assert CITY in document["components"]["parameters"]["authority"]["schema"]["items"]["enum"]
    assert "/feeds/announcements.atom" in document["paths"]


@pytest.mark.parametrize("number", ["0", "00", "01", "0000001"])
def test_an_archive_has_one_number_and_none_is_the_head(house: House, number: str) -> None:
    for i in range(200):
        house.post(title=f"Notice {i}")
    assert house.get("/feeds/archive/announcements/1.atom").status_code == 200
    assert house.get(f"/feeds/archive/announcements/{number}.atom").status_code == 404


def test_a_parameter_that_is_no_filter_can_be_given_only_once_too(house: House) -> None:
    assert house.get("/feeds/notices.atom?page=1&page=1").status_code == 200
    for address in ("/feeds/notices.atom?page=1&page=2", "/calendar.ics?reminders=events&reminders="):
        answer = house.get(address)
        assert answer.status_code == 400
        assert "only once" in answer.text


@pytest.mark.parametrize("query", ["x" * 5000, f"topic={'x' * 5000}", f"{'x' * 5000}=1&topic=y"])
def test_a_refusal_never_repeats_more_than_a_line_of_the_address(house: House, query: str) -> None:
    answer = house.get(f"{ATOM}?{query}")
    assert answer.status_code == 400
    assert len(answer.text) < 300
