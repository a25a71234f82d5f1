"""Addresses that are safe to publish. Never opens one."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlsplit

from feedhub.model import Instance
from feedhub.text import clean

_KEPT = "%/:=&?~#+!$,;'@()*[]-._"


@lru_cache(maxsize=4096)
def safe_url(url: str) -> str:
    """An absolute http(s) address in ASCII, or "" for anything else (`javascript:`, relative, broken)."""
    url = clean(url).replace(" ", "%20")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
        if parts.scheme.lower() not in ("http", "https") or not host or "\\" in url or parts.username is not None:
            return ""
        if not host.isascii():
            url = parts._replace(
                netloc=parts.netloc.lower().replace(host, host.encode("idna").decode("ascii"))
            ).geturl()
    except ValueError:
        return ""
    return quote(url, safe=_KEPT)


def page_url(instance: Instance, room: str, key: str) -> str:
    """The absolute address of the page of one thing, such as `/notices/<id>`; "" without a key."""
    return instance.url(f"/{room}/{quote(key, safe='-._~')}") if key else ""
