"""Newsletters from a mail server: each message once, nothing marked, the login to its own server only, TLS verified."""

from __future__ import annotations

import contextlib
import mailbox
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Clock
from mail_server import Mail, mail_server
from raw_servers import LOOPBACK, authority, ca_file, certificate, source  # noqa: F401 - fixtures

from feedhub.config import Settings
from feedhub.errors import ConfigError, FetchError
from feedhub.fetch import Fetcher, Limits
from feedhub.fetch import mailbox as mailboxes
from feedhub.hub import Hub
from feedhub.hub.base import load_catalogue
from feedhub.model import Fetched, Filter, NotModified, SourceKind

NOW = datetime.now(UTC).replace(microsecond=0)
DUTY = "From 1 March 2028 suppliers must disclose the factories of all laptops."
OTHER = "From 1 October 2028 suppliers of monitors must prove that no child labour was used in their mines."


def message(number: int, duty: str = DUTY) -> bytes:
    lines = {
        "From": "City of Example <news@city.example>",
        "Subject": f"News {number}",
        "Date": "Mon, 23 Nov 2026 09:00:00 +0000",
        "Message-ID": f"<{number}@city.example>",
        "Content-Type": "text/plain; charset=utf-8",
    }
    head = "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    body = f"Dear reader,\r\n\r\n{duty}\r\n\r\nFrom here on we say more about the town.\r\n"
    return f"{head}\r\n{body}".encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Mail]:
    with mail_server() as mail:
        yield mail


@pytest.fixture
def folder(server: Mail, request: pytest.FixtureRequest) -> str:
    """A folder of this test's own."""
    return f"Nyheter ÅÄÖ & mer {request.node.name}"


@pytest.fixture
def fetcher(server: Mail) -> Iterator[Fetcher]:
    made = Fetcher(
        allow=LOOPBACK, ca_file=str(server.ca), logins=[server.login(server.url), server.login(server.plain)]
    )
    yield made
    made.close()


def at(url: str, folder: str):
    from urllib.parse import quote

    return source(f"{url}/{quote(folder)}", kind=SourceKind.NEWSLETTER)


def subjects(answer: Fetched | NotModified, tmp_path: Path) -> list[str]:
    assert isinstance(answer, Fetched)
    file = tmp_path / "box"
    file.write_bytes(answer.body)
    box = mailbox.mbox(file)
    try:
        return [m["Subject"] for m in box]
    finally:
        box.close()


@pytest.mark.parametrize("way", ["url", "plain"])
def test_each_message_is_read_once_and_none_is_marked(server: Mail, fetcher, folder, tmp_path, way: str):
    asked = at(getattr(server, way), folder)
    server.put(message(1), message(2), folder=folder)
    first = fetcher.fetch(asked, None, NOW)
    assert subjects(first, tmp_path) == ["News 1", "News 2"]
    assert isinstance(fetcher.fetch(asked, first.validators, NOW), NotModified)
    server.put(message(3), folder=folder)
    second = fetcher.fetch(asked, first.validators, NOW)
    assert subjects(second, tmp_path) == ["News 3"]
    assert isinstance(fetcher.fetch(asked, second.validators, NOW), NotModified)
    assert b"\\Seen" not in {flag for flags in server.flags(folder) for flag in flags}


def test_a_folder_that_was_made_anew_is_read_from_its_beginning(server: Mail, fetcher, folder, tmp_path):
    server.put(message(1), message(2), folder=folder)
    first = fetcher.fetch(at(server.url, folder), None, NOW)
    with server.client() as client:
        client.delete_folder(folder)
    server.put(message(3), folder=folder)
    assert subjects(fetcher.fetch(at(server.url, folder), first.validators, NOW), tmp_path) == ["News 3"]


def test_many_messages_come_in_turns_and_none_is_left_out(server: Mail, fetcher, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(mailboxes, "_MANY", 3)
    server.put(*(message(i) for i in range(8)), folder=folder)
    seen, known, more = [], None, True
    while more:
        answer = fetcher.fetch(at(server.url, folder), known, NOW)
        seen += subjects(answer, tmp_path)
        known, more = answer.validators, answer.more
    assert seen == [f"News {i}" for i in range(8)]


def test_of_a_huge_message_the_beginning_is_read(server: Mail, fetcher, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(mailboxes, "_MESSAGE", 5000)
    server.put(message(1) + b"x" * 70 + b"\r\n" * 30000, message(2), folder=folder)
    answer = fetcher.fetch(at(server.url, folder), None, NOW)
    assert subjects(answer, tmp_path) == ["News 1", "News 2"]
    assert len(answer.body) < 7000


def test_a_message_that_left_the_folder_is_passed_over(server: Mail, fetcher, folder, tmp_path):
    server.put(message(1), message(2), message(3), folder=folder)
    with server.client() as client:
        client.select_folder(folder)
        client.delete_messages([2])
        client.expunge()
    assert subjects(fetcher.fetch(at(server.url, folder), None, NOW), tmp_path) == ["News 1", "News 3"]


def test_a_line_that_begins_with_from_parts_no_message(server: Mail, fetcher, folder, tmp_path):
    server.put(message(1), folder=folder)
    answer = fetcher.fetch(at(server.url, folder), None, NOW)
    assert b"\n>From here on" in answer.body
    assert subjects(answer, tmp_path) == ["News 1"]


def reason(fetcher: Fetcher, url: str, folder: str = "INBOX") -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(at(url, folder), None, NOW)
    assert "rd:1" not in str(caught.value), "no message shows a password"
    return caught.value.reason


def test_what_cannot_be_read_has_a_reason(server: Mail, fetcher, folder):
    assert reason(fetcher, server.url, "No such folder") == "not_found"
    assert reason(fetcher, "imaps://127.0.0.1:9", "INBOX") == "no_login"
    wrong = Fetcher(allow=LOOPBACK, ca_file=str(server.ca), logins=[server.url.replace("://", "://reader:wrong@")])
    assert reason(wrong, server.url) == "forbidden"
    guarded = Fetcher(ca_file=str(server.ca), logins=[server.login(server.url)])
    assert reason(guarded, server.url) == "blocked_address"
    for one in (wrong, guarded):
        one.close()


@pytest.mark.parametrize("way", ["url", "plain"])
def test_a_certificate_nobody_trusts_hears_no_password(server: Mail, way: str):
    strange = Fetcher(allow=LOOPBACK, logins=[server.login(getattr(server, way))])
    assert reason(strange, getattr(server, way)) == "tls"
    strange.close()


def test_a_certificate_for_another_name_is_refused():
    with mail_server("mail.example") as other:
        fetcher = Fetcher(allow=LOOPBACK, ca_file=str(other.ca), logins=[other.login(other.url)])
        assert reason(fetcher, other.url) == "tls"
        fetcher.close()


@pytest.fixture
def scripted(certificate) -> Iterator:  # noqa: F811
    """A server that says what the test wants after each command; after “...” it says no more."""
    context = certificate("127.0.0.1")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)
    said: dict[str, bytes] = {"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n"}
    heard: list[bytes] = []

    def run() -> None:
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with context.wrap_socket(plain, server_side=True) as sock:
                sock.settimeout(5)
                sock.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
                lines = sock.makefile("rb")
                while line := lines.readline():
                    heard.append(line)
                    tag, verb = line.split()[:2]
                    verb = line.split()[2] if verb == b"UID" else verb
                    reply = said.get(verb.decode(), b"")
                    sock.sendall(reply if reply.endswith(b"...") else reply + tag + b" OK done\r\n")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"imaps://127.0.0.1:{listener.getsockname()[1]}", said, heard
    listener.close()
    thread.join(6)


def hostile(url: str, ca_file: str, limits: Limits | None = None) -> str:  # noqa: F811
    fetcher = Fetcher(allow=LOOPBACK, ca_file=ca_file, logins=[url.replace("://", "://u:p@")], limits=limits)
    try:
        return reason(fetcher, url)
    finally:
        fetcher.close()


def test_a_literal_of_any_size_is_judged_before_it_is_read(scripted, ca_file):  # noqa: F811
    url, said, heard = scripted
    said |= {
        "EXAMINE": b"* OK [UIDVALIDITY 7] x\r\n* 1 EXISTS\r\n",
        "SEARCH": b"* SEARCH 5\r\n",
        "FETCH": b"* 1 FETCH (UID 5 BODY[]<0> {9999999999}\r\nxx...",
    }
    assert hostile(url, ca_file) == "too_large"
    verbs = [line.split()[1] for line in heard]
    assert b"SELECT" not in verbs
    assert not any(b"STORE" in line or b"RFC822" in line for line in heard)


def test_a_server_that_falls_silent_is_cut_at_the_deadline(scripted, ca_file):  # noqa: F811
    url, said, _ = scripted
    said["EXAMINE"] = b"* OK still looking..."
    assert hostile(url, ca_file, Limits(read=0.5, total=2.0)) == "timeout"


def declared(sources: Path, url: str, folder: str) -> str:
    from urllib.parse import quote

    (sources / "gb").mkdir()
    (sources / "gb" / "example.toml").write_text(
        '[authority]\nname = "City of Example"\ncountry = "GB"\nlanguages = ["en"]\n\n[[source]]\n'
        f'id = "gb-example-news"\ntitle = "News"\nkind = "newsletter"\nurl = "{url}/{quote(folder)}"\n'
        'signposts = "newsletter"\nevery = "6h"\n',
        encoding="utf-8",
    )
    return "gb-example-news"


def test_a_newsletter_becomes_notices_and_the_place_is_kept_with_them(
    hub: Hub, server: Mail, sources, folder, clock: Clock
):
    hub.__dict__["fetcher"] = Fetcher(allow=LOOPBACK, ca_file=str(server.ca), logins=[server.login(server.url)])
    source_id = declared(sources, server.url, folder)
    load_catalogue(hub)
    clock.at = NOW
    server.put(message(1), folder=folder)
    assert hub.refresh(source_id).outcome.value == "baseline"
    server.put(message(2, OTHER), folder=folder)
    clock.forward(hours=7)
    assert hub.refresh(source_id).outcome.value == "changed"
    clock.forward(hours=7)
    assert hub.refresh(source_id).outcome.value == "unchanged"
    news = hub.recent(Filter(sets={"authority": ("gb-example",)}), 10)
    assert [e.kind.value for e in news] == ["new", "digest"]
    written = b"".join(
        hub.render(f"/feeds/{name}?authority=gb-example").body for name in ("announcements.atom", "notices.json")
    )
    assert b"imap" not in written, "the mailbox is nobody else's business"


def test_a_message_that_could_not_be_recorded_is_read_again(
    hub: Hub, server: Mail, sources, folder, clock, monkeypatch
):
    hub.__dict__["fetcher"] = Fetcher(allow=LOOPBACK, ca_file=str(server.ca), logins=[server.login(server.url)])
    source_id = declared(sources, server.url, folder)
    load_catalogue(hub)
    clock.at = NOW
    server.put(message(1), folder=folder)

    def dies(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Hub, "_record", dies)
        with pytest.raises(KeyboardInterrupt):
            hub.refresh(source_id)
    clock.forward(hours=7)
    assert hub.refresh(source_id).outcome.value == "baseline"
    assert len(hub.authority("gb-example").notices) == 1


@pytest.mark.parametrize("value", ["mail.example", "imaps://mail.example", "https://u:p@mail.example", "imaps://u@h"])
def test_a_login_that_is_none_is_said_without_showing_it(value: str, environment):
    with pytest.raises(ConfigError, match="FEEDHUB_IMAP_URL must be imaps://user:password@host"):
        Settings.from_env({**environment, "FEEDHUB_IMAP_URL": f"imaps://a:b@one.example {value}"})


def test_only_a_newsletter_can_be_a_mailbox_and_never_with_its_login(sources: Path):
    from feedhub import declarations

    declared(sources, "imaps://mail.example", "INBOX")
    assert declarations.lint(sources) == []
    file = sources / "gb" / "example.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("imaps://", "imaps://u:p@"), encoding="utf-8")
    (problem,) = declarations.lint(sources)
    assert "FEEDHUB_IMAP_URL" in str(problem)
    file.write_text(text.replace('"newsletter"\nurl', '"page"\nurl'), encoding="utf-8")
    (problem,) = declarations.lint(sources)
    assert "must begin with https://" in str(problem)
