"""W6: a thousand attempts to sign in, and people that do not exist."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from web_house import House, open_house, send, token

from feedhub.web.accounts import PER_ACCOUNT, PER_ADDRESS, add_user

PASSWORD = "four unusual green words"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    link = add_user(made.hub, "kim@example.org", "curator").partition("8000")[2]
    send(made.client(), link, {"password": PASSWORD, "again": PASSWORD})
    yield made
    made.hub.close()


def test_guessing_one_account_ends_with_429(house: House) -> None:
    client = house.client()
    proof = token(client.get("/account/login"))
    seen = []
    for number in range(40):
        fields = {"email": "kim@example.org", "password": f"guess number {number}", "csrf_token": proof}
        seen.append(client.post("/account/login", data=fields).status_code)
    assert seen.count(429) == 40 - PER_ACCOUNT
    assert set(seen[PER_ACCOUNT:]) == {429}


def test_guessing_many_accounts_from_one_address_ends_with_429(house: House) -> None:
    client = house.client()
    proof = token(client.get("/account/login"))
    seen = []
    for number in range(PER_ADDRESS + 10):
        fields = {"email": f"p{number}@example.org", "password": "a wrong password", "csrf_token": proof}
        seen.append(client.post("/account/login", data=fields).status_code)
    assert seen[-10:] == [429] * 10
    assert 429 not in seen[:PER_ADDRESS]


def test_attempts_count_in_every_process_that_shares_the_database(house: House) -> None:
    other = House(house.hub)
    for number in range(PER_ACCOUNT):
        where = house if number % 2 else other
        send(where.client(), "/account/login", {"email": "kim@example.org", "password": "a wrong password"})
    assert send(other.client(), "/account/login", {"email": "kim@example.org", "password": PASSWORD}).status_code == 429


def test_an_unknown_person_gets_the_same_answer_after_the_same_work(house: House, clock) -> None:
    def ask(email: str) -> tuple[float, str]:
        client = house.client()
        proof = token(client.get("/account/login"))
        began = time.process_time()
        answer = client.post("/account/login", data={"email": email, "password": "a wrong one", "csrf_token": proof})
        spent = time.process_time() - began
        return spent, answer.get_data(as_text=True).replace(email, "").replace(token(answer), "")

    known = [ask("kim@example.org") for _ in range(7)]
    unknown = [ask("nobody@example.org") for _ in range(7)]
    assert {page for _, page in known} == {page for _, page in unknown}
    a, b = (median(spent for spent, _ in rows) for rows in (known, unknown))
    assert 0.4 < a / b < 2.5
