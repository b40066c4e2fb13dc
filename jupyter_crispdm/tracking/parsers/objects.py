"""Lines that are JSON: the numbers in them, by their path, and where they say the training is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from .words import Kind, is_name, kind_of, place_of, section_of

_DEEPEST = 3
_MOST = 200
_NUMBERS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "infinity": math.inf, "-infinity": -math.inf}


class Said(NamedTuple):
    """What an object says: the step and the epoch, None where it has none, and the values by name."""

    step: int | None
    epoch: float | None
    values: dict[str, float]


def said(text: str) -> Said | None:
    """What a line of JSON says about a training; None when it is no object, or says nothing."""
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    if not isinstance(content, dict):
        return None
    step: float | None = None
    epoch: float | None = None
    found: list[tuple[str, float, Kind]] = []
    for path, number in _numbers(content, "", 0):
        place, kind = _role(path)
        if place == "epoch":
            epoch = number if epoch is None else epoch
        elif place:
            step = number if step is None or path in ("step", "global_step") else step
        elif kind not in (Kind.never, Kind.setting):
            found.append((path, number, kind))
    values = _wanted(found, step is not None or epoch is not None)
    return Said(_whole(step), epoch, values) if values else None


def _wanted(found: list[tuple[str, float, Kind]], has_place: bool) -> dict[str, float]:
    has_metric = any(kind is Kind.metric for _, _, kind in found)
    if not has_place and not has_metric:
        return {}
    sure = (Kind.metric, Kind.ambiguous, Kind.companion)
    return {path: number for path, number, kind in found[:_MOST] if has_place or kind in sure}


@lru_cache(maxsize=4096)
def _role(path: str) -> tuple[str, Kind]:
    return place_of(path), _kind(path)


def _kind(path: str) -> Kind:
    words = path.split("/")
    if not all(is_name(word) for word in words):
        return Kind.never
    kind = kind_of(words[-1])
    return Kind.unknown if kind is Kind.never and section_of(words[-1]) else kind


def _numbers(content: dict[str, object], path: str, depth: int) -> Iterator[tuple[str, float]]:
    for key, value in list(content.items())[:_MOST]:
        name = f"{path}/{key}" if path else key
        if isinstance(value, dict):
            if depth < _DEEPEST:
                yield from _numbers(value, name, depth + 1)
        elif (number := _number(value)) is not None:
            yield name, number


def _number(value: object) -> float | None:
    if isinstance(value, str):
        return _NUMBERS.get(value.lower())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _whole(number: float | None) -> int | None:
    return (
        int(number)
        if number is not None and math.isfinite(number) and number == int(number) and abs(number) < 1e15
        else None
    )
