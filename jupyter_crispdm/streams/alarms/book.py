"""All alarms of a stream: which conditions there are, what each found, and the lines that say so."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jupyter_crispdm.base.errors import StorageFull

from ..batch import Batch, Numbers, numbers_of
from .condition import Condition, Limits, Turn
from .journal import Journal
from .line import AlarmLine

_MOST_WAITING = 10_000


@dataclass(frozen=True)
class Watched:
    """What is watched under a name: the numbers that a detector found, or else a column of the samples.

    `what` is what messages call it.
    """

    name: str
    what: str
    limits: Limits


class AlarmBook:
    """Watches batches, and writes down what becomes of alarms. What could not be written waits, and is tried again."""

    def __init__(self, journal: Journal) -> None:
        self.trouble = ""
        self._journal = journal
        self._open = journal.open_alarms()
        self._waiting: list[AlarmLine] = []
        self._watched: dict[str, tuple[Watched, Condition]] = {}

    def watch(self, wanted: Sequence[Watched], seq: int, time: float) -> None:
        """From now on watch these. One that stays goes on as it was; alarms of one that went are cleared.

        `seq` and `time` are those of the newest sample.
        """
        before = self._watched
        self._watched = {
            one.name: (one, before[one.name][1])
            if one.name in before and before[one.name][0] == one
            else (one, Condition(one.limits, raised=one.name in self._open))
            for one in wanted
        }
        for name in [name for name in self._open if name not in self._watched]:
            gone = self._open.pop(name)
            self._note(AlarmLine(gone, "cleared", seq, time, detector=name, message="It is not watched any more."))
        self.write()

    def look(self, batch: Batch, found: Mapping[str, Numbers]) -> None:
        """See what becomes of all alarms in a batch. `found` are the numbers of detectors, by name."""
        for name, (watched, condition) in self._watched.items():
            values = found.get(name)
            if values is None and watched.what in batch.columns:
                values = numbers_of(batch.columns[watched.what])
            if values is not None:
                for line in self._lines(watched, batch, values, condition.look(values, batch.time)):
                    self._note(line)
        self.write()

    def write(self) -> None:
        """Write down what waits; `trouble` says why it could not be."""
        if not self._waiting:
            return
        try:
            self._journal.write(self._waiting)
        except (OSError, StorageFull) as error:
            self.trouble = f"Alarms cannot be written down: {error}"
            return
        self.trouble, self._waiting = "", []

    def _lines(self, watched: Watched, batch: Batch, values: Numbers, turns: list[Turn]) -> Iterator[AlarmLine]:
        for turn in turns:
            seq, name = batch.first + turn.row, watched.name
            if turn.raised:
                self._open[name] = f"{seq}-{zlib.crc32(name.encode()):08x}"
            id = self._open[name] if turn.raised else self._open.pop(name, "")
            if id:
                yield AlarmLine(
                    id, "raised" if turn.raised else "cleared", seq, _number(batch.time, turn.row) or 0.0,
                    _cell(batch, "value", turn.row), _cell(batch, "probability", turn.row), name,
                    _message(watched, float(values[turn.row]), raised=turn.raised),
                )  # fmt: skip

    def _note(self, line: AlarmLine) -> None:
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(line)


def _message(watched: Watched, value: float, *, raised: bool) -> str:
    limits = watched.limits
    if not raised:
        return f"{watched.what} is back: {value:.6g}"
    if limits.over is not None and value > limits.over:
        return f"{watched.what} is {value:.6g}, over {limits.over:g}"
    return f"{watched.what} is {value:.6g}, under {limits.under:g}"


def _cell(batch: Batch, name: str, row: int) -> float | None:
    column = batch.columns.get(name)
    return None if column is None else _number(numbers_of(column[row : row + 1]), 0)


def _number(column: Numbers, row: int) -> float | None:
    value = float(column[row])
    return value if math.isfinite(value) else None
