"""The target for WSGI servers: `feedhub.web.wsgi:application` called as a factory. Never does more than open and wrap."""

from __future__ import annotations

from flask import Flask

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.web import create_app


def application() -> Flask:
    """The application over a hub opened with the settings of the environment."""
    return create_app(Hub.open(Settings.from_env()))
