"""Values that are JSON, and come back as they were."""

from __future__ import annotations

import math
from typing import Any

_DEEPEST = 100
_LEAST, _MOST = -(2**63), 2**64 - 1
_HINT = "Shared are JSON, numpy arrays, pandas frames, Arrow tables, pictures and bytes."


class NotShareable(TypeError):
    """A value that cannot travel as it is; the text says which part of it, and why."""


def plain(value: Any, where: str = "the value", depth: int = 0) -> Any:
    """The value as JSON has it: tuples as lists, numpy's numbers as Python's. Raises NotShareable."""
    if depth > _DEEPEST:
        raise NotShareable(f"{where} is nested more than {_DEEPEST} deep.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int | float):
        return _number(value, where)
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{at}]", depth + 1) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return {_name(key, where): plain(item, f"{where}[{key!r}]", depth + 1) for key, item in value.items()}
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return plain(value.item(), where, depth + 1)
    raise NotShareable(f"{where} is of the type {type(value).__name__}. {_HINT}{_elsewhere(depth)}")


def _elsewhere(depth: int) -> str:
    return " Give what is no JSON a key of its own." if depth else ""


def _text(value: str, where: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotShareable(f"{where} is a text that is no Unicode.") from None
    return str(value)


def _number(value: float, where: str) -> float:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotShareable(f"{where} is {value}, which JSON does not have. An array may hold it.")
        return float(value)
    if not _LEAST <= value <= _MOST:
        raise NotShareable(f"{where} is a number of more than 64 bits.")
    return int(value)


def _name(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise NotShareable(f"{where} has the key {key!r}, which is no text, as JSON wants it.")
    return _text(key, where)
