"""A real mail server on loopback: Dovecot in a folder of its own, with a certificate of the test's own authority."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from imapclient import IMAPClient
from loopback import free_port

PROGRAM = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)


def _missing() -> str:
    """Why there is no mail server here, "" when there is one."""
    if PROGRAM is None:
        return "Dovecot is not installed here"
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False).stdout
    if not version.startswith("2.3"):
        return f"Dovecot 2.3 is wanted, not {version[:10]}"
    return "" if os.geteuid() == 0 else "Dovecot drops its rights and is started by root only"


MISSING = _missing()

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = yes
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password=wörd:1
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
"""


@dataclass
class Mail:
    """A running server: `url` and `plain` are its addresses, `login` what an operator sets."""

    folder: Path
    secure_port: int
    plain_port: int
    ca: Path

    @property
    def url(self) -> str:
        return f"imaps://127.0.0.1:{self.secure_port}"

    @property
    def plain(self) -> str:
        return f"imap://127.0.0.1:{self.plain_port}"

    def login(self, url: str) -> str:
        return url.replace("://", "://reader:w%C3%B6rd%3A1@")

    def client(self) -> IMAPClient:
        """A client of the test's own, which may write."""
        import ssl

        made = IMAPClient("127.0.0.1", self.secure_port, ssl_context=ssl.create_default_context(cafile=str(self.ca)))
        made.plain_login("reader", "wörd:1")
        return made

    def put(self, *messages: bytes, folder: str = "INBOX") -> None:
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for message in messages:
                client.append(folder, message)

    def flags(self, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return [m[b"FLAGS"] for m in client.fetch(client.search(), ["FLAGS"]).values()]


@contextmanager
def mail_server(name: str = "127.0.0.1") -> Iterator[Mail]:
    """Run Dovecot with a certificate for `name`."""
    if MISSING:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="feedhub-mail-"))
    folder.chmod(0o755)
    authority = trustme.CA()
    certificate = authority.issue_cert(name)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    (folder / "cert.pem").write_bytes(b"".join(c.bytes() for c in certificate.cert_chain_pems))
    (folder / "home").mkdir()
    shutil.chown(folder / "home", "nobody")
    mail = Mail(folder, free_port(), free_port(), folder / "ca.pem")
    config = folder / "dovecot.conf"
    config.write_text(_CONFIG.format(folder=folder, plain=mail.plain_port, secure=mail.secure_port), encoding="utf-8")
    with subprocess.Popen([PROGRAM, "-F", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _wait(mail, process)
            yield mail
        finally:
            process.terminate()
            process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


def _wait(mail: Mail, process: subprocess.Popen[bytes]) -> None:
    import socket

    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", mail.secure_port), 0.2).close()
        except OSError:
            if process.poll() is not None:
                pytest.fail(f"Dovecot ended: {process.stderr.read() if process.stderr else b''!r}")
            time.sleep(0.05)
        else:
            return
    pytest.fail("Dovecot does not answer")
