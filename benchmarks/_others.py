"""Programs and libraries of others that benchmarks compare with: each in an environment of its own, never a dependency."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PINNED = {
    "urlwatch": "2.29",
    "webchanges": "3.37.0",
    "changedetection.io": "0.60.10",
    "readability-lxml": "0.9",
    "open-web-calendar": "1.51",
}
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "feedhub-benchmarks"


def programs(package: str) -> Path:
    """The folder of a package's programs, with its own `python`."""
    return CACHE / f"{package}-{PINNED[package]}" / "bin"


def installed(package: str) -> bool:
    """Whether `install` came to its end."""
    return (programs(package).parent / "ok").exists()


def install(packages: Iterable[str]) -> None:
    """Make the environments that are missing, by pip; a minute each."""
    for package in packages:
        home = programs(package).parent
        if not installed(package):
            print(f"installing {package} {PINNED[package]} into {home} …", flush=True)
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, f"{package}=={PINNED[package]}"], check=True)
            (home / "ok").touch()
