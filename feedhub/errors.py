"""The one tree of errors and the closed table of reason codes.

Says whose fault something is and when it arises. Never decides, never prints.
Every message is a sentence to the person who must act.
"""

from __future__ import annotations

from dataclasses import dataclass


class FeedhubError(Exception):
    """Root of everything feedhub raises on purpose; its text is one sentence for the person who must act."""


class UsageError(FeedhubError):
    """The caller's words are wrong (command line, query, form): nothing was changed. Exit status 2, or a 4xx."""


class ConfigError(FeedhubError):
    """A setting is wrong; raised when feedhub starts, by `Settings.from_env`."""


class DeclarationError(FeedhubError):
    """A source declaration is wrong; names the file and the key. Raised when the catalogue is loaded."""

    def __init__(self, file: str, key: str, message: str) -> None:
        super().__init__(f"{file}: {key}: {message}" if key else f"{file}: {message}")
        self.file = file
        self.key = key


class FilterError(UsageError):
    """A filter parameter or value is unknown; the reader of a page or feed must correct the address. HTTP 400."""


class InvalidInput(UsageError):
    """A form or file carries values that cannot be accepted; `fields` maps field name to message. HTTP 400."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class TooMany(UsageError):
    """Somebody asks too often; nothing was done, and later it may be. HTTP 429."""


class UnknownValue(FilterError):
    """A filter has no such value, at least not any more; `name` and `value` say which. HTTP 400."""

    def __init__(self, message: str, name: str, value: str) -> None:
        super().__init__(message)
        self.name = name
        self.value = value


class Gone(FeedhubError):
    """What was asked for was here once and will not come back. HTTP 410."""


class Moved(FeedhubError):
    """What was asked for has another address for good: `location`, a path with its query. HTTP 301."""

    def __init__(self, location: str) -> None:
        super().__init__(f"This is now at {location}.")
        self.location = location


class NotFound(FeedhubError):
    """What was asked for is not here, or not for this account. HTTP 404."""


class NotAllowed(FeedhubError):
    """The account's role does not permit this. HTTP 403."""


class Conflict(FeedhubError):
    """Somebody else changed the same thing first; nothing was written. HTTP 409."""


class LeaseLost(Conflict):
    """The lease on a source or host ran out or was taken; this worker's result must be dropped."""


class _Coded(FeedhubError):
    """What became of a source, by a key of `REASONS`; operational, becomes a check result."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{REASONS[reason].sentence}{f' ({detail})' if detail else ''}")
        self.reason = reason
        self.detail = detail

    @property
    def todo(self) -> str:
        """What the operator can do about it, as a sentence."""
        return REASONS[self.reason].todo


class FetchError(_Coded):
    """A source could not be fetched; operational, becomes a check result. `reason` is a key of `REASONS`."""

    def __init__(
        self, reason: str, detail: str = "", *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(reason, detail)
        self.retry_after = retry_after
        self.status = status


class ReadError(_Coded):
    """A snapshot could not be read or is doubtful; operational, becomes a check result. `reason` is in `REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)


@dataclass(frozen=True)
class Reason:
    """One row of the closed table: code → outcome → sentence for the operator → what to do."""

    outcome: str
    sentence: str
    todo: str


REASONS: dict[str, Reason] = {
    # -- fetching
    "blocked_address": Reason(
        "failed",
        "The address leads into a private or reserved network",
        "Correct the url, or name the network in FEEDHUB_FETCH_ALLOW.",
    ),
    "bad_url": Reason("failed", "The address is not a plain http(s) URL", "Correct the url in the declaration."),
    "dns": Reason("failed", "The host name could not be resolved", "Check the name; feedhub tries again later."),
    "connect": Reason("failed", "The server did not accept a connection", "Nothing; feedhub tries again later."),
    "timeout": Reason("failed", "The server took too long", "Nothing; feedhub tries again later."),
    "tls": Reason(
        "failed", "The server's certificate is not valid", "Ask the authority to renew it; it is never skipped."
    ),
    "redirect_limit": Reason("failed", "The server redirects too often", "Find the page's present address."),
    "redirect_refused": Reason(
        "failed", "The server redirects to an address that is refused", "Find the page's present address."
    ),
    "moved": Reason(
        "suspect", "The page moved to another host for good", "Check the new address and change the declaration."
    ),
    "too_large": Reason("failed", "The answer is larger than the cap", "Watch a smaller page or the feed."),
    "decode": Reason("failed", "The answer's compression is broken", "Nothing; feedhub tries again later."),
    "truncated": Reason("failed", "The answer was cut short", "Nothing; feedhub tries again later."),
    "rate_limited": Reason("skipped", "The server asks to wait", "Nothing; feedhub waits as long as it was told."),
    "server_error": Reason("failed", "The server reports an error of its own", "Nothing; feedhub tries again later."),
    "http_error": Reason("failed", "The server refused the request", "Check the address in a browser."),
    "forbidden": Reason(
        "failed", "The server forbids the page", "Ask the authority, or watch another page; feedhub stops."
    ),
    "not_found": Reason("failed", "The page is not there", "Find the page's present address."),
    "gone": Reason("failed", "The page is gone for good", "Find a successor page; feedhub stops."),
    "bad_304": Reason("failed", "The server said 'unchanged' without being asked", "Nothing; feedhub tries again."),
    "robots": Reason("skipped", "robots.txt asks not to read this page", "Ask the authority, or watch another page."),
    "host_busy": Reason("skipped", "Another check of the same host is running", "Nothing; feedhub tries again soon."),
    "circuit_open": Reason("skipped", "The host failed repeatedly and is left in peace", "Nothing; feedhub waits."),
    "suspended": Reason("skipped", "The source is suspended", "Edit the source to resume it."),
    # -- reading
    "empty": Reason("suspect", "The page came without any text", "Look at the page; check the selector."),
    "unparseable": Reason("suspect", "The content cannot be read as the declared kind", "Check kind and url."),
    "unreadable": Reason("suspect", "The document holds no text that can be read", "Ask for a text version."),
    "encrypted": Reason("suspect", "The document is encrypted", "Ask the authority for an open version."),
    "selector_empty": Reason("suspect", "The selector finds nothing on the page", "Adjust [source.read] select."),
    "too_few": Reason("suspect", "The page holds fewer blocks than expected", "Look at the page; adjust at_least."),
    "error_page": Reason("suspect", "The server answered with an error page", "Nothing; feedhub tries again later."),
    "blocked_page": Reason("suspect", "The server answered with a cookie wall or challenge", "Watch another page."),
    "login_page": Reason("suspect", "The server answered with a login form", "Watch a public page."),
    "reader_crashed": Reason("suspect", "The reader gave up on this content", "Report the page; feedhub goes on."),
    "wrong_kind": Reason("suspect", "The content is of another kind than declared", "Correct kind in the declaration."),
    "mass_absence": Reason("held", "Many notices of this source vanished at once", "Review them at /review."),
    "internal": Reason("failed", "feedhub itself failed on this source", "Report it with the log; feedhub goes on."),
    "no_browser": Reason(
        "failed",
        "This page needs a browser, and feedhub has none",
        "Install feedhub[browser] and Chromium, or take `browser = true` out of the declaration.",
    ),
    "browser_failed": Reason(
        "failed", "The browser could not draw the page", "Look at the page in a browser; feedhub tries again later."
    ),
    "no_login": Reason(
        "failed",
        "feedhub has no login for this mail server",
        "Put imaps://user:password@host into FEEDHUB_IMAP_URL and start feedhub again.",
    ),
    "no_network": Reason("failed", "This machine has no way to the network", "Check the connection of the machine."),
}
