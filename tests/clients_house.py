"""A feedhub served on loopback, and what became public there: the truth that programs of others must show."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from loopback import Clock, free_port
from web_house import CITY, House, open_house
from werkzeug.serving import WSGIRequestHandler, make_server

from feedhub.hub.shapes import Actor
from feedhub.web import with_shelf
from feedhub.web.shelf import LOOK

BUYER = Actor(1, "buyer", CITY)


@dataclass
class Served:
    """A house with a server in front; `base` is its address."""

    house: House
    clock: Clock
    base: str

    def said(self) -> dict[str, tuple[str, int]]:
        """Announcement id → its title and instant in Unix seconds, from our own rendering."""
        items = json.loads(self.house.hub.render("/feeds/announcements.json").body)["items"]
        stamp = {i["id"]: datetime.fromisoformat(i["date_published"]) for i in items}
        return {i["id"]: (i["title"], int(stamp[i["id"]].timestamp())) for i in items}

    def settle(self) -> None:
        """Wait until the server has seen what was just published."""
        time.sleep(LOOK + 0.05)


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, clock: Clock) -> Iterator[Served]:
    port = free_port()
    house = open_house(tmp_path / "house", clock, base_url=f"http://127.0.0.1:{port}")
    server = make_server("127.0.0.1", port, with_shelf(house.app, house.hub), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Served(house, clock, f"http://127.0.0.1:{port}")
    server.shutdown()
    thread.join()
    server.server_close()
    house.hub.close()


def needs(*programs: str) -> None:
    """Skip when one of these programs is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here")
