"""Who may pass a door of the house, and as whom. Never knows tables, never signs anybody in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_security import current_user

from feedhub.hub.shapes import Actor


def require(*roles: str) -> Callable[[], ResponseReturnValue | None]:
    """A guard for a whole blueprint: strangers are sent to sign in, accounts without one of `roles` get 403.

    It stands before every view of the blueprint, so no view can forget it or put it in the wrong order.
    """

    def guard() -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            if request.method not in ("GET", "HEAD"):
                abort(401)
            return redirect(f"/account/login?{urlencode({'next': request.path})}")
        if not any(current_user.has_role(name) for name in roles):
            abort(403)
        return None

    return guard


def actor(role_name: str) -> Actor:
    """The signed-in account in the role whose door it came through."""
    return Actor(current_user.id, role_name, current_user.authority_id or "", current_user.email)
