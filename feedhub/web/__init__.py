"""The web face: pages, feeds, the buyers' desk, review, administration. Never decides, never stores, never asks the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from feedhub.config import shipped
from feedhub.web import (
    accounts,
    admin,
    api,
    builder,
    calendar,
    context,
    desk,
    errors,
    feeds,
    operations,
    pages,
    review,
    security,
    signposts,
)

if TYPE_CHECKING:
    from feedhub.hub import Hub

__all__ = ["create_app"]


def create_app(hub: Hub) -> Flask:
    """The WSGI application over a hub; it keeps no state of its own but sessions in signed cookies."""
    app = Flask(__name__, template_folder=str(shipped("templates")))
    app.extensions["feedhub"] = hub
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    security.configure(app, hub.settings)
    accounts.register(app, hub)
    context.register(app)
    errors.register(app)
    for blueprint in (
        pages.bp,
        calendar.bp,
        signposts.bp,
        builder.bp,
        feeds.bp,
        api.bp,
        desk.bp,
        review.bp,
        admin.bp,
        operations.bp,
    ):
        app.register_blueprint(blueprint)
    return app
