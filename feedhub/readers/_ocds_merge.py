"""From a body of OCDS JSON to one merged release for each contracting process.

Knows the wrappings (release package, record package, list, single release, lines of JSON) and the merge rule: later
releases override only the fields they carry. Never says what a field means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedhub.errors import ReadError

Release = dict[str, Any]

#: Releases read from one body; a page of results holds 100, a bulk file is no source.
MAX_RELEASES = 2000
_FRAGMENT = "_truncated_here"
_SECTIONS = ("tender", "planning", "awards", "contracts", "buyer", "parties")
#: Line breaks whose backslashes a copy lost: `rnrn` anywhere, a single `rn` after the end of a phrase.
_LOST_BREAK = re.compile(r"(?:rn){2,}|(?<=[.;:!?)\]A-Z0-9])rn(?=\s|$)")


def merged(payload: object, warnings: list[str]) -> list[Release]:
    """One merged release for each ocid, in order of first appearance; ReadError `wrong_kind` when it is no OCDS.

    A package without releases gives none.
    """
    groups: dict[str, list[Release]] = {}
    for number, release in enumerate(_releases(payload, warnings)):
        if number >= MAX_RELEASES:
            warnings.append(f"only the first {MAX_RELEASES} releases were read")
            break
        ocid = str(release.get("ocid") or release.get("id") or f"release-{number + 1}")
        groups.setdefault(ocid, []).append(release)
    return [_together(releases) for releases in groups.values()]


def _releases(payload: object, warnings: list[str]) -> Iterator[Release]:
    """The releases of any wrapping; a record gives its compiled release, else its versions, else its releases."""
    if isinstance(payload, list):
        for part in payload:
            yield from _releases(part, warnings)
        return
    if not isinstance(payload, dict):
        raise ReadError("wrong_kind", "neither a release nor a package of releases")
    if isinstance(payload.get("releases"), list) and "ocid" not in payload:
        yield from _releases(payload["releases"], warnings)
    elif isinstance(payload.get("records"), list):
        for record in payload["records"]:
            yield from _of_record(record, warnings)
    elif _is_release(payload):
        if _marked(payload):
            warnings.append(f"release {payload.get('id', '')}: a fragment, what follows is missing")
        yield payload
    else:
        raise ReadError("wrong_kind", "neither a release nor a package of releases")


def _is_release(payload: Release) -> bool:
    if "$schema" in payload or "definitions" in payload:
        return False
    return ("ocid" in payload and isinstance(payload["ocid"], str)) or (
        "id" in payload and ("tag" in payload or any(isinstance(payload.get(s), dict | list) for s in _SECTIONS))
    )


def _of_record(record: object, warnings: list[str]) -> Iterator[Release]:
    if not isinstance(record, dict):
        return
    ocid = record.get("ocid")
    compiled, versioned = record.get("compiledRelease"), record.get("versionedRelease")
    embedded = [r for r in record.get("releases") or [] if isinstance(r, dict) and _is_release(r)]
    if isinstance(compiled, dict):
        yield {"ocid": ocid, **compiled}
    elif embedded:
        yield from ({"ocid": ocid, **release} for release in embedded)
    elif isinstance(versioned, dict):
        latest = _latest(versioned)
        yield {"ocid": ocid, **(latest if isinstance(latest, dict) else {})}
    else:
        warnings.append(f"record {ocid}: holds links to releases only")


def _latest(value: object) -> object:
    """A versioned release as it stands now: of each list of versions, the last value."""
    if isinstance(value, dict):
        return {key: _latest(part) for key, part in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(v, dict) and "releaseDate" in v and "value" in v for v in value):
            return value[-1]["value"]
        return [_latest(part) for part in value]
    return value


def _marked(value: object) -> bool:
    if isinstance(value, dict):
        return _FRAGMENT in value or any(_marked(part) for part in value.values())
    return isinstance(value, list) and any(_marked(part) for part in value)


def _together(releases: list[Release]) -> Release:
    """Releases of one process merged in order of their dates; `tag` and `id` are those of the last."""
    ordered = sorted(releases, key=lambda r: str(r.get("date") or ""))
    result: Release = {}
    for release in ordered:
        result = _merge(result, release)
    return result


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> Release:
    """OCDS merge: objects field by field, lists of identified objects by id, null removes, the rest is replaced."""
    out = dict(old)
    for key, value in new.items():
        before = out.get(key)
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(before, dict):
            out[key] = _merge(before, value)
        elif isinstance(before, list) and _identified(value) and _identified(before):
            out[key] = _merge_lists(before, value)
        else:
            out[key] = value
    return out


def _identified(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) and v.get("id") for v in value)


def _merge_lists(old: list[Release], new: list[Release]) -> list[Release]:
    kept = {str(part["id"]): part for part in old}
    for part in new:
        key = str(part["id"])
        kept[key] = _merge(kept[key], part) if key in kept else part
    return list(kept.values())


def mended(text: str) -> str:
    """A text whose lost line breaks are line breaks again."""
    return _LOST_BREAK.sub("\n", text)


def at(value: object, *path: str) -> Any:
    """The value at a path of keys, None where anything on the way is missing or no object."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def rows(value: object, *path: str) -> list[Release]:
    """The objects of the list at a path; anything else counts as none."""
    found = at(value, *path)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def words(value: object, *path: str) -> str:
    """The text at a path with lost line breaks mended, "" when there is none."""
    found = at(value, *path)
    return mended(found).strip() if isinstance(found, str) else ""


def strings(value: object, *path: str) -> list[str]:
    """The texts of the list at a path."""
    found = at(value, *path)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
