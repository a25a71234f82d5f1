"""A consistent copy while running, putting it back, and proof that a database is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DatabaseError

from feedhub.errors import FeedhubError, NotFound, UsageError
from feedhub.store.engine import sqlite_module

_MARK = b"SQLite format 3\x00"


def write(engine: Engine, url: str, file: Path) -> None:
    """Write a copy to `file`, all or nothing; raises UsageError when it exists, FeedhubError when it fails."""
    if file.exists():
        raise UsageError(f"{file} exists already: name a new file.")
    if not file.parent.is_dir():
        raise UsageError(f"{file.parent} is not a folder.")
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        if engine.dialect.name == "sqlite":
            connection = engine.raw_connection()
            try:
                connection.cursor().execute("VACUUM INTO ?", (str(part),))
            finally:
                connection.close()
        else:
            _run("pg_dump", url, ["--format=custom", "--no-owner", f"--file={part}"])
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def restore(url: str, file: Path) -> None:
    """Put a copy back in place of the present database; feedhub must not run. Raises FeedhubError."""
    if not file.is_file():
        raise NotFound(f"{file} does not exist.")
    is_sqlite = file.read_bytes()[:16] == _MARK
    if make_url(url).get_backend_name() != "sqlite":
        if is_sqlite:
            raise UsageError(f"{file} is a copy of an SQLite database, but FEEDHUB_DATABASE_URL names PostgreSQL.")
        _run("pg_restore", url, ["--clean", "--if-exists", "--no-owner", "--exit-on-error", str(file)])
        return
    if not is_sqlite:
        raise UsageError(f"{file} is not a copy of an SQLite database.")
    _check_sqlite(file)
    target = Path(make_url(url).database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as handle:
        fresh = Path(handle.name)
    shutil.copyfile(file, fresh)
    for rest in (f"{target}-wal", f"{target}-shm"):
        Path(rest).unlink(missing_ok=True)
    fresh.replace(target)


def _check_sqlite(file: Path) -> None:
    module = sqlite_module()
    try:
        connection = module.connect(f"file:{file}?mode=ro", uri=True)
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            has = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'announcement'").fetchone()[0]
        finally:
            connection.close()
    except module.DatabaseError as error:
        raise FeedhubError(f"{file} is damaged: {error}.") from error
    if verdict != "ok" or not has:
        raise FeedhubError(f"{file} is not a whole copy of a feedhub database; nothing was changed.")


def verify(engine: Engine) -> None:
    """Prove that the database answers and is whole; raises FeedhubError."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar()
                if verdict != "ok":
                    raise FeedhubError(f"The database is damaged: {verdict}.")
            else:
                connection.exec_driver_sql("SELECT 1")
    except DatabaseError as error:
        raise FeedhubError(f"The database does not answer: {error.orig}.") from error


def _run(program: str, url: str, arguments: list[str]) -> None:
    """Run one of PostgreSQL's own tools; the password travels in the environment, not on the command line."""
    path = shutil.which(program)
    if path is None:
        raise FeedhubError(f"{program} is not installed: install PostgreSQL's client programs.")
    parsed = make_url(url).set(drivername="postgresql")
    password = parsed.password
    target = parsed.set(password=None).render_as_string(hide_password=False)
    extra = {"PGPASSWORD": str(password)} if password else {}
    done = subprocess.run(  # noqa: S603 - fixed program, no shell
        [path, f"--dbname={target}", *arguments], capture_output=True, text=True, check=False, env=_environment(extra)
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise FeedhubError(f"{program} failed: {lines[-1] if lines else done.returncode}.")


def _environment(extra: dict[str, str]) -> dict[str, str] | None:
    if not extra:
        return None
    path = os.defpath
    return {"PATH": path, **extra}
