"""F10: a redirect to another host gets no credentials; a permanent one is reported for review."""

import pytest
from raw_servers import NOW, PAGE, answer, failure, source

from feedhub.model import Validators

SECRETS = {"Authorization": "Bearer x", "X-Api-Key": "k", "Cookie": "s=1"}


@pytest.fixture
def other(make_server):
    return make_server(address="127.0.0.2")


def test_declared_headers_reach_the_declared_host_only(server, other, fetcher) -> None:
    server.routes["/"] = answer("302 Found", Location=other.url("/there", host="127.0.0.2"), Set_Cookie="sid=1")
    found = fetcher.fetch(source(server.url(), headers=SECRETS), None, NOW)
    assert found.body == PAGE
    first, second = server.pages()[0].headers, other.pages()[0].headers
    assert first["authorization"] == "Bearer x"
    assert first["x-api-key"] == "k"
    assert not {"authorization", "x-api-key", "cookie"} & second.keys()
    assert second["user-agent"].startswith("feedhub/")


def test_robots_txt_is_asked_without_credentials(server, fetcher) -> None:
    fetcher.fetch(source(server.url(), headers=SECRETS), None, NOW)
    asked = next(a for a in server.asked if a.path == "/robots.txt")
    assert not {"authorization", "x-api-key", "cookie"} & asked.headers.keys()


def test_another_port_is_another_place_for_credentials(server, make_server, fetcher) -> None:
    neighbour = make_server()
    server.routes["/"] = answer("302 Found", Location=neighbour.url("/there"))
    fetcher.fetch(source(server.url(), headers=SECRETS), None, NOW)
    assert "authorization" not in neighbour.pages()[0].headers


def test_cookies_are_never_kept(server, fetcher) -> None:
    server.routes["/"] = answer("302 Found", Location="/b", Set_Cookie="sid=1")
    fetcher.fetch(source(server.url()), None, NOW)
    fetcher.fetch(source(server.url()), None, NOW)
    assert all("cookie" not in a.headers for a in server.asked)


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_permanent_move_to_another_host_is_named(status: str, server, other, fetcher) -> None:
    there = other.url("/there", host="127.0.0.2")
    server.routes["/"] = answer(status, Location=there)
    assert fetcher.fetch(source(server.url()), None, NOW).moved_to == there


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_temporary_move_is_no_move(status: str, server, other, fetcher) -> None:
    server.routes["/"] = answer(status, Location=other.url("/there", host="127.0.0.2"))
    assert fetcher.fetch(source(server.url()), None, NOW).moved_to == ""


def test_a_move_on_the_same_host_is_no_move(server, fetcher) -> None:
    server.routes["/"] = answer("301 Moved Permanently", Location="/new")
    found = fetcher.fetch(source(server.url()), None, NOW)
    assert found.moved_to == ""
    assert found.url == server.url("/new")


def test_only_the_unbroken_permanent_part_counts(server, other, fetcher) -> None:
    server.routes["/"] = answer("302 Found", Location="/b")
    server.routes["/b"] = answer("301 Moved Permanently", Location=other.url("/c", host="127.0.0.2"))
    assert fetcher.fetch(source(server.url()), None, NOW).moved_to == ""


def test_a_query_is_not_repeated_to_another_host(server, other, fetcher) -> None:
    server.routes["/"] = answer("307 Temporary Redirect", Location=other.url("/there", host="127.0.0.2"))
    error = failure(fetcher, server.url(), method="POST", body='{"token": "x"}')
    assert error.reason == "redirect_refused"
    assert other.accepted == 0


def test_validators_go_along(server, other, fetcher) -> None:
    server.routes["/"] = answer("302 Found", Location=other.url("/there", host="127.0.0.2"))
    fetcher.fetch(source(server.url()), Validators(etag='"1"'), NOW)
    assert other.pages()[0].headers["if-none-match"] == '"1"'
