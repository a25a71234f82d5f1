"""W1: an evil or empty Host, or a forwarded one, must never reach an address that feedhub writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, request
from web_house import open_house

HOSTS = ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "")


def test_the_fault_an_application_without_trusted_hosts_repeats_what_it_is_told() -> None:
    naive = Flask("naive")
    naive.add_url_rule("/", view_func=lambda: request.url_root)
    assert "evil.example" in naive.test_client().get("/", headers={"Host": "evil.example"}).get_data(as_text=True)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("address", ["/", "/feeds/announcements.atom", "/calendar.ics", "/desk", "/account/login"])
def test_an_evil_host_is_refused(tmp_path: Path, host: str, address: str) -> None:
    house = open_house(tmp_path)
    answer = house.get(address, headers={"Host": host})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.data
    house.hub.close()


def test_addresses_are_those_of_the_base_url_whatever_is_forwarded(tmp_path: Path) -> None:
    house = open_house(tmp_path, base_url="https://feedhub.example.org")
    house.post()
    forwarded = {"Host": "feedhub.example.org", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for address in ("/feeds/announcements.atom", "/calendar.ics", "/notices"):
        answer = house.get(address, headers=forwarded)
        assert b"evil.example" not in answer.data
        assert b"https://feedhub.example.org/" in answer.data
    house.hub.close()
