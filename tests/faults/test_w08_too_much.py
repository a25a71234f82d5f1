"""W8: a form that is too large, or of too many parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from web_house import CITY, NEW, open_house, token

from feedhub.hub.shapes import Actor


def multipart(fields: dict[str, str]) -> bytes:
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return ("".join(part.format(k, v) for k, v in fields.items()) + "--b--\r\n").encode()


@pytest.mark.parametrize("what", ["size", "parts", "fields"])
def test_too_much_is_413_and_nothing_is_stored(tmp_path: Path, what: str) -> None:
    house = open_house(tmp_path)
    client = house.buyer()
    fields = {**NEW, "csrf_token": token(client.get("/desk/new")), "action": "publish"}
    many = {f"p{i}": "1" for i in range(10_000)}
    body, kind = {
        "size": (multipart({**fields, "summary": "x" * 1_000_001}), "multipart/form-data; boundary=b"),
        "parts": (multipart({**fields, **many}), "multipart/form-data; boundary=b"),
        "fields": (b"title=" + b"x" * 1_000_001, "application/x-www-form-urlencoded"),
    }[what]
    answer = client.post("/desk/new", data=body, content_type=kind)
    assert answer.status_code == 413
    assert "up to one megabyte" in answer.get_data(as_text=True)
    assert house.hub.own_notices(Actor(1, "buyer", CITY)) == []
    house.hub.close()
