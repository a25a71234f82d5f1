"""One message on its way: what stands on the wire, and how it is said to have ended; mails that are never blank."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from loopback import free_port
from receivers import MailServer, Receiver

from feedhub import fetch, push
from feedhub.errors import ConfigError
from feedhub.model import (
    Announcement,
    AnnouncementKind,
    Instance,
    Milestone,
    MilestoneKind,
    Notice,
    When,
)
from feedhub.publish import mail

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
HOUSE = Instance("feedhub.example", "2026-11-24", "https://feedhub.example")
NOTICE = Notice(
    "n1",
    "se-elm",
    "Factory lists",
    NOW,
    NOW,
    summary="The framework of 2027 will ask for factory lists.",
    url="https://elm.example/policy",
    milestones=(Milestone(MilestoneKind.TENDER_EXPECTED, When(date(2027, 7, 1))),),
)


def entry(seq: int = 1, title: str = "New: Factory lists", **more: object) -> Announcement:
    values = {"summary": NOTICE.summary, "notice_id": "n1", "authority_name": "City of Elm", "notice": NOTICE, **more}
    return Announcement(seq, NOW, AnnouncementKind.NEW, title, **values)


def envelope(**more: str) -> mail.Envelope:
    stop = "https://feedhub.example/subscribe/end/abc"
    return mail.Envelope(
        HOUSE, **{"sender": "a@b.example", "to": "r@s.example", "mark": "1.2", "stop_url": stop, **more}
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def way() -> Iterator[fetch.GuardedSession]:
    made = fetch.guarded_session(allow=[ipaddress.ip_network("127.0.0.0/8")], user_agent="feedhub/test")
    yield made
    made.close()


def test_a_callback_that_echoes_the_challenge_has_agreed(way, receiver: Receiver):
    result = push.ask_callback(way, f"{receiver.url}/cb?mine=1", "subscribe", "https://x.example/f", 600)
    assert result.ok
    asked = receiver.asked[0].query
    assert (asked["mine"], asked["hub.topic"], asked["hub.lease_seconds"]) == ("1", "https://x.example/f", "600")


def test_a_callback_that_answers_otherwise_has_not_agreed(way, receiver: Receiver):
    receiver.agrees.clear()
    assert not push.ask_callback(way, f"{receiver.url}/cb", "subscribe", "https://x.example/f", 600).ok


def test_a_callback_in_a_private_network_is_never_reached(receiver: Receiver):
    guarded = fetch.guarded_session()
    result = push.ask_callback(guarded, f"{receiver.url}/cb", "subscribe", "https://x.example/f", 600)
    guarded.close()
    assert not result.ok
    assert receiver.asked == []


def test_content_is_pushed_whole_with_its_type_and_links_and_signed_when_there_is_a_secret(way, receiver: Receiver):
    content = push.Content(b"<feed/>", "application/atom+xml", (("self", "https://x.example/f"), ("hub", "https://h")))
    assert push.push_content(way, f"{receiver.url}/plain", content).ok
    assert push.push_content(way, f"{receiver.url}/signed", content, "s3cret").ok
    plain, signed = receiver.got
    assert plain.body == b"<feed/>"
    assert plain.headers["content-type"] == "application/atom+xml"
    assert plain.headers["link"] == '<https://x.example/f>; rel="self", <https://h>; rel="hub"'
    assert "x-hub-signature" not in plain.headers
    wanted = hmac.new(b"s3cret", b"<feed/>", hashlib.sha256).hexdigest()
    assert signed.headers["x-hub-signature"] == f"sha256={wanted}"


def test_a_webhook_is_signed_over_timestamp_and_body(way, receiver: Receiver):
    assert push.send_webhook(way, f"{receiver.url}/w", b"{}", "key", "7-1", 1000).ok
    headers = receiver.got[0].headers
    assert headers["x-feedhub-delivery"] == "7-1"
    assert headers["x-feedhub-timestamp"] == "1000"
    assert headers["x-feedhub-signature"] == "sha256=" + hmac.new(b"key", b"1000.{}", hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("status", "ok", "gone"), [(200, True, False), (302, False, False), (410, False, True), (500, False, False)]
)
def test_only_2xx_is_success_and_only_410_is_for_ever(way, receiver: Receiver, status: int, ok: bool, gone: bool):
    receiver.statuses["/w"] = status
    result = push.send_webhook(way, f"{receiver.url}/w", b"{}", "key", "7-1", 1000)
    assert (result.ok, result.gone) == (ok, gone)
    assert len(receiver.got) == 1


def test_an_outside_hub_is_told_which_feeds_changed(way, receiver: Receiver):
    assert push.ping_hub(way, f"{receiver.url}/hub", ("https://x.example/a", "https://x.example/b")).ok
    assert (
        receiver.got[0].body
        == b"hub.mode=publish&hub.url=https%3A%2F%2Fx.example%2Fa&hub.url=https%3A%2F%2Fx.example%2Fb"
    )


def test_a_mail_arrives_with_both_texts_and_the_headers_that_end_it(server: MailServer):
    post = push.Post.from_url(server.url, "x@y.example")
    assert push.send_mail(post, mail.digest(envelope(), [entry()], NOW)).ok
    (got,) = server.mails
    assert got["From"].addresses[0].addr_spec == "a@b.example"
    assert got["List-Unsubscribe"] == "<https://feedhub.example/subscribe/end/abc>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = got.get_body(("plain",)).get_content(), got.get_body(("html",)).get_content()
    for text in (plain, html):
        assert "Factory lists" in text
        assert "1 July 2027" in text
        assert "https://feedhub.example/notices/n1" in text
        assert "https://feedhub.example/subscribe/end/abc" in text


def test_a_digest_without_announcements_is_never_made():
    with pytest.raises(ValueError, match="never sent"):
        mail.digest(envelope(), [], NOW)


def test_the_same_digest_twice_is_one_mail_to_its_receiver():
    first, second = (mail.digest(envelope(), [entry()], NOW) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"] == "<1.2@feedhub.example>"


def test_a_title_can_neither_add_a_header_nor_markup():
    made = mail.digest(envelope(), [entry(title="New: <script>x</script>\r\nBcc: all@x.example")], NOW)
    assert made["Bcc"] is None
    assert "<script>" not in made.get_body(("html",)).get_content()


def test_a_long_digest_names_how_much_is_left_out():
    made = mail.digest(envelope(), [entry(i, f"New: Number {i}") for i in range(1, 91)], NOW)
    text = made.get_body(("plain",)).get_content()
    assert made["Subject"].startswith("90 announcements:")
    assert "Number 60" in text
    assert "Number 61" not in text
    assert "30 more" in text


def test_the_question_of_consent_holds_its_link_and_no_link_to_end_what_has_not_begun():
    asked = mail.confirmation(envelope(stop_url=""), "https://feedhub.example/c/1", NOW, rhythm="daily", filter_text="")
    assert asked["List-Unsubscribe"] is None
    assert "https://feedhub.example/c/1" in asked.get_body(("plain",)).get_content()
    assert "once a day" in asked.get_body(("plain",)).get_content()


def test_a_refused_address_is_the_receivers_fault_and_a_silent_server_is_ours(server: MailServer):
    server.refuses.add("r@s.example")
    refused = push.send_mail(push.Post.from_url(server.url, "x@y.example"), mail.digest(envelope(), [entry()], NOW))
    assert (refused.ok, refused.ours) == (False, False)
    away = push.send_mail(
        push.Post.from_url(f"smtp://127.0.0.1:{free_port()}", "x@y.example"), mail.digest(envelope(), [entry()], NOW)
    )
    assert (away.ok, away.ours) == (False, True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_a_password_is_never_sent_in_the_clear_to_another_machine():
    far = MailServer(host="127.0.0.2")
    post = push.Post("127.0.0.2", far.server.server_address[1], tls=False, user="u", password="p", sender="a@b.example")
    result = push.send_mail(post, mail.digest(envelope(), [entry()], NOW))
    far.close()
    assert (result.ok, result.ours) == (False, True)
    assert "STARTTLS" in result.said
    assert "AUTH" not in far.words


@pytest.mark.parametrize(
    ("url", "sender", "port"),
    [
        ("smtp://m.example", "fall@x.example", 587),
        ("smtps://me%40m.example:pw@m.example", "me@m.example", 465),
        ("smtp://m.example:25?from=news@m.example", "news@m.example", 25),
    ],
)
def test_the_mail_server_is_read_from_its_url(url: str, sender: str, port: int):
    post = push.Post.from_url(url, "fall@x.example")
    assert (post.sender, post.port, post.tls) == (sender, port, url.startswith("smtps"))


@pytest.mark.parametrize("url", ["smtp://", "smtp://m.example:port"])
def test_a_mail_url_that_cannot_be_used_says_so(url: str):
    with pytest.raises(ConfigError, match="FEEDHUB_SMTP_URL"):
        push.Post.from_url(url, "a@b.example")
