"""The order of a table of runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from jupyter_crispdm.base.errors import BadRequest

from ..types import Run
from .fields import Getter, Value, getter

_MOST_FIELDS = 8
_MOST_LETTERS = 2000


class Order(NamedTuple):
    """One field to sort by."""

    read: Getter
    falls: bool


def orders(text: str) -> list[Order]:
    """What `sort` says: fields with commas between them, `-` before one for the greatest first. Raises BadRequest."""
    if len(text) > _MOST_LETTERS:
        raise BadRequest(f"'sort' must not be longer than {_MOST_LETTERS} letters.", field="sort")
    words = [word.strip() for word in text.split(",") if word.strip()]
    if len(words) > _MOST_FIELDS:
        raise BadRequest(f"'sort' may name {_MOST_FIELDS} fields at most.", field="sort")
    return [Order(getter(word.lstrip("-").strip(), "sort"), word.startswith("-")) for word in words]


def in_order(runs: Sequence[Run], wanted: Sequence[Order]) -> list[Run]:
    """The runs in an order; those that lack a field come last, equals by age, the newest first."""
    found = sorted(runs, key=lambda run: (run.created, run.id), reverse=True)
    for order in reversed(wanted):
        found = _sorted(found, order)
    return found


def _sorted(runs: Sequence[Run], order: Order) -> list[Run]:
    keyed = [(_key(order.read(run)), run) for run in runs]
    there = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0] or (), reverse=order.falls)
    return [run for _, run in there] + [run for key, run in keyed if key is None]


def _key(value: Value) -> tuple[int, float, str] | None:
    """Numbers before texts; None where there is nothing to sort by."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, datetime):
        return 0, value.timestamp(), ""
    if isinstance(value, bool | int | float):
        return None if math.isnan(value) else (0, float(value), "")
    return 1, 0.0, ",".join(value).lower() if isinstance(value, list) else value.lower()
