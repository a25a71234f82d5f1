"""The table of rooms holds: arrows run down, siblings are strangers, libraries stay behind their walls."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "feedhub"

BELOW = {
    "cli": {"hub", "schedule", "tasks", "web", "config", "errors"},
    "web": {"hub", "horizon", "taxonomy", "text", "model", "config", "errors"},
    "schedule": {"hub", "config", "errors"},
    "tasks": {"hub", "config", "errors"},
    "hub": {
        *("declarations", "fetch", "readers", "detect", "changes", "horizon", "store", "publish", "push"),
        *("taxonomy", "model", "text", "config", "errors"),
    },
    "declarations": {"model", "taxonomy", "errors"},
    "fetch": {"model", "errors"},
    "readers": {"model", "text", "taxonomy", "errors"},
    "detect": {"model", "text", "taxonomy", "errors"},
    "changes": {"model", "text", "errors"},
    "horizon": {"model", "text", "taxonomy", "errors"},
    "store": {"model", "errors"},
    "publish": {"model", "text", "taxonomy", "errors"},
    "push": {"model", "text", "errors"},
    "taxonomy": {"errors"},
    "model": {"errors"},
    "text": {"errors"},
    "config": {"errors"},
    "errors": set(),
}
#: Files that may reach where their room may not.
DOORS = {"web/accounts.py": {"store"}}

WALLS = {
    "flask": {"web"},
    "flask_security": {"web"},
    "flask_wtf": {"web"},
    "wtforms": {"web"},
    "flask_babel": {"web"},
    "babel": {"web", "publish/_tongue.py"},
    "requests": {"fetch"},
    "urllib3": {"fetch"},
    "imapclient": {"fetch/mailbox.py"},
    "imaplib": {"fetch/mailbox.py"},
    "playwright": {"fetch/browser.py"},
    "bs4": {"readers"},
    "lxml": {"readers"},
    "pypdf": {"readers"},
    "trafilatura": {"readers"},
    "feedparser": {"readers"},
    "feedgen": {"publish/feeds.py"},
    "icalendar": {"publish/calendars.py", "readers/ics.py"},
    "apscheduler": {"schedule"},
    "procrastinate": {"tasks"},
    "sqlalchemy": {"store", "web/accounts.py"},
    "alembic": {"store"},
}
#: Names of a package whose use needs its home: the feedgen extension stands beside the adapter that registers it.
ALSO = {"publish/_feedgen_extension.py": {"feedgen", "lxml"}}


def files() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "_shipped" not in p.parts)


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def room(file: Path) -> str:
    first = file.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(file: Path) -> set[str]:
    """Every absolute dotted name the file imports; a relative one is resolved against its folder."""
    out: set[str] = set()
    package = ("feedhub", *file.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            out |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            out |= {f"{module}.{alias.name}" for alias in node.names}
    return out


@pytest.mark.parametrize("file", files(), ids=name)
def test_arrows_run_down_only(file: Path) -> None:
    here = room(file)
    if here in ("__init__", "__main__"):
        return
    assert here in BELOW, f"{here} is no room of the house"
    allowed = BELOW[here] | DOORS.get(name(file), set()) | {here}
    reached = {i.split(".")[1] for i in imports(file) if i.startswith("feedhub.")} - {"__version__"}
    assert reached <= allowed, f"{name(file)} reaches {sorted(reached - allowed)}"


@pytest.mark.parametrize("file", files(), ids=name)
def test_libraries_stay_behind_their_walls(file: Path) -> None:
    used = {i.split(".")[0] for i in imports(file)} - ALSO.get(name(file), set())
    for library in used & WALLS.keys():
        homes = WALLS[library]
        assert room(file) in homes or name(file) in homes, f"{library} is used outside {sorted(homes)}"


@pytest.mark.parametrize("floor", ["readers", "publish"])
def test_formats_never_import_each_other(floor: str) -> None:
    for file in sorted((ROOT / floor).rglob("*.py")):
        if file.name == "__init__.py":
            continue
        siblings = {
            i.split(".")[2]
            for i in imports(file)
            if i.startswith(f"feedhub.{floor}.") and len(i.split(".")) > 2 and "odd" not in i
        }
        strangers = {s for s in siblings if not s.startswith("_") and s != file.stem}
        assert not strangers, f"{name(file)} imports {sorted(strangers)}"


def test_only_config_reads_the_environment() -> None:
    for file in files():
        if name(file) == "config.py":
            continue
        text = file.read_text(encoding="utf-8")
        assert "os.environ" not in text, name(file)
        assert "getenv" not in text, name(file)


def test_only_the_hub_asks_the_clock() -> None:
    """Law 1: `now` is an argument; monotonic time for deadlines is no clock of dates."""
    for file in files():
        if room(file) == "hub":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
                owner = node.value
                label = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                assert label not in ("datetime", "date", "dt"), f"{name(file)}:{node.lineno}"


def test_every_module_says_what_it_is_for() -> None:
    for file in files():
        assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), name(file)
