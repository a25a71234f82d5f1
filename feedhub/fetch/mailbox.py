"""New messages of one IMAP folder as one mailbox file, over guarded and verified connections.

The folder is opened for reading only and no message is marked. Never parses a message, never knows newsletters. What
was read is remembered by the caller: the answer's ETag is `UIDVALIDITY/UID` of the last message (RFC 3501 §2.3.1.1).
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient, exceptions

from feedhub.errors import FetchError
from feedhub.fetch.deadline import Deadline
from feedhub.fetch.guard import Guard
from feedhub.model import Fetched, NotModified, Validators

SCHEMES = ("imaps", "imap")
PORTS = {"imaps": 993, "imap": 143}
#: Bytes read of one message (text comes before attachments) and of one turn, and messages of one turn.
_MESSAGE, _TURN, _MANY = 2 * 1024 * 1024, 8 * 1024 * 1024, 200
#: How far back the first reading of a folder reaches.
_BACK = timedelta(days=365)
_ENVELOPE = re.compile(rb"(?m)^(>*From )")


class Mailboxes:
    """Reads folders of the accounts an operator named. Thread-safe; keeps no connection."""

    def __init__(self, logins: Iterable[str], guard: Guard, context: ssl.SSLContext, timeout: float) -> None:
        """`logins` are `imaps://user:password@host:port`; each one is sent to its own host and port only."""
        self._logins = {_place(url): url for url in logins}
        self._guard = guard
        self._context = context
        self._timeout = timeout

    def fetch(
        self, url: str, validators: Validators | None, deadline: Deadline, now: datetime
    ) -> Fetched | NotModified:
        """The messages that came since `validators` were given, at most 200 or 8 MB; `more` when others wait.

        Raises FetchError `no_login`, `forbidden` for a refused login, `not_found` for a folder that is not there, and
        what the guard and the connection raise. The answer carries no address: a folder is nobody else's business.
        """
        login = self._logins.get(_place(url))
        if login is None:
            raise FetchError("no_login", urlsplit(url).hostname or "")
        try:
            with self._open(login, deadline) as client:
                return _new(client, _folder(url), validators, deadline, now)
        except FetchError:
            raise
        except ssl.SSLError as error:
            deadline.check()
            raise FetchError("tls", getattr(error, "verify_message", "") or str(error)[:200]) from error
        except TimeoutError as error:
            raise FetchError("timeout") from error
        except (OSError, imaplib.IMAP4.error, exceptions.ProtocolError) as error:
            deadline.check()
            raise FetchError("connect", str(error)[:200]) from error

    @contextlib.contextmanager
    def _open(self, login: str, deadline: Deadline) -> Iterator[IMAPClient]:
        parts = urlsplit(login)
        client = _Client(parts.hostname or "", _place(login)[1], self, parts.scheme == "imaps", deadline)
        try:
            if parts.scheme == "imap":
                client.starttls(self._context)
            _log_in(client, unquote(parts.username or ""), unquote(parts.password or ""))
            yield client
        finally:
            with contextlib.suppress(Exception):
                client.logout()
            with contextlib.suppress(Exception):
                client.shutdown()

    def connect(self, host: str, port: int, deadline: Deadline, *, secure: bool) -> socket.socket:
        """A guarded socket, under TLS at once or ready for STARTTLS, that the deadline cuts."""
        sock = self._guard.connect(host, port, deadline)
        try:
            sock.settimeout(max(0.001, min(self._timeout, deadline.left())))
            deadline.hold(sock)
            if secure:
                sock = self._context.wrap_socket(sock, server_hostname=host)
                deadline.hold(sock)
        except BaseException:
            sock.close()
            raise
        return sock


class _Client(IMAPClient):  # type: ignore[misc]
    """IMAPClient whose connection comes from the guard."""

    def __init__(self, host: str, port: int, boxes: Mailboxes, secure: bool, deadline: Deadline) -> None:
        self._given = (boxes, secure, deadline)
        super().__init__(host, port, ssl=secure, timeout=boxes._timeout)  # noqa: SLF001 - same file

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's name
        return _Protocol(self.host, self.port, *self._given)


class _Protocol(imaplib.IMAP4):
    """imaplib on a guarded socket, reading no more than a turn may hold."""

    def __init__(self, host: str, port: int, boxes: Mailboxes, secure: bool, deadline: Deadline) -> None:
        self._boxes, self._secure, self._deadline = boxes, secure, deadline
        self._left = 2 * _TURN
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002 - the deadline rules
        return self._boxes.connect(self.host, self.port, self._deadline, secure=self._secure)

    def read(self, size: int) -> bytes:
        """A literal; its size is the server's word, so it is judged before it is read."""
        self._spend(size)
        return super().read(size)

    def readline(self) -> bytes:
        """One line; imaplib bounds its length."""
        line = super().readline()
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise FetchError("too_large", "the mail server sends more than was asked for")


def _log_in(client: IMAPClient, user: str, password: str) -> None:
    # LOGIN carries ASCII only.
    enter = client.plain_login if client.has_capability("AUTH=PLAIN") else client.login
    try:
        enter(user, password)
    except exceptions.IMAPClientAbortError:
        raise
    except (exceptions.IMAPClientError, UnicodeError) as error:
        raise FetchError("forbidden", "the mail server refused the login") from error


def _new(
    client: IMAPClient, folder: str, validators: Validators | None, deadline: Deadline, now: datetime
) -> Fetched | NotModified:
    try:
        opened: Mapping[bytes, int] = client.select_folder(folder, readonly=True)
    except exceptions.IMAPClientError as error:
        raise FetchError("not_found", f"the folder {folder!r} cannot be opened") from error
    validity = opened.get(b"UIDVALIDITY", 0)
    since = _after(validators, validity)
    wanted: list[object] = ["UID", f"{since + 1}:*"] if since else ["SINCE", (now - _BACK).date()]
    # “*” is the last message whatever its number, so an old one can be among the answers.
    waiting = sorted(uid for uid in client.search(wanted) if uid > since)
    if not waiting:
        return NotModified("")
    body, last = bytearray(), since
    for done, uid in enumerate(waiting):
        if done == _MANY or len(body) > _TURN - _MESSAGE or (done and deadline.left() < 5):
            break
        deadline.check()
        body += _message(client.fetch([uid], [f"BODY.PEEK[]<0.{_MESSAGE}>"]), uid)
        last = uid
    if not body:
        return NotModified("")
    return Fetched(
        bytes(body),
        "",
        content_type="application/mbox",
        validators=Validators(etag=f"{validity}/{last}", fetched=now),
        more=last != waiting[-1],
    )


def _message(answer: Mapping[int, Mapping[bytes, Any]], uid: int) -> bytes:
    """One message as a mailbox file holds it; b"" when it was deleted meanwhile."""
    return enveloped(answer.get(uid, {}).get(b"BODY[]<0>") or b"")


def enveloped(raw: bytes) -> bytes:
    """One message as a mailbox file holds it (RFC 4155 with quoted From lines); b"" for none."""
    if not raw.strip():
        return b""
    return b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n" + _ENVELOPE.sub(rb">\1", raw.rstrip(b"\r\n")) + b"\n\n"


def _after(validators: Validators | None, validity: int) -> int:
    """The last message read; 0 at the beginning, and when the server numbers its messages anew."""
    known, _, uid = (validators.etag if validators else "").partition("/")
    return int(uid) if known == str(validity) and uid.isdigit() else 0


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme, 0)


def _folder(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/")) or "INBOX"
