"""Carries one round of messages to many receivers at once: a bounded pool, fair between hosts, nothing stored.

What a worker thread does for one subscriber stands here. Whom to send what, and what follows from how it ended, is
decided in `deliveries.py`.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from feedhub import push
from feedhub.errors import FeedhubError, Moved
from feedhub.hub.shapes import Rendered
from feedhub.model import Announcement, Instance
from feedhub.publish import exchange, mail
from feedhub.store.subscriptions import Subscription

#: Messages under way at once, and at once to one host: a host that hangs leaves room for all others.
POOL = 64
PER_HOST = 40
#: Announcements that one webhook gets in one round.
WEBHOOK_ROUND = 50
_log = logging.getLogger("feedhub.push")


@dataclass(frozen=True)
class Parcel:
    """What is to be carried to one subscriber: its errand, or the announcements it is owed, oldest first."""

    to: Subscription
    entries: tuple[Announcement, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How it ended: `sent` are the sequence numbers that arrived, `etag` the version of a topic that did."""

    parcel: Parcel
    result: push.Result
    sent: tuple[int, ...] = ()
    etag: str = ""


def wished(value: str) -> tuple[str, str]:
    """The rhythm and language that a confirmation puts into force, out of `errand_value` or a link."""
    rhythm, _, language = value.partition(" ")
    return rhythm, language


class Topics:
    """The contents of feeds, rendered once a round however many listen to one."""

    def __init__(self, render: Callable[[str], Rendered]) -> None:
        """`render` gives the bytes of a canonical path."""
        self._render = render
        self._made: dict[str, Rendered | FeedhubError] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, path: str) -> Rendered:
        """The content of a topic; raises what rendering raised."""
        with self._locks[path]:
            if path not in self._made:
                try:
                    self._made[path] = self._content(path)
                except FeedhubError as error:
                    self._made[path] = error
        made = self._made[path]
        if isinstance(made, FeedhubError):
            raise made
        return made

    def _content(self, path: str) -> Rendered:
        try:
            return self._render(path)
        except Moved as moved:
            return self._render(moved.location)


@dataclass(frozen=True)
class Carrier:
    """Everything a worker needs. `links` makes (confirm, stop) addresses, `said` the words of a filter in a language."""

    instance: Instance
    way: push.Way
    post: push.Post | None
    topics: Topics
    now: datetime
    links: Callable[[Subscription], tuple[str, str]]
    said: Callable[[str, str], str]
    hub_topics: tuple[str, ...] = ()

    def carry(self, parcel: Parcel) -> Outcome:
        """Send one parcel; never raises."""
        try:
            if parcel.to.errand:
                return Outcome(parcel, self._errand(parcel.to))
            return self._send(parcel)
        except Exception:  # noqa: BLE001 - whatever one message does, the others go on
            _log.exception("Sending to subscription %s failed.", parcel.to.id)
            return Outcome(parcel, push.Result(ok=False, said="feedhub failed; see its log.", ours=True))

    def _errand(self, to: Subscription) -> push.Result:
        topic = self.instance.url(to.topic)
        if to.errand in ("subscribe", "unsubscribe"):
            return push.ask_callback(self.way, to.target, to.errand, topic, to.errand_lease)
        if to.errand == "denied":
            return push.tell_denied(self.way, to.target, topic, "The callback failed for seven days.")
        if to.errand == "ping":
            body = self._json(to, "ping", None)
            return push.send_webhook(self.way, to.target, body, to.secret, f"{to.id}-ping", self._stamp)
        if self.post is None:
            return push.Result(ok=False, said="No mail server is set.", ours=True)
        rhythm, language = wished(to.errand_value)
        mark = f"confirm.{to.id}.{to.mark[:12]}"
        envelope = mail.Envelope(self.instance, self.post.sender, to.target, mark, language=language)
        said = self.said(to.query, envelope.lang)
        made = mail.confirmation(envelope, self.links(to)[0], self.now, rhythm=rhythm, filter_text=said)
        return push.send_mail(self.post, made)

    def _send(self, parcel: Parcel) -> Outcome:
        to = parcel.to
        everything = tuple(e.seq for e in parcel.entries)
        if to.kind == "webhook":
            return self._webhook(parcel)
        if to.kind == "mail":
            return Outcome(parcel, self._mail(to, parcel.entries), everything)
        if to.kind == "hub":
            return Outcome(parcel, push.ping_hub(self.way, to.target, self.hub_topics), everything)
        try:
            made = self.topics.get(to.topic)
        except FeedhubError as error:
            return Outcome(parcel, push.Result(ok=False, said=str(error), gone=True))
        if made.etag == to.sent_etag:
            return Outcome(parcel, push.Result(ok=True), everything, made.etag)
        content = push.Content(made.body, made.content_type, made.links)
        result = push.push_content(self.way, to.target, content, to.secret, self._patience(to))
        return Outcome(parcel, result, everything, made.etag)

    def _webhook(self, parcel: Parcel) -> Outcome:
        to, sent = parcel.to, []
        result = push.Result(ok=True)
        for entry in parcel.entries[:WEBHOOK_ROUND]:
            body, name = self._json(to, "announcement", entry), f"{to.id}-{entry.seq}"
            result = push.send_webhook(self.way, to.target, body, to.secret, name, self._stamp, self._patience(to))
            if not result.ok:
                break
            sent.append(entry.seq)
        return Outcome(parcel, result, tuple(sent))

    def _mail(self, to: Subscription, entries: Sequence[Announcement]) -> push.Result:
        if self.post is None:
            return push.Result(ok=False, said="No mail server is set.", ours=True)
        mark = f"{entries[0].seq}-{entries[-1].seq}.{to.id}.{to.mark[:12]}"
        envelope = mail.Envelope(self.instance, self.post.sender, to.target, mark, self.links(to)[1], to.language)
        said = self.said(to.query, envelope.lang)
        return push.send_mail(self.post, mail.digest(envelope, entries, self.now, rhythm=to.rhythm, filter_text=said))

    def _json(self, to: Subscription, kind: str, entry: Announcement | None) -> bytes:
        made: dict[str, object] = {
            "type": kind,
            "delivery": f"{to.id}-{entry.seq if entry else 'ping'}",
            "subscription": self.links(to)[1],
        }
        if entry is not None:
            made["announcement"] = exchange.announcement_json(entry, self.instance)
        return exchange.dumps(made)

    @property
    def _stamp(self) -> int:
        return int(self.now.timestamp())

    @staticmethod
    def _patience(to: Subscription) -> float:
        return push.AGAIN if to.failures else push.FIRST


def carry_all(
    parcels: Sequence[Parcel], carry: Callable[[Parcel], Outcome], stop: threading.Event
) -> Iterator[list[Outcome]]:
    """Carry every parcel; gives outcomes in batches as they come, and an empty batch four times a second without any.

    Hosts take turns, so that nobody waits for the slow host of somebody else. After `stop` nothing new is begun and
    what was not begun has no outcome.
    """
    lines: dict[str, deque[Parcel]] = defaultdict(deque)
    for parcel in parcels:
        lines[parcel.to.host].append(parcel)
    done: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
    with ThreadPoolExecutor(min(POOL, max(1, len(parcels))), thread_name_prefix="push") as pool:

        def step(line: deque[Parcel]) -> None:
            try:
                parcel = line.popleft()
            except IndexError:
                return
            done.put(None if stop.is_set() else carry(parcel))
            if line:
                pool.submit(step, line)

        for line in lines.values():
            for _ in range(min(PER_HOST, len(line))):
                pool.submit(step, line)
        left = len(parcels)
        while left:
            batch = list(_drained(done))
            left -= len(batch)
            yield [outcome for outcome in batch if outcome is not None]


def _drained(done: queue.SimpleQueue[Outcome | None], most: int = 100) -> Iterator[Outcome | None]:
    try:
        yield done.get(timeout=0.25)
        for _ in range(most):
            yield done.get_nowait()
    except queue.Empty:
        return
