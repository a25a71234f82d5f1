"""Who wants to be told, and who no longer does: WebSub, webhooks and e-mail. Nothing is sent to whom has not agreed.

A WebSub callback must echo a challenge, a webhook must accept a first signed message, an e-mail address is asked by
mail. Answers never tell whether somebody subscribes already.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from itsdangerous import BadSignature

from feedhub import fetch
from feedhub.errors import FeedhubError, FetchError, InvalidInput, NotFound, TooMany
from feedhub.hub.carrying import wished
from feedhub.hub.deliveries import Deliveries, key_of, new_row
from feedhub.hub.publication import is_topic
from feedhub.model import Filter
from feedhub.store import Tx, log, subscriptions
from feedhub.store.subscriptions import Subscription

#: The longest and shortest lease of a WebSub subscription in seconds; it must be renewed, no lease is perpetual.
LEASE, LEAST_LEASE = 10 * 86400, 300
#: Requests that one address may make in an hour: for mail and webhooks, and for WebSub.
PER_HOUR, WEBSUB_PER_HOUR = 20, 300
#: Mails that ask one e-mail address for its consent in a day.
ASKED_PER_DAY = 3
#: Subscriptions that one host may hold.
PER_HOST: Mapping[str, int] = {"websub": 1000, "webhook": 50}
RHYTHMS = ("immediate", "daily", "weekly")
_LONGEST = 2000


@dataclass(frozen=True)
class NewWebhook:
    """A webhook just made: its secret, shown this once, and the address that shows and ends it."""

    secret: str
    link: str


@dataclass(frozen=True)
class Shown:
    """A subscription as its owner and operators see it. `target` is shortened so that no address is read from it."""

    id: int
    kind: str
    state: str
    target: str
    chosen: str
    rhythm: str
    asked: datetime
    last_good: datetime | None
    failing_since: datetime | None
    failures: int
    last_error: str
    next_try: datetime | None
    expires: datetime | None
    ended: datetime | None
    why: str
    pending: int = 0
    sent: int = 0


class Subscriptions(Deliveries):
    """The verbs of subscribing."""

    # -- WebSub

    def ask_websub(self, pairs: Iterable[tuple[str, str]], client: str) -> None:
        """Take a request to subscribe or unsubscribe (W3C WebSub, section 5.1); the callback is asked afterwards.

        `client` is the address the request came from. Raises InvalidInput with a sentence, or TooMany.
        """
        fields: dict[str, str] = {}
        for name, value in pairs:
            fields.setdefault(name, value)
        mode, callback, topic = (fields.get(f"hub.{n}", "").strip() for n in ("mode", "callback", "topic"))
        if mode not in ("subscribe", "unsubscribe"):
            raise InvalidInput("hub.mode must be subscribe or unsubscribe; this hub publishes by itself.")
        secret = fields.get("hub.secret", "")
        if len(secret.encode()) >= 200:
            raise InvalidInput("hub.secret must be shorter than 200 bytes.")
        _check_callback("hub.callback", callback)
        base = self.instance.base_url
        path = topic.removeprefix(base)
        if mode == "subscribe":
            self._check_topic(topic)
        now, key = self.now(), key_of("websub", callback, path)
        with self.store.writing() as tx:
            self._count(tx, now, client, WEBSUB_PER_HOUR)
            known = subscriptions.by_key(tx, key)
            living = known is not None and known.state in ("pending", "active")
            if mode == "unsubscribe":
                if known is not None and living:
                    subscriptions.change(tx, known.id, errand="unsubscribe", errand_value="", next_try=None)
                return
            wish = {"errand": "subscribe", "errand_value": secret, "errand_lease": _lease(fields), "next_try": None}
            if known is not None and living:
                subscriptions.change(tx, known.id, **wish)
                return
            if known is not None:
                subscriptions.erase(tx, known.id)
            row = new_row("websub", callback, now, topic=path, **wish)
            self._room(tx, "websub", row["host"])
            subscriptions.put(tx, key, row)

    def _check_topic(self, topic: str) -> None:
        base = self.instance.base_url
        path = topic.removeprefix(base)
        if not topic.startswith(f"{base}/") or not is_topic(path) or len(topic) > _LONGEST:
            raise InvalidInput("hub.topic must be the address of a feed of this service that changes.")
        try:
            own = dict(self.render(path).links)["self"]
        except FeedhubError as error:
            raise InvalidInput(f"hub.topic: {error}") from error
        if own != topic:
            raise InvalidInput(f"hub.topic must be in its canonical form: {own}")

    # -- webhooks

    def ask_webhook(self, url: str, f: Filter, client: str) -> NewWebhook:
        """Make a webhook for a filter; it is active once it accepted a first signed message.

        Raises InvalidInput for an address that cannot be used, or TooMany.
        """
        url = url.strip()
        _check_callback("url", url)
        now, secret = self.now(), secrets.token_urlsafe(32)
        with self.store.writing() as tx:
            self._count(tx, now, client, PER_HOUR)
            row = new_row("webhook", url, now, query=f.query(), secret=secret, errand="ping")
            self._room(tx, "webhook", row["host"])
            made = subscriptions.put(tx, key_of("webhook", secrets.token_hex(16)), row)
        assert made is not None
        return NewWebhook(secret, self.links_of(made)[1])

    # -- e-mail

    def ask_mail(self, address: str, f: Filter, rhythm: str, client: str, language: str = "") -> None:
        """Ask an e-mail address for its consent; nothing tells whether it subscribes already or was asked too often.

        `rhythm` is immediate, daily or weekly, `language` the one that its mails are to speak; like the rhythm it
        changes for a known subscription only with the new consent. Raises InvalidInput or TooMany.
        """
        if not self.settings.smtp_url:
            raise InvalidInput("This service sends no mail.", {"email": "This service sends no mail."})
        if rhythm not in RHYTHMS:
            raise InvalidInput("Choose how often.", {"rhythm": "Choose how often."})
        try:
            checked = validate_email(address.strip(), check_deliverability=False)
        except EmailNotValidError as error:
            raise InvalidInput("Correct the address.", {"email": "This is no e-mail address."}) from error
        target = checked.ascii_email or checked.normalized
        now, query = self.now(), f.query()
        with self.store.writing() as tx:
            self._count(tx, now, client, PER_HOUR)
            who = self._hashed("mail", target.lower())
            if not subscriptions.count_request(tx, who, now, ASKED_PER_DAY, timedelta(days=1)):
                return
            key = key_of("mail", target.lower(), query)
            known = subscriptions.by_key(tx, key)
            if known is not None and known.state in ("ended", "dead"):
                subscriptions.erase(tx, known.id)
                known = None
            wish = {"errand": "confirm", "errand_value": f"{rhythm} {language}".rstrip(), "next_try": None}
            if known is not None:
                subscriptions.change(tx, known.id, **wish)
            else:
                more = {"rhythm": rhythm, "language": language}
                subscriptions.put(tx, key, new_row("mail", target, now, query=query, **more, **wish))

    def confirm_subscription(self, token: str, language: str = "en") -> Shown:
        """Somebody answered the mail that asked: from now on announcements go there. Raises NotFound for a bad link.

        `language` is the one in which the filter is named in what is returned.
        """
        made, wish = self._opened(token, "confirm")
        rhythm, spoken = wished(wish)
        if made is None or rhythm not in RHYTHMS or made.state not in ("pending", "active"):
            raise NotFound("This link has ended. Subscribe anew if you still want to.")
        with self.store.writing() as tx:
            values: dict[str, object] = {"rhythm": rhythm, "language": spoken, "errand": "", "errand_value": ""}
            if made.state == "pending":
                values |= {"state": "active", "since_seq": log.position(tx).seq}
            subscriptions.change(tx, made.id, **values)
            changed = subscriptions.get(tx, made.id)
        assert changed is not None
        return self._shown(changed, chosen=self.filter_words(changed.query, language))

    # -- by link

    def subscription(self, token: str, language: str = "en") -> Shown | None:
        """The subscription that a link names, None when it has ended already. Raises NotFound for a bad link.

        `language` is the one in which its filter is named.
        """
        kind = "confirm" if self._purpose(token) == "confirm" else "end"
        made, _ = self._opened(token, kind)
        return self._shown(made, chosen=self.filter_words(made.query, language)) if made is not None else None

    def unsubscribe(self, token: str) -> None:
        """End the subscription of a link; an address is forgotten at once. Again does nothing; NotFound when bad."""
        made, _ = self._opened(token, "end")
        if made is None:
            return
        with self.store.writing() as tx:
            if made.kind == "mail":
                subscriptions.erase(tx, made.id)
            elif made.state in ("pending", "active"):
                subscriptions.end(tx, made.id, "ended", "left", self.now())

    def _purpose(self, token: str) -> str:
        try:
            value = self.signer.loads(token)
        except BadSignature:
            return ""
        return str(value[0]) if isinstance(value, list) and value else ""

    def _opened(self, token: str, purpose: str) -> tuple[Subscription | None, str]:
        try:
            value = self.signer.loads(token)
            given, subscription_id, mark, *rest = value
        except (BadSignature, ValueError, TypeError) as error:
            raise NotFound("This link is not one of ours; copy it whole from the mail.") from error
        if given != purpose:
            raise NotFound("This link is for something else.")
        with self.store.reading() as tx:
            made = subscriptions.get(tx, int(subscription_id))
        if made is None or not hmac.compare_digest(made.mark, str(mark)):
            return None, ""
        return made, str(rest[0]) if rest else ""

    # -- operators

    def count_subscriptions(self) -> int:
        """How many subscriptions there are, whatever their state."""
        with self.store.reading() as tx:
            return sum(n for (what, _, _), n in subscriptions.counts(tx).items() if what == "subscription")

    def shown_subscriptions(self, *, page: int = 1, per_page: int = 100, language: str = "en") -> Sequence[Shown]:
        """A page of subscriptions with their deliveries, those in trouble first; filters named in a language."""
        with self.store.reading() as tx:
            rows = subscriptions.listing(tx, per_page, (page - 1) * per_page)
        words = {query: self.filter_words(query, language) for query in {s.query for s, _, _ in rows}}
        return [self._shown(s, words[s.query], pending, sent) for s, pending, sent in rows]

    def try_again(self, subscription_id: int) -> None:
        """Send what is owed to a failing subscription now; one that was given up gets its announcements from now on."""
        with self.store.writing() as tx:
            made = subscriptions.get(tx, subscription_id)
            if made is None or made.state not in ("active", "dead"):
                raise NotFound("There is no such subscription to try again.")
            if made.expires is not None and made.expires <= self.now():
                raise NotFound("Its lease ran out meanwhile; only the subscriber itself can begin anew.")
            well: dict[str, object] = {"failures": 0, "failing_since": None, "next_try": None}
            if made.state == "dead":
                well |= {"state": "active", "ended": None, "why": "", "since_seq": log.position(tx).seq}
            subscriptions.change(tx, made.id, **well)

    def _shown(self, s: Subscription, chosen: str, pending: int = 0, sent: int = 0) -> Shown:
        return Shown(
            id=s.id,
            kind=s.kind,
            state=s.state,
            target=_veiled(s),
            chosen=s.topic or chosen,
            rhythm=s.rhythm,
            asked=s.asked,
            last_good=s.last_good,
            failing_since=s.failing_since,
            failures=s.failures,
            last_error=s.last_error,
            next_try=s.next_try,
            expires=s.expires,
            ended=s.ended,
            why=s.why,
            pending=pending,
            sent=sent,
        )

    # -- limits

    def _count(self, tx: Tx, now: datetime, client: str, limit: int) -> None:
        if self._trusted(client):
            return
        who = self._hashed("client", client)
        if not subscriptions.count_request(tx, who, now, limit, timedelta(hours=1)):
            raise TooMany("Too many requests from your address; please try again in an hour.")

    def _room(self, tx: Tx, kind: str, host: str) -> None:
        if self._trusted(urlsplit(f"//{host}").hostname or ""):
            return
        if subscriptions.living(tx, host, kind) >= PER_HOST[kind]:
            raise TooMany(f"{host} holds as many subscriptions here as one host may.")

    def _trusted(self, address: str) -> bool:
        """Networks that the operator named for callbacks are not limited."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self.settings.push_allow)

    def _hashed(self, kind: str, value: str) -> str:
        key = self.settings.secret_key.encode()
        return hmac.new(key, f"subscribe {kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _check_callback(name: str, url: str) -> None:
    """Raise InvalidInput for an address that nothing could be sent to; where it leads is judged when it is used."""
    label = name if name.startswith("hub.") else "The address"
    try:
        if not url or len(url) > _LONGEST:
            raise InvalidInput(
                f"{label} is missing or longer than {_LONGEST} characters.", {name: "Write the address."}
            )
        fetch.normalise_url(url)
    except FetchError as error:
        said = f"{label} cannot be used: {error.detail or error}."
        raise InvalidInput(said, {name: said}) from error


def _lease(fields: Mapping[str, str]) -> int:
    wanted = fields.get("hub.lease_seconds", "")
    if not (wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 12 and int(wanted)):
        return LEASE
    return max(LEAST_LEASE, min(LEASE, int(wanted)))


def _veiled(s: Subscription) -> str:
    if s.kind == "mail":
        name, _, host = s.target.rpartition("@")
        return f"{name[:1]}…@{host}"
    parts = urlsplit(s.target)
    return f"{parts.scheme}://{parts.netloc}{parts.path[:1]}…" if len(parts.path) > 1 or parts.query else s.target
