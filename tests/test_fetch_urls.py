"""Addresses become one canonical form, or are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.errors import FetchError
from feedhub.fetch import normalise_url
from feedhub.fetch.urls import join, may_carry, same_host


@pytest.mark.parametrize(
    ("given_url", "canonical"),
    [
        ("http://Example.ORG", "http://example.org/"),
        ("HTTPS://example.org:443/a", "https://example.org/a"),
        ("http://example.org:80/", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("http://example.org./", "http://example.org/"),
        ("https://upphandling.example/a#del-2", "https://upphandling.example/a"),
        ("https://example.org/a/../b/./c", "https://example.org/b/c"),
        ("https://example.org/a b?c d", "https://example.org/a%20b?c%20d"),
        ("https://example.org/möbel?ä=ö", "https://example.org/m%C3%B6bel?%C3%A4=%C3%B6"),
        ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
        ("https://example.org/b%zz", "https://example.org/b%25zz"),
        ("https://example.org/%70/%2e%2e/q", "https://example.org/q"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"),
        ("  https://example.org/ ", "https://example.org/"),
        ("https://a_b.example/", "https://a_b.example/"),
        ("https://example.org/@user/", "https://example.org/@user/"),
        ("https://example.org?q=1", "https://example.org/?q=1"),
    ],
)
def test_the_canonical_form(given_url: str, canonical: str) -> None:
    assert normalise_url(given_url) == canonical


@given(st.text(alphabet="abz09./:@\\?#%[]-_ ①é\u200b\r\n", max_size=30))
def test_whatever_comes_is_stable_or_refused(rest: str) -> None:
    try:
        once = normalise_url("http://" + rest)
    except FetchError:
        return
    assert normalise_url(once) == once
    assert once.isascii()
    assert not set(once) & set("\\\r\n #")


@pytest.mark.parametrize(
    ("location", "result"),
    [
        ("/b", "https://example.org/b"),
        ("b", "https://example.org/a/b"),
        ("//other.example/x", "https://other.example/x"),
        ("?p=2", "https://example.org/a/page?p=2"),
        ("https://other.example/x y", "https://other.example/x%20y"),
        ("/möbel".encode().decode("latin-1"), "https://example.org/m%C3%B6bel"),
    ],
)
def test_a_location_is_joined_and_made_canonical(location: str, result: str) -> None:
    assert join("https://example.org/a/page", location) == result


@pytest.mark.parametrize("location", ["http://[::1", "\\\\evil.example\\x", "javascript:1", "http://a@b/", "/a\tb"])
def test_an_odd_location_is_refused(location: str) -> None:
    with pytest.raises(FetchError):
        join("https://example.org/a", location)


def test_credentials_go_to_the_same_place_or_its_secure_form_only() -> None:
    assert may_carry("http://a.example/x", "http://a.example/y")
    assert may_carry("http://a.example/", "https://a.example/")
    assert not may_carry("https://a.example/", "http://a.example/")
    assert not may_carry("https://a.example/", "https://a.example:8443/")
    assert not may_carry("http://a.example:8080/", "https://a.example/")
    assert not may_carry("https://a.example/", "https://b.a.example/")


def test_www_is_no_move() -> None:
    assert same_host("http://a.example/", "https://www.a.example/")
    assert not same_host("http://a.example/", "https://b.example/")
