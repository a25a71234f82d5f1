"""Commands about sources: check, sources, reread."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from feedhub.cli._shared import hub, out_json, out_list, progress, say
from feedhub.config import Settings
from feedhub.errors import UsageError
from feedhub.hub import lint_sources
from feedhub.hub.shapes import SourceHealth


@click.command()
@click.argument("source", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Check every source.")
@click.option("--due", is_flag=True, help="Check what is due.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, one element a line as it ends.")
def check(source: tuple[str, ...], *, everything: bool, due: bool, as_json: bool) -> None:
    """Read sources now: one line a source with outcome, reason and changes."""
    if sum((bool(source), everything, due)) != 1:
        raise UsageError("Name sources, or say --all or --due.")
    with hub() as h:
        results = h.check(list(source) or None, due_only=due)
        length = len(source) or h.count_sources(due_only=due)
        _tell(results, "checking", length, as_json=as_json)


@click.command()
@click.argument("source", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="A JSON list, one element a line as it ends.")
def reread(source: tuple[str, ...], *, as_json: bool) -> None:
    """Read stored snapshots again after a better rule or selector."""
    with hub() as h:
        results, length = h.reread(list(source) or None), len(source) or h.count_sources()
        _tell(results, "reading again", length, as_json=as_json)


def _tell(results: Iterable[Any], label: str, length: int, *, as_json: bool) -> None:
    """Say each result as it ends."""
    if as_json:
        out_list(result.as_dict() for result in results)
        return
    for result in progress(results, label, length):
        say(result.line())


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of lines.")
@click.pass_context
def sources(context: click.Context, *, as_json: bool) -> None:
    """Health of each source; or check declarations, save a page, try an address."""
    if context.invoked_subcommand is not None:
        return
    with hub() as h:
        health = h.source_health()
        if as_json:
            out_json([_health_row(s) for s in health])
            return
        for s in health:
            when = s.last_good.strftime("%Y-%m-%d %H:%M") if s.last_good else "never"
            click.echo(
                f"{s.source.id:<44} {s.outcome or 'waiting':<10} {s.days}  last good {when}  {s.sentence}".rstrip()
            )


def _health_row(s: SourceHealth) -> dict[str, object]:
    return {
        "source": s.source.id,
        "authority": s.authority.id,
        "kind": s.source.kind.value,
        "url": s.source.url,
        "outcome": s.outcome,
        "reason": s.reason,
        "sentence": s.sentence,
        "last_checked": s.last_checked.isoformat() if s.last_checked else None,
        "last_good": s.last_good.isoformat() if s.last_good else None,
        "next_due": s.next_due.isoformat() if s.next_due else None,
        "days": s.days,
        "failing": s.failing,
        "suspended": s.suspended,
    }


@sources.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
def lint(path: Path | None) -> None:
    """Check declarations: each problem names file and key; without PATH also what curators edited since."""
    folder = path or Settings.from_env().sources
    count, problems = lint_sources(folder)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{count} sources are declared well.")
    if path is None:
        with hub() as h:
            for edited in h.edited_sources():
                if edited.moved and edited.declared is not None:
                    said = "the file changed since a curator edited it; the curator's words still win"
                    click.echo(f"{edited.source_id}: {said} (see /admin/sources/{edited.source_id})")


@sources.command()
@click.argument("source_id")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("tests/pages"))
def save(source_id: str, out: Path) -> None:
    """Save the newest stored page of a source for the tests."""
    with hub() as h:
        file = h.save_page(source_id, out)
    click.echo(f"Saved {file}.")


@sources.command("try")
@click.argument("url")
@click.option("--select", default="", help="A CSS selector for the main text.")
@click.option("--language", default="", help="The page's language, such as sv.")
@click.option("--browser", is_flag=True, help="Draw the page with Chromium first (extra feedhub[browser]).")
@click.option("--json", "as_json", is_flag=True)
def try_(url: str, select: str, language: str, *, browser: bool, as_json: bool) -> None:
    """Fetch an address twice; show the text read, what flickers and what is detected."""
    with hub() as h:
        seen = h.look_twice(url, select=select, language=language, browser=browser)
    if as_json:
        out_json(seen.as_dict())
        return
    click.echo(seen.as_text())
