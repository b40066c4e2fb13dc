"""Numbers over steps: fixed-size records, one `write` a call, one file a process.

`metrics/<pid>-<random>.bin` holds little-endian records of 28 bytes: u32 name, i64 step, f64 value, f64 time.
`metrics/<pid>-<random>.names` holds one JSON string a line; the first line is name 0. A name is written
before the first record that uses it.
"""

from __future__ import annotations

import errno
import json
import operator
import os
import struct
import threading
from collections.abc import Callable, Mapping
from os import fstat, write
from time import time
from typing import Any

from ._harmless import tell
from ._run import run_dir

_RECORD = "Iqdd"
_RECORD_BYTES = 28
_NAME_LENGTH = 256
_SHAPES = 1000
_pack_one = struct.Struct("<" + _RECORD).pack
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)


class _Shape:
    """What calls with the same names have in common."""

    __slots__ = ("alone", "first", "highest", "numbers", "pack", "row", "size")

    def __init__(self, numbers: list[int]) -> None:
        self.first = numbers[0]
        self.numbers = numbers
        self.row: list[Any] = [part for number in numbers for part in (number, 0, 0.0, 0.0)]
        self.pack: Callable[..., bytes] = struct.Struct("<" + _RECORD * len(numbers)).pack
        self.size = _RECORD_BYTES * len(numbers)
        self.highest = -1  # step since it was last asked
        self.alone = False  # no other calls share these names, so that `highest` tells the next step


class MetricWriter:
    """The metrics file of this process; a forked child begins a file of its own."""

    def __init__(self) -> None:
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def log(
        self, values: Mapping[str, Any] | None = None, /, step: int | None = None, **scalars: Any
    ) -> None:
        """Report one or more numbers: `log({"loss": 0.1}, step=3)` or `log(loss=0.1)`.

        Without a step each name counts its own: one more than its highest step so far, from 0. Numbers may be
        Python's, or anything with one value that `float()` takes (numpy, torch); NaN and infinity are kept.
        It never raises: what cannot be recorded is said once on stderr.
        """
        try:
            if values is None:
                values = scalars
            elif values.__class__ is not dict or scalars:
                values = _mapping(values, scalars)
            if len(values) == 1 and self._log_one(values, step):
                return
            if values:
                self._log(values, step if step is None or step.__class__ is int else _whole(step))
        except _Lost:
            self._log_anew(values, step)
        except Exception as error:
            tell("log", error)

    def _log_anew(self, values: Any, step: int | None) -> None:
        """After the program closed our files: others, in which steps go on."""
        try:
            with self._lock:
                whole = self._is_ours(self._records, self._file) and self._is_ours(self._names, self._names_file)
                if not whole:  # else another thread was quicker
                    self._begin(self._steps_by_name())
            self._log(values, step if step is None or step.__class__ is int else _whole(step))
        except Exception as error:
            tell("log", error)

    def _log_one(self, values: Mapping[str, Any], step: int | None) -> bool:
        """The case that training loops live in: one plain number of a known name. False where it is not."""
        [(name, value)] = values.items()
        shape = self._single.get(name)
        if shape is None or value.__class__ is not float:
            return False
        if step is None and shape.alone:
            with self._lock:
                step = shape.highest = shape.highest + 1
        if step.__class__ is not int:
            return False
        try:
            data = _pack_one(shape.first, step, value, time())
        except struct.error:
            raise _too_large(step) from None
        self._write(data, _RECORD_BYTES)
        if step > shape.highest:
            shape.highest = step
        return True

    def _write(self, data: bytes, size: int) -> None:
        """The program may have closed our file, and have another under its number by now."""
        try:
            found = fstat(self._records)
        except OSError:
            raise _Lost from None
        if found.st_ino != self._file[0] or found.st_dev != self._file[1]:
            raise _Lost
        if not found.st_nlink:
            raise FileNotFoundError(errno.ENOENT, "the directory of this run was deleted")
        if write(self._records, data) != size:
            self._cut_partial_record()

    def _log(self, values: Mapping[str, Any], step: int | None) -> None:
        shape = self._shapes.get(tuple(values))
        row = list(values.values())
        for number in row:
            if number.__class__ is not float:
                row = [_number(name, value) for name, value in values.items()]
                break
        if shape is None:
            shape = self._shape(values)
        if step is None:
            with self._lock:
                self._append_next(shape, row)
            return
        self._append(shape, [step] * len(row), row)
        if step > shape.highest:
            shape.highest = step

    def _append_next(self, shape: _Shape, row: list[float]) -> None:
        if shape.alone:
            self._append(shape, [shape.highest + 1] * len(row), row)
            shape.highest += 1
            return
        self._append(shape, self._next_steps(shape), row)
        for number in shape.numbers:
            self._steps[number] += 1

    def _append(self, shape: _Shape, steps: list[int], values: list[float]) -> None:
        """One write, which the kernel appends as a whole; so it needs no lock."""
        row = shape.row[:]
        row[1::4] = steps
        row[2::4] = values
        row[3::4] = [time()] * len(values)
        try:
            data = shape.pack(*row)
        except struct.error:
            raise _too_large(steps[0]) from None
        self._write(data, shape.size)

    def _cut_partial_record(self) -> None:
        size = os.fstat(self._records).st_size
        os.ftruncate(self._records, size - size % _RECORD_BYTES)
        raise OSError(errno.ENOSPC, "No space left to write metrics")

    def _next_steps(self, shape: _Shape) -> list[int]:
        """The steps after the highest so far, of each name; explicit steps are folded in only here."""
        steps = self._steps
        for other in self._shapes.values():
            if other.highest >= 0:
                for number in other.numbers:
                    steps[number] = max(steps[number], other.highest + 1)
                if not other.alone:
                    other.highest = -1
        return [steps[number] for number in shape.numbers]

    def _shape(self, values: Mapping[str, Any]) -> _Shape:
        with self._lock:
            numbers = [self._known[name] if name in self._known else self._define(name) for name in values]
            shape = _Shape(numbers)
            self._share(shape)
            self._shapes[tuple(values)] = shape
            if len(numbers) == 1:
                self._single[next(iter(values))] = shape
            return shape

    def _share(self, new: _Shape) -> None:
        """Find out whether the new shape has names that others have too; then steps are counted by name."""
        next_steps = set(self._next_steps(new))
        if len(self._shapes) >= _SHAPES:
            self._shapes.clear()
            self._single.clear()
        others = [one for one in self._shapes.values() if not set(one.numbers).isdisjoint(new.numbers)]
        for other in others:
            other.alone = False
        new.alone = not others and len(next_steps) == 1
        if new.alone:
            new.highest = next_steps.pop() - 1

    def _define(self, name: str) -> int:
        if not isinstance(name, str) or not 0 < len(name) <= _NAME_LENGTH:
            allowed = f"a string of 1 to {_NAME_LENGTH} characters"
            raise TypeError(f"crispdm.log: a name must be {allowed}, not {_shown(name)}")
        if self._records < 0:
            self._open()
        if not self._is_ours(self._names, self._names_file):
            raise _Lost
        line = json.dumps(name).encode("utf-8") + b"\n"
        written = write(self._names, line)
        if written != len(line):
            os.ftruncate(self._names, os.fstat(self._names).st_size - written)
            raise OSError(errno.ENOSPC, "No space left to write metrics")
        number = self._known[name] = len(self._known)
        self._steps.append(self._earlier.get(name, 0))
        return number

    def _open(self) -> None:
        folder = os.path.join(run_dir(), "metrics")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f"{os.getpid()}-{os.urandom(4).hex()}")
        self._names = os.open(path + ".names", _FLAGS, 0o600)
        self._records = os.open(path + ".bin", _FLAGS, 0o600)
        self._file, self._names_file = _identity(self._records), _identity(self._names)

    def _steps_by_name(self) -> dict[str, int]:
        for shape in self._shapes.values():
            self._next_steps(shape)
        return {name: self._steps[number] for name, number in self._known.items()}

    def _is_ours(self, descriptor: int, file: tuple[int, int]) -> bool:
        try:
            return descriptor >= 0 and _identity(descriptor) == file
        except OSError:
            return False

    def _begin(self, earlier: dict[str, int] | None = None) -> None:
        if earlier is None:  # in a new process nobody else holds the old lock, or ever lets go of it
            self._lock = threading.RLock()
        self._earlier = earlier or {}
        self._known: dict[str, int] = {}
        self._steps: list[int] = []  # of each name, the next one
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._single: dict[str, _Shape] = {}
        self._records = self._names = -1
        self._file = self._names_file = (-1, -1)

    def _after_fork(self) -> None:
        for descriptor, file in ((self._records, self._file), (self._names, self._names_file)):
            if self._is_ours(descriptor, file):
                os.close(descriptor)
        self._begin()


class _Lost(Exception):
    """The program closed the files that we write to."""


def _identity(descriptor: int) -> tuple[int, int]:
    found = fstat(descriptor)
    return found.st_ino, found.st_dev


def _too_large(step: int) -> ValueError:
    return ValueError(f"crispdm.log: the step must fit into 64 bits, not be {step}")


def _mapping(values: Any, scalars: dict[str, Any]) -> Mapping[str, Any]:
    if not isinstance(values, Mapping):
        raise TypeError(f"crispdm.log: expected a mapping of names to numbers, not {_shown(values)}")
    return {**values, **scalars}


def _number(name: str, value: Any) -> float:
    if not isinstance(value, (str, bytes, bytearray)):
        try:
            return float(value.item() if hasattr(value, "item") else value)
        except (TypeError, ValueError, RuntimeError, OverflowError):  # RuntimeError: a tensor of many values
            pass
    raise TypeError(f"crispdm.log: the value of {name!r} must be one number, not {_shown(value)}") from None


def _whole(step: Any) -> int:
    if isinstance(step, float) and step.is_integer():
        return int(step)
    try:
        return operator.index(step.item() if hasattr(step, "item") else step)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"crispdm.log: the step must be a whole number, not {_shown(step)}") from None


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


log = MetricWriter().log
