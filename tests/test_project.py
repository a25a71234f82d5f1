"""The project keeps its promises about itself: settings documented, no machine's traces, one version."""

import re
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import feedhub
from feedhub.config import Settings
from feedhub.errors import REASONS
from feedhub.model import Outcome

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"FEEDHUB_{name.upper()}" in README


def test_the_readme_shows_the_two_commands() -> None:
    assert "make run" in README
    assert "make test" in README


def test_the_changelog_names_the_present_version_or_what_is_unreleased() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{feedhub.__version__}]" in text


def test_the_makefile_explains_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    explained = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    assert targets == explained


def test_constraints_pin_every_dependency_and_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in text.splitlines() if "==" in line}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *(v for k, v in project["optional-dependencies"].items() if k != "browser")]
    declared = {re.split(r"[^A-Za-z0-9-]", d)[0].lower() for one in lists for d in one}
    assert declared - pinned - {"feedhub"} == set()


def test_no_file_carries_an_absolute_path_of_a_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    command = ["git", "grep", "-nIE", r"(^|[\"' =])/(home|root|work)/[a-z.]", "--", ":!*.md", ":!tests/test_project.py"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""


def test_every_fault_of_fetching_and_of_parsing_has_a_test_named_after_its_row() -> None:
    files = [p.stem for p in (ROOT / "tests" / "faults").glob("test_*.py")]
    named = {row for stem in files for row in re.findall(r"(?<=_)([fp][0-9]{2})(?=_)", stem)}
    rows = {f"f{n:02}" for n in range(1, 34)} | {f"p{n:02}" for n in range(1, 20)}
    assert rows - named == set()


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_says_what_happened_and_what_to_do(code: str) -> None:
    row = REASONS[code]
    assert row.outcome in {o.value for o in Outcome}
    for said in (row.sentence, row.todo):
        assert len(said.split()) >= 2
        assert said[0].isupper() or said.startswith(("feedhub", "robots.txt")), said
    assert not row.sentence.endswith("."), "the place where it stands ends it"
    assert row.todo.endswith(".")


def test_every_reason_that_the_code_gives_is_in_the_table() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "feedhub").rglob("*.py"))
    given = set(re.findall(r"(?:FetchError|ReadError|_Broken)\(\s*\"([a-z_0-9]+)\"", text))
    assert len(given) > 20
    assert given <= REASONS.keys()
