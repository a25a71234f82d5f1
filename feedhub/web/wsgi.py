"""The target for WSGI servers: `feedhub.web.wsgi:application` called as a factory. Never does more than open and wrap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.web import create_app, with_shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application() -> WSGIApplication:
    """The application over a hub opened with the settings of the environment, and the shelf in front of it."""
    opened = Hub.open(Settings.from_env())
    return with_shelf(create_app(opened), opened)
