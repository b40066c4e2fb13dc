"""What happens now and then: `events.jsonl`, one JSON object a line, one `write` each."""

from __future__ import annotations

import atexit
import errno
import json
import math
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

from ._harmless import harmless, tell
from ._run import run_dir

_BURST, _PER_SECOND = 20.0, 10.0
_MESSAGE_LENGTH = 500
_DEPTH = 20
_TEXT_LENGTH = 1000
_LINE_BYTES = 1 << 20  # nobody reads a longer one
_broken: set[str] = set()  # files whose last line a full disk cut


def _nothing(*_: Any, **__: Any) -> None:
    return


@harmless(_nothing)
def progress(done: float, total: float | None = None, message: str = "") -> None:
    """Report how far the work is, as often as you like: floods are thinned, the last one is always kept."""
    if total is not None:
        total = _finite("total", total)
    done = _finite("done", done)
    finished = total is not None and done >= total
    _progress.report({"done": done, "total": total, "message": str(message)[:_MESSAGE_LENGTH]}, finished)


@harmless(_nothing)
def params(values: Mapping[str, Any] | None = None, **more: Any) -> None:
    """Report the parameters of this run; a later call adds to them. What JSON cannot hold is kept as text."""
    if values is not None and not isinstance(values, Mapping):
        raise TypeError(f"crispdm.params: expected a mapping, not {type(values).__name__}")
    write_event("params", {"params": plain({**(values or {}), **more})})


def write_event(kind: str, fields: Mapping[str, Any]) -> None:
    """Append one line to events.jsonl."""
    append_line("events.jsonl", kind, {"kind": kind, "time": time.time(), **fields})


def append_line(name: str, what: str, fields: Mapping[str, Any]) -> None:
    """Append one line to a file of the run, in one write."""
    line = json.dumps(fields, allow_nan=False).encode() + b"\n"
    if len(line) > _LINE_BYTES:
        raise ValueError(f"crispdm.{what}: what is reported in one call must be smaller than 1 MiB")
    folder = run_dir()
    os.makedirs(folder, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
    path = os.path.join(folder, name)
    descriptor = os.open(path, flags, 0o600)
    if path in _broken:  # what comes next must not continue the broken line
        line = b"\n" + line
    try:
        written = _write(descriptor, line)
    finally:
        os.close(descriptor)
    if written:
        _broken.discard(path)
    if written != len(line):
        if written:
            _broken.add(path)
        raise OSError(errno.ENOSPC, f"No space left to write {name.partition('.')[0]}")


def _write(descriptor: int, line: bytes) -> int:
    try:
        return os.write(descriptor, line)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return 0
        raise


def plain(value: Any, depth: int = 0) -> Any:
    """The value as JSON can hold it."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half a character would make the whole line unreadable
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth < _DEPTH and isinstance(value, Mapping):
        return {plain(str(key)): plain(one, depth + 1) for key, one in value.items()}
    if depth < _DEPTH and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one, depth + 1) for one in value]
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "size", 1) == 1:  # a numpy scalar
        return plain(item(), depth + 1) if depth < _DEPTH else _text(value)
    return _text(value)


def _text(value: Any) -> str:
    return str(value)[:_TEXT_LENGTH].encode("utf-8", "replace").decode()


class _Progress:
    """Lets through bursts of calls and a steady few a second; the newest held back is written at the end."""

    def __init__(self) -> None:
        self._held: dict[str, Any] | None = None
        self._allowance, self._at = _BURST, time.monotonic()
        self._begin()
        atexit.register(self._flush)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin)

    def report(self, fields: dict[str, Any], finished: bool) -> None:
        with self._lock:
            now = time.monotonic()
            self._allowance = min(_BURST, self._allowance + (now - self._at) * _PER_SECOND)
            self._at = now
            if self._allowance < 1 and not finished:
                self._held = fields
                return
            self._allowance = max(0.0, self._allowance - 1)
            self._held = None
            write_event("progress", fields)

    def _begin(self) -> None:
        self._lock = threading.RLock()
        self._allowance, self._at = _BURST, time.monotonic()
        self._held = None

    def _flush(self) -> None:
        try:
            with self._lock:
                if self._held is not None:
                    write_event("progress", self._held)
        except Exception as error:
            tell("progress", error)


_progress = _Progress()


def _finite(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        number = math.nan
    if isinstance(value, (str, bytes)) or not math.isfinite(number):
        raise TypeError(f"crispdm.progress: {name!r} must be a number, not {value!r}")
    return int(number) if number.is_integer() else number
