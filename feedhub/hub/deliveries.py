"""From the log to subscribers: what each is owed, when it is sent, and what follows when it cannot be.

The outbox row that was written with an announcement is turned into deliveries exactly once; a delivery goes out at
least once. Whoever subscribes or leaves is the matter of `subscriptions.py`.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as day_time
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from itsdangerous import URLSafeSerializer

from feedhub import fetch, push
from feedhub.hub.carrying import Carrier, Outcome, Parcel, Topics, carry_all, wished
from feedhub.hub.publication import Publication
from feedhub.hub.terms import words
from feedhub.model import Announcement, AnnouncementKind, Filter
from feedhub.publish import mail
from feedhub.store import Tx, from_json, log, subscriptions
from feedhub.store.subscriptions import Subscription

#: Waits after the first, second, … failure in a row; the last one repeats.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440))
#: A receiver that failed for so long is given up.
DEAD_AFTER = timedelta(days=7)
#: What was never confirmed is forgotten after, and what ended after.
UNCONFIRMED, ENDED = timedelta(days=3), timedelta(days=30)
#: Seconds for which one process holds a subscription while it sends, and after which it says that it still does.
HOLD, RENEW = 45, 15
#: Subscriptions in one round, announcements turned into deliveries in one transaction.
ROUND, BATCH = 1000, 200
#: Digests go out at this hour in the zone of authorities; weekly ones on Mondays.
HOUR, ZONE = 8, "Europe/Brussels"
_EVERY = 0.5
_log = logging.getLogger("feedhub.push")


class Deliveries(Publication):
    """The verbs of delivering."""

    @cached_property
    def way(self) -> fetch.GuardedSession:
        """The guarded way to addresses that subscribers named."""
        return fetch.guarded_session(allow=self.settings.push_allow, user_agent=self.user_agent)

    @cached_property
    def signer(self) -> URLSafeSerializer:
        """Signs the links in mails and on pages; they hold no address and no secret."""
        return URLSafeSerializer(self.settings.secret_key, salt="feedhub subscription")

    @cached_property
    def post_office(self) -> push.Post | None:
        """The mail server, None when there is none. Raises ConfigError for a URL that cannot be used."""
        if not self.settings.smtp_url:
            return None
        host = urlsplit(self.settings.base_url).hostname or "localhost"
        return push.Post.from_url(self.settings.smtp_url, f"feedhub@{host}")

    def close(self) -> None:
        """Give connections back."""
        if "way" in self.__dict__:
            self.way.close()
        super().close()

    # -- the verb

    def push_waits(self) -> bool:
        """Whether there is something to deliver now; cheap enough to ask twice a second."""
        with self.store.reading() as tx:
            return subscriptions.anything_due(tx, self.now())

    def deliver_due(self, stop: threading.Event | None = None) -> int:
        """Turn new announcements into deliveries and send everything that is due; the number of messages that arrived.

        Safe to call from many processes at once: a subscription is sent to by one of them. Returns early after `stop`.
        """
        stop = stop or threading.Event()
        arrived = 0
        while not stop.is_set():
            owed = self._fan_out()
            round_ = self._round(stop)
            arrived += round_ or 0
            if not owed and round_ is None:
                break
        return arrived

    def deliver_until(self, stop: threading.Event, every: float = _EVERY) -> None:
        """Deliver what is due, twice a second, until `stop`; an error is logged and the next turn comes all the same."""
        swept = 0.0
        while not stop.wait(every):
            try:
                if not swept or time.monotonic() - swept > 600:
                    self.sweep_subscriptions()
                    swept = time.monotonic()
                if self.push_waits():
                    self.deliver_due(stop)
            except Exception:  # noqa: BLE001 - the sender must not end
                _log.exception("Delivering failed; it is tried again.")
                stop.wait(5)

    def sweep_subscriptions(self) -> None:
        """End leases that ran out; forget addresses never confirmed, what ended long ago and settled deliveries."""
        now = self.now()
        with self.store.writing() as tx:
            subscriptions.expire(tx, now)
            subscriptions.forget(tx, now, UNCONFIRMED, ENDED)

    def delivery_counts(self) -> Mapping[str, int]:
        """For /metrics: `<kind>_<state>` of deliveries, `failing` and `dead` subscriptions, mails not yet sent."""
        with self.store.reading() as tx:
            found = subscriptions.counts(tx)
            failing = subscriptions.failing(tx)
        dead = sum(n for (what, _, state), n in found.items() if what == "subscription" and state == "dead")
        kinds = {f"{kind}_{state}": n for (what, kind, state), n in found.items() if what == "delivery"}
        return {**kinds, "failing": failing, "dead": dead}

    # -- owing

    def _fan_out(self) -> int:
        """Turn announcements of the outbox into deliveries; the number of announcements."""
        now = self.now()
        with self.store.writing() as tx:
            seqs = subscriptions.waiting(tx, BATCH)
            if not seqs:
                return 0
            if self.settings.hub_url:
                self._know_outside_hub(tx, now, seqs[0] - 1)
            for wish in subscriptions.wishes(tx):
                found = subscriptions.among(tx, seqs, self._where(wish))
                # A feed is sent whole: of several announcements at once the newest brings the others along.
                for seq in found if wish[0] in ("mail", "webhook") else found[-1:]:
                    subscriptions.owe(tx, wish, seq, now, _dues(wish[0], now))
            subscriptions.consumed(tx, seqs, now)
        return len(seqs)

    def _where(self, wish: tuple[str, str, str]) -> Any:
        """The condition under which an announcement concerns a wish."""
        kind, topic, query = wish
        path, _, own = topic.partition("?")
        if kind == "websub" and path.startswith("/notices/"):
            return log.about(path.removeprefix("/notices/").rpartition(".")[0])
        pairs = [(k, v) for k, v in parse_qsl(own or query, keep_blank_values=True) if k != "page"]
        f = self.present(Filter.parse(pairs, {}))
        if path.startswith("/feeds/lessons"):
            return log.of_kind(log.condition(self.aliased(f), words(f)), AnnouncementKind.LESSON.value)
        if path.startswith("/feeds/notices"):
            # Here these are dates of milestones; whether the content really changed is seen when it is rendered.
            f = replace(f, since=None, until=None, lead_days_min=None)
        return log.condition(self.asked(f), words(f))

    def _know_outside_hub(self, tx: Tx, now: datetime, since: int) -> None:
        hub = self.settings.hub_url
        row = new_row("hub", hub, now, state="active", since_seq=since)
        subscriptions.put(tx, key_of("hub", hub), row)

    # -- sending

    def _round(self, stop: threading.Event) -> int | None:
        """Claim and send once; the number that arrived, None when nothing was due."""
        token, now = secrets.token_hex(8), self.now()
        with self.store.writing() as tx:
            claimed = subscriptions.claim(tx, token, now, now + timedelta(seconds=HOLD), ROUND)
            owed = subscriptions.owed(tx, [s.id for s in claimed if not s.errand], now)
            states = subscriptions.entries(tx, sorted({seq for seqs in owed.values() for seq in seqs}))
        if not claimed:
            return None
        known = {seq: from_json(Announcement, state) for seq, state in states.items()}
        parcels = [Parcel(s, tuple(known[seq] for seq in owed.get(s.id, ()))) for s in claimed]
        carrier = Carrier(
            self.instance,
            self.way,
            self.post_office,
            Topics(self.render),
            now,
            self.links_of,
            self.filter_words,
            _hub_topics(self.instance.base_url, known.values()) if self.settings.hub_url else (),
        )
        left = {s.id for s in claimed}
        arrived, renewed = 0, time.monotonic()
        try:
            for batch in carry_all(parcels, carrier.carry, stop):
                late = time.monotonic() - renewed > RENEW
                if batch or late:
                    left -= {o.parcel.to.id for o in batch}
                    arrived += self._settle(batch, token, sorted(left) if late else ())
                    renewed = time.monotonic() if late else renewed
        finally:
            if left:
                with self.store.writing() as tx:
                    for subscription_id in left:
                        subscriptions.free(tx, subscription_id, token)
        return arrived

    def _settle(self, batch: Sequence[Outcome], token: str, hold: Sequence[int]) -> int:
        """Write how a batch ended, and hold what is still under way; the number that arrived."""
        now = self.now()
        with self.store.writing() as tx:
            for outcome in batch:
                to = outcome.parcel.to
                if outcome.sent and (outcome.result.ok or to.kind == "webhook"):
                    subscriptions.settle(tx, to.id, outcome.sent, now)
                present = subscriptions.get(tx, to.id)
                if present is None or not subscriptions.free(tx, to.id, token):
                    continue  # it left meanwhile, or the claim ran out and another process goes on with it
                if to.errand:
                    if _asked(present) == _asked(to):  # else something else was asked meanwhile, and is put next
                        self._errand_done(tx, present, outcome.result, now)
                elif present.state == "active":
                    self._sent(tx, present, outcome, now)
            subscriptions.renew(tx, hold, now + timedelta(seconds=HOLD), token)
        return sum(o.result.ok for o in batch)

    def _sent(self, tx: Tx, to: Subscription, outcome: Outcome, now: datetime) -> None:
        if outcome.result.ok:
            more: dict[str, Any] = {"sent_etag": outcome.etag} if outcome.etag else {}
            subscriptions.change(tx, to.id, **_WELL, last_good=now, **more)
            return
        left = [e.seq for e in outcome.parcel.entries if e.seq not in outcome.sent or to.kind != "webhook"]
        subscriptions.missed(tx, to.id, left)
        if outcome.sent and to.kind == "webhook":
            to = replace(to, failures=0, failing_since=None)
            subscriptions.change(tx, to.id, last_good=now)
        self._not_sent(tx, to, outcome.result, now)

    def _not_sent(self, tx: Tx, to: Subscription, result: push.Result, now: datetime) -> None:
        """Back off, or give up; whoever is given up is told, where a way exists."""
        since = None if result.ours else to.failing_since or now
        if result.gone:
            subscriptions.end(tx, to.id, "ended", "gone", now)
            subscriptions.change(tx, to.id, last_error=result.said)
        elif to.kind != "hub" and since is not None and now - since >= DEAD_AFTER:
            errand = "denied" if to.kind == "websub" else ""
            subscriptions.end(tx, to.id, "dead", "failing", now, errand=errand)
            subscriptions.change(tx, to.id, last_error=result.said, failing_since=since)
            _log.warning("Subscription %s (%s, %s) failed for seven days and was ended.", to.id, to.kind, to.host)
        else:
            wait = BACK_OFF[min(to.failures, len(BACK_OFF) - 1)]
            subscriptions.change(
                tx,
                to.id,
                failures=to.failures + 1,
                failing_since=since or to.failing_since,
                last_error=result.said,
                next_try=now + wait,
            )

    def _errand_done(self, tx: Tx, to: Subscription, result: push.Result, now: datetime) -> None:
        """What an answer to a question changes; without a good answer nothing that holds is touched."""
        seq = log.position(tx).seq
        if to.errand in ("subscribe", "unsubscribe") and not result.ok:
            if to.state == "pending":
                subscriptions.erase(tx, to.id)
            else:
                subscriptions.change(tx, to.id, errand="", last_error=result.said)
        elif to.errand == "subscribe":
            more: dict[str, Any] = {"since_seq": seq, "sent_etag": ""} if to.state == "pending" else {}
            lease = now + timedelta(seconds=to.errand_lease)
            values = {"state": "active", "errand": "", "secret": to.errand_value, "expires": lease, **_WELL, **more}
            subscriptions.change(tx, to.id, **values)
        elif to.errand == "unsubscribe":
            subscriptions.end(tx, to.id, "ended", "left", now)
        elif to.errand == "denied" or (to.errand == "confirm" and result.ok):
            subscriptions.change(tx, to.id, errand="", **_WELL)
        elif result.ok:
            subscriptions.change(tx, to.id, state="active", errand="", since_seq=seq, last_good=now, **_WELL)
        else:
            self._not_sent(tx, to, replace(result, ours=result.ours or to.state == "pending"), now)

    # -- words and links

    def links_of(self, to: Subscription) -> tuple[str, str]:
        """The absolute addresses that confirm and that show and end a subscription, in the language of its mails."""
        wish = to.errand_value or f"{to.rhythm} {to.language}".rstrip()
        confirm = self.signer.dumps(["confirm", to.id, to.mark, wish])
        stop = self.signer.dumps(["end", to.id, to.mark])
        asked = wished(wish)[1] if to.kind == "mail" else ""
        return (
            self.instance.url(f"/subscribe/confirm/{confirm}{f'?ui={asked}' if asked else ''}"),
            self.instance.url(f"/subscribe/end/{stop}{f'?ui={to.language}' if to.language else ''}"),
        )

    def filter_words(self, query: str, language: str = "en") -> str:
        """A canonical filter in words of a language, "" for the empty one."""
        return mail.filter_words(query, self.known_values(language), language)


_WELL: Mapping[str, Any] = {"failures": 0, "failing_since": None, "last_error": "", "next_try": None}


def _asked(to: Subscription) -> tuple[str, str, int]:
    return to.errand, to.errand_value, to.errand_lease


def key_of(*parts: str) -> str:
    """What makes a subscription one: a digest of its parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def new_row(kind: str, target: str, now: datetime, **more: Any) -> dict[str, Any]:
    """The columns of a new subscription."""
    host = target.rpartition("@")[2] if kind == "mail" else urlsplit(target).netloc
    return {
        "kind": kind,
        "state": "pending",
        "target": target,
        "target_digest": key_of(target),
        "host": ("mail" if kind == "mail" else host.lower())[:260],
        "mark": secrets.token_hex(16),
        "asked": now,
        **more,
    }


def next_digest(rhythm: str, now: datetime) -> datetime:
    """When a daily or weekly digest goes out next: the coming 08:00, or that of the coming Monday, in UTC."""
    zone = ZoneInfo(ZONE)
    day = now.astimezone(zone).date()
    while True:
        at = datetime.combine(day, day_time(HOUR), zone)
        if at > now and (rhythm == "daily" or at.weekday() == 0):
            return at.astimezone(now.tzinfo)
        day += timedelta(days=1)


def _dues(kind: str, now: datetime) -> dict[str, datetime]:
    if kind != "mail":
        return {"": now}
    return {"immediate": now, **{rhythm: next_digest(rhythm, now) for rhythm in ("daily", "weekly")}}


def _hub_topics(base: str, entries: Any) -> tuple[str, ...]:
    """Feeds that an outside hub is told of: the whole ones, and those of one authority, country or topic."""
    paths = [f"/feeds/{name}.{fmt}" for name in ("announcements", "notices") for fmt in ("atom", "rss", "json")]
    for entry in entries:
        for name in ("authority", "country", "topic"):
            for value in entry.terms.get(name, ()):
                paths.append(Filter().with_value(name, value).address("/feeds/announcements.atom"))
    return tuple(base + p for p in dict.fromkeys(paths))[:100]
