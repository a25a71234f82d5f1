"""All answers 304: pages a second of `Hub.check` beside a bare `requests` loop with as many threads."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from benchmarks._site import Pages, declare
from feedhub.config import Settings
from feedhub.hub import Hub

COUNT = 300


def main() -> None:
    """Print both rates and their ratio."""
    pages = [Pages(COUNT // 10) for _ in range(10)]
    urls = [u for p in pages for u in p.urls()]
    with tempfile.TemporaryDirectory() as folder:
        declare(Path(folder) / "sources", urls)
        hub = Hub.open(
            Settings.from_env(
                {
                    "FEEDHUB_DATA_DIR": f"{folder}/data",
                    "FEEDHUB_SOURCES": f"{folder}/sources",
                    "FEEDHUB_FETCH_ALLOW": "127.0.0.0/8",
                    "HOME": folder,
                }
            )
        )
        list(hub.check())
        ours, bare = [], []
        for _ in range(3):
            began = time.perf_counter()
            outcomes = [r.outcome.value for r in hub.check()]
            ours.append(len(urls) / (time.perf_counter() - began))
            assert set(outcomes) == {"unchanged"}, set(outcomes)
            bare.append(len(urls) / _bare(urls))
        hub.close()
    for p in pages:
        p.close()
    ratio = max(ours) / max(bare)
    print(f"feedhub {max(ours):.0f} pages/s, bare requests {max(bare):.0f} pages/s, ratio {ratio:.2f} (wanted ≥ 0.70)")


def _bare(urls: list[str]) -> float:
    def visit(chunk: list[str]) -> None:
        with requests.Session() as session:
            for url in chunk:
                tag = tags[url]
                assert session.get(url, headers={"If-None-Match": tag}, timeout=10).status_code == 304

    tags = {u: requests.get(u, timeout=10).headers["ETag"] for u in urls}
    chunks = [urls[i::8] for i in range(8)]
    began = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, chunks))
    return time.perf_counter() - began
