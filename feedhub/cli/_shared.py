"""What the commands share: opening a hub, progress on a terminal, JSON out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from feedhub.config import Settings
from feedhub.hub import Hub

T = TypeVar("T")


class Group(click.Group):
    """Lists commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of addition."""
        del ctx
        return list(self.commands)


@contextmanager
def hub() -> Iterator[Hub]:
    """An open hub from the environment's settings."""
    opened = Hub.open(Settings.from_env())
    try:
        yield opened
    finally:
        opened.close()


def progress(items: Iterable[T], label: str, length: int | None, *, quiet: bool = False) -> Iterator[T]:
    """Pass items on, with a bar on a terminal's standard error."""
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, length=length, file=sys.stderr) as bar:
        yield from bar


def out_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def out_line(value: Any) -> None:
    """One JSON line on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))
