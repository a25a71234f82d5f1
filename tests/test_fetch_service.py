"""The fetcher and the lent session as the hub uses them: from many threads, polite, and named."""

import ipaddress
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from raw_servers import (  # noqa: F401 - fixtures
    LOOPBACK,
    NOW,
    PAGE,
    TINY,
    answer,
    authority,
    ca_file,
    certificate,
    failure,
    fetcher,
    make_fetcher,
    make_server,
    server,
    source,
)

from feedhub.errors import FetchError
from feedhub.fetch import Fetcher, guarded_session, user_agent
from feedhub.model import Fetched, NotModified, SourceKind, Validators


def test_the_user_agent_names_us_our_version_and_a_contact() -> None:
    assert user_agent("0.1.0", "ops@example.org", "") == "feedhub/0.1.0 (+ops@example.org)"
    assert user_agent("0.1.0", "", "https://feedhub.example.org") == "feedhub/0.1.0 (+https://feedhub.example.org)"


@pytest.mark.parametrize(
    "base", ["", "http://127.0.0.1:8000", "http://localhost:8000", "https://x.local", "http://[::1"]
)
def test_a_base_url_nobody_can_reach_is_no_contact(base: str) -> None:
    assert user_agent("0.1.0", "", base) == "feedhub/0.1.0"


def test_a_contact_cannot_break_the_header() -> None:
    assert user_agent("0.1.0", "a)\r\nX-Evil: 1 (ü", "") == "feedhub/0.1.0 (+aX-Evil:1)"


def test_every_request_carries_the_user_agent_even_against_a_declaration(server, fetcher) -> None:  # noqa: F811
    fetcher.fetch(source(server.url(), headers={"User-Agent": "Mozilla/5.0", "Host": "evil.example"}), None, NOW)
    assert {a.headers["user-agent"] for a in server.asked} == {"feedhub/0.1.0 (+ops@example.org)"}
    assert {a.headers["host"] for a in server.asked} == {f"127.0.0.1:{server.port}"}
    assert len(server.asked) == 2


def test_what_comes_back_carries_the_http_facts(server, fetcher) -> None:  # noqa: F811
    server.routes["/"] = answer(
        body=PAGE,
        Content_Type="text/html; charset=UTF-8",
        ETag='"v1"',
        Last_Modified="Mon, 02 Nov 2026 08:00:00 GMT",
        Cache_Control="max-age=3600",
    )
    assert fetcher.fetch(source(server.url("/#top")), None, NOW) == Fetched(
        body=PAGE,
        url=server.url(),
        content_type="text/html",
        charset="utf-8",
        validators=Validators('"v1"', "Mon, 02 Nov 2026 08:00:00 GMT", NOW),
        fresh_for=3600.0,
    )


def test_a_query_is_posted_as_declared(server, fetcher) -> None:  # noqa: F811
    body = '{"query": "notice-type IN (pin-only)", "ort": "Malmö"}'
    asked = source(
        server.url(), kind=SourceKind.EFORMS, method="post", body=body, headers={"accept": "text/x", "X-Key": "k"}
    )
    assert fetcher.fetch(asked, None, NOW).body == PAGE
    seen = server.pages()[0]
    assert (seen.method, seen.body) == ("POST", body.encode())
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["accept"] == "text/x"
    assert seen.headers["x-key"] == "k"


def test_a_form_query_and_a_see_other(server, fetcher) -> None:  # noqa: F811
    server.routes["/"] = answer("303 See Other", Location="/result")
    assert fetcher.fetch(source(server.url(), method="POST", body="q=ict"), None, NOW).url == server.url("/result")
    first, second = server.pages()
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (second.method, second.body) == ("GET", b"")
    assert "content-type" not in second.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "CONNECT", "GET /x HTTP/1.1\r\nHost: e"])
def test_only_reading_methods_are_sent(method: str, server, fetcher) -> None:  # noqa: F811
    assert failure(fetcher, server.url(), method=method).reason == "bad_url"
    assert server.accepted == 0


def test_the_language_of_the_source_is_asked_for(server, fetcher) -> None:  # noqa: F811
    fetcher.fetch(source(server.url(), language="sv", kind=SourceKind.FEED), None, NOW)
    headers = server.pages()[0].headers
    assert headers["accept-language"].startswith("sv")
    assert "application/atom+xml" in headers["accept"]


def test_the_proxy_of_the_environment_is_not_used(make_server, fetcher, monkeypatch) -> None:  # noqa: F811
    page, proxy = make_server(), make_server()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url())
    monkeypatch.setenv("no_proxy", "")
    requests.get(page.url(), timeout=2)
    assert proxy.asked, "an ordinary client goes through it"
    proxy.asked.clear()
    assert fetcher.fetch(source(page.url()), None, NOW).body == PAGE
    assert proxy.asked == []


def test_many_threads_share_one_fetcher(make_server, fetcher) -> None:  # noqa: F811
    servers = [make_server({"/": answer(body=PAGE, ETag='"1"')}) for _ in range(6)]

    def one(number: int) -> str:
        url = servers[number % 6].url()
        return type(fetcher.fetch(source(url), None, NOW)).__name__

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(one, range(240))) == {"Fetched"}
    assert sum(len(s.pages()) for s in servers) == 240
    assert all(s.accepted <= 16 for s in servers), "connections are kept"


def test_no_thread_is_left_after_close(server) -> None:  # noqa: F811
    before = {t for t in threading.enumerate() if t.name.startswith(("fetch", "lookup"))}
    own = Fetcher(allow=LOOPBACK, resolver=lambda _host, _port: ["127.0.0.1"])
    own.fetch(source(server.url(host="one.example")), None, NOW)
    own.close()
    time.sleep(0.05)
    assert {t for t in threading.enumerate() if t.name.startswith(("fetch", "lookup"))} <= before


def test_a_deadline_of_an_earlier_fetch_never_cuts_a_later_one(server, make_fetcher) -> None:  # noqa: F811
    patient = make_fetcher(limits=TINY)
    start = time.monotonic()
    while time.monotonic() - start < 1.2:
        assert patient.fetch(source(server.url()), None, NOW).status == 200
    assert server.accepted == 1


def test_checks_of_unchanged_pages_keep_pace_with_a_bare_client(make_server) -> None:  # noqa: F811
    """A smoke test with a wide margin; the figure is measured by the benchmarks."""
    server = make_server({"/": lambda _asked, _sock: answer("304 Not Modified", length=0, ETag='"1"')})  # noqa: F811
    own, session = Fetcher(allow=LOOPBACK), requests.Session()
    asked, known = source(server.url()), Validators('"1"')
    own.fetch(asked, known, NOW)
    session.get(server.url(), timeout=2)

    def timed(call) -> float:
        start = time.perf_counter()
        for _ in range(60):
            call()
        return time.perf_counter() - start

    ours = min(timed(lambda: own.fetch(asked, known, NOW)) for _ in range(3))
    bare = min(timed(lambda: session.get(server.url(), headers={"If-None-Match": '"1"'}, timeout=2)) for _ in range(3))
    own.close()
    session.close()
    assert ours < bare * 2


@pytest.fixture
def session():
    lent = guarded_session(LOOPBACK, "feedhub/0.1.0")
    yield lent
    lent.close()


def test_the_lent_session_posts_and_hands_back_a_small_answer(server, session) -> None:  # noqa: F811
    server.routes["/hook"] = answer("202 Accepted", body=b'{"ok": true}', X_Id="7")
    reply = session.post(server.url("/hook"), b"<feed/>", {"Content-Type": "application/atom+xml"}, timeout=2)
    assert (reply.status, reply.status_code, reply.ok, reply.json()) == (202, 202, True, {"ok": True})
    assert reply.headers["x-id"] == "7"
    seen = server.asked[0]
    assert (seen.method, seen.body, seen.headers["content-type"]) == ("POST", b"<feed/>", "application/atom+xml")
    assert seen.headers["user-agent"] == "feedhub/0.1.0"


def test_the_lent_session_asks_no_robots_txt_and_follows_no_redirect(server, session) -> None:  # noqa: F811
    server.routes["/hook"] = answer("307 Temporary Redirect", Location="/elsewhere")
    assert session.post(server.url("/hook"), "x", timeout=2).status == 307
    assert session.get(server.url("/hook"), timeout=2).status == 307
    assert [a.path for a in server.asked] == ["/hook", "/hook"]


def test_the_lent_session_cuts_a_long_answer(server, session) -> None:  # noqa: F811
    server.routes["/hook"] = answer(body=b"x" * 3_000_000)
    reply = session.post(server.url("/hook"), b"", timeout=3)
    assert len(reply.body) == 1024 * 1024
    assert reply.text.startswith("xxx")


def test_the_lent_session_is_guarded(server) -> None:  # noqa: F811
    lent = guarded_session((ipaddress.ip_network("10.0.0.0/8"),), "feedhub")
    for url, reason in ((server.url(), "blocked_address"), ("http://a@b.example/", "bad_url")):
        with pytest.raises(FetchError) as caught:
            lent.post(url, b"")
        assert caught.value.reason == reason
    lent.close()
    assert server.accepted == 0


def test_the_lent_session_has_a_total_deadline(server, session) -> None:  # noqa: F811
    def drip(_asked, sock):
        while not server.closing.wait(0.05):
            sock.sendall(b"H")

    server.routes["/hook"] = drip
    start = time.monotonic()
    with pytest.raises(FetchError) as caught:
        session.post(server.url("/hook"), b"", timeout=0.4)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - start < 1.5


def test_a_second_answer_after_a_day_confirms(server, fetcher) -> None:  # noqa: F811
    server.routes["/"] = lambda asked, _sock: (
        answer("304 Not Modified", length=0) if asked.headers.get("if-none-match") else answer(body=PAGE, ETag='"1"')
    )
    first = fetcher.fetch(source(server.url()), None, NOW)
    assert fetcher.fetch(source(server.url()), first.validators, NOW + timedelta(days=1)) == NotModified(server.url())
