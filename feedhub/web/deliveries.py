"""Who is told and whether it arrives, for administrators. Shows no address whole; changes nothing but the next try."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedhub.web.admin import bp
from feedhub.web.context import page_of, read_scope, the_hub
from feedhub.web.forms import EmptyForm
from feedhub.web.languages import language

__all__ = ["bp"]
PER_PAGE = 100


@bp.get("/deliveries")
def deliveries() -> str:
    """Subscriptions with what they are owed and what was sent, those in trouble first."""
    hub, scope = the_hub(), read_scope("page", takes=())
    total = hub.count_subscriptions()
    page, pages = page_of(scope, total, PER_PAGE)
    return render_template(
        "subscribe_deliveries.html",
        scope=scope,
        total=total,
        page=page,
        pages=pages,
        rows=hub.shown_subscriptions(page=page, per_page=PER_PAGE, language=language()),
        counts=hub.delivery_counts(),
        button=EmptyForm(),
        mails=bool(hub.settings.smtp_url),
    )


@bp.post("/deliveries/<int:subscription_id>/again")
def try_again(subscription_id: int) -> ResponseReturnValue:
    """Try a failing subscription at once."""
    the_hub().try_again(subscription_id)
    flash(_("It is tried again within seconds."))
    return redirect("/admin/deliveries", 303)
