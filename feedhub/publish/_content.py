"""The HTML body of an entry: what is required, of whom, from when, and how sure that is, each fact with its source.

Every value is escaped here; the tags are ours. Never decides what is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape

from feedhub import taxonomy
from feedhub.model import Evidence, Milestone, Notice, Requirement
from feedhub.publish import _wording as wording
from feedhub.publish._links import safe_url
from feedhub.text import clean, shorten

_MOST = 25  # requirements or dates in one entry; the notice page has them all
_QUOTE = 700


def notice_html(
    notice: Notice,
    authority_name: str,
    page_url: str,
    *,
    changes: Sequence[str] = (),
    note: str = "",
    last_confirmed: datetime | None = None,
) -> str:
    """The body of an entry about one notice. `page_url` is the absolute address of its page; `note` opens the text."""
    parts = [_p(note), _list(_text(c) for c in changes), _p(f"{_who(notice, authority_name)}")]
    if last_confirmed is not None:
        seen = wording.day(wording.second(last_confirmed).date())
        parts.append(_p(f"The source could not be read well for some time; last confirmed {seen}."))
    parts.append(_p(shorten(notice.summary, wording.SUMMARY)))
    required = notice.living_requirements
    if required:
        parts.append("<h3>What is required</h3>")
        parts.append(_list([*(_requirement(r, notice.language) for r in required[:_MOST]), *_more(required, page_url)]))
    dates = notice.milestones
    if dates:
        parts.append("<h3>Dates</h3>")
        parts.append(_list([*(_milestone(m, notice.language) for m in dates[:_MOST]), *_more(dates, page_url)]))
    parts.append(f"<p>{_links(notice, page_url)}</p>")
    return "".join(parts)


def plain_html(note: str, items: Sequence[str], page_url: str, label: str) -> str:
    """The body of an entry about no single notice: a digest with its lines, or a lesson."""
    return f"{_p(note)}{_list(_text(i) for i in items)}<p>{_link(page_url, label)}</p>"


def short_html(text: str, page_url: str) -> str:
    """A body of two lines, for documents that must stay small."""
    return f"{_p(text)}<p>{_link(page_url, 'The whole notice')}</p>"


def _who(notice: Notice, authority_name: str) -> str:
    place = wording.country(notice.country)
    goods = ", ".join(_label("product", p).lower() for p in notice.products[:8])
    asked = f"Asked of suppliers of {goods}" if goods else "Asked of suppliers"
    return (
        f"{authority_name or notice.authority_id}{f' ({place})' if place else ''}. {asked}. "
        f"Stage: {wording.stage(notice.stage)}. Trust: {wording.trust(notice.trust)}."
    )


@lru_cache(maxsize=4096)
def _label(kind: str, key: str) -> str:
    return taxonomy.load().label(kind, key)


def _requirement(value: Requirement, language: str) -> str:
    head = f"<strong>{_text(wording.topic(value.topic))}</strong> ({_text(wording.clause(value.clause))})"
    facts = [
        value.text,
        f"Due: {value.trigger.replace('_', ' ')}." if value.trigger else "",
        f"Threshold: {value.threshold}." if value.threshold else "",
        f"Evidence accepted: {'; '.join(_label('evidence', e) for e in value.evidence)}." if value.evidence else "",
        f"Law: {'; '.join(_label('law', law) for law in value.laws)}." if value.laws else "",
        f"Names: {'; '.join(_label('convention', c) for c in value.cites)}." if value.cites else "",
        f"Trust: {wording.trust(value.trust)}.",
    ]
    said = " ".join(_text(shorten(f, 1000)) for f in facts if f)
    quote = value.quote or value.provenance.quote
    return f"{head}: {said}{_source(value.provenance)}{_quote(quote, language)}"


def _milestone(value: Milestone, language: str) -> str:
    facts = [wording.status(value.status)]
    if value.previous is not None:
        facts.append(f"was {wording.when(value.previous)}")
    facts += [f"another source says {wording.when(other)}" for other in value.others[:3]]
    if value.recurs:
        facts.append("every year")
    facts.append(wording.trust(value.trust))
    head = _text(wording.milestone(value))
    note = f" {_text(shorten(value.note, 500))}" if value.note else ""
    return (
        f"{head[:1].upper()}{head[1:]} <strong>{_text(wording.when(value.when))}</strong> ({_text('; '.join(facts))})."
        f"{note}{_source(value.provenance)}{_quote(value.provenance.quote, language)}"
    )


def _source(value: Evidence) -> str:
    link = _link(value.url, "Source")
    seen = f" seen {wording.day(value.seen)}" if value.seen else ""
    return f" {link}{seen}." if link else ""


def _quote(text: str, language: str) -> str:
    if not text:
        return ""
    lang = f' lang="{escape(clean(language))}"' if language else ""
    return f"<blockquote{lang}>{_text(shorten(text, _QUOTE))}</blockquote>"


def _links(notice: Notice, page_url: str) -> str:
    links = [_link(page_url, "This notice with its history"), _link(notice.url, "The original")]
    return " · ".join(link for link in links if link)


def _more(values: Sequence[object], page_url: str) -> list[str]:
    left = len(values) - _MOST
    return [_link(page_url, f"{left} more on the notice's page")] if left > 0 else []


def _link(url: str, label: str) -> str:
    safe = safe_url(url)
    return f'<a href="{escape(safe)}">{_text(label)}</a>' if safe else ""


def _p(text: str) -> str:
    return f"<p>{_text(text)}</p>" if clean(text) else ""


def _list(items: Iterable[str]) -> str:
    lines = "".join(f"<li>{i}</li>" for i in items if i)
    return f"<ul>{lines}</ul>" if lines else ""


def _text(text: str) -> str:
    return escape(clean(text), quote=False)
