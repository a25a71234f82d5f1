"""Dataclasses to JSON and back, for the state columns. Knows shapes, not meaning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from feedhub import model

T = TypeVar("T")

_converter = Converter()
_converter.register_unstructure_hook(datetime, lambda v: v.isoformat())
_converter.register_structure_hook(datetime, lambda v, _: datetime.fromisoformat(v))
_converter.register_unstructure_hook(date, lambda v: v.isoformat())
_converter.register_structure_hook(date, lambda v, _: date.fromisoformat(v))
_converter.register_unstructure_hook(timedelta, lambda v: v.total_seconds())
_converter.register_structure_hook(timedelta, lambda v, _: timedelta(seconds=v))
_converter.register_unstructure_hook_func(lambda t: isinstance(t, type) and issubclass(t, StrEnum), lambda v: v.value)
_converter.register_structure_hook_func(
    lambda t: t == model.Terms, lambda v, _: {name: tuple(values) for name, values in v.items()}
)
# Defaults are left out, so that stored states stay small and a new field needs no migration.
for _class in (
    model.When,
    model.Evidence,
    model.Requirement,
    model.Milestone,
    model.AuthorityRef,
    model.Draft,
    model.Notice,
    model.Revision,
    model.Announcement,
    model.Authority,
    model.Source,
):
    _converter.register_unstructure_hook(
        _class, make_dict_unstructure_fn(_class, _converter, _cattrs_omit_if_default=True)
    )
    _converter.register_structure_hook(_class, make_dict_structure_fn(_class, _converter))


def to_json(value: Any) -> Any:
    """Plain JSON of a dataclass of the model; NUL never reaches the database."""
    return _converter.unstructure(value)


def from_json(cls: type[T], value: Mapping[str, Any]) -> T:
    """A dataclass of the model from its JSON."""
    return _converter.structure(value, cls)
