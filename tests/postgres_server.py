"""A PostgreSQL server of one's own on loopback, for tests and measurements."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loopback import free_port


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


@contextmanager
def postgres_server(shared_buffers: str = "32MB") -> Iterator[str | None]:
    """The URL of a server without a database name; None when PostgreSQL is not installed here."""
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    # Not below pytest's own folder: that one is closed to others, and the server must not run as root.
    folder = Path(tempfile.mkdtemp(prefix="feedhub-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    port = free_port()
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers={shared_buffers}"
    data = str(folder / "data")
    run: dict[str, object] = {"stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [*as_user, binaries / "initdb", "-D", data, "-U", "feedhub", "-A", "trust", "-E", "UTF8"], check=True, **run
    )
    subprocess.run(
        [*as_user, binaries / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start"],
        check=True,
        **run,
    )
    try:
        yield f"postgresql+psycopg://feedhub@127.0.0.1:{port}"
    finally:
        subprocess.run([*as_user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **run)
        shutil.rmtree(folder, ignore_errors=True)
