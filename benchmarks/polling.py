"""Readers that poll a 64 kB feed: feedhub under granian beside a bare WSGI callable and nginx with the same bytes.

One wrk client on one connection; short rounds in turn, so that a busy machine is busy for all; the middle ratio of the
rounds counts. Needs wrk, and nginx for its part.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from email.message import Message
from pathlib import Path
from statistics import median
from typing import Any

from feedhub.config import Settings
from feedhub.hub import Hub
from feedhub.hub.shapes import Actor
from feedhub.model import AuthorityRef, Clause, Draft, Requirement
from feedhub.web.shelf import OPEN

ADDRESS = "/feeds/announcements.atom"
SIZE = 64_000
ROUNDS, SECONDS = 9, 1


#: Headers of a 304.
_KEPT = ("Last-Modified", "Cache-Control", "Vary", *(k for k in OPEN if k != "Vary"))


def bare() -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """A WSGI callable that only compares a tag and hands out bytes: what the server itself costs.

    With `BENCH_HEADERS` it sends those headers of feedhub too, which the server has to write.
    """
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    tag = os.environ["BENCH_TAG"]
    full = [("Content-Type", "application/atom+xml"), ("Content-Length", str(len(body))), ("ETag", tag)]
    more = [(str(k), str(v)) for k, v in json.loads(os.environ.get("BENCH_HEADERS", "[]"))]
    full += [h for h in more if h[0] not in ("Content-Type", "Content-Length", "ETag")]
    short = [("ETag", tag), *(h for h in more if h[0] in _KEPT)]

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start("304 Not Modified", short)
            return ()
        start("200 OK", full)
        return (body,)

    return app


def main() -> None:
    """Print rates and ratios for 200 and 304."""
    if shutil.which("wrk") is None:
        print("left out: wrk is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="feedhub-polling-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is another user
        env = {**os.environ, "FEEDHUB_DATA_DIR": str(folder / "data")}
        body = _fill(env)
        (folder / "feed.atom").write_bytes(body)
        servers: list[subprocess.Popen[bytes]] = []
        try:
            ours = _granian("feedhub.web.wsgi:application", env, servers)
            headers = _headers(ours + ADDRESS)
            extra = env | {"BENCH_BODY": str(folder / "feed.atom"), "BENCH_TAG": headers["ETag"]}
            same = extra | {"BENCH_HEADERS": json.dumps(list(headers.items()))}
            targets = {
                "feedhub": ours + ADDRESS,
                "bare": _granian("benchmarks.polling:bare", extra, servers),
                "bare with our headers": _granian("benchmarks.polling:bare", same, servers),
            }
            if shutil.which("nginx"):
                targets["nginx"] = _nginx(folder, servers)
            print(f"{len(body)} bytes, granian with one worker and {_THREADS} threads")
            for status in (200, 304):
                _compare(targets, status)
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(40)


def _compare(targets: dict[str, str], status: int) -> None:
    tags = {name: str(_headers(url)["ETag"]) if status == 304 else "" for name, url in targets.items()}
    rates: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, url in targets.items():
            rates[name].append(_wrk(url, tags[name]))
    said = ", ".join(f"{name} {median(found):.0f}/s" for name, found in rates.items())
    pairs = {n: [a / b for a, b in zip(rates["feedhub"], rates[n], strict=True)] for n in rates if n != "feedhub"}
    ratios = ", ".join(f"{median(found):.2f} × {name}" for name, found in pairs.items())
    print(f"{status}: {said}; feedhub is {ratios} (wanted ≥ 0.85 × bare)")


def _fill(env: dict[str, str]) -> bytes:
    """A feed of about 64 kB; its bytes."""
    hub = Hub.open(Settings.from_env(env))
    body = b""
    number = 0
    while len(body) < SIZE:
        number += 1
        words = f"What we will ask of notebooks, number {number}. " * 6
        duty = Requirement("supply_chain_transparency", Clause.CONTRACT_PERFORMANCE_CLAUSE, text="Name the factories.")
        draft = Draft(f"Notice {number}", AuthorityRef("", "", "se-adda"), summary=words, requirements=(duty,))
        hub.post(Actor(1, "admin"), draft)
        body = hub.render(ADDRESS).body
    hub.close()
    return body


_THREADS = 2


def _granian(target: str, env: dict[str, str], servers: list[subprocess.Popen[bytes]]) -> str:
    port = _port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", "1"]
    command += ["--blocking-threads", str(_THREADS), "--host", "127.0.0.1", "--port", str(port), target]
    command += ["--log-level", "error"]
    servers.append(subprocess.Popen(command, env=env, cwd=Path(__file__).resolve().parent.parent))
    return _up(f"http://127.0.0.1:{port}")


def _nginx(folder: Path, servers: list[subprocess.Popen[bytes]]) -> str:
    port = _port()
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events {}\nhttp { access_log off; keepalive_requests 100000000; sendfile on; open_file_cache max=10;\n"
        f"types {{ application/atom+xml atom; }} server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n",
        encoding="utf-8",
    )
    servers.append(subprocess.Popen(["nginx", "-p", str(folder), "-c", str(conf)], stderr=subprocess.DEVNULL))
    return _up(f"http://127.0.0.1:{port}") + "/feed.atom"


def _wrk(url: str, tag: str) -> float:
    command = ["wrk", "-t1", "-c1", f"-d{SECONDS}s", *(["-H", f"If-None-Match: {tag}"] if tag else []), url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def _headers(url: str) -> Message:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: Message = answer.headers
        del found["Date"], found["Server"], found["Connection"]
        return found


def _up(base: str) -> str:
    for _ in range(200):
        try:
            urllib.request.urlopen(base, timeout=5).close()
        except urllib.error.HTTPError:
            return base
        except OSError:
            time.sleep(0.1)
        else:
            return base
    raise TimeoutError(f"{base} does not answer")


def _port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
