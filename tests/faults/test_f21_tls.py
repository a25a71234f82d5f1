"""F21: certificates that are expired, for another name, or signed by nobody known."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import trustme
from raw_servers import NOW, PAGE, failure, source


@pytest.fixture
def bad(certificate):
    return {
        "expired": lambda: certificate("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1)),
        "wrong name": lambda: certificate("other.example"),
        "unknown authority": lambda: certificate("127.0.0.1", ca=trustme.CA()),
    }


@pytest.mark.parametrize("kind", ["expired", "wrong name", "unknown authority"])
def test_a_bad_certificate_is_tls_and_nothing_is_asked(kind: str, bad, make_server, make_fetcher, ca_file) -> None:
    server = make_server(context=bad[kind]())
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.url(), timeout=2, verify=ca_file)
    assert failure(make_fetcher(ca_file=ca_file), server.url()).reason == "tls"
    assert server.asked == [], "never asked again without verification"
    assert server.accepted == 2, "one attempt by requests, one by us"


def test_a_good_certificate_is_taken(make_server, make_fetcher, certificate, ca_file) -> None:
    server = make_server(context=certificate("127.0.0.1"))
    assert make_fetcher(ca_file=ca_file).fetch(source(server.url()), None, NOW).body == PAGE


def test_the_default_trusts_public_authorities_only(make_server, fetcher, certificate) -> None:
    server = make_server(context=certificate("127.0.0.1"))
    assert failure(fetcher, server.url()).reason == "tls"


def test_a_server_without_tls_is_tls(server, fetcher, monkeypatch) -> None:
    monkeypatch.setattr(
        server, "_serve", lambda sock: (sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), sock.close())
    )
    assert failure(fetcher, server.url().replace("http:", "https:")).reason == "tls"


def test_the_environment_cannot_name_another_authority(make_server, fetcher, certificate, ca_file, monkeypatch) -> None:
    server = make_server(context=certificate("127.0.0.1"))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, ca_file)
    assert failure(fetcher, server.url()).reason == "tls"
