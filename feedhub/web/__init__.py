"""The web face: pages, feeds, the buyers' desk, review, administration. Never decides, never stores, never asks the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask

from feedhub.config import shipped
from feedhub.web import context, errors, languages, packing, security
from feedhub.web.accounts import register as register_accounts
from feedhub.web.api import bp as api
from feedhub.web.builder import bp as builder
from feedhub.web.calendar import bp as calendar
from feedhub.web.deliveries import bp as admin
from feedhub.web.desk import bp as desk
from feedhub.web.dialogue import answers_bp, ask_bp
from feedhub.web.feeds import bp as feeds
from feedhub.web.operations import bp as operations
from feedhub.web.pages import bp as pages
from feedhub.web.review import bp as review
from feedhub.web.shelf import with_shelf
from feedhub.web.signposts import bp as signposts
from feedhub.web.source_pages import bp as source_pages
from feedhub.web.subscribe import bp as subscribe

if TYPE_CHECKING:
    from feedhub.hub import Hub

__all__ = ["create_app", "with_shelf"]


def create_app(hub: Hub, options: Mapping[str, Any] | None = None) -> Flask:
    """The WSGI application over a hub; it keeps no state of its own but sessions in signed cookies.

    `options` are Flask and Flask-Security settings that win over the defaults.
    """
    app = Flask(__name__, template_folder=str(shipped("templates")))
    app.extensions["feedhub"] = hub
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    packing.register(app)
    security.configure(app, hub.settings)
    app.config.from_mapping(options or {})
    languages.register(app)
    register_accounts(app, hub)
    context.register(app)
    errors.register(app)
    for blueprint in (
        pages,
        calendar,
        signposts,
        builder,
        feeds,
        api,
        ask_bp,
        answers_bp,
        desk,
        review,
        admin,
        source_pages,
        operations,
        subscribe,
    ):
        app.register_blueprint(blueprint)
    return app
