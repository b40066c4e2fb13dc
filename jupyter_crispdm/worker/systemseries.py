"""What a job's processes use, as curves beside its own: `system/metrics/tree.bin`, in the recorder's form.

Each sample bears the time, and the newest step that the job had logged by then: so it stands on the same axes.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import time
from collections.abc import Mapping
from itertools import islice

from .processes.gpus import Gpus
from .processes.tree import TreeUsage

_RECORD = struct.Struct("<Iqdd")
_SECONDS = 2.0
_MOST_OF_OUR_TIME = 0.01
_SAMPLES_AT_FIRST = 5000
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MOST_FILES = 1000
_MOST_NAMES = 100
_NAMES_BYTES = 1 << 16


class SystemSeries:
    """Samples of all that this process has started. What cannot be written is left out: the job goes on."""

    def __init__(self, directory: str, gpus: Gpus | None = None) -> None:
        self._directory = directory
        self._folder = os.path.join(directory, "system", "metrics")
        self._gpus = gpus or Gpus()
        self._tree: TreeUsage | None = None
        self._names: list[str] | None = None
        self._began = time.monotonic()

    def write(self) -> float:
        """Measure and write; answers after how many seconds to do so again, the later the longer the job runs."""
        began = time.perf_counter()
        if self._tree is None:  # the first call only begins to count
            self._tree = TreeUsage()
            return _SECONDS / 2
        found, members = self._tree.sample()
        try:
            self._append({**found, **self._gpus.sample(members)})
        except (OSError, ValueError):
            self._names = None
        cost = (time.perf_counter() - began) / _MOST_OF_OUR_TIME
        return max(_SECONDS, cost, (time.monotonic() - self._began) / _SAMPLES_AT_FIRST)

    def _append(self, values: Mapping[str, float]) -> None:
        if self._names is None:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            self._names = self._known_names()
        for name in values:
            if name not in self._names:
                self._write(".names", json.dumps(name).encode() + b"\n", 1)
                self._names.append(name)
        step, now = newest_step(self._directory), time.time()
        rows = (_RECORD.pack(self._names.index(name), step, value, now) for name, value in values.items())
        self._write(".bin", b"".join(rows), _RECORD.size)

    def _known_names(self) -> list[str]:
        """The names that an earlier attempt wrote. Raises ValueError for what is no list of names."""
        try:
            descriptor = os.open(self._path(".names"), _FLAGS & ~os.O_CREAT)
        except FileNotFoundError:
            return []
        try:
            data = os.read(descriptor, _NAMES_BYTES)
        finally:
            os.close(descriptor)
        names = [json.loads(line) for line in data.split(b"\n")[:-1]]
        if len(names) > _MOST_NAMES or not all(isinstance(name, str) for name in names):
            raise ValueError("no names")
        return names

    def _write(self, suffix: str, data: bytes, unit: int) -> None:
        """Append as a whole or not at all: where the disk is full, what was written of it is cut off."""
        descriptor = os.open(self._path(suffix), _FLAGS, 0o600)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError("no file")
            if found.st_size % unit:
                os.ftruncate(descriptor, found.st_size - found.st_size % unit)
            if os.write(descriptor, data) != len(data):
                os.ftruncate(descriptor, found.st_size - found.st_size % unit)
        finally:
            os.close(descriptor)

    def _path(self, suffix: str) -> str:
        return os.path.join(self._folder, "tree" + suffix)


def newest_step(directory: str) -> int:
    """The step of the newest record of a run, by whatever wrote it; 0 before there is one."""
    newest, path = 0, None
    for folder in ("metrics", "gathered"):
        try:
            with os.scandir(os.path.join(directory, folder)) as entries:
                for entry in islice(entries, _MOST_FILES):
                    found = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(".bin") and stat.S_ISREG(found.st_mode) and found.st_mtime_ns > newest:
                        newest, path = found.st_mtime_ns, entry.path
        except OSError:
            continue
    return 0 if path is None else _last_step(path)


def _last_step(path: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return 0
    try:
        rows = os.fstat(descriptor).st_size // _RECORD.size
        data = os.pread(descriptor, _RECORD.size, (rows - 1) * _RECORD.size) if rows else b""
    except OSError:
        return 0
    finally:
        os.close(descriptor)
    return int(_RECORD.unpack(data)[1]) if len(data) == _RECORD.size else 0
