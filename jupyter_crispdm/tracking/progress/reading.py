"""Progress of any program, read from its log as it grows.

Bars that are nested (tqdm moves the cursor up to the outer one), and steps within epochs, become one number:
epoch 2 of 5 with 3 of 10 steps done is 1.3 of 5.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_crispdm.base.files.regular import regular_file

from .line import SIGNS, Count, Sighting, sight

FIRST_BYTES = 1 << 16
READ_BYTES = 1 << 14
_REST_BYTES = 1 << 12
_MESSAGE_LENGTH = 120
_DEEPEST = 8

_BREAK = re.compile(r"([\r\n]|\x08+)")  # who goes back writes over what stands there
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b-\x1f\x7f]")
_UPS_BEFORE = re.compile(r"(?:\x1b\[[0-9;?]*[A-Za-z])*")
_UPS_AFTER = re.compile(r"(?:\x1b\[\d{0,3}A)+\s*\Z")
_UP = re.compile(r"\x1b\[(\d{0,3})A")


@dataclass(frozen=True)
class LogProgress:
    """How far a program is, as its log says."""

    done: float
    total: float | None = None
    message: str = ""


class ProgressFinder:
    """Puts together what the lines of a log say, as they come."""

    def __init__(self) -> None:
        self._bars: list[Sighting] = []  # the outermost first
        self._rows: list[Sighting] = []  # of bars that are drawn anew together, as rich does
        self._in_block = False
        self._epoch: Sighting | None = None
        self._from_zero = False
        self._unsure: Sighting | None = None

    def feed(self, text: str, complete: bool = True) -> LogProgress | None:
        """Go through some whole lines, or through a last one that is not `complete`; the newest progress, if any."""
        found = False
        parts = ["\n", *_BREAK.split(text)]
        for separator, raw in zip(parts[::2], parts[1::2], strict=True):
            if len(raw) <= _REST_BYTES and any(sign in raw for sign in SIGNS):
                found = self._take(separator, raw, complete) or found
        return self._progress() if found else None

    def _take(self, separator: str, raw: str, complete: bool) -> bool:
        if _ups(_UPS_BEFORE.match(raw)):
            self._rows, self._in_block = [], True
        elif separator != "\n":
            self._in_block = False
        sighting = sight(_ESCAPE.sub("", raw), complete)
        if sighting is None or not (sighting.sure or self._confirmed(sighting)):
            return False
        if sighting.epoch is not None:
            self._note_epoch(sighting)
        if self._in_block:
            self._rows.append(sighting)
        else:
            self._rows = []
            self._place(sighting, _ups(_UPS_AFTER.search(raw)))
        return True

    def _confirmed(self, sighting: Sighting) -> bool:
        """Whether the same words were seen with the same total and a smaller number."""
        last, self._unsure = self._unsure, sighting
        if last is None or last.count is None or sighting.count is None:
            return False
        same = (last.label, last.count.total) == (sighting.label, sighting.count.total)
        return same and last.count.done < sighting.count.done

    def _place(self, sighting: Sighting, level: int) -> None:
        if sighting.count is None:
            self._bars = []
            return
        level = min(self._level(sighting, level), len(self._bars), _DEEPEST)
        if sighting.epoch is None:
            self._leave_last_epoch(sighting.count, level)
        self._bars[level:] = [sighting]

    def _level(self, sighting: Sighting, level: int) -> int:
        """tqdm draws an inner bar that is over, and stays, at the outer one's place: it is known by its label."""
        labels = [bar.label for bar in self._bars]
        if level == 0 and sighting.label in labels[1:] and sighting.label != labels[0]:
            return labels.index(sighting.label)
        return level

    def _note_epoch(self, sighting: Sighting) -> None:
        assert sighting.epoch is not None
        self._from_zero = sighting.epoch.done == 0 or (self._from_zero and self._epoch is not None)
        self._epoch = sighting

    def _leave_last_epoch(self, count: Count, level: int) -> None:
        """Steps that begin anew after those of the last epoch are something else: an evaluation, say."""
        last = self._bars[0].count if level == 0 and self._bars else None
        epoch = self._epoch.epoch if self._epoch is not None else None
        if last and epoch and epoch.done == epoch.total and last.part == 1 and count.part < 1:
            self._epoch = None

    def _progress(self) -> LogProgress | None:
        bars = self._bars
        if self._rows:
            row = next((row for row in self._rows if row.count and row.count.part < 1), self._rows[-1])
            bars = [row]
            if row.epoch is None:
                return _as_progress(bars)
        epoch = self._epoch_count()
        outer = [replace(self._epoch, count=epoch)] if self._epoch is not None and epoch is not None else []
        return _as_progress([*outer, *bars])

    def _epoch_count(self) -> Count | None:
        """How many epochs are over. Who counts from 0 may mean the number of epochs, or that of the last one."""
        if self._epoch is None or self._epoch.epoch is None:
            return None
        number, total = self._epoch.epoch.done, self._epoch.epoch.total or 0.0
        before = number if self._from_zero else number - 1
        over = self._epoch.epoch_over and not self._bars
        return Count(before + over, total + 1 if before + 1 > total else total)


class LogProgressReader:
    """Reads on in a log that grows, is cut, or is replaced.

    The first look begins at most 64 KiB before the end, the others pass over all but the last 16 KiB.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._position = 0
        self._rest = b""
        self._finder = ProgressFinder()
        self._reading = threading.Lock()

    def read(self) -> LogProgress | None:
        """The newest progress in what is new in the log, or None. Threads take turns."""
        with self._reading:
            return self._read()

    def _read(self) -> LogProgress | None:
        try:
            new = self._new()
        except OSError:  # not there yet, or just being replaced
            return None
        if not new:
            return None
        whole, self._rest = _split(self._rest + new)
        found = self._finder.feed(whole.decode("utf-8", "replace"))
        return self._finder.feed(self._rest.decode("utf-8", "replace"), complete=False) or found

    def _new(self) -> bytes:
        with regular_file(self._path, below=self._path.parent.parent) as file:
            size = os.fstat(file.fileno()).st_size
            if size < self._position:
                self._position, self._rest = 0, b""
            most = READ_BYTES if self._position else FIRST_BYTES
            start = max(self._position, size - most)
            data = os.pread(file.fileno(), most, start)
        skipped = start > self._position
        self._position = start + len(data)
        if skipped:  # what comes first there is the end of some line
            self._rest = b""
            first = re.search(rb"[\r\n\x08]", data)
            return data[first.start() :] if first else b""
        return data


def _split(data: bytes) -> tuple[bytes, bytes]:
    """What is whole, and what may go on: from the last break, which belongs to it. Overlong lines are dropped."""
    last = max(data.rfind(mark) for mark in (b"\n", b"\r", b"\b"))
    whole, rest = (data[:last], data[last:]) if last >= 0 else (b"", data)
    return whole, rest if len(rest) <= _REST_BYTES else rest[: _REST_BYTES + 1]


def _as_progress(chain: list[Sighting]) -> LogProgress | None:
    """One number out of nested ones, each of which says how far the next step of the one around it is."""
    counts = [one.count for one in chain if one.count is not None]
    if not counts:
        return None
    outermost, part = counts[0], 0.0
    for count in reversed(counts[1:]):
        part = min(1.0, (count.done + part) / count.total) if count.total else 0.0
    done = outermost.done + part
    total = outermost.total
    return LogProgress(_rounded(done if total is None else min(done, total)), total, _message(chain))


def _message(chain: Iterable[Sighting]) -> str:
    labels = dict.fromkeys(label for one in chain if (label := one.label))
    text = ", ".join(labels)
    return "".join(character for character in text if character.isprintable())[:_MESSAGE_LENGTH]


def _rounded(value: float) -> float:
    return round(value, 3)


def _ups(match: re.Match[str] | None) -> int:
    """How many rows the cursor is moved up."""
    if match is None:
        return 0
    return sum(int(up or 1) for up in _UP.findall(match[0]))
