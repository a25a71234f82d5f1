"""Who this feedhub is: its addresses and the authority of its ids, fixed at first start (law 5)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Instance:
    """`tag_authority` and `tag_date` (`YYYY-MM-DD`) never change once stored; `base_url` has no trailing slash."""

    tag_authority: str
    tag_date: str
    base_url: str
    name: str = "feedhub"
    licence: str = "https://creativecommons.org/licenses/by/4.0/"

    def tag(self, kind: str, key: str | int) -> str:
        """The `tag:` URI (RFC 4151) of a thing, such as `tag:example.org,2026-11-24:announcement/17`."""
        return f"tag:{self.tag_authority},{self.tag_date}:{kind}/{quote(str(key), safe='-._~')}"

    def uid(self, notice_id: str, milestone_id: str) -> str:
        """The iCalendar UID of a milestone, for ever."""
        return f"{notice_id}.{milestone_id}@{self.tag_authority}"

    def url(self, path: str) -> str:
        """The absolute address of a path of this service that begins with `/`."""
        return f"{self.base_url}{path}"
