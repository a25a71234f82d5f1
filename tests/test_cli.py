"""Commands answer with one line and an exit status, and wrong words change nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import SHARED, Site, declare, page

DUTY = "From 1 March 2027 suppliers must disclose the factories of all laptops."


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path):
    """Run feedhub as a person would; the completed process."""

    def call(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "feedhub", *map(str, arguments)],
            cwd=tmp_path,
            env={"PATH": os.defpath, "HOME": str(tmp_path), **environment},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=100,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


def one_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


@pytest.mark.parametrize(
    "words",
    [
        ["check", "no-such-source"],
        ["reread", "no-such-source"],
        ["read", "no-such-file.html"],
        ["restore", "no-such-file"],
        ["sources", "save", "no-such-source"],
        ["sources", "lint", "no-such-folder"],
        ["user", "add", "nobody", "--role", "curator"],
        ["user", "add", "a@example.org", "--role", "buyer", "--authority", "xx-none"],
        ["user", "disable", "nobody@example.org"],
        ["detect", "no-such-file.jsonl"],
        ["read", "http://192.168.1.1/"],
        ["worker"],
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_without_a_traceback(run, words: list[str]):
    done = run(*words)
    assert done.returncode in (1, 2), done
    assert one_line(done.stderr), done.stderr
    assert done.stderr.startswith("feedhub: ") or words[:2] == ["sources", "lint"]


@pytest.mark.parametrize(
    "words", [["check"], ["nonsense"], ["serve", "--port", "0"], ["export", "x"], ["check", "--x"]]
)
def test_wrong_usage_is_exit_status_two(run, words: list[str]):
    done = run(*words)
    assert done.returncode == 2
    assert one_line(done.stderr)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FEEDHUB_DATABASE_URL", "mysql://x"),
        ("FEEDHUB_FETCH_ALLOW", "everything"),
        ("FEEDHUB_KEEP_DAYS", "-1"),
        ("FEEDHUB_DETECT_MIN", "2"),
        ("FEEDHUB_SOURCES", "no-such-folder"),
        ("FEEDHUB_BASE_URL", "example"),
    ],
)
def test_a_wrong_setting_is_named(run, environment, name: str, value: str):
    environment[name] = value
    done = run("sources")
    assert done.returncode == 1
    assert name in done.stderr
    assert one_line(done.stderr)


def test_a_broken_declaration_names_file_and_key(run, sources: Path, site: Site):
    declare(sources, f"{site.url}/policy", evry='"1h"')
    for words in (["sources", "lint"], ["check", "--all"]):
        done = run(*words)
        assert done.returncode == 1
        assert "example.toml" in done.stderr
        assert "evry" in done.stderr


def test_check_prints_a_line_a_source_or_a_json_list(run, sources: Path, site: Site):
    site.pages["/policy"] = page("We buy goods.", "We buy services.")
    declare(sources, f"{site.url}/policy")
    done = run("check", "gb-example-policy")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "gb-example-policy: baseline"
    site.pages["/policy"] = page("We buy goods.", DUTY, "We buy services.")
    (row,) = json.loads(run("check", "--all", "--json").stdout)
    assert set(row) == {"source", "outcome", "reason", "changes", "ms"}
    assert row["outcome"] == "changed"
    assert len(row["changes"]) == 1


def test_read_shows_what_is_made_of_a_file_and_stores_nothing(run, tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text(page("We buy goods.", DUTY), encoding="utf-8")
    seen = json.loads(run("read", file, "--json").stdout)
    assert set(seen) >= {"reader", "title", "language", "documents", "drafts", "signals", "warnings"}
    assert seen["reader"] == "page"
    (signal,) = [s for s in seen["signals"] if s["is_requirement"]]
    assert signal["topics"] == ["supply_chain_transparency"]
    assert signal["upcoming"] is True
    assert signal["dates"][0]["iso"] == "2027-03-01"
    assert json.loads(run("read", "-", "--as", "text", "--json", stdin=DUTY.encode()).stdout)["reader"] == "text"


def test_detect_adds_signals_to_rows_and_keeps_them(run, tmp_path: Path):
    rows = tmp_path / "in.jsonl"
    rows.write_text(json.dumps({"id": "a", "text": DUTY, "own": 1}) + "\n", encoding="utf-8")
    row = json.loads(run("detect", rows, "--today", "2026-11-24").stdout)
    assert (row["id"], row["own"], row["text"]) == ("a", 1, DUTY)
    assert row["signals"][0]["is_requirement"] is True
    assert DUTY[row["signals"][0]["start"] : row["signals"][0]["end"]] == row["signals"][0]["text"]


def test_a_row_without_text_is_named_by_its_line(run, tmp_path: Path):
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"text": "x"}\n{"id": 2}\n', encoding="utf-8")
    done = run("evaluate", rows)
    assert done.returncode == 2
    assert "line 2" in done.stderr


def test_export_writes_everything_public_and_import_takes_it_back(run, tmp_path: Path, environment):
    for fmt in ("jsonl", "csv", "ocds"):
        assert run("export", "--format", fmt, tmp_path / f"all.{fmt}").returncode == 0
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 28
    assert any("Forced Labour Regulation" in line for line in lines)


def test_export_site_writes_files_and_a_second_time_only_what_changed(run, tmp_path: Path):
    first = run("export", "--format", "site", tmp_path / "site")
    assert first.returncode == 0, first.stderr
    assert "Forced Labour Regulation" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert (tmp_path / "site" / "feeds" / "announcements.atom.gz").is_file()
    again = run("export", "--format", "site", tmp_path / "site")
    assert " 0 of them new or changed" in again.stdout
    assert run("export", "--format", "site", "-").returncode == 2


def test_a_backup_restores_ids_and_log(run, tmp_path: Path, environment):
    run("export", "--format", "jsonl", tmp_path / "before.jsonl")
    assert run("backup", tmp_path / "copy.db").returncode == 0
    assert run("backup", tmp_path / "copy.db").returncode == 2
    environment["FEEDHUB_DATA_DIR"] = str(tmp_path / "elsewhere")
    assert run("restore", tmp_path / "copy.db", "--yes").returncode == 0
    run("export", "--format", "jsonl", tmp_path / "after.jsonl")
    assert (tmp_path / "after.jsonl").read_bytes() == (tmp_path / "before.jsonl").read_bytes()


def test_a_damaged_backup_is_refused_and_the_database_stays(run, tmp_path: Path):
    run("migrate")
    damaged = tmp_path / "copy.db"
    damaged.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    done = run("restore", damaged, "--yes")
    assert done.returncode == 1
    assert one_line(done.stderr)
    assert run("doctor").returncode == 0


def test_accounts_are_made_listed_and_closed(run, sources: Path):
    declare(sources, "http://127.0.0.1:9/policy")
    added = run("user", "add", "buyer@example.org", "--role", "buyer", "--authority", "gb-example")
    assert added.returncode == 0, added.stderr
    assert "/account/welcome/" in added.stdout
    assert "buyer@example.org  buyer  gb-example" in run("user", "list").stdout
    assert run("user", "disable", "buyer@example.org").returncode == 0
    assert "(closed)" in run("user", "list").stdout


SAMPLES = ("eforms-notices", "eforms-notices-real-ted", "eforms-notices-converted")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the sample notices are not beside this checkout")
@pytest.mark.timeout(240)
def test_import_takes_every_sample_notice_without_a_traceback(run, tmp_path: Path):
    folders = [SHARED / "samples" / name for name in SAMPLES] + sorted((SHARED / "samples").glob("ocds-*"))
    files = [f for folder in folders for f in sorted(folder.rglob("*")) if f.suffix in (".xml", ".json")]
    assert len(files) > 150
    done = run("import", *files)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr
    assert "Error:" not in done.stderr
    out = tmp_path / "all.jsonl"
    run("export", "--format", "jsonl", out)
    notices = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    danish = [
        n
        for n in notices
        if n["authority"]["country"] == "DK"
        and {"hrdd_process", "child_labour"} <= {r["topic"] for r in n["requirements"]}
    ]
    assert danish
    clauses = {r["topic"]: r["clause"] for r in danish[0]["requirements"]}
    for topic in ("hrdd_process", "ilo_core_labour_standards", "child_labour"):
        assert clauses[topic] == "contract_performance_clause"


@pytest.mark.parametrize("kind", ["maildir", "eml"])
def test_read_takes_a_folder_of_messages(run, tmp_path: Path, kind: str):
    folder = tmp_path / "mail"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    names = ["cur/1:2,S", "new/2"] if kind == "maildir" else ["1.eml", "2.eml"]
    for number, name in enumerate(names, 1):
        (folder / name).write_bytes(
            f"From: a@city.example\r\nSubject: News {number}\r\nMessage-ID: <{number}@city.example>\r\n\r\n"
            f"From 1 March 2028 suppliers must disclose the factories of all laptops, part {number}.\r\n".encode()
        )
    done = run("read", folder, "--json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen["reader"], seen["documents"]) == ("newsletter", 2)
    assert any("part 2" in s["text"] for s in seen["signals"])


def test_a_folder_without_messages_is_said_to_be_one(run, tmp_path: Path):
    done = run("read", tmp_path)
    assert done.returncode == 2
    assert "holds no messages" in done.stderr


def test_an_address_that_cannot_be_read_says_what_to_do(run, site: Site):
    done = run("read", f"{site.url}/nothing")
    assert done.returncode == 1
    assert "The page is not there (status 404). Find the page's present address." in done.stderr
