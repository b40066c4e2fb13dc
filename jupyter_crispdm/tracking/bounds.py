"""What a program reports, cut to what can be told to everybody: by size, by depth, by number.

One job's parameters stand in the list of all jobs. What is left out says so, in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

MOST_NAMES = 300
MOST_BYTES = 32 << 10
#: The name under which a job's parameters say that there are more.
MORE = "…"
_MORE = f"more parameters were reported than are shown: {MOST_NAMES}, of {MOST_BYTES >> 10} KiB"
_VALUE_BYTES = 4 << 10
_NAME_LENGTH = 200
_DEEPEST = 10
_LARGEST = 1 << 63


def depth(value: Any, most: int) -> int:
    """How deep lists and objects are nested in a value; what is deeper than `most` is not looked at."""
    levels, inner = 0, [value]
    while levels <= most:
        inner = [one for outer in inner for one in _inside(outer)]
        if not inner:
            break
        levels += 1
    return levels


def plain_value(value: Any, most_bytes: int = _VALUE_BYTES, deepest: int = _DEEPEST) -> Any:
    """A value out of JSON that can be told on; in place of one that is too large or too deep, a text that says so."""
    if isinstance(value, str):
        return value if len(value) <= most_bytes else f"{value[:200]}… ({len(value):,} characters, not shown)"
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return f"(a number of {value.bit_length()} bits, not shown)"
    if not isinstance(value, list | dict):
        return value
    if depth(value, deepest) > deepest:
        return f"(nested more than {deepest} deep, not shown)"
    try:
        size = len(msgspec.json.encode(value))
    except ValueError:  # a text that is none
        return "(holds texts that cannot be told on, not shown)"
    return value if size <= most_bytes else f"({size:,} bytes, not shown)"


def plain_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters, each such that it can be told on, and no more than a job shows."""
    return merged({}, {name: plain_value(value) for name, value in list(values.items())[: MOST_NAMES + 1]})


def merged(known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are known with those that are new, as long as there is room for them."""
    whole = {name[:_NAME_LENGTH]: value for name, value in {**known, **new}.items() if name != MORE}
    more = MORE in known or MORE in new
    size = 0
    kept: dict[str, Any] = {}
    for name, value in whole.items():
        size += len(name) + len(msgspec.json.encode(value))
        if size > MOST_BYTES or len(kept) >= MOST_NAMES:
            more = True
            break
        kept[name] = value
    return {**kept, MORE: _MORE} if more else kept


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
