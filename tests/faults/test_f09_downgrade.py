"""F9: a redirect from https to plain http."""

import requests
from raw_servers import NOW, PAGE, answer, failure, source


def test_a_step_down_to_http_is_refused(make_server, make_fetcher, certificate, ca_file) -> None:
    plain = make_server()
    secure = make_server({"/": answer("301 Moved", Location=plain.url("/page"))}, certificate("127.0.0.1"))
    error = failure(make_fetcher(ca_file=ca_file), secure.url())
    assert error.reason == "redirect_refused"
    assert plain.accepted == 0


def test_a_step_up_to_https_is_followed(make_server, make_fetcher, certificate, ca_file) -> None:
    secure = make_server(context=certificate("127.0.0.1"))
    plain = make_server({"/": answer("301 Moved", Location=secure.url("/page"))})
    found = make_fetcher(ca_file=ca_file).fetch(source(plain.url()), None, NOW)
    assert found.body == PAGE
    assert found.url == secure.url("/page")
    assert found.moved_to == "", "the host is the same"


def test_an_ordinary_client_steps_down(make_server, certificate, ca_file) -> None:
    plain = make_server()
    secure = make_server({"/": answer("301 Moved", Location=plain.url("/page"))}, certificate("127.0.0.1"))
    assert requests.get(secure.url(), timeout=5, verify=ca_file).url == plain.url("/page")
    assert plain.accepted == 1
