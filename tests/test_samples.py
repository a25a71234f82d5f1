"""Every real and official example document is read, or refused with a reason; none makes a reader crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback import SHARED

from feedhub import readers
from feedhub.errors import REASONS, ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, Reading

ROOT = SHARED / "samples"
pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason="the sample notices are not beside this checkout")

FILES = sorted(p for p in ROOT.rglob("*") if p.is_file())
NOTICES = [p for p in FILES if p.parts[-2].startswith("eforms-notices") or p.parts[-2] == "by-sdk"]
NOTICES = [p for p in NOTICES if p.suffix == ".xml"]
RELEASES = [p for p in FILES if p.suffix == ".json" and p.parent.name.startswith(("ocds-uk", "ocds-sell2wales"))]
RELEASES = [p for p in RELEASES if not p.parent.name.endswith("extension")]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def outcome(file: Path, kind: SourceKind | None = None) -> Reading | str:
    """What a reader makes of the file, or the reason why it refuses."""
    try:
        return readers.read(file.read_bytes(), kind, Options(at_least=0))
    except ReadError as error:
        return error.reason


@pytest.mark.parametrize("file", FILES, ids=name)
def test_each_file_is_read_or_refused_with_a_reason(file: Path):
    found = outcome(file)
    assert found not in ("reader_crashed", "internal")
    if isinstance(found, str):
        assert REASONS[found].todo, "what to do stands beside the reason"
    if isinstance(found, Reading):
        assert found.documents or found.drafts or found.warnings


@pytest.mark.parametrize("file", NOTICES, ids=name)
def test_each_notice_gives_its_draft_also_where_its_rules_are_broken(file: Path):
    found = outcome(file, SourceKind.EFORMS)
    if isinstance(found, str):
        assert file.name.startswith("INVALID_"), found
        assert REASONS[found].outcome == "suspect"
        return
    (draft,) = found.drafts
    assert draft.source_ref
    assert draft.notice_kind
    if not file.name.startswith("INVALID_"):
        assert draft.title
    for milestone in draft.milestones:
        assert milestone.code, "each date names its field"


@pytest.mark.parametrize("file", RELEASES, ids=name)
def test_each_release_gives_its_draft(file: Path):
    found = outcome(file, SourceKind.OCDS)
    if isinstance(found, str):
        assert found in ("wrong_kind", "empty"), found
        assert "header" in file.name or "csv" in file.name
        return
    if "header" not in file.name:
        assert found.drafts
        assert all(d.source_ref for d in found.drafts)


@pytest.mark.parametrize("file", sorted((ROOT / "espd").glob("*ESPD*Request*.xml")), ids=name)
def test_each_espd_request_gives_what_will_be_asked(file: Path):
    found = outcome(file, SourceKind.ESPD)
    assert isinstance(found, Reading), found
    (draft,) = found.drafts
    assert "child_labour" in {r.topic for r in draft.requirements}
    assert all(r.criterion for r in draft.requirements)


def test_there_are_invalid_notices_among_them():
    assert len([f for f in FILES if f.name.startswith("INVALID_")]) >= 10
    assert len(NOTICES) > 90
    assert len(RELEASES) > 30
