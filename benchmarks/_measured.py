"""What a command or a daemon costs: wall time, processor time and peak memory of its whole process tree, on Linux.

Imports nothing heavy: a child's `ru_maxrss` begins at the size of the process that started it.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, seconds of processor, peak resident bytes of the tree, and what was said."""

    wall: float
    cpu: float
    peak: int
    said: str = ""


class Watch:
    """Adds up the resident memory of a process and all below it, twenty times a second; `peak` is the most seen."""

    def __init__(self, pid: int) -> None:
        """Start looking."""
        self.pid, self.peak, self._over = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.peak = max(self.peak, sum(map(_resident, tree(self.pid))))

    def close(self) -> int:
        """Stop looking; the peak in bytes."""
        self._over.set()
        self._thread.join()
        return self.peak


def command(arguments: Sequence[str], env: Mapping[str, str], folder: Path, most: float = 600.0) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it said when it fails or takes too long."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        running = subprocess.Popen(arguments, env=dict(env), cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        watch, stop = Watch(running.pid), threading.Timer(most, running.kill)
        stop.start()
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        stop.cancel()
        peak = max(watch.close(), used.ru_maxrss * 1024)
        out.seek(0)
        said = out.read().decode(errors="replace")
    if running.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {running.returncode}: {said[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, peak, said)


def tree(pid: int) -> list[int]:
    """A process and all below it that still live."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(p) for p in (task / "children").read_text().split()]
    return found


def cpu(pid: int) -> float:
    """Seconds of processor that a living tree has used."""
    total = 0
    for one in tree(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(map(int, fields[11:15]))
    return total / _TICK


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0
