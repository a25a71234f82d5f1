"""Accounts: one-time links, signing in and out, the same answer for strangers, attempts that are counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from loopback import Clock
from sqlalchemy import func, select
from web_house import CITY, House, open_house, send, token

from feedhub.errors import InvalidInput, NotFound
from feedhub.store.tables import login_attempt, user
from feedhub.web.accounts import PER_ACCOUNT, add_user, disable_user, first_admin_link, list_users

PASSWORD = "four unusual green words"


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


def path(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


def with_password(house: House, email: str = "kim@example.org", role: str = "curator", authority: str = "") -> str:
    link = path(add_user(house.hub, email, role, authority))
    assert send(house.client(), link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    return email


def sign_in(house: House, email: str, password: str = PASSWORD, client=None):  # type: ignore[no-untyped-def]
    return send(client or house.client(), "/account/login", {"email": email, "password": password})


def test_a_link_lets_a_person_choose_a_password_and_sign_in(house: House) -> None:
    email = with_password(house)
    client = house.client()
    answer = sign_in(house, email, client=client)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/account")
    assert email in client.get("/account").get_data(as_text=True)
    account = next(a for a in list_users(house.hub) if a.email == email)
    assert (account.roles, account.waiting, account.last_login) == (("curator",), False, house.hub.now())


def test_a_link_works_once(house: House) -> None:
    link = path(add_user(house.hub, "kim@example.org", "curator"))
    fields = {"password": PASSWORD, "again": PASSWORD}
    assert send(house.client(), link, fields).status_code == 302
    assert house.get(link).status_code == 404


def test_a_link_ends_after_seven_days(house: House) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        link = path(add_user(house.hub, "kim@example.org", "curator"))
    with time_machine.travel("2026-12-01T11:00:00Z", tick=False):
        assert house.get(link).status_code == 200
    with time_machine.travel("2026-12-01T13:00:00Z", tick=False):
        assert house.get(link).status_code == 404


@pytest.mark.parametrize("broken", ["x", "WyJmaXJzdCIsIngiXQ.aaaa.bbbb", "%00"])
def test_a_forged_link_opens_nothing(house: House, broken: str) -> None:
    assert house.get(f"/account/welcome/{broken}").status_code == 404


@pytest.mark.parametrize(("first", "again"), [("short", "short"), (PASSWORD, PASSWORD + "x"), ("", "")])
def test_a_weak_or_mistyped_password_is_refused_and_the_link_stays(house: House, first: str, again: str) -> None:
    link = path(add_user(house.hub, "kim@example.org", "curator"))
    assert send(house.client(), link, {"password": first, "again": again}).status_code == 400
    assert house.get(link).status_code == 200


def test_passwords_are_kept_as_argon2id(house: House) -> None:
    email = with_password(house)
    with house.hub.store.reading() as tx:
        kept = tx.execute(select(user.c.password).where(user.c.email == email)).scalar_one()
    assert kept.startswith("$argon2id$")


def test_the_first_administrator_comes_by_a_link_that_then_ends(house: House) -> None:
    link = first_admin_link(house.hub)
    assert link
    fields = {"email": "Root@Example.org", "password": PASSWORD, "again": PASSWORD}
    assert send(house.client(), path(link), {**fields, "email": "no address"}).status_code == 400
    assert send(house.client(), path(link), fields).status_code == 302
    assert first_admin_link(house.hub) is None
    assert house.get(path(link)).status_code == 404
    client = house.client()
    sign_in(house, "root@example.org", client=client)
    assert client.get("/admin").status_code == 200


def test_unknown_people_and_wrong_passwords_get_the_same_answer(house: House) -> None:
    email = with_password(house)
    disabled = with_password(house, "gone@example.org")
    disable_user(house.hub, disabled)
    pages = []
    for address in (email, "nobody@example.org", disabled):
        answer = sign_in(house, address, "a wrong password here")
        assert answer.status_code in (200, 400)
        page = answer.get_data(as_text=True)
        pages.append((answer.status_code, page.replace(address, "").replace(token(answer), "")))
    assert pages[0] == pages[1] == pages[2]


def test_a_disabled_account_cannot_sign_in(house: House) -> None:
    email = with_password(house)
    disable_user(house.hub, email)
    assert sign_in(house, email).status_code != 302
    with pytest.raises(NotFound):
        disable_user(house.hub, "nobody@example.org")


def test_the_session_is_renewed_when_somebody_signs_in(house: House) -> None:
    email = with_password(house)
    client = house.client()
    client.get("/account/login")
    before = client.get_cookie("feedhub_session").value
    sign_in(house, email, client=client)
    after = client.get_cookie("feedhub_session")
    assert after.value != before
    assert after.http_only
    assert after.same_site == "Lax"


def test_signing_out_ends_the_session(house: House) -> None:
    client = house.client()
    sign_in(house, with_password(house), client=client)
    assert client.get("/account/logout").status_code == 405, "a link must not sign anybody out"
    send(client, "/account/logout", {}, page="/account")
    assert client.get("/review").status_code == 302


def test_changing_the_password_ends_other_sessions(house: House) -> None:
    email = with_password(house)
    here, there = house.client(), house.client()
    for client in (here, there):
        sign_in(house, email, client=client)
    new = "another set of long words"
    fields = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    assert send(here, "/account/password", fields).status_code == 302
    assert there.get("/review").status_code == 302
    assert sign_in(house, email, new).status_code == 302


def test_too_many_attempts_are_429_and_say_when_to_come_back(house: House, clock: Clock) -> None:
    email = with_password(house)
    for _ in range(PER_ACCOUNT):
        assert sign_in(house, email, "a wrong password here").status_code != 429
    answer = sign_in(house, email)
    assert answer.status_code == 429, "even with the right password"
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    clock.forward(minutes=16)
    assert sign_in(house, email).status_code == 302


def test_a_right_password_forgives_earlier_attempts_of_the_account(house: House) -> None:
    email = with_password(house)
    for _ in range(3):
        for _ in range(PER_ACCOUNT - 1):
            sign_in(house, email, "a wrong password here")
        assert sign_in(house, email).status_code == 302


def test_attempts_are_counted_under_keyed_hashes_and_forgotten(house: House, clock: Clock) -> None:
    sign_in(house, "kim@example.org", "a wrong password here")
    with house.hub.store.reading() as tx:
        kept = tx.execute(select(login_attempt.c.who)).scalars().all()
    assert len(kept) == 2
    assert all(len(who) == 64 and "kim" not in who for who in kept)
    clock.at += timedelta(hours=1)
    sign_in(house, "other@example.org", "a wrong password here")
    with house.hub.store.reading() as tx:
        assert tx.execute(select(func.count()).select_from(login_attempt)).scalar_one() == 2


@pytest.mark.parametrize(
    ("email", "role", "authority"),
    [
        ("nonsense", "curator", ""),
        ("a@example.org", "king", ""),
        ("a@example.org", "buyer", ""),
        ("a@example.org", "buyer", "xx"),
    ],
)
def test_an_impossible_account_is_refused(house: House, email: str, role: str, authority: str) -> None:
    with pytest.raises(InvalidInput):
        add_user(house.hub, email, role, authority)
    assert list_users(house.hub) == []


def test_adding_a_known_person_adds_the_role(house: House) -> None:
    add_user(house.hub, "Kim@example.org", "curator")
    add_user(house.hub, "kim@example.org", "buyer", CITY)
    (account,) = list_users(house.hub)
    assert (account.roles, account.authority_id, account.waiting) == (("buyer", "curator"), CITY, True)


def test_administrators_make_accounts_and_see_the_link_once(house: House) -> None:
    admin = house.signed_in("admin")
    answer = send(
        admin, "/admin/users", {"email": "new@example.org", "role": "buyer", "authority_id": CITY}, page="/admin"
    )
    assert answer.status_code == 200
    assert "/account/welcome/" in answer.get_data(as_text=True)
    assert "/account/welcome/" not in admin.get("/admin").get_data(as_text=True)
    bad = send(admin, "/admin/users", {"email": "new@example.org", "role": "buyer", "authority_id": ""}, page="/admin")
    assert bad.status_code == 400
    assert "A buyer needs an authority." in bad.get_data(as_text=True)


def test_administrators_disable_others_but_not_themselves(house: House) -> None:
    admin = house.signed_in("admin")
    add_user(house.hub, "other@example.org", "curator")
    ids = {a.email: a.id for a in list_users(house.hub)}
    for number in ids.values():
        assert send(admin, f"/admin/users/{number}/disable", {}, page="/admin").status_code == 303
    assert {a.email: a.active for a in list_users(house.hub)} == {
        "admin-none@example.org": True,
        "other@example.org": False,
    }
    assert send(admin, "/admin/users/999/disable", {}, page="/admin").status_code == 404
