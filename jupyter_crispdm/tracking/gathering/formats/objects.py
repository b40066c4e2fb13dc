"""Lines of JSON, an object each: what trackers of one's own, detectron2 and mmengine write.

An object says something when it has a step or an epoch, or when its file's name says that it is of metrics; a number
in it is a point, one in an object below it has a name with a stroke.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ...points import Point
from .format import Found, decoded, named, whole_lines

_LINE_BYTES = 256 << 10
_DEEPEST = 4
_MOST_NUMBERS = 500
_MOST_BAD = 20
_STEPS = ("step", "global_step", "_step", "iteration", "iter", "train_steps", "num_updates", "round",
          "training_iteration")  # fmt: skip
_EPOCHS = ("epoch",)
_TIMES = ("time", "timestamp", "_timestamp", "wall_time", "ts", "created")
_NO_METRICS = ("eta_seconds", "data_time", "_runtime", "pid", "seed", "version", "rank", "id")
_NUMBERS = {"nan": math.nan, "infinity": math.inf, "-infinity": -math.inf, "inf": math.inf, "-inf": -math.inf}


class _Memory(msgspec.Struct):
    bad: int = 0
    good: int = 0


class LinesOfMetrics:
    """One file. `sure`: its name says that it is of metrics, so that objects without a step count as well."""

    def __init__(self, *, sure: bool = False) -> None:
        self._sure = sure
        self._memory = _Memory()

    @property
    def is_other(self) -> bool:
        """Whether it is no such file."""
        return self._memory.bad >= _MOST_BAD and not self._memory.good

    def take(self, data: bytes, time: float) -> tuple[Sequence[Found], int]:
        """What the complete lines say."""
        lines, used = whole_lines(data, _LINE_BYTES)
        found: list[Found] = []
        for line in lines:
            if self.is_other:
                break
            if line.strip():
                points = self._object(line, time)
                self._memory.good += bool(points)
                self._memory.bad += not points
                found += points
        return found, used

    def state(self) -> bytes:
        """How often it was what it should be."""
        return msgspec.json.encode(self._memory)

    def restore(self, state: bytes) -> None:
        """Go on. Raises ValueError."""
        self._memory = decoded(state, _Memory)

    def _object(self, line: bytes, time: float) -> list[Point]:
        content = _parsed(line)
        if not isinstance(content, dict):
            return []
        step_name = next((name for name in (*_STEPS, *_EPOCHS) if _whole(content.get(name)) is not None), None)
        if step_name is None and not self._sure:
            return []
        step = None if step_name is None else _whole(content[step_name])
        when = next((at for name in _TIMES if (at := _moment(content.get(name))) is not None), time)
        left = {name: value for name, value in content.items() if name not in (step_name, *_TIMES, *_NO_METRICS)}
        numbers = [*_numbers(left, "", _DEEPEST)][:_MOST_NUMBERS]
        return [Point(name, step, value, when) for name, value in numbers]


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _numbers(content: dict[str, Any], before: str, deepest: int) -> Iterator[tuple[str, float]]:
    for key, value in content.items():
        name = named(f"{before}{key}")
        if name is None:
            continue
        if isinstance(value, dict) and deepest:
            yield from _numbers(value, f"{name}/", deepest - 1)
        elif isinstance(value, str) and value.lower() in _NUMBERS:
            yield name, _NUMBERS[value.lower()]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, _float(value)


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(_float(value)):
        return None
    return int(value) if abs(value) < 1 << 62 else None


def _moment(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if 1e11 < value < 1e14 else value
    return float(seconds) if 1e9 < seconds < 1e10 else None
