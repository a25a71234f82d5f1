"""P7: a parser that is killed, aborts or runs out of memory gives a reason code, and the worker lives."""

import signal
import sys

import pytest
from make_pdf import pdf as made

from feedhub.errors import REASONS, ReadError
from feedhub.model import SourceKind
from feedhub.readers import Options, pdf, read

GOOD = made([[("Suppliers must report every year on wages and hours.", 10)]])


@pytest.mark.parametrize(
    "death",
    [
        f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})",
        "import os; os.abort()",
        f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})",
        "x = bytearray(10**12)",
        "raise SystemExit(77)",
        "print('not json')",
        "print('[1, 2')",
    ],
)
def test_a_child_that_dies_is_a_reason(monkeypatch: pytest.MonkeyPatch, death: str) -> None:
    run = pdf.subprocess.run

    def dying(command: list[str], **options: object) -> object:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        return run([sys.executable, "-c", death], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(pdf.subprocess, "run", dying)
    with pytest.raises(ReadError) as caught:
        read(GOOD, SourceKind.PDF, Options())
    assert caught.value.reason == "reader_crashed"
    assert REASONS["reader_crashed"].outcome == "suspect"


def test_too_little_memory_ends_the_child_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MEMORY", 16 * 1024 * 1024)
    with pytest.raises(ReadError) as caught:
        read(GOOD, SourceKind.PDF, Options())
    assert caught.value.reason == "reader_crashed"


def test_the_next_pdf_is_read() -> None:
    assert read(GOOD, SourceKind.PDF, Options()).documents[0].blocks
