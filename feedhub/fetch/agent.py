"""The name under which feedhub asks. Pure."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_UNFIT = re.compile(r"[^\x21-\x7e]|[()<>\\]")
_LOCAL = (".invalid", ".localhost", ".local", ".test", ".internal")


def user_agent(version: str, contact: str, base_url: str) -> str:
    """Such as `feedhub/0.1.0 (+contact)`: who asks, and whom to write to.

    Without a contact the base URL stands there when others can reach it; without either, nothing does.
    """
    whom = _UNFIT.sub("", contact) or (_UNFIT.sub("", base_url) if _is_public(base_url) else "")
    name = f"feedhub/{_UNFIT.sub('', version)}"
    return f"{name} (+{whom})" if whom else name


def _is_public(base_url: str) -> bool:
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_LOCAL)
