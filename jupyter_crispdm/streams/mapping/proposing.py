"""Which columns some messages could fill: proposed to whoever makes a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..batch import SEQ
from .columns import LONGEST_NAME, MOST_COLUMNS
from .mapper import SOURCE_SEQ
from .reading import Unusable, read_json

_DEEPEST = 6
_PLAIN = re.compile(r"[A-Za-z_]\w*")
_TIMES = ("time", "timestamp", "ts", "t", "datetime", "date")
_VALUES = ("value", "val", "v", "reading", "measurement")
_PROBABILITIES = ("probability", "prob", "p", "score", "defect_probability")


@dataclass(frozen=True)
class Proposal:
    """A column that messages could fill, where it stands in them, and what it holds."""

    name: str
    path: str
    kind: Literal["number", "text"]


def propose(payloads: Sequence[bytes | Mapping[str, Any]]) -> list[Proposal]:
    """Columns for some messages, those with a meaning of their own under their own names."""
    found: dict[str, Literal["number", "text"]] = {}
    for payload in payloads:
        try:
            read = read_json(payload)
        except Unusable:
            continue
        for item in read[:10] if isinstance(read, list) else [read]:
            for path, value in _scalars(item, "$", 0):
                found.setdefault(path, "text" if isinstance(value, str) else "number")
    return _named(dict(list(found.items())[:MOST_COLUMNS]))


def _scalars(item: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(item, dict) and depth < _DEEPEST:
        for name, value in item.items():
            if isinstance(name, str) and len(name) <= LONGEST_NAME:
                yield from _scalars(value, f"{path}{_step(name)}", depth + 1)
    elif isinstance(item, list) and item and "[*]" not in path and isinstance(item[0], dict):
        yield from _scalars(item[0], f"{path}[*]", depth + 1)
    elif isinstance(item, list) and item and isinstance(item[0], int | float | str):
        yield path, item[0]
    elif isinstance(item, int | float | str):
        yield path, item


def _step(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


def _named(found: dict[str, Literal["number", "text"]]) -> list[Proposal]:
    names: dict[str, str] = {}
    for column, usual in (("time", _TIMES), ("value", _VALUES), ("probability", _PROBABILITIES)):
        rest = {_last(path).lower(): path for path in reversed(found) if path not in names}
        if known := next((rest[word] for word in usual if word in rest), None):
            names[known] = column
    for path in found:
        if path not in names:
            names[path] = _free(SOURCE_SEQ if _last(path) == SEQ else _last(path), set(names.values()))
    return [Proposal(names[path], path, kind) for path, kind in found.items()]


def _last(path: str) -> str:
    parts = re.findall(r"\.(\w+)|\['(.+?)'\]", path)
    name = (parts[-1][0] or parts[-1][1]) if parts else "value"
    return "".join(letter if letter.isprintable() else "_" for letter in name)


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}_{number}"
    return free
