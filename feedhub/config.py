"""Settings from the environment, the only reader of `os.environ`. Never imports anything that acts on them."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from feedhub.errors import ConfigError

_HERE = Path(__file__).resolve().parent
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def serve_at(host: str, port: int) -> str:
    """Make the address served the base URL of this process and its children, unless the operator set one."""
    own = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if not os.environ.get("FEEDHUB_BASE_URL", "").strip() and host not in ("0.0.0.0", "::"):  # noqa: S104
        os.environ["FEEDHUB_BASE_URL"] = own
    return own


def shipped(name: str) -> Path:
    """The folder `sources` or `templates` that came with this feedhub: inside the wheel, or beside it in a checkout."""
    inside = _HERE / "_shipped" / name
    return inside if inside.is_dir() else _HERE.parent / name


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set; each field is documented in README by its variable's name."""

    data_dir: Path
    database_url: str
    base_url: str
    secret_key: str
    sources: Path
    contact: str
    fetch_allow: tuple[Network, ...]
    push_allow: tuple[Network, ...]
    keep_days: int
    smtp_url: str
    hub_url: str
    trusted_hosts: tuple[str, ...]
    trusted_proxies: tuple[Network, ...]
    reminder_days: tuple[int, ...]
    detect_min: float
    browser: str
    imap_url: tuple[str, ...]

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `FEEDHUB_*`; raises ConfigError naming the variable. Makes the data folder and the secret key once."""
        env = os.environ if environ is None else environ

        def get(name: str, default: str = "") -> str:
            return env.get(f"FEEDHUB_{name}", "").strip() or default

        data_dir = Path(get("DATA_DIR", str(_default_data_dir(env)))).expanduser().absolute()
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"FEEDHUB_DATA_DIR: {data_dir} cannot be made: {error.strerror}.") from error
        sources = Path(get("SOURCES", str(shipped("sources")))).expanduser().absolute()
        if not sources.is_dir():
            raise ConfigError(f"FEEDHUB_SOURCES: {sources} is not a folder.")
        return cls(
            data_dir=data_dir,
            database_url=_database_url(get("DATABASE_URL", f"sqlite:///{data_dir / 'feedhub.sqlite3'}")),
            base_url=_base_url(get("BASE_URL", "http://127.0.0.1:8000")),
            secret_key=get("SECRET_KEY") or _kept_secret(data_dir),
            sources=sources,
            contact=get("CONTACT"),
            fetch_allow=_networks("FEEDHUB_FETCH_ALLOW", get("FETCH_ALLOW")),
            push_allow=_networks("FEEDHUB_PUSH_ALLOW", get("PUSH_ALLOW")),
            keep_days=_whole("FEEDHUB_KEEP_DAYS", get("KEEP_DAYS", "365"), 1, 36500),
            smtp_url=_scheme("FEEDHUB_SMTP_URL", get("SMTP_URL"), ("smtp", "smtps")),
            hub_url=_scheme("FEEDHUB_HUB_URL", get("HUB_URL"), ("http", "https")),
            trusted_hosts=tuple(h.strip() for h in get("TRUSTED_HOSTS").split(",") if h.strip()),
            trusted_proxies=_networks("FEEDHUB_TRUSTED_PROXIES", get("TRUSTED_PROXIES")),
            reminder_days=_days("FEEDHUB_REMINDER_DAYS", get("REMINDER_DAYS", "180,90,30,7")),
            detect_min=_share("FEEDHUB_DETECT_MIN", get("DETECT_MIN", "0.8")),
            browser=get("BROWSER"),
            imap_url=_logins("FEEDHUB_IMAP_URL", get("IMAP_URL")),
        )

    @property
    def is_public(self) -> bool:
        """True when the base URL names a host that others can reach."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_global
        except ValueError:
            return "." in host and not host.endswith((".invalid", ".localhost", ".local", ".test"))


def _default_data_dir(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_DATA_HOME", "").strip()
    return (Path(base) if base else Path(env.get("HOME", "~")).expanduser() / ".local" / "share") / "feedhub"


def _database_url(value: str) -> str:
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    if value.startswith("postgresql://"):
        value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError("FEEDHUB_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    return value


def _base_url(value: str) -> str:
    value = value.rstrip("/")
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise ConfigError("FEEDHUB_BASE_URL must be an address such as https://feedhub.example, without a query.")
    return value


def _scheme(name: str, value: str, schemes: tuple[str, ...]) -> str:
    if value and urlsplit(value).scheme not in schemes:
        raise ConfigError(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
    return value


def _logins(name: str, value: str) -> tuple[str, ...]:
    """Addresses with user and password, separated by blanks; a message never shows the password."""
    for url in value.split():
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("imap", "imaps") and parts.hostname and parts.username and parts.password
            _ = parts.port
        except ValueError:
            good = False
        if not good:
            raise ConfigError(f"{name} must be imaps://user:password@host, several separated by blanks.")
    return tuple(value.split())


def _kept_secret(data_dir: Path) -> str:
    file = data_dir / "secret_key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = file.read_text(encoding="ascii").strip()
        if len(kept) < 32:
            raise ConfigError(f"{file} holds no key: delete it and a new one is made.") from None
        return kept
    except OSError as error:
        raise ConfigError(f"FEEDHUB_DATA_DIR: {file} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        key = secrets.token_hex(32)
        handle.write(key)
    return key


def _networks(name: str, value: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(n.strip()) for n in value.split(",") if n.strip())
    except ValueError as error:
        raise ConfigError(f"{name} must be networks such as 127.0.0.0/8, separated by commas: {error}.") from error


def _whole(name: str, value: str, low: int, high: int) -> int:
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ConfigError(f"{name} must be a whole number from {low} to {high}, not “{value}”.")
    return int(value)


def _days(name: str, value: str) -> tuple[int, ...]:
    parts = [p.strip() for p in value.split(",") if p.strip()]
    return tuple(sorted({_whole(name, p, 1, 3650) for p in parts}, reverse=True))


def _share(name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise ConfigError(f"{name} must be a number from 0 to 1, not “{value}”.")
    return number
