"""Mails: digests of announcements and the question of double opt-in, as plain text and HTML. Pure; never sends.

A digest is never blank, carries `List-Unsubscribe` with its one-click twin (RFC 2369, RFC 8058), and renders to the
same text whenever it is made of the same entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from textwrap import fill

from feedhub.model import Announcement, Instance
from feedhub.publish import _wording as wording
from feedhub.publish._links import page_url, safe_url
from feedhub.text import clean, shorten

#: Announcements that stand in one mail; the page behind the link has them all.
MOST = 60
_WIDTH = 76
_SUMMARY = 400


@dataclass(frozen=True)
class Envelope:
    """From whom to whom. `mark` makes the Message-ID, so that the same mail sent twice is one mail to its receiver.

    `stop_url` is the absolute address that ends the subscription, "" for a mail that belongs to none.
    """

    instance: Instance
    sender: str
    to: str
    mark: str
    stop_url: str = ""


def digest(
    envelope: Envelope,
    entries: Sequence[Announcement],
    now: datetime,
    *,
    rhythm: str = "immediate",
    filter_text: str = "",
) -> EmailMessage:
    """A mail of announcements, oldest first. `filter_text` says in words what the reader chose.

    Raises ValueError without entries: a digest is never blank.
    """
    if not entries:
        raise ValueError("A digest without announcements is never sent.")
    instance = envelope.instance
    first = clean(entries[0].title) or "untitled"
    count = len(entries)
    subject = first if count == 1 else f"{count} announcements: {first}"
    message = _message(envelope, subject, now)
    chosen = clean(filter_text) or "everything"
    why = f"You asked {clean(instance.name)} to be told of {chosen}, {_RHYTHMS.get(rhythm, rhythm)}."
    shown = entries[:MOST]
    left = f"{count - MOST} more stand at {instance.url('/notices')}" if count > MOST else ""
    text = [*(_entry_text(e, instance) for e in shown), left, f"--\n{fill(why, _WIDTH)}", f"Stop: {envelope.stop_url}"]
    message.set_content("\n\n".join(p for p in text if p) + "\n", cte="quoted-printable")
    foot = f'<p><small>{escape(why)} <a href="{escape(envelope.stop_url)}">Stop these mails</a></small></p>'
    html = "".join(_entry_html(e, instance) for e in shown) + (f"<p>{escape(left)}</p>" if left else "")
    message.add_alternative(_page(subject, html + "<hr>" + foot), subtype="html", cte="quoted-printable")
    return message


_RHYTHMS = {"immediate": "at once", "daily": "once a day", "weekly": "once a week"}


def confirmation(envelope: Envelope, confirm_url: str, now: datetime, *, rhythm: str, filter_text: str) -> EmailMessage:
    """The question of double opt-in. Nothing is sent to somebody who does not answer it."""
    name = clean(envelope.instance.name)
    message = _message(envelope, f"Please confirm: announcements of {name}", now)
    chosen = clean(filter_text) or "everything"
    asked = (
        f"Somebody, probably you, asked {name} ({envelope.instance.base_url}) to send announcements to this address: "
        f"{chosen}, {_RHYTHMS.get(rhythm, rhythm)}."
    )
    no = "If it was not you, do nothing: you will get no further mail, and your address is forgotten after three days."
    text = f"{fill(asked, _WIDTH)}\n\nYes, send them:\n{confirm_url}\n\n{fill(no, _WIDTH)}\n"
    message.set_content(text, cte="quoted-printable")
    html = f'<p>{escape(asked)}</p><p><a href="{escape(confirm_url)}">Yes, send them</a></p><p>{escape(no)}</p>'
    message.add_alternative(_page("Please confirm", html), subtype="html", cte="quoted-printable")
    return message


def questions(envelope: Envelope, number: int, now: datetime) -> EmailMessage:
    """Tell an authority's account how many questions wait; who asked is not known, and no hour is said."""
    name, place = clean(envelope.instance.name), envelope.instance.url("/desk/questions")
    many = "1 question waits" if number == 1 else f"{number} questions wait"
    message = _message(envelope, f"{many} for your answer at {name}", now)
    said = f"{many} for your answer. A question is published together with its answer, and everybody who follows the notice is told."
    message.set_content(f"{fill(said, _WIDTH)}\n\n{place}\n", cte="quoted-printable")
    html = f'<p>{escape(said)}</p><p><a href="{escape(place)}">Read and answer</a></p>'
    message.add_alternative(_page(many, html), subtype="html", cte="quoted-printable")
    return message


def _message(envelope: Envelope, subject: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP.clone(max_line_length=78))
    name, instance = clean(envelope.instance.name), envelope.instance
    message["From"] = Address(name, addr_spec=envelope.sender)
    message["To"] = Address(addr_spec=envelope.to)
    message["Subject"] = shorten(subject, 180)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{envelope.mark}@{instance.tag_authority}>"
    message["Auto-Submitted"] = "auto-generated"
    if envelope.stop_url:
        message["List-Id"] = f"{name} <announcements.{instance.tag_authority}>"
        message["List-Unsubscribe"] = f"<{envelope.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def _place(entry: Announcement, instance: Instance) -> str:
    return page_url(instance, "notices", entry.notice_id) or instance.url("/notices")


def _facts(entry: Announcement) -> list[str]:
    notice = entry.notice
    dates = [f"{wording.milestone(m)}: {wording.when(m.when)}" for m in notice.living_milestones[:4]] if notice else []
    return [clean(f) for f in (*entry.changes[:8], *entry.items[:20], *dates) if clean(f)]


def _entry_text(entry: Announcement, instance: Instance) -> str:
    head = fill(clean(entry.title) or "untitled", _WIDTH)
    who = clean(entry.authority_name)
    lines = [head, f"{who}, {wording.day(entry.instant.date())}" if who else wording.day(entry.instant.date())]
    lines += [fill(f, _WIDTH, initial_indent="- ", subsequent_indent="  ") for f in _facts(entry)]
    if entry.summary and clean(entry.summary) != clean(entry.title):
        lines.append(fill(shorten(entry.summary, _SUMMARY), _WIDTH))
    original = safe_url(entry.notice.url) if entry.notice else ""
    lines += [_place(entry, instance), *([f"Original: {original}"] if original else [])]
    return "\n".join(lines)


def _entry_html(entry: Announcement, instance: Instance) -> str:
    title = escape(clean(entry.title) or "untitled")
    who = clean(entry.authority_name)
    stamp = f'<time datetime="{wording.stamp(entry.instant)}">{wording.day(entry.instant.date())}</time>'
    facts = "".join(f"<li>{escape(f)}</li>" for f in _facts(entry))
    said = shorten(entry.summary, _SUMMARY) if clean(entry.summary) != clean(entry.title) else ""
    original = safe_url(entry.notice.url) if entry.notice else ""
    source = f' · <a href="{escape(original)}">Original</a>' if original else ""
    return (
        f'<h2><a href="{escape(_place(entry, instance))}">{title}</a></h2>'
        f"<p>{escape(who)}{', ' if who else ''}{stamp}{source}</p>"
        f"{f'<ul>{facts}</ul>' if facts else ''}{f'<p>{escape(said)}</p>' if said else ''}"
    )


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(clean(title))}</title></head>'
        f'<body style="font-family:sans-serif;max-width:40em">{body}</body></html>\n'
    )
