"""What protects people: roles on every route, hosts, forms, headers, cookies, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from loopback import Clock
from sqlalchemy import event
from web_house import CITY, NEW, House, open_house, send, token
from werkzeug.routing import Rule

from feedhub.hub.subscriptions import PER_HOUR
from feedhub.web import with_shelf
from feedhub.web.accounts import ROLES, add_user
from feedhub.web.security import CSP, BehindProxies


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = open_house(tmp_path, clock)
    yield made
    made.hub.close()


#: Endpoints that everybody may use; every other route must be in `GUARDED`.
PUBLIC = {
    *("pages", "calendar", "signposts", "builder", "feeds", "api", "operations", "subscribe", "static", "ask"),
    *("accounts.home", "accounts.welcome", "security.login", "security.logout"),
}
GUARDED = {
    "desk": {"buyer"},
    "answers": {"buyer", "curator", "admin"},
    "review": {"curator", "admin"},
    "source_pages": {"curator", "admin"},
    "admin": {"admin"},
    "security": set(ROLES),
}


def guarded(house: House) -> Iterator[tuple[Rule, str, set[str]]]:
    for rule in house.app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if room in PUBLIC or rule.endpoint in PUBLIC:
            continue
        assert room in GUARDED, f"{rule} is neither public nor guarded: say which"
        yield rule, re.sub(r"<int:[^>]+>", "1", re.sub(r"<(?!int)[^>]+>", "x", rule.rule)), GUARDED[room]


def ask(client: FlaskClient, rule: Rule, address: str) -> int:
    method = "GET" if "GET" in (rule.methods or ()) else "POST"
    data = {}
    if method == "POST":
        data["csrf_token"] = token(client.get("/account/login"))
    return client.open(address, method=method, data=data).status_code


def test_no_guarded_route_answers_a_stranger(house: House) -> None:
    seen = 0
    for rule, address, _ in guarded(house):
        client = house.client()
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            form = {"csrf_token": token(client.get("/account/login"))} if method == "POST" else {}
            answer = client.open(address, method=method, data=form)
            assert answer.status_code in (302, 401, 403), (method, address, answer.status_code)
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/account/login"), address
            seen += 1
    assert seen >= 12


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_guarded_route_answers_another_role(house: House, role: str) -> None:
    client = house.signed_in(role, CITY if role == "buyer" else "")
    for rule, address, roles in guarded(house):
        if role in roles:
            continue
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            form = {"csrf_token": token(client.get("/account/password"))} if method == "POST" else {}
            assert client.open(address, method=method, data=form).status_code == 403, (method, address)


@pytest.mark.parametrize(
    ("role", "address"), [("buyer", "/desk"), ("curator", "/review"), ("admin", "/review"), ("admin", "/admin")]
)
def test_the_right_role_gets_in_and_the_page_is_kept_nowhere(house: House, role: str, address: str) -> None:
    answer = house.signed_in(role, CITY if role == "buyer" else "").get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_disabled_account_is_out_at_once(house: House) -> None:
    from feedhub.web.accounts import disable_user

    client = house.buyer()
    assert client.get("/desk").status_code == 200
    disable_user(house.hub, f"buyer-{CITY}@example.org")
    assert client.get("/desk").status_code == 302


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a b", "localhost@evil.example"])
def test_a_request_for_another_host_is_400(house: House, host: str) -> None:
    for address in ("/", "/feeds/announcements.atom", "/account/login"):
        answer = house.get(address, headers={"Host": host})
        assert answer.status_code == 400, address
        assert "evil.example" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("shelf", [False, True])
def test_a_host_is_the_same_in_capitals(house: House, shelf: bool) -> None:
    if shelf:
        house.app.wsgi_app = with_shelf(house.app.wsgi_app, house.hub)  # type: ignore[method-assign]
    for address in ("/about", "/feeds/announcements.atom"):
        assert house.get(address, headers={"Host": "LocalHost:8000"}).status_code == 200, address


def test_a_forwarded_host_changes_no_address(house: House) -> None:
    house.post()
    for address in ("/feeds/announcements.atom", "/notices"):
        answer = house.get(address, headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
        assert b"evil.example" not in answer.data


def test_the_base_url_and_the_settings_name_the_hosts(tmp_path: Path) -> None:
    house = open_house(tmp_path, base_url="https://feedhub.example.org", trusted_hosts="inner.example.org")
    for host, status in (
        ("feedhub.example.org", 200),
        ("inner.example.org", 200),
        ("127.0.0.1", 400),
        ("localhost", 400),
    ):
        assert house.get("/about", headers={"Host": host}).status_code == status, host


@pytest.mark.parametrize(
    "address", ["/", "/feeds/announcements.atom", "/nothing", "/account/login", "/static/feedhub.css"]
)
def test_every_answer_carries_the_headers_that_protect(house: House, address: str) -> None:
    headers = house.get(address).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_https_adds_hsts_and_secure_cookies(tmp_path: Path) -> None:
    house = open_house(tmp_path, base_url="https://feedhub.example.org")
    answer = house.get("/account/login", base_url="https://feedhub.example.org")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-feedhub=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Domain=" not in cookie


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    assert "unsafe" not in CSP
    assert "default-src 'none'" in CSP
    assert "frame-ancestors 'none'" in CSP


@pytest.mark.parametrize("value", [None, "", "stale", "WyJ4Il0.aaaa.bbbb"])
def test_a_form_without_or_with_a_stale_proof_is_400_and_stores_nothing(house: House, value: str | None) -> None:
    client = house.buyer()
    client.get("/desk/new")
    fields = {**NEW, "action": "publish"}
    if value is not None:
        fields["csrf_token"] = value
    before = house.get("/feeds/announcements.atom").data
    answer = client.post("/desk/new", data=fields)
    assert answer.status_code == 400
    assert house.get("/feeds/announcements.atom").data == before


def test_every_form_that_posts_holds_a_proof(house: House) -> None:
    house.post()
    admin, buyer = house.signed_in("admin"), house.buyer()
    notice = house.post(title="Mine")
    for client, address in (
        (admin, "/admin"),
        (admin, f"/review/notices/{notice.id}"),
        (admin, "/account"),
        (buyer, "/desk/new"),
        (buyer, f"/desk/{notice.id}/revise"),
        (buyer, f"/desk/{notice.id}/withdraw"),
        (buyer, "/account/password"),
    ):
        page = client.get(address).get_data(as_text=True)
        forms = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)
        assert forms, address
        assert all('name="csrf_token"' in form for form in forms), address


def test_too_much_is_413(house: House) -> None:
    client = house.buyer()
    proof = token(client.get("/desk/new"))
    big = client.post("/desk/new", data={"csrf_token": proof, "summary": "x" * 1_100_000})
    assert big.status_code == 413
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("csrf_token", proof) + "".join(part.format(f"p{i}", i) for i in range(10_000)) + "--b--\r\n"
    many = client.post("/desk/new", data=body.encode(), content_type="multipart/form-data; boundary=b")
    assert many.status_code == 413


def test_a_sign_in_leads_only_to_pages_of_this_house(house: House) -> None:
    address = "/account/login?next=https://evil.example/"
    house.get(address)
    client = house.client()
    add_user(house.hub, "a@example.org", "curator")
    answer = send(client, address, {"email": "a@example.org", "password": "wrong wrong wrong"})
    assert "evil.example" not in answer.headers.get("Location", "")


def test_a_database_that_cannot_be_written_is_503_while_reading_goes_on(house: House) -> None:
    notice = house.post()
    client = house.buyer()
    proof = token(client.get("/desk/new"))
    engine = house.hub.store.engine

    def only_read(connection, _record) -> None:
        connection.execute("PRAGMA query_only=ON")

    event.listen(engine, "connect", only_read)
    engine.dispose()
    refused = client.post("/desk/new", data={**NEW, "csrf_token": proof, "action": "publish"})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "60"
    for address in ("/", f"/notices/{notice.id}", "/feeds/announcements.atom", "/calendar.ics"):
        assert house.get(address).status_code == 200, address
    event.remove(engine, "connect", only_read)
    engine.dispose()
    healed = client.post("/desk/new", data={**NEW, "csrf_token": proof, "action": "publish"})
    assert healed.status_code == 303


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, <script>", "10.0.0.1"),
        ("203.0.113.50", "198.51.100.7", "203.0.113.50"),
        ("", "198.51.100.7", ""),
    ],
)
def test_only_a_trusted_proxy_says_who_the_client_is(peer: str, forwarded: str, client: str) -> None:
    seen: list[object] = []

    def app(environ: dict[str, object], _: object) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    front = BehindProxies(app, [ip_network("10.0.0.0/24")])
    list(front({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}, lambda *_: None))
    assert seen == [client]


@pytest.mark.parametrize(("trusted", "refused"), [("127.0.0.0/8", False), ("", True)])
def test_clients_behind_a_named_proxy_have_limits_of_their_own(tmp_path: Path, trusted: str, refused: bool) -> None:
    house = open_house(tmp_path, trusted_proxies=trusted)
    client = house.client()
    proof = token(client.get("/subscribe"))
    seen = []
    for number in range(PER_HOUR + 1):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        fields = {"url": f"https://receiver{number}.example/hook", "csrf_token": proof}
        seen.append(client.post("/subscribe/webhook", data=fields).status_code)
    assert (429 in seen) is refused
    house.hub.close()
