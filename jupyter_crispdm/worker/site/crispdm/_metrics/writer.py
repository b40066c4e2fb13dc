"""Numbers over steps: fixed-size records, one `write` a call, one file a process.

`metrics/<pid>-<random>.bin` holds little-endian records of 28 bytes: u32 name, i64 step, f64 value, f64 time.
`metrics/<pid>-<random>.names` holds one JSON string a line; the first line is name 0. A name is written
before the first record that uses it. `-r<rank>` follows for the second and later processes that train together, whose
names end with their rank; `-a<attempt>` for what another attempt at the run wrote.
"""

from __future__ import annotations

import errno
import json
import os
import struct
import threading
from collections.abc import Mapping
from itertools import count
from os import fstat, write
from time import time
from typing import Any

from .._harmless import tell
from .._run import attempt, rank, run_dir
from .rows import (
    LARGEST,
    RECORD_BYTES,
    Shape,
    fitting,
    mapping,
    numbers_of,
    pack_one,
    packed_row,
    shown,
    too_large,
    unpack_one,
    whole,
)

_NAME_LENGTH = 256
_SHAPES = 1000
_FAR, _SPARE = 1024, 128  # descriptors below the first, by the second
_SECONDS_BETWEEN_LOOKS = 0.01
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)


class MetricWriter:
    """The metrics file of this process; a forked child begins a file of its own."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._resumed: tuple[dict[str, int], int] = ({}, 0)
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def log(self, values: Mapping[str, Any] | None = None, /, step: int | None = None, **scalars: Any) -> None:
        """Report one or more numbers: `log({"loss": 0.1}, step=3)` or `log(loss=0.1)`.

        Without a step each name counts its own: one more than its highest step so far, from 0. Numbers may be
        Python's, or anything with one value that `float()` takes (numpy, torch); NaN and infinity are kept.
        It never raises: what cannot be recorded is said once on stderr.
        """
        try:
            if values is None:
                values = scalars
            elif scalars or values.__class__ is not dict:
                values = mapping(values, scalars)
            shape = None
            if len(values) == 1:
                [name] = values
                value = values[name]
                shape = self._single.get(name) if value.__class__ is float else None
            if shape is None:
                self._log(values, step)
                return
            # what training loops live in, one plain number of a known name, without another call
            if step is None and shape.alone:
                step = shape.count()
                if step <= shape.highest:
                    step = self._skip(shape)
            elif step.__class__ is int:
                if step > shape.highest:
                    shape.highest = fitting(step) if step > LARGEST else step
            else:
                self._log(values, step)
                return
            now = time()
            if not self._looked <= now < self._due:
                self._look(now)
            if write(self._records, pack_one(shape.first, step, value, now)) != RECORD_BYTES:
                self._cut_partial_record()
        except Exception as error:
            self._after(error, values, step)

    def _after(self, error: Exception, values: Any, step: int | None) -> None:
        """After a report that failed: in other files where the program closed ours, else it is said."""
        is_lost = isinstance(error, OSError) and error.errno == errno.EBADF
        if isinstance(error, _Lost) and error.step is not None:
            step = error.step
        try:
            if not is_lost:
                raise error if not isinstance(error, struct.error) else too_large(step)
            with self._lock:
                kept = self._is_ours(self._records, self._file) and self._is_ours(self._names, self._names_file)
                if not kept:  # else another thread was quicker
                    earlier = self._steps_by_name()
                    self._close()
                    self._begin(earlier)
            self._log(values, step)
        except Exception as told:
            tell("log", told)

    def begin_anew(self, steps: dict[str, int], first: int | None) -> None:
        """Go on in files of another run; steps are counted from `first`, or from those of their names."""
        with self._lock:
            self._close()
            self._resumed = (steps, 0) if first is None else ({}, first)
            self._begin()

    def newest_step(self) -> int | None:
        """The step of what this process reported last; None where it has reported nothing."""
        try:
            with open(self._path, "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size // RECORD_BYTES - 1) * RECORD_BYTES)
                return int(unpack_one(file.read(RECORD_BYTES))[1])
        except (OSError, struct.error):
            return None

    def _look(self, now: float) -> None:
        """See that the file under our number is ours: the program may have closed it, and have opened another one."""
        try:
            found = fstat(self._records)
        except OSError:
            raise _Lost from None
        if found.st_ino != self._file[0] or found.st_dev != self._file[1]:
            raise _Lost
        if not found.st_nlink:
            raise FileNotFoundError(errno.ENOENT, "the directory of this run was deleted")
        self._looked, self._due = now, now + self._every

    def _log(self, values: Mapping[str, Any], step: Any) -> None:
        if not values:
            return
        shape = self._shapes.get(tuple(values))
        if shape is None:
            numbers_of(values)  # a mistake defines no name
            shape = self._shape(values)
        if step is None and not shape.alone:
            self._log_counted(shape, values)
            return
        step = self._step(shape, step)
        now = time()
        if shape.packed is not None:
            data = shape.packed(values, step, now)
        else:
            data = packed_row(shape, [step] * len(values), numbers_of(values), now)
        try:
            self._append(data, shape.size, now)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            raise _Lost(step) from None  # the step is counted

    def _step(self, shape: Shape, step: Any) -> int:
        """The step that is given, or the next one of names that no other calls share."""
        if step is None:
            step = shape.count()
            return self._skip(shape) if step <= shape.highest else step
        number = whole(step)
        if number > shape.highest:
            shape.highest = fitting(number)
        return number

    def _log_counted(self, shape: Shape, values: Mapping[str, Any]) -> None:
        """Steps that are counted for each name."""
        row = numbers_of(values)
        with self._lock:
            now = time()
            self._append(packed_row(shape, self._next_steps(shape), row, now), shape.size, now)
            for number in shape.numbers:
                self._steps[number] += 1

    def _append(self, data: bytes, size: int, now: float) -> None:
        """One write, which the kernel appends as a whole; so it needs no lock."""
        if not self._looked <= now < self._due:
            self._look(now)
        if write(self._records, data) != size:
            self._cut_partial_record()

    def _skip(self, shape: Shape) -> int:
        """The next step where higher ones were given than were counted."""
        with self._lock:
            step = shape.following()
            shape.count = count(step + 1).__next__
            return step

    def _cut_partial_record(self) -> None:
        size = os.fstat(self._records).st_size
        os.ftruncate(self._records, size - size % RECORD_BYTES)
        raise OSError(errno.ENOSPC, "No space left to write metrics")

    def _next_steps(self, shape: Shape) -> list[int]:
        """The steps after the highest so far, of each name; explicit steps are folded in only here."""
        steps = self._steps
        for other in self._shapes.values():
            following = other.following()
            if following:
                for number in other.numbers:
                    steps[number] = max(steps[number], following)
                if not other.alone:
                    other.highest = -1
        return [steps[number] for number in shape.numbers]

    def _shape(self, values: Mapping[str, Any]) -> Shape:
        with self._lock:
            numbers = [self._known[name] if name in self._known else self._define(name) for name in values]
            shape = Shape(numbers)
            self._share(shape)
            self._shapes[tuple(values)] = shape
            if len(numbers) == 1:
                self._single[next(iter(values))] = shape
            return shape

    def _share(self, new: Shape) -> None:
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
            new.count = count(next_steps.pop()).__next__

    def _define(self, name: str) -> int:
        if not isinstance(name, str) or not 0 < len(name) <= _NAME_LENGTH:
            allowed = f"a string of 1 to {_NAME_LENGTH} characters"
            raise TypeError(f"crispdm.log: a name must be {allowed}, not {shown(name)}")
        if self._records < 0:
            self._open()
        if not self._is_ours(self._names, self._names_file):
            raise _Lost
        line = json.dumps(name + self._suffix).encode("utf-8") + b"\n"
        written = write(self._names, line)
        if written != len(line):
            os.ftruncate(self._names, os.fstat(self._names).st_size - written)
            raise OSError(errno.ENOSPC, "No space left to write metrics")
        number = self._known[name] = len(self._known)
        self._steps.append(self._earlier.get(name, self._resumed[1]))
        return number

    def _open(self) -> None:
        folder = os.path.join(run_dir(), "metrics")
        os.makedirs(folder, exist_ok=True)
        number, tries = rank(), attempt()
        self._suffix = f" (rank {number})" if number else ""
        marks = (f"-r{number}" if number else "") + (f"-a{tries}" if tries > 1 else "")
        path = os.path.join(folder, f"{os.getpid()}-{os.urandom(4).hex()}{marks}")
        self._names = os.open(path + ".names", _FLAGS, 0o600)
        self._records, self._every = _far(os.open(path + ".bin", _FLAGS, 0o600))
        self._path = path + ".bin"
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
        self._earlier = self._resumed[0] if earlier is None else earlier
        self._known: dict[str, int] = {}
        self._steps: list[int] = []  # of each name, the next one
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._single: dict[str, Shape] = {}
        self._suffix = self._path = ""
        self._records = self._names = -1
        self._file = self._names_file = (-1, -1)
        self._looked = self._due = self._every = 0.0  # when the file was last seen to be ours; until when that holds

    def _close(self) -> None:
        for descriptor, file in ((self._records, self._file), (self._names, self._names_file)):
            if self._is_ours(descriptor, file):
                os.close(descriptor)

    def _after_fork(self) -> None:
        self._lock = threading.RLock()  # nobody in the new process holds the old one, or ever lets go of it
        self._close()
        self._begin()


class _Lost(OSError):
    """The program closed the files that we write to; the step that was to be reported, where it is known."""

    def __init__(self, step: int | None = None) -> None:
        super().__init__(errno.EBADF, "the file of this run was closed")
        self.step = step


def _identity(descriptor: int) -> tuple[int, int]:
    found = fstat(descriptor)
    return found.st_ino, found.st_dev


def _far(descriptor: int) -> tuple[int, float]:
    """The same file under a number that nobody gets who opens files; how long it needs no look whether it is ours.

    A program may close descriptors that it does not know, all of them at times. One that it closed answers EBADF; only
    if another file took its place we would write into that. It takes hundreds of open files to get at such a number.
    """
    try:
        import fcntl
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        first = (_FAR if most < 0 else min(most, _FAR)) - _SPARE
        if first < _SPARE:
            return descriptor, 0.0
        far = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, first)
    except (ImportError, OSError, ValueError):
        return descriptor, 0.0
    os.close(descriptor)
    return far, _SECONDS_BETWEEN_LOOKS


_writer = MetricWriter()
log = _writer.log
begin_anew = _writer.begin_anew
newest_step = _writer.newest_step
