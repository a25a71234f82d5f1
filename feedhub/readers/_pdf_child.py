"""The other process of `pdf.py`: reads a PDF from standard input with pypdf and prints its lines as JSON.

Run as `python -m feedhub.readers._pdf_child MEMORY CPU PAGES` (bytes, seconds, pages); limits itself before it reads.
Exit status 0 with `{"pages": [[line, size], …], "title", "language", "warnings", "cut"}`, 3 encrypted, 4 no PDF.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
from typing import Any

ENCRYPTED = 3
NO_PDF = 4
#: Characters of text kept of one document.
_MAX_TEXT = 4_000_000


def limit(memory: int, cpu: int) -> None:
    """Cap this process: bytes of memory, seconds of CPU, no core file, no file written."""
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        try:
            hard = resource.getrlimit(kind)[1]
            cap = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (cap, hard if kind == resource.RLIMIT_CPU else cap))
        except (ValueError, OSError):
            # macOS refuses RLIMIT_AS; the wall clock and the CPU limit still hold there.
            continue


def main(arguments: list[str]) -> int:
    """Read standard input, write standard output; returns the exit status."""
    memory, cpu, pages = (int(a) for a in arguments)
    limit(memory, cpu)
    logging.disable(logging.CRITICAL)
    import pypdf  # noqa: PLC0415 - after the limits, so that they hold for it too
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return ENCRYPTED
        result = _read(reader, pages)
    except pypdf.errors.FileNotDecryptedError:
        return ENCRYPTED
    except (pypdf.errors.DependencyError, NotImplementedError) as error:
        print(str(error)[:200], file=sys.stderr)  # noqa: T201 - the parent reads it
        return ENCRYPTED if "crypt" in str(error).lower() else NO_PDF
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        print(f"{type(error).__name__}: {error}"[:200], file=sys.stderr)  # noqa: T201 - the parent reads it
        return NO_PDF
    sys.stdout.write(json.dumps(result))
    return 0


def _read(reader: Any, cap: int) -> dict[str, Any]:
    pages: list[list[tuple[str, float]]] = []
    warnings: list[str] = []
    size = 0
    total = len(reader.pages)
    for number in range(min(total, cap)):
        try:
            lines = _lines(reader.pages[number])
        except RecursionError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken page must not hide the others
            warnings.append(f"page {number + 1} could not be read: {type(error).__name__}")
            lines = []
        pages.append(lines)
        size += sum(len(text) for text, _ in lines)
        if size > _MAX_TEXT:
            break
    if len(pages) < total:
        warnings.append(f"only the first {len(pages)} of {total} pages were read")
    info = reader.metadata or {}
    root = reader.trailer.get("/Root", {})
    return {
        "pages": pages,
        "title": str(info.get("/Title") or ""),
        "language": str(root.get("/Lang") or ""),
        "modified": str(info.get("/ModDate") or info.get("/CreationDate") or ""),
        "warnings": warnings,
    }


def _lines(page: Any) -> list[tuple[str, float]]:
    """(text, font size in points) for each line; the size is that of most of its characters."""
    parts: list[tuple[str, float]] = []

    def visit(text: str, _cm: Any, matrix: Any, _font: Any, size: Any) -> None:
        if text:
            scale = abs(float(matrix[3])) or abs(float(matrix[1])) or 1.0
            parts.append((text, float(size or 0) * scale))

    page.extract_text(visitor_text=visit)
    lines: list[tuple[str, float]] = []
    current: list[tuple[str, float]] = []
    for text, size in parts:
        for index, piece in enumerate(text.split("\n")):
            if index:
                lines.append(_line(current))
                current = []
            if piece:
                current.append((piece, size))
    lines.append(_line(current))
    return lines


def _line(pieces: list[tuple[str, float]]) -> tuple[str, float]:
    weights: dict[float, int] = {}
    for text, size in pieces:
        weights[size] = weights.get(size, 0) + len(text.strip())
    size = max(weights, key=lambda s: weights[s]) if weights else 0.0
    return "".join(text for text, _ in pieces), round(size, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
