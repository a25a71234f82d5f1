"""How people sign in: what Flask-Security is told, and what it says. Never knows tables, never knows who somebody is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from feedhub.hub import Hub

#: What Flask-Security says, in the words of our own pages and in all their languages.
MESSAGES = {
    "GENERIC_AUTHN_FAILED": _l("The e-mail address or the password is wrong."),
    "EMAIL_NOT_PROVIDED": _l("Write your address."),
    "INVALID_EMAIL_ADDRESS": _l("That is not an e-mail address."),
    "PASSWORD_NOT_PROVIDED": _l("Write your password."),
    "INVALID_PASSWORD": _l("The password is wrong."),
    "PASSWORD_INVALID_LENGTH": _l("Use 12 to 128 characters."),
    "RETYPE_PASSWORD_MISMATCH": _l("The two are not equal."),
    "PASSWORD_IS_THE_SAME": _l("Choose another password than the present one."),
    "PASSWORD_CHANGE": _l("Your password is changed."),
    "REAUTHENTICATION_SUCCESSFUL": _l("Thank you."),
}


def options(hub: Hub) -> dict[str, Any]:
    """The options of Flask-Security: signing in and out and changing a password, by session alone."""
    return {
        **{f"SECURITY_MSG_{name}": (sentence, "error") for name, sentence in MESSAGES.items()},
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        # argon2id salts by itself; a second keyed hash would lose every password with the secret key
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_URL": "/account/login",
        "SECURITY_LOGOUT_URL": "/account/logout",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_VERIFY_URL": "/account/verify",
        "SECURITY_POST_LOGIN_VIEW": "/account",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_DATETIME_FACTORY": hub.now,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
    }
