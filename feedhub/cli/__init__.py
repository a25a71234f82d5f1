"""The commands. Says how each went in one line and an exit status; never decides anything itself.

0 done; 1 it failed and the message says what to do; 2 wrong usage.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import click

from feedhub import __version__
from feedhub.cli._shared import Group
from feedhub.errors import FeedhubError, FetchError, ReadError, UsageError

__all__ = ["feedhub", "main"]


#: The commands in the order of `--help`, with the file that holds each.
_FILES = (
    ("running", "serve"),
    ("watching", "check sources"),
    ("files", "read detect evaluate import export"),
    ("watching", "reread"),
    ("accounts", "user"),
    ("files", "backup restore"),
    ("running", "doctor migrate clock worker"),
)
_COMMANDS = {
    name: f"feedhub.cli.{file}:{'import_' if name == 'import' else name}"
    for file, names in _FILES
    for name in names.split()
}


@click.group(cls=Group, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feedhub")
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
@click.option("--verbose", "-v", is_flag=True, help="Say more while working.")
@click.pass_context
def feedhub(context: click.Context, *, debug: bool, verbose: bool) -> None:
    """Early warning of social requirements in public ICT procurement."""
    context.ensure_object(dict)["debug"] = debug
    level = logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = feedhub.main(given, standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        click.echo(f"feedhub: {' '.join(error.format_message().split())}", err=True)
        sys.exit(2)
    except (UsageError, FeedhubError) as error:
        if "--debug" in given:
            raise
        todo = f". {error.todo}" if isinstance(error, FetchError | ReadError) else ""
        click.echo(f"feedhub: {error}{todo}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        if "--debug" in given:
            raise
        click.echo(f"feedhub: {type(error).__name__}: {error} (run again with --debug for details)", err=True)
        sys.exit(1)
