"""Mail over real TLS: by STARTTLS and from the first byte, and never to a server that cannot prove its name."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from loopback import free_port
from publish_examples import HOSTILE, INSTANCE, NOW, announcement, notice

from feedhub import push
from feedhub.publish import mail

USER, PASSWORD = "feedhub@sender.example", "p:a/s@s %wörd"


@dataclass
class Server:
    """A mail server that keeps what it got, and whether it came under TLS."""

    mails: list[tuple[bytes, bool]] = field(default_factory=list)
    logins: list[tuple[bytes, bytes, bool]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.original_content, session.ssl is not None))
        return "250 kept"

    def login(self, _server: Any, session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        self.logins.append((given.login, given.password, session.ssl is not None))
        return AuthResult(success=given.password == PASSWORD.encode())


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Server, int]]]:
    """Start a server with a certificate; with `at_once` it speaks TLS from the first byte."""
    running: list[Controller] = []

    def start(issued: trustme.LeafCert, *, at_once: bool = False) -> tuple[Server, int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.configure_cert(context)
        kept, port = Server(), free_port()
        # aiosmtpd does not count TLS from the first byte as TLS when it asks for a password.
        ways = {"tls_context": context, "require_starttls": True, "auth_required": True}
        if at_once:
            ways = {"ssl_context": context, "auth_require_tls": False}
        made = Controller(kept, "127.0.0.1", port, authenticator=kept.login, **ways)
        made.start()
        running.append(made)
        return kept, port

    yield start
    for controller in running:
        controller.stop()


def post(port: int, scheme: str = "smtp", host: str = "127.0.0.1") -> push.Post:
    from urllib.parse import quote

    return push.Post.from_url(f"{scheme}://{quote(USER)}:{quote(PASSWORD, safe='')}@{host}:{port}", "x@y.example")


def digest(*titles: str) -> EmailMessage:
    envelope = mail.Envelope(
        INSTANCE, USER, "reader@receiver.example", "1.2", "https://feeds.example/subscribe/end/abc"
    )
    return mail.digest(
        envelope, [announcement(i, title=t, notice=notice(title=t)) for i, t in enumerate(titles, 1)], NOW
    )


@pytest.mark.parametrize("at_once", [False, True])
def test_mail_and_password_travel_under_tls_only(
    authority: trustme.CA, serve: Callable[..., tuple[Server, int]], at_once: bool
):
    kept, port = serve(authority.issue_cert("127.0.0.1"), at_once=at_once)
    assert push.send_mail(post(port, "smtps" if at_once else "smtp"), digest("New: Factory lists")) == push.Result(
        ok=True
    )
    assert kept.logins[-1][:2] == (USER.encode(), PASSWORD.encode())
    if not at_once:
        assert all(under_tls for *_, under_tls in (*kept.logins, *kept.mails))
    assert len(kept.mails) == 1


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("fault", ["a stranger's certificate", "another name"])
def test_a_server_that_cannot_prove_its_name_gets_nothing(
    authority: trustme.CA, serve: Callable[..., tuple[Server, int]], at_once: bool, fault: str
):
    issuer = trustme.CA() if fault == "a stranger's certificate" else authority
    name = "127.0.0.1" if fault == "a stranger's certificate" else "elsewhere.example"
    kept, port = serve(issuer.issue_cert(name), at_once=at_once)
    result = push.send_mail(post(port, "smtps" if at_once else "smtp"), digest("New: Factory lists"))
    assert not result.ok
    assert result.ours
    assert "certificate" in result.said.lower()
    assert kept.mails == kept.logins == []


def test_hostile_titles_arrive_as_one_mail_with_its_headers_and_both_texts(
    authority: trustme.CA, serve: Callable[..., tuple[Server, int]]
):
    kept, port = serve(authority.issue_cert("127.0.0.1"))
    titles = (
        HOSTILE,
        "\r\nBcc: everybody@example.org\r\n\r\nbody",
        "x" * 10_000,
        "שלום 👩‍👩‍👧 " * 200,
        "=?utf-8?q?Bcc?=",
    )
    for title in titles:
        assert push.send_mail(post(port), digest(title, *titles)).ok
    for raw, _ in kept.mails:
        assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
        found = message_from_bytes(raw, policy=default)
        assert isinstance(found, EmailMessage)
        assert found.defects == []
        assert "Bcc" not in found
        assert len(found["Subject"]) <= 220
        assert found["List-Unsubscribe"] == "<https://feeds.example/subscribe/end/abc>"
        assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        plain, html = found.get_body(("plain",)), found.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert "everybody@example.org" in plain.get_content()
        assert "<script" not in html.get_content()
        assert "\u202e" not in plain.get_content() + html.get_content()
