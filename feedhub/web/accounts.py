"""Maps Flask-Security onto the store's account tables: who signs in, with which role, for which authority.

The one file of the web that reaches the store. Accounts are made by administrators and get a one-time link on which
the person chooses a password; there is no registration and no mail. Never decides what an account may publish.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, Flask, Response, current_app, has_request_context, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin, current_user, hash_password
from flask_security.signals import user_authenticated
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import ColumnElement, Engine, delete, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, registry, relationship, scoped_session

from feedhub.errors import InvalidInput, NotFound
from feedhub.store.tables import login_attempt, role, user, user_role
from feedhub.web import signing
from feedhub.web.context import the_hub
from feedhub.web.errors import SENTENCES, answer
from feedhub.web.forms import FirstForm, WelcomeForm

if TYPE_CHECKING:
    from feedhub.config import Settings
    from feedhub.hub import Hub

ROLES = {
    "buyer": "Posts and revises the notices of one authority",
    "curator": "Reviews what the machine found",
    "admin": "Manages accounts and sources",
}
LINK_DAYS = 7
#: Attempts to sign in within a quarter of an hour, of one account and from one address.
PER_ACCOUNT, PER_ADDRESS, WINDOW = 10, 50, timedelta(minutes=15)

log = logging.getLogger(__name__)
bp = Blueprint("accounts", __name__, url_prefix="/account")


class Role(RoleMixin):
    """A role; its name is one of `ROLES`."""

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


class User(UserMixin):
    """An account. `authority_id` binds a buyer to an authority."""

    if TYPE_CHECKING:
        authority_id: str | None

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


_registry = registry()
_registry.map_imperatively(Role, role)
_registry.map_imperatively(User, user, properties={"roles": relationship(Role, secondary=user_role, lazy="joined")})


@dataclass(frozen=True)
class Account:
    """What lists of accounts show. `waiting` is true until the person has chosen a password."""

    id: int
    email: str
    roles: tuple[str, ...]
    authority_id: str
    active: bool
    waiting: bool
    last_login: datetime | None


# -- verbs, for the CLI and the administrator's page


def add_user(hub: Hub, email: str, role: str, authority_id: str = "") -> str:
    """Make an account, or give an existing one this role; the one-time link for its password.

    Raises InvalidInput for an impossible address, an unknown role or authority, and a buyer without authority.
    """
    email = _email(email)
    if role not in ROLES:
        raise InvalidInput(f"The role must be one of: {', '.join(ROLES)}.", {"role": "Unknown role."})
    if role == "buyer" and not authority_id:
        raise InvalidInput("A buyer needs an authority.", {"authority_id": "Choose the authority."})
    if authority_id:
        try:
            hub.authority(authority_id)
        except NotFound as error:
            raise InvalidInput(f"There is no authority “{authority_id}”.", {"authority_id": "Unknown."}) from error
    with _writing(hub.store.engine) as session:
        account = _make(session, email, role, hub.now())
        account.authority_id = authority_id or account.authority_id
        account.active = True
        session.flush()
        return _link(hub, account)


def count_users(hub: Hub, said: str = "") -> int:
    """How many accounts `list_users` has."""
    with Session(hub.store.engine) as session:
        return session.scalar(select(func.count()).select_from(user).where(_alike(said))) or 0


def list_users(hub: Hub, said: str = "", *, page: int = 1, per_page: int | None = None) -> list[Account]:
    """A page of the accounts whose address holds what is `said`, by address; all of them without a length of page."""
    query = select(User).where(_alike(said)).order_by(user.c.email)
    if per_page is not None:
        wanted = select(user.c.id).where(_alike(said)).order_by(user.c.email)
        query = query.where(user.c.id.in_(wanted.limit(per_page).offset((page - 1) * per_page)))
    with Session(hub.store.engine) as session:
        found = session.scalars(query).unique()
        return [
            Account(
                u.id,
                u.email,
                tuple(sorted(r.name for r in u.roles)),
                u.authority_id or "",
                bool(u.active),
                u.password is None,
                u.last_login_at,
            )
            for u in found
        ]


def _alike(said: str) -> ColumnElement[bool]:
    return user.c.email.icontains(said.strip(), autoescape=True)


def disable_user(hub: Hub, email: str) -> None:
    """Stop an account: it cannot sign in, and its sessions end at once. Raises NotFound."""
    with _writing(hub.store.engine) as session:
        account = _find(session, email)
        if account is None:
            raise NotFound(f"There is no account “{email.strip()[:200]}”.")
        account.active = False
        account.fs_uniquifier = secrets.token_hex(16)


def first_admin_link(hub: Hub) -> str | None:
    """The one-time link for the first administrator; None when there is one."""
    with Session(hub.store.engine) as session:
        if _has_admin(session):
            return None
    return hub.instance.url(f"/account/welcome/{_signer(hub.settings).dumps(['first', hub.instance.tag_authority])}")


def invite_link(app: Flask, account: User) -> str:
    """The one-time link, valid for seven days, on which an account's password is chosen."""
    return _link(app.extensions["feedhub"], account)


def _link(hub: Hub, account: User) -> str:
    token = _signer(hub.settings).dumps([account.id, account.fs_uniquifier])
    return hub.instance.url(f"/account/welcome/{token}")


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt="feedhub-welcome")


def _email(address: str) -> str:
    try:
        return validate_email(address.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidInput(f"“{address.strip()[:200]}” is not an e-mail address.", {"email": str(error)}) from error


def _find(session: Session, email: str) -> User | None:
    return session.scalars(select(User).where(func.lower(user.c.email) == email.strip().lower())).unique().first()


def _has_admin(session: Session) -> bool:
    admins = select(user.c.id).join(user_role, user_role.c.user_id == user.c.id).join(role)
    admins = admins.where(role.c.name == "admin", user.c.active, user.c.password.is_not(None))
    return session.execute(admins).first() is not None


def _make(session: Session, email: str, role_name: str, now: datetime) -> User:
    account = _find(session, email)
    if account is None:
        account = User(email=email, active=True, fs_uniquifier=secrets.token_hex(16), created_at=now, login_count=0)
        session.add(account)
    wanted = session.scalars(select(Role).where(role.c.name == role_name)).first()
    if wanted is None:
        wanted = Role(name=role_name, description=ROLES[role_name])
    if wanted not in account.roles:
        account.roles.append(wanted)
    return account


@contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        yield session


# -- signing in


def register(app: Flask, hub: Hub) -> None:
    """Set Flask-Security up over the account tables, and count attempts to sign in."""
    app.config.from_mapping(signing.options(hub) | app.config)
    app.before_request(_slow_down)  # before Flask-Security opens a session of its own
    engine = hub.store.engine
    writes = engine.execution_options(writes=True)

    def make() -> Session:
        posted = has_request_context() and request.method == "POST" and request.blueprint in ("security", "accounts")
        return Session(writes if posted else engine)

    sessions = scoped_session(cast("Any", make))
    store = SQLAlchemySessionUserDatastore(sessions, User, Role)
    Security(app, store, register_blueprint=True)
    app.extensions["feedhub_sessions"] = sessions
    app.register_blueprint(bp)

    @app.teardown_appcontext
    def give_back(_error: BaseException | None) -> None:
        sessions.remove()

    @app.errorhandler(OperationalError)
    def cannot_write(error: OperationalError) -> Response:
        """A full disk, a read-only or a busy database: reading goes on, writing waits."""
        log.error("%s %s: %s", request.method, request.path, error.orig)
        return answer(503, SENTENCES[503], Retry_After="60")

    user_authenticated.connect(_signed_in, app)


def _who(kind: str, value: str) -> str:
    """A keyed hash: the table of attempts holds neither addresses nor names."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _keys() -> list[tuple[str, int]]:
    email = request.form.get("email", "").strip().lower()[:255]
    return [(_who("account", email), PER_ACCOUNT), (_who("address", request.remote_addr or ""), PER_ADDRESS)]


def _slow_down() -> ResponseReturnValue | None:
    if request.endpoint != "security.login" or request.method != "POST":
        return None
    hub = the_hub()
    now = hub.now()
    at, who = login_attempt.c.at, login_attempt.c.who
    with hub.store.writing() as connection:
        connection.execute(delete(login_attempt).where(at < now - WINDOW))
        for key, limit in _keys():
            count, oldest = connection.execute(select(func.count(), func.min(at)).where(who == key)).one()
            if count >= limit:
                wait = max(1, int((oldest + WINDOW - now).total_seconds()))
                return answer(429, SENTENCES[429], Retry_After=str(wait))
        connection.execute(login_attempt.insert(), [{"at": now, "who": key} for key, _ in _keys()])
    return None


def _signed_in(app: Flask, user: User, **_: object) -> None:
    """Renewed by Flask-Security already: the session; here the attempts are forgiven and the time is kept."""
    hub: Hub = app.extensions["feedhub"]
    session = app.extensions["feedhub_sessions"]
    user.last_login_at, user.login_count = hub.now(), (user.login_count or 0) + 1
    session.execute(delete(login_attempt).where(login_attempt.c.who == _who("account", user.email.lower())))
    session.commit()


@bp.get("")
def home() -> ResponseReturnValue:
    """Where an account may go."""
    if not current_user.is_authenticated:
        return redirect("/account/login")
    return render_template("account.html", roles=_role_names(current_user.roles))


def _role_names(roles: Sequence[Role]) -> list[str]:
    return sorted(r.name for r in roles)


@bp.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    """Choose a password on a one-time link; the link ends with its use."""
    hub = the_hub()
    account_id, mark = _opened(hub, token)
    first = account_id == "first"
    form = FirstForm() if first else WelcomeForm()
    with Session(hub.store.engine) as session:
        known = None if first else session.get(User, account_id)
        usable = (first and not _has_admin(session)) or (known is not None and known.fs_uniquifier == mark)
        email = "" if known is None else known.email
    if not usable:
        raise NotFound(_l("This link was used already or has ended. Ask your administrator for a new one."))
    if form.validate_on_submit():
        try:
            _choose(hub, account_id, mark, form)
        except InvalidInput as error:
            form.email.errors = [*form.email.errors, str(error)]
        else:
            return redirect("/account/login")
    return render_template("welcome.html", form=form, email=email, first=first), 400 if form.errors else 200


def _opened(hub: Hub, token: str) -> tuple[int | str, str]:
    try:
        account_id, mark = _signer(hub.settings).loads(token, max_age=LINK_DAYS * 86400)
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound(_l("This link was used already or has ended. Ask your administrator for a new one.")) from error
    if account_id != "first" and not isinstance(account_id, int):
        raise NotFound(_l("This link is not one of ours."))
    return account_id, str(mark)


def _choose(hub: Hub, account_id: int | str, mark: str, form: Any) -> None:
    """Store the password and burn the link, checked again inside the transaction."""
    hashed = hash_password(form.password.data)
    with _writing(hub.store.engine) as session:
        if account_id == "first":
            if _has_admin(session):
                raise NotFound(_l("There is an administrator already."))
            account = _make(session, _email(form.email.data), "admin", hub.now())
        else:
            found = session.get(User, account_id)
            if found is None or found.fs_uniquifier != mark:
                raise NotFound(_l("This link was used already."))
            account = found
        account.password = hashed
        account.confirmed_at = hub.now()
        account.fs_uniquifier = secrets.token_hex(16)
