"""The order of a table of runs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from jupyter_crispdm.base.errors import BadRequest

from ..types import Run
from .fields import Getter, Value, getter

_MOST_FIELDS = 8
_MOST_LETTERS = 2000
_WORD = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')


class Order(NamedTuple):
    """One field to sort by."""

    read: Getter
    falls: bool


def orders(text: str) -> list[Order]:
    """What `sort` says: fields with commas between them, `-` before one for the greatest first. Raises BadRequest."""
    if len(text) > _MOST_LETTERS:
        raise BadRequest(f"'sort' must not be longer than {_MOST_LETTERS} letters.", field="sort")
    words = [word.strip() for word in _WORD.findall(text) if word.strip()]
    if len(words) > _MOST_FIELDS:
        raise BadRequest(f"'sort' may name {_MOST_FIELDS} fields at most.", field="sort")
    return [Order(getter(word.removeprefix("-").strip(), "sort"), word.startswith("-")) for word in words]


def in_order(runs: Sequence[Run], wanted: Sequence[Order]) -> list[Run]:
    """The runs, which are given by age, in an order; those that lack a field come last, equals stay in their order."""
    found = list(runs)
    for order in reversed(wanted):
        found = _sorted(found, order)
    return found


def by_age(runs: Iterable[Run]) -> list[Run]:
    """Runs, the newest first."""
    return sorted(runs, key=lambda run: (run.created, run.id), reverse=True)


def _sorted(runs: Sequence[Run], order: Order) -> list[Run]:
    values = list(map(order.read, runs))
    kinds = {value.__class__ for value in values}
    plain = kinds <= {float, type(None)} and not any(value != value for value in values)
    keys: list[Any] = list(values) if plain else list(map(_key, values))
    there = [place for place, key in enumerate(keys) if key is not None]
    there.sort(key=keys.__getitem__, reverse=order.falls)
    return [runs[place] for place in there] + [run for run, key in zip(runs, keys, strict=True) if key is None]


def _key(value: Value) -> tuple[int, float, str] | None:
    """Numbers before texts; None where there is nothing to sort by."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, datetime):
        return 0, value.timestamp(), ""
    if isinstance(value, bool | int | float):
        return None if math.isnan(value) else (0, float(value), "")
    return 1, 0.0, ",".join(value).lower() if isinstance(value, list) else value.lower()
