"""Tables of numbers with a step: Lightning's and Keras' CSVLogger, ultralytics' results.csv, timm's summary.csv.

A table is one of metrics when its head names a step or an epoch, and something that is measured; any other is data, and
nothing of it is shown.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from datetime import datetime

import msgspec

from ...points import Point
from .format import Found, decoded, named, whole_lines

_LINE_BYTES = 64 << 10
_MOST_COLUMNS = 500
_MOST_BAD = 20
_STEPS = ("step", "global_step", "global step", "iteration", "iter", "iterations", "total_timesteps",
          "time/total_timesteps", "timesteps_total", "training_iteration", "round", "batch")  # fmt: skip
_EPOCHS = ("epoch", "epochs")
_TIMES = ("timestamp", "wall_time", "walltime", "created_at", "datetime")
_PLAIN = ("time", "elapsed", "elapsed_time", "seconds", "date", "duration", "index", "id", "")
_WORDS = ("loss", "acc", "error", "err", "score", "auc", "f1", "precision", "recall", "map", "iou", "dice", "mse",
          "mae", "rmse", "perplexity", "ppl", "bleu", "rouge", "wer", "cer", "reward", "return", "r2", "lr",
          "learning_rate", "top1", "top5", "top-1", "kl", "psnr", "ssim", "fid", "grad_norm", "eval", "train", "val",
          "valid", "entropy")  # fmt: skip
_NUMBERS = {"": math.nan, "nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class _Memory(msgspec.Struct):
    head: list[str] | None = None
    mark: str = ","
    is_data: bool = False
    bad: int = 0


class TableOfMetrics:
    """One file of rows below a head. `sure`: its name says that it is of metrics."""

    def __init__(self, *, sure: bool = False) -> None:
        self._sure = sure
        self._memory = _Memory()

    @property
    def is_other(self) -> bool:
        """Whether it is no such file."""
        return self._memory.is_data

    def take(self, data: bytes, time: float) -> tuple[Sequence[Found], int]:
        """What the complete rows say."""
        lines, used = whole_lines(data, _LINE_BYTES)
        found: list[Found] = []
        for line in lines:
            if self.is_other:
                break
            cells = self._cells(line)
            if self._memory.head is None:
                self._begin(line)
            elif cells and cells != self._memory.head:
                found += self._row(cells, time)
        return found, used

    def state(self) -> bytes:
        """The head of the table."""
        return msgspec.json.encode(self._memory)

    def restore(self, state: bytes) -> None:
        """Go on. Raises ValueError."""
        self._memory = decoded(state, _Memory)

    def _begin(self, line: bytes) -> None:
        text = line.decode("utf-8-sig", "replace")
        self._memory.mark = max(",;\t", key=text.count)
        head = self._cells(line)
        if not head:
            return
        plain = [name.lower() for name in head]
        counted = any(name in _STEPS or name in _EPOCHS for name in plain)
        measured = any(word in name for name in plain for word in _WORDS)
        self._memory.is_data = not counted or len(head) > _MOST_COLUMNS or not (measured or self._sure)
        self._memory.head = head

    def _cells(self, line: bytes) -> list[str]:
        text = line.decode("utf-8-sig", "replace").replace("\0", "")
        try:
            cells = next(csv.reader([text], delimiter=self._memory.mark), [])
        except csv.Error:
            return []
        return [cell.strip() for cell in cells] if any(cell.strip() for cell in cells) else []

    def _row(self, cells: list[str], time: float) -> list[Found]:
        head = self._memory.head or []
        if len(cells) != len(head):
            self._count_bad()
            return []
        row = dict(zip(head, cells, strict=True))
        step_name = _axis(head, _STEPS) or _axis(head, _EPOCHS)
        step = _whole(row.get(step_name or "", ""))
        if step is None:
            self._count_bad()
            return []
        when = next((at for name, cell in row.items() if name.lower() in _TIMES and (at := _moment(cell))), time)
        points: list[Found] = []
        for name, cell in row.items():
            plain = named(name)
            if name == step_name or name.lower() in _TIMES or name.lower() in _PLAIN or plain is None:
                continue
            value = _number(cell)
            if value is not None and cell:
                points.append(Point(plain, step, value, when))
        return points

    def _count_bad(self) -> None:
        """Rows that fit no head: after some of them it is something else."""
        self._memory.bad += 1
        self._memory.is_data = self._memory.bad >= _MOST_BAD


def _axis(head: list[str], names: tuple[str, ...]) -> str | None:
    return next((name for wanted in names for name in head if name.lower() == wanted), None)


def _number(cell: str) -> float | None:
    plain = cell.lower()
    if plain in _NUMBERS:
        return _NUMBERS[plain]
    if plain.startswith("tensor(") and plain.endswith(")"):
        plain = plain[7:-1].split(",")[0]
    try:
        return float(plain)
    except ValueError:
        return None


def _whole(cell: str) -> int | None:
    value = _number(cell)
    return int(value) if value is not None and math.isfinite(value) and abs(value) < 1 << 62 else None


def _moment(cell: str) -> float | None:
    """A time in seconds since the epoch, out of that, milliseconds, or a date."""
    value = _number(cell)
    if value is not None and math.isfinite(value):
        seconds = value / 1000 if value > 1e11 else value
        return seconds if 1e9 < seconds < 1e10 else None
    try:
        return datetime.fromisoformat(cell).timestamp()
    except (ValueError, OverflowError):
        return None
