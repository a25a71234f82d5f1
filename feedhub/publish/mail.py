"""Mails: digests of announcements and the question of double opt-in, as plain text and HTML. Pure; never sends.

A mail speaks the language in which its reader asked, with the facts of a notice in it; the notice's own words stay as
they are. A digest is never blank, carries `List-Unsubscribe` with its one-click twin (RFC 2369, RFC 8058), and renders
to the same text whenever it is made of the same entries.
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

from feedhub import taxonomy
from feedhub.model import Announcement, AnnouncementKind, Instance, Milestone, Trust
from feedhub.publish import _tongue as tongue
from feedhub.publish import _wording as wording
from feedhub.publish._links import page_url, safe_url
from feedhub.publish._tongue import filter_words, spoken
from feedhub.text import clean, shorten

__all__ = ["MOST", "Envelope", "confirmation", "digest", "filter_words", "questions", "spoken"]

#: Announcements that stand in one mail; the page behind the link has them all.
MOST = 60
_WIDTH = 76
_SUMMARY = 400
#: Dates of a notice that stand in one entry.
_DATES = 8
#: How sentences of the log begin that say in English what the facts of an entry say in the reader's language.
_SAID = ("First recorded.", "Date moved: ", "Date added: ", "Date confirmed: ", "Stage: ")


@dataclass(frozen=True)
class Envelope:
    """From whom to whom. `mark` makes the Message-ID, so that the same mail sent twice is one mail to its receiver.

    `stop_url` is the absolute address that ends the subscription, "" for a mail that belongs to none. `language` is
    the one in which the reader asked; English where mails are not written in it.
    """

    instance: Instance
    sender: str
    to: str
    mark: str
    stop_url: str = ""
    language: str = "en"

    @property
    def lang(self) -> str:
        """The language of the mail."""
        return tongue.spoken((self.language,))


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
    instance, lang = envelope.instance, envelope.lang
    first, number = _head(entries[0], lang), len(entries)
    subject = first if number == 1 else tongue.say(lang, "subject", count=number, first=first)
    message = _message(envelope, subject, now)
    why = tongue.say(lang, "why", name=clean(instance.name), **_wish(lang, rhythm, filter_text))
    shown, more = entries[:MOST], number - MOST
    left = tongue.count(lang, "more", more, address=instance.url("/notices")) if more > 0 else ""
    stop = tongue.pair(lang, tongue.say(lang, "stop"), envelope.stop_url)
    text = [*(_entry_text(e, instance, lang) for e in shown), left, f"--\n{fill(why, _WIDTH)}", stop]
    message.set_content("\n\n".join(p for p in text if p) + "\n", cte="quoted-printable")
    end = f'<a href="{escape(envelope.stop_url)}">{escape(tongue.say(lang, "stop_link"))}</a>'
    html = "".join(_entry_html(e, instance, lang) for e in shown) + (f"<p>{escape(left)}</p>" if left else "")
    html += f"<hr><p><small>{escape(why)} {end}</small></p>"
    message.add_alternative(_page(subject, html, lang), subtype="html", cte="quoted-printable")
    return message


def _wish(lang: str, rhythm: str, filter_text: str) -> dict[str, str]:
    """What was asked for, and how often, as fields of a sentence."""
    return {
        "chosen": clean(filter_text) or tongue.say(lang, "everything"),
        "rhythm": tongue.rhythm(lang, rhythm),
    }


def confirmation(envelope: Envelope, confirm_url: str, now: datetime, *, rhythm: str, filter_text: str) -> EmailMessage:
    """The question of double opt-in. Nothing is sent to somebody who does not answer it."""
    name, lang = clean(envelope.instance.name), envelope.lang
    message = _message(envelope, tongue.say(lang, "confirm_subject", name=name), now)
    wish = _wish(lang, rhythm, filter_text)
    asked = tongue.say(lang, "confirm_asked", name=name, address=envelope.instance.base_url, **wish)
    yes, no = tongue.say(lang, "confirm_yes"), tongue.say(lang, "confirm_no")
    text = f"{fill(asked, _WIDTH)}\n\n{tongue.pair(lang, yes, '').rstrip()}\n{confirm_url}\n\n{fill(no, _WIDTH)}\n"
    message.set_content(text, cte="quoted-printable")
    html = f'<p>{escape(asked)}</p><p><a href="{escape(confirm_url)}">{escape(yes)}</a></p><p>{escape(no)}</p>'
    page = _page(tongue.say(lang, "confirm_title"), html, lang)
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    return message


def questions(envelope: Envelope, number: int, now: datetime) -> EmailMessage:
    """Tell an authority's account how many questions wait; who asked is not known, and no hour is said."""
    name, place, lang = clean(envelope.instance.name), envelope.instance.url("/desk/questions"), envelope.lang
    many = tongue.count(lang, "questions", number)
    message = _message(envelope, tongue.say(lang, "questions_subject", many=many, name=name), now)
    said = tongue.say(lang, "questions_said", many=many)
    message.set_content(f"{fill(said, _WIDTH)}\n\n{place}\n", cte="quoted-printable")
    read = escape(tongue.say(lang, "questions_read"))
    html = f'<p>{escape(said)}</p><p><a href="{escape(place)}">{read}</a></p>'
    message.add_alternative(_page(many, html, lang), subtype="html", cte="quoted-printable")
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


def _head(entry: Announcement, lang: str) -> str:
    """What happened to what: the log's title in English, else the kind in words and the notice's own title."""
    if lang == "en":
        return clean(entry.title) or tongue.say(lang, "untitled")
    named = taxonomy.load().label
    title = clean(entry.notice.title if entry.notice else wording.bare(entry.kind, entry.title))
    detected = entry.notice is not None and entry.notice.trust is Trust.DETECTED
    mark = f" ({named('trust', Trust.DETECTED, lang).lower()})" if detected else ""
    kind = named("announcement", entry.kind, lang)
    return tongue.pair(lang, kind, f"{title or tongue.say(lang, 'untitled')}{mark}")


def _facts(entry: Announcement, lang: str) -> list[str]:
    """Topics, stage, trust, lead time and dates of the notice, in the reader's language."""
    notice, named = entry.notice, taxonomy.load().label
    if notice is None:
        return []
    topics = "; ".join(named("topic", t, lang) for t in wording.topics(notice.living_requirements)[:8])
    pairs = [
        ("topic", topics),
        ("stage", named("stage", notice.stage, lang)),
        ("trust", named("trust", notice.trust, lang)),
        ("lead", "" if entry.lead_days is None else tongue.count(lang, "days", entry.lead_days)),
    ]
    said = [tongue.pair(lang, tongue.say(lang, name), value) for name, value in pairs if value]
    reminded_first = sorted(notice.living_milestones, key=lambda m: _reminder(m) not in entry.changes)
    return said + [_dated(m, lang) for m in reminded_first[:_DATES]]


def _reminder(value: Milestone) -> str:
    """What the log says when it reminds of a date."""
    return f"{wording.milestone(value)}: {wording.when(value.when)}."


def _dated(value: Milestone, lang: str) -> str:
    named, subject = taxonomy.load().label, clean(value.subject)
    kind = named("milestone", value.kind, lang) + (f" ({shorten(subject, 80)})" if subject else "")
    more = [named("milestone_status", value.status, lang).lower()]
    if value.previous:
        more.append(tongue.say(lang, "before", date=tongue.when(value.previous, lang)))
    return tongue.pair(lang, kind, f"{tongue.when(value.when, lang)} ({', '.join(more)})")


def _logged(entry: Announcement, lang: str) -> tuple[str, list[str]]:
    """What the log says in its own English words, under words that say so; questions and answers keep theirs."""
    said = [clean(s) for s in (*entry.changes[:8], *entry.items[:20]) if clean(s)]
    if lang == "en" or not said:
        return "", said
    if entry.kind is AnnouncementKind.ANSWER:
        return "", [_asked(s, lang) for s in said]
    told = {_reminder(m) for m in entry.notice.living_milestones} if entry.notice else set()
    said = [s for s in said if s not in told and not s.startswith(_SAID)]
    if not said:
        return "", []
    return tongue.pair(lang, tongue.say(lang, "log"), "").rstrip(), said


def _asked(said: str, lang: str) -> str:
    """A question or an answer, called so in the reader's language."""
    name, _, words = said.partition(": ")
    return tongue.pair(lang, tongue.say(lang, name.lower()), words) if name in ("Question", "Answer") else said


def _entry_text(entry: Announcement, instance: Instance, lang: str) -> str:
    who, day = clean(entry.authority_name), tongue.day(entry.instant.date(), lang)
    lines = [fill(_head(entry, lang), _WIDTH), f"{who}, {day}" if who else day]
    above, logged = _logged(entry, lang)
    facts, news = [_item(f) for f in _facts(entry, lang)], [_item(s) for s in logged]
    lines += [*facts, above, *news] if above else [*news, *facts]
    if entry.summary and clean(entry.summary) != clean(entry.title):
        lines.append(fill(shorten(entry.summary, _SUMMARY), _WIDTH))
    original = safe_url(entry.notice.url) if entry.notice else ""
    lines.append(_place(entry, instance))
    lines += [tongue.pair(lang, tongue.say(lang, "original"), original)] if original else []
    return "\n".join(lines)


def _item(text: str) -> str:
    return fill(text, _WIDTH, initial_indent="- ", subsequent_indent="  ")


def _entry_html(entry: Announcement, instance: Instance, lang: str) -> str:
    title, who = escape(_head(entry, lang)), clean(entry.authority_name)
    day = tongue.day(entry.instant.date(), lang)
    stamp = f'<time datetime="{wording.stamp(entry.instant)}">{day}</time>'
    above, logged = _logged(entry, lang)
    facts, news = _list(_facts(entry, lang)), _list(logged, "en" if above else "")
    points = f"{facts}<p>{escape(above)}</p>{news}" if above else news + facts
    said = shorten(entry.summary, _SUMMARY) if clean(entry.summary) != clean(entry.title) else ""
    original = safe_url(entry.notice.url) if entry.notice else ""
    source = f' · <a href="{escape(original)}">{escape(tongue.say(lang, "original"))}</a>' if original else ""
    own = f' lang="{escape(entry.notice.language)}"' if entry.notice and entry.notice.language else ""
    return (
        f'<h2><a href="{escape(_place(entry, instance))}">{title}</a></h2>'
        f"<p>{escape(who)}{', ' if who else ''}{stamp}{source}</p>"
        f"{points}{f'<p{own}>{escape(said)}</p>' if said else ''}"
    )


def _list(said: Sequence[str], lang: str = "") -> str:
    own = f' lang="{lang}"' if lang else ""
    return f"<ul{own}>{''.join(f'<li>{escape(s)}</li>' for s in said)}</ul>" if said else ""


def _page(title: str, body: str, lang: str) -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(clean(title))}</title></head>'
        f'<body style="font-family:sans-serif;max-width:40em">{body}</body></html>\n'
    )
