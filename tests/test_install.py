"""The built wheel, installed into a fresh environment, starts and serves without the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

import pytest
from loopback import ROOT, free_port


def built(folder: Path) -> Path:
    """The wheel of this checkout."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (wheel,) = folder.glob("*.whl")
    return wheel


def get(url: str, seconds: float = 60) -> str:
    """The body of an address of a server that is still starting."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.mark.install
@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_the_wheel_installs_into_a_fresh_environment_and_serves_the_law_calendar(tmp_path: Path) -> None:
    wheel = built(tmp_path / "dist")
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=True)
    pip = [str(fresh / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--constraint", str(ROOT / "constraints.txt"), str(wheel)], capture_output=True, text=True, check=False
    )
    if done.returncode and re.search("NewConnectionError|No matching distribution|resolve", done.stderr):
        pytest.skip("no package registry can be reached to install the dependencies from")
    assert done.returncode == 0, done.stderr[-2000:]
    port = free_port()
    environment = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "FEEDHUB_DATA_DIR": str(tmp_path / "data"),
        "FEEDHUB_SOURCES": str(tmp_path / "none"),
    }
    (tmp_path / "none").mkdir()
    shipped = subprocess.run(
        [fresh / "bin" / "feedhub", "sources", "lint"],
        cwd=tmp_path,
        env={k: v for k, v in environment.items() if k != "FEEDHUB_SOURCES"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"(\d+) sources", shipped.stdout), shipped.stderr
    server = subprocess.Popen(
        [fresh / "bin" / "feedhub", "serve", "--port", str(port)],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for path in ("/", "/calendar", "/feeds/announcements.atom", "/calendar.ics"):
            assert "Forced Labour Regulation" in get(f"http://127.0.0.1:{port}{path}").replace("\r\n ", "")
        assert "text/css" in urllib.request.urlopen(stylesheet(port), timeout=5).headers["Content-Type"]
    finally:
        server.terminate()
        _, said = server.communicate(timeout=60)
    assert "First administrator, once: http" in said


def stylesheet(port: int) -> str:
    """The address of the stylesheet that the first page names."""
    match = re.search(r'<link[^>]+href="(/[^"]+\.css[^"]*)"', get(f"http://127.0.0.1:{port}/"))
    assert match
    return f"http://127.0.0.1:{port}{match[1]}"
