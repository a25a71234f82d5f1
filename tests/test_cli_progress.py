"""Progress: a bar on a terminal and lines above it; with --json a list whose elements come one a line as they end."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from loopback import ROOT, Site, declare, page

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."


@pytest.fixture
def env(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    base = {"PATH": os.defpath, "HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    return {**base, **environment}


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "feedhub", *map(str, words)]


def on_terminal(env: dict[str, str], *words: object) -> tuple[str, int]:
    """What a person sees who runs it in a terminal, and the exit status."""
    own, theirs = pty.openpty()
    with subprocess.Popen(command(*words), env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while select.select([own], [], [], 30)[0]:
            try:
                piece = os.read(own, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            seen += piece
        process.wait(30)
    os.close(own)
    return seen.decode(), process.returncode


@pytest.fixture
def watched(sources: Path, site: Site) -> list[str]:
    """Two pages."""
    ids = []
    for name in ("one", "two"):
        site.pages[f"/{name}"] = page(DUTY)
        ids.append(declare(sources, f"{site.url}/{name}", source_id=f"gb-{name}-policy", name=name))
    return ids


@pytest.mark.parametrize("words", [("check", "--all"), ("reread",)], ids=lambda w: w[0])
def test_on_a_terminal_a_bar_fills_and_each_result_stands_on_a_line(env, watched: list[str], words) -> None:
    if words[0] == "reread":
        subprocess.run(command("check", "--all"), env=env, check=True, capture_output=True)
    seen, status = on_terminal(env, *words)
    assert status == 0, seen
    assert re.search(r"(checking|reading again)\s+\[#*-*\]\s+0%", seen), seen
    assert "100%" in seen
    lines = [line.rpartition("\x1b[K")[2] for line in seen.replace("\r\n", "\n").split("\n")]
    for source in watched:
        assert [line for line in lines if line.startswith(f"{source}: ")], "no bar is left in front of a result"


def test_an_import_shows_a_bar_and_names_the_file_that_cannot_be_read(env, tmp_path: Path) -> None:
    good = ROOT / "tests" / "notices" / "ocds-package.json"
    bad = tmp_path / "broken.json"
    bad.write_text("{", encoding="utf-8")
    seen, status = on_terminal(env, "import", good, bad)
    assert status == 1
    assert "importing" in seen
    assert "100%" in seen
    assert "ocds-package.json: " in seen
    assert "broken.json: " in seen


def test_without_a_terminal_there_is_no_bar(env, watched: list[str]) -> None:
    done = subprocess.run(command("check", "--all"), env=env, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 2
    assert "%" not in done.stdout + done.stderr


def test_json_comes_one_element_a_line_as_each_check_ends_and_is_one_list(env, sources: Path, site: Site) -> None:
    other = Site()
    held = threading.Event()

    def late(handler) -> None:
        held.wait(20)
        body = page(DUTY).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.pages["/now"], other.pages["/late"] = page(DUTY), late
    declare(sources, f"{site.url}/now", source_id="gb-now-policy", name="now")
    declare(sources, f"{other.url}/late", source_id="gb-late-policy", name="late")
    with subprocess.Popen(command("check", "--all", "--json"), env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        assert process.poll() is None, "the other check is still under way"
        assert json.loads(lines[1])["source"] == "gb-now-policy"
        held.set()
        rest = process.stdout.read()
    other.close()
    rows = json.loads("".join(lines) + rest)
    assert [set(r) for r in rows] == [{"source", "outcome", "reason", "changes", "ms"}] * 2
    assert [json.loads(line.strip(",\n")) for line in [lines[1], rest.splitlines()[0]]] == rows


@pytest.mark.parametrize("words", [("reread", "--json"), ("check", "--due", "--json")], ids=lambda w: w[0])
def test_an_empty_list_is_a_list_too(env, words) -> None:
    done = subprocess.run(command(*words), env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_wrong_source_gives_no_half_list(env) -> None:
    done = subprocess.run(command("check", "no-such", "--json"), env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no-such" in done.stderr
