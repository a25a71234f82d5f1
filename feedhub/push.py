"""Announcement → WebSub, webhook, e-mail: puts one message on its way and says how that ended.

The HTTP way out is an argument (a guarded session that follows no redirect). Sends, never decides: whom, what and when
are the hub's. Never stores, never asks the clock.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from feedhub.errors import ConfigError, FetchError
from feedhub.text import clean

#: Seconds that one message may take in all: a first try, and a try of somebody who failed before.
FIRST, AGAIN = 5.0, 10.0
#: Seconds that a mail server may be silent.
MAIL = 20.0


class Answer(Protocol):
    """What comes back over HTTP."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> bytes:
        """The body, cut at a cap."""


class Way(Protocol):
    """The way out over HTTP, guarded. Raises FetchError, never for a status."""

    def post(
        self, url: str, data: bytes | str = b"", headers: Mapping[str, str] | None = None, timeout: float = 10.0
    ) -> Answer:
        """POST within `timeout` seconds."""

    def get(self, url: str, headers: Mapping[str, str] | None = None, timeout: float = 10.0) -> Answer:
        """GET within `timeout` seconds."""


@dataclass(frozen=True)
class Result:
    """How sending ended. `gone` means never again (410), `ours` that the fault is not the receiver's."""

    ok: bool
    said: str = ""
    gone: bool = False
    ours: bool = False


@dataclass(frozen=True)
class Content:
    """The full content of a topic as it is now; `links` are (rel, address) for its Link header."""

    body: bytes
    content_type: str
    links: tuple[tuple[str, str], ...]


def signature(secret: str, message: bytes) -> str:
    """`sha256=` and the hexadecimal HMAC-SHA256 of a message."""
    return f"sha256={hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()}"


# -- WebSub


def ask_callback(way: Way, callback: str, mode: str, topic: str, lease: int, timeout: float = AGAIN) -> Result:
    """Verify the intent of a subscriber (W3C WebSub, section 5.3): it must echo our challenge with a 2xx."""
    challenge = secrets.token_urlsafe(24)
    fields = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
    if mode == "subscribe":
        fields["hub.lease_seconds"] = str(lease)
    try:
        answer = way.get(_with_query(callback, fields), timeout=timeout)
    except FetchError as error:
        return Result(ok=False, said=str(error))
    if not 200 <= answer.status < 300:
        return Result(ok=False, said=f"The callback answered {answer.status}.")
    echoed = hmac.compare_digest(answer.body.strip(), challenge.encode())
    return Result(ok=echoed, said="" if echoed else "The callback did not echo the challenge.")


def tell_denied(way: Way, callback: str, topic: str, reason: str) -> Result:
    """Tell a subscriber that its subscription has ended (section 5.2); whatever it answers."""
    fields = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason}
    try:
        return _judged(way.get(_with_query(callback, fields), timeout=FIRST))
    except FetchError as error:
        return Result(ok=False, said=str(error))


def push_content(way: Way, callback: str, content: Content, secret: str = "", timeout: float = FIRST) -> Result:
    """Send a topic's full content to a subscriber (section 7), signed when it gave a secret."""
    headers = {
        "Content-Type": content.content_type,
        "Link": ", ".join(f'<{href}>; rel="{rel}"' for rel, href in content.links),
    }
    if secret:
        headers["X-Hub-Signature"] = signature(secret, content.body)
    return _post(way, callback, content.body, headers, timeout)


def ping_hub(way: Way, hub: str, topics: tuple[str, ...], timeout: float = AGAIN) -> Result:
    """Tell an outside hub that these feeds have changed, as the public hubs want it (`hub.mode=publish`)."""
    body = urlencode([("hub.mode", "publish"), *(("hub.url", t) for t in topics)]).encode()
    return _post(way, hub, body, {"Content-Type": "application/x-www-form-urlencoded"}, timeout)


def _with_query(url: str, fields: Mapping[str, str]) -> str:
    """The callback with more parameters; its own query stays as it is."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(fields)}"


# -- webhooks


def send_webhook(
    way: Way, url: str, body: bytes, secret: str, delivery: str, timestamp: int, timeout: float = FIRST
) -> Result:
    """Send JSON to a webhook.

    `X-Feedhub-Signature` is the HMAC-SHA256 of the timestamp (Unix seconds), a full stop and the body;
    `X-Feedhub-Delivery` is equal whenever the same thing is sent again.
    """
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Feedhub-Delivery": delivery,
        "X-Feedhub-Timestamp": str(timestamp),
        "X-Feedhub-Signature": signature(secret, f"{timestamp}.".encode() + body),
    }
    return _post(way, url, body, headers, timeout)


def _post(way: Way, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Result:
    try:
        return _judged(way.post(url, body, headers, timeout))
    except FetchError as error:
        return Result(ok=False, said=str(error))


def _judged(answer: Answer) -> Result:
    if 200 <= answer.status < 300:
        return Result(ok=True)
    return Result(ok=False, said=f"The receiver answered {answer.status}.", gone=answer.status == 410)


# -- e-mail


@dataclass(frozen=True)
class Post:
    """A mail server and the address to send from, out of `smtp://user:password@host:port?from=address`."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    sender: str

    @classmethod
    def from_url(cls, url: str, fallback: str) -> Post:
        """Read FEEDHUB_SMTP_URL; `fallback` is the sender when neither `from` nor the user is an address."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError as error:
            raise ConfigError("FEEDHUB_SMTP_URL has no port that can be used.") from error
        if not parts.hostname:
            raise ConfigError("FEEDHUB_SMTP_URL names no host.")
        tls, user = parts.scheme == "smtps", unquote(parts.username or "")
        given = parse_qs(parts.query).get("from", [""])[0]
        sender = clean(given) or (user if "@" in user else fallback)
        return cls(parts.hostname, port or (465 if tls else 587), tls, user, unquote(parts.password or ""), sender)

    @property
    def near(self) -> bool:
        """Whether the server is this machine, where a password may travel without TLS."""
        return self.host in ("localhost", "127.0.0.1", "::1")


def send_mail(post: Post, message: EmailMessage, timeout: float = MAIL) -> Result:
    """Hand one mail to the server. A server that does not answer is our fault, a refused address the receiver's."""
    try:
        with _connected(post, timeout) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()), (550, b""))
        return Result(ok=False, said=f"The address was refused ({code} {_words(said)}).")
    except smtplib.SMTPException as error:
        return Result(ok=False, said=f"The mail server refused: {clean(str(error))[:200]}", ours=True)
    except (OSError, ValueError) as error:
        return Result(ok=False, said=f"The mail server cannot be reached: {clean(str(error))[:200]}", ours=True)
    return Result(ok=True)


def _connected(post: Post, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if post.tls:
        server: smtplib.SMTP = smtplib.SMTP_SSL(post.host, post.port, timeout=timeout, context=context)
    else:
        server = smtplib.SMTP(post.host, post.port, timeout=timeout)
    try:
        server.ehlo()
        if not post.tls and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif not post.tls and post.password and not post.near:
            raise smtplib.SMTPNotSupportedError("it offers no STARTTLS, and a password is never sent in the clear")
        if post.user:
            _log_in(server, post)
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, post: Post) -> None:
    """Prove who we are. smtplib knows ASCII only; other letters go as UTF-8 (RFC 4616, section 2)."""
    if post.user.isascii() and post.password.isascii():
        server.login(post.user, post.password)
        return
    proof = b64encode(f"\0{post.user}\0{post.password}".encode()).decode("ascii")
    code, said = server.docmd("AUTH", f"PLAIN {proof}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _words(said: bytes | str) -> str:
    return clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:160]
