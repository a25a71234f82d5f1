"""Commands about accounts."""

from __future__ import annotations

import click

from feedhub.cli._shared import Group, hub
from feedhub.web.accounts import add_user, disable_user, list_users


@click.group(cls=Group)
def user() -> None:
    """Accounts of buyers, curators and administrators."""


@user.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(["buyer", "curator", "admin"]))
@click.option("--authority", default="", help="The authority a buyer posts for (an id of “/authorities”).")
def add(email: str, role: str, authority: str) -> None:
    """Make an account and print the one-time link by which its owner sets a password."""
    with hub() as h:
        link = add_user(h, email, role, authority)
    click.echo(f"Account made. Give {email} this link (7 days, once): {link}")


@user.command("list")
def list_() -> None:
    """List accounts."""
    with hub() as h:
        for account in list_users(h):
            state = "" if account.active else " (closed)"
            waiting = " (no password yet)" if account.waiting else ""
            click.echo(f"{account.email}  {', '.join(account.roles)}  {account.authority_id}{state}{waiting}".rstrip())


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close an account; what it posted stays."""
    with hub() as h:
        disable_user(h, email)
    click.echo(f"{email} can no longer sign in.")
