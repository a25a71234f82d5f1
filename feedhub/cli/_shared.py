"""What the commands share: opening a hub, progress on a terminal, JSON out."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from feedhub.config import Settings

if TYPE_CHECKING:
    from feedhub.hub import Hub

T = TypeVar("T")


class Group(click.Group):
    """Lists commands in the order in which they were named, and loads a command's file only when it is asked for."""

    def __init__(self, *given: Any, lazy: Mapping[str, str] | None = None, **more: Any) -> None:
        """`lazy` maps a command's name to `module:attribute`."""
        super().__init__(*given, **more)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of addition."""
        del ctx
        return [*self.lazy, *(c for c in self.commands if c not in self.lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now if need be."""
        if cmd_name in self.lazy and cmd_name not in self.commands:
            module, _, attribute = self.lazy[cmd_name].partition(":")
            self.add_command(getattr(importlib.import_module(module), attribute), cmd_name)
        return super().get_command(ctx, cmd_name)


@contextmanager
def hub() -> Iterator[Hub]:
    """An open hub from the environment's settings."""
    from feedhub.hub import Hub  # noqa: PLC0415 - a wrong word must not wait for the whole house to load

    opened = Hub.open(Settings.from_env())
    try:
        yield opened
    finally:
        opened.close()


def progress(items: Iterable[T], label: str, length: int | None) -> Iterator[T]:
    """Pass items on, with a bar on a terminal's standard error."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=label, length=length, file=sys.stderr) as bar:
        yield from bar


def say(line: str, *, err: bool = False) -> None:
    """One line on standard output (or error), above the bar where there is one."""
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(line, err=err)


@contextmanager
def growing(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal's standard error for work that finds more while it goes; told how much is done of what."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def told(done: int, known: int) -> None:
            bar.length = known
            bar.update(done - bar.pos)

        yield told


def out_list(rows: Iterable[Mapping[str, Any]]) -> None:
    """A JSON list on standard output whose elements stand on a line each, written as they end.

    The comma leads, so that a line is whole when it is seen: `[`, `{…}`, `,{…}`, `]`.
    """
    begun = False
    try:
        for row in rows:
            click.echo(("," if begun else "[\n") + json.dumps(row, ensure_ascii=False))
            sys.stdout.flush()
            begun = True
    finally:
        if begun:
            click.echo("]")
    if not begun:
        click.echo("[]")


def out_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
