"""What a run kept on its way, artifacts and models, and which of it is of the best point."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..events import RunEvents
from .digest import Digest
from .types import Best
from .words import steps

_MOST = 2000
_LOOKS = 50
_FOLDER = "artifacts/"
_MODEL_ENDINGS = frozenset({
    ".pt", ".pth", ".ckpt", ".h5", ".keras", ".onnx", ".safetensors", ".skops", ".torchscript", ".pt2", ".pkl",
    ".joblib", ".bin", ".cbm", ".ubj", ".json", ".txt", ".npz", ".model", ".pb", ".tflite",
})  # fmt: skip
_NONE = "The run kept no model at its best point: it called neither crispdm.model nor crispdm.artifact."


@dataclass(frozen=True)
class Keepsake:
    """A file that was kept: its path below artifacts/, when, at which step if it was said, and whether as a model."""

    path: str
    time: float
    step: int | None
    is_model: bool


class Keepsakes:
    """Reads on in a run's events; of an artifact that was replaced only the newest counts."""

    def __init__(self, directory: Path) -> None:
        self._events = RunEvents(directory)
        self._kept: dict[str, Keepsake] = {}

    def read(self) -> None:
        """Take what was reported since the last call."""
        for _ in range(_LOOKS):
            for event in self._events.read():
                self._take(event)
            if not self._events.more:
                return

    def of_best(self, best: Best, digest: Digest) -> Best:
        """The best point with what the run kept nearest to it, and with a note where that is not from there."""
        models = [one for one in self._kept.values() if one.is_model]
        some = models or [one for one in self._kept.values() if os.path.splitext(one.path)[1] in _MODEL_ENDINGS]
        found = _nearest(some, best, digest)
        if found is None:
            return msgspec.structs.replace(best, note=_NONE)
        note = ""
        if found.step is not None and found.step != best.step:
            note = f"The nearest that the run kept is of step {steps(found.step)}."
        where = {"model": found.path} if found.is_model else {"artifact": found.path}
        return msgspec.structs.replace(best, note=note, **where)

    def _take(self, event: Mapping[str, Any]) -> None:
        kind, path, time = event.get("kind"), event.get("path"), event.get("time")
        if kind not in ("artifact", "model") or not isinstance(path, str) or not path.startswith(_FOLDER):
            return
        if isinstance(time, bool) or not isinstance(time, int | float):
            return
        step = event.get("step")
        path = path.removeprefix(_FOLDER)[:1000]
        self._kept.pop(path, None)
        while len(self._kept) >= _MOST:
            self._kept.pop(next(iter(self._kept)))
        is_step = isinstance(step, int) and not isinstance(step, bool)
        self._kept[path] = Keepsake(path, float(time), step if is_step else None, kind == "model")


def _nearest(some: list[Keepsake], best: Best, digest: Digest) -> Keepsake | None:
    """By step where it was said; else by time: written before it was measured, or after, as the first one was."""
    with_step = [one for one in some if one.step is not None]
    if with_step:
        return min(reversed(with_step), key=lambda one: abs((one.step or 0) - best.step))
    if not some or best.time is None:
        return some[-1] if some else None
    some = sorted(some, key=lambda one: one.time)
    first = digest.first.time if digest.first is not None else math.nan
    measured_after = some[0].time < first
    sides = [one for one in some if (one.time <= best.time) is measured_after]
    if not sides:
        return some[0] if not measured_after and some[0].time > best.time else some[-1]
    return sides[-1] if measured_after else sides[0]

