"""Commands about files: read, detect, evaluate, import, export, backup, restore."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from feedhub.cli._shared import growing, hub, out_json, out_list, progress, say
from feedhub.config import Settings
from feedhub.errors import UsageError
from feedhub.hub import Hub, annotate_row, evaluate_rows, restore_copy

_KINDS = ("page", "pdf", "feed", "sitemap", "newsletter", "ocds", "eforms", "espd", "ics", "text")
#: Those of the web, said here so that no command waits for the web to load; a test holds them equal.
_LANGUAGES = ("en", "da", "de", "fr", "nl", "nb", "sv")


@click.command()
@click.argument("target")
@click.option("--as", "kind", type=click.Choice(_KINDS), help="What it is; found out when left away.")
@click.option("--language", default="", help="Its language, such as sv.")
@click.option("--json", "as_json", is_flag=True)
def read(target: str, kind: str | None, language: str, *, as_json: bool) -> None:
    """What a reader and the detector make of a FILE, a URL or “-”; stores nothing."""
    with hub() as h:
        seen = h.look(target, sys.stdin.buffer.read() if target == "-" else None, kind=kind, language=language)
    if as_json:
        out_json(seen.as_dict())
    else:
        click.echo(seen.as_text())


@click.command()
@click.argument("rows", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The reference day of rows without page_date.")
def detect(rows: Path, today: Any) -> None:
    """JSON Lines in, the same rows out with `signals` added."""
    day = today.date() if today else None
    for row in _rows(rows):
        click.echo(json.dumps(annotate_row(row, day), ensure_ascii=False))


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The reference day of rows without page_date.")
@click.option("--json", "as_json", is_flag=True)
def evaluate(corpus: Path, today: Any, *, as_json: bool) -> None:
    """Precision, recall and F1 of the detector on a labelled corpus, and the rows it got wrong."""
    day: date | None = today.date() if today else None
    report = evaluate_rows(list(_rows(corpus)), day)
    if as_json:
        out_json(report.as_dict())
    else:
        click.echo(report.as_text())


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        handle = sys.stdin if str(file) == "-" else file.open(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    with handle:
        try:
            for number, line in enumerate(handle, 1):
                if line.strip():
                    yield _row(file, number, line)
        except UnicodeDecodeError as error:
            raise UsageError(f"{file} is not UTF-8 text.") from error


def _row(file: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{file}, line {number}: not JSON.") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise UsageError(f"{file}, line {number}: a row must be an object with a text.")
    return row


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True)
def import_(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Record notices from eForms, OCDS, ESPD, ICS, CSV or JSON Lines files."""
    bad: list[str] = []
    with hub() as h:
        results = _noting(h.import_files(files), bad)
        if as_json:
            out_list(done.as_dict() for done in results)
        else:
            for done in progress(results, "importing", len(files)):
                say(done.line(), err=bool(done.problem))
    if bad:
        raise click.exceptions.Exit(1)


def _noting(results: Iterable[Any], bad: list[str]) -> Iterator[Any]:
    """Pass results on, and note the files with a problem."""
    for done in results:
        if done.problem:
            bad.append(done.file)
        yield done


@click.command()
@click.option("--format", "fmt", required=True, type=click.Choice(["jsonl", "csv", "ocds", "site"]))
@click.option("--language", type=click.Choice(_LANGUAGES), default="en", help="Of the pages of a site.")
@click.argument("out", type=click.Path(path_type=Path))
def export(fmt: str, language: str, out: Path) -> None:
    """Write everything public to OUT (“-” for standard output)."""
    with hub() as h:
        if fmt == "site":
            _export_site(h, out, language)
            return
        if str(out) == "-":
            for chunk in h.export(fmt):
                sys.stdout.buffer.write(chunk)
            return
        part = out.with_name(f".{out.name}.part")
        try:
            with part.open("wb") as handle:
                for chunk in h.export(fmt):
                    handle.write(chunk)
            part.replace(out)
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
    click.echo(f"Written to {out}.")


def _export_site(h: Hub, out: Path, language: str) -> None:
    from feedhub.web.freeze import freeze  # noqa: PLC0415 - the web is loaded only where it is needed

    if str(out) == "-":
        raise UsageError("A site is many files: name a folder.")
    with growing("freezing") as told:
        done = freeze(h, out, told, language)
    gone = f", {done.removed} removed" if done.removed else ""
    click.echo(f"{done.written + done.unchanged} files in {out}, {done.written} of them new or changed{gone}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent copy of the database to FILE while feedhub runs."""
    with hub() as h:
        h.backup(file)
    click.echo(f"Copied to {file}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, *, yes: bool) -> None:
    """Put a copy back in place of the present database; stop feedhub first."""
    if not yes and sys.stdin.isatty():
        click.confirm("This replaces the present database. Go on?", abort=True)
    restore_copy(Settings.from_env(), file)
    click.echo(f"Restored from {file}.")
