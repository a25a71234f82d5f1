"""W7: clients that send their request a byte at a time must not keep others waiting."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import free_port

pytest.importorskip("granian", reason="granian is not installed")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The port of a real server over an empty hub."""
    (tmp_path / "sources").mkdir()
    port = free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("FEEDHUB_")},
        "FEEDHUB_DATA_DIR": str(tmp_path / "data"),
        "FEEDHUB_SOURCES": str(tmp_path / "sources"),
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command, "feedhub.web.wsgi:application"], env=environment, stdout=log, stderr=log)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                break
            time.sleep(0.1)
        else:
            pytest.fail((tmp_path / "log").read_text(encoding="utf-8", errors="replace")[-2000:])
        yield port
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(tmp_path, ignore_errors=True)


def test_two_hundred_slow_clients_do_not_stop_a_quick_one(served: int) -> None:
    with contextlib.ExitStack() as open_ones:
        slow = [open_ones.enter_context(socket.create_connection(("127.0.0.1", served), 5)) for _ in range(200)]
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-")
        for _ in range(3):
            for one in slow:
                one.sendall(b"a")
            began = time.monotonic()
            with urllib.request.urlopen(f"http://127.0.0.1:{served}/healthz", timeout=10) as answer:
                assert answer.status == 200
            assert time.monotonic() - began < 3
