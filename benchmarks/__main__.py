"""Run every benchmark, or those named: `python -m benchmarks [NAME …]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path


def main() -> None:
    """Run and print; exit 2 for an unknown name."""
    here = Path(__file__).resolve().parent
    names = sorted(m.name for m in pkgutil.iter_modules([str(here)]) if not m.name.startswith("_"))
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")] or names
    for name in wanted:
        if name not in names:
            sys.exit(f"There is no benchmark “{name}”; there are: {', '.join(names)}.")
    for name in wanted:
        print(f"## {name}")
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
