"""Where pieces go: the file first, then the line that names it, so that whoever reads the line finds the file whole."""

from __future__ import annotations

import errno
import os
import threading
import time
from typing import Any

from .._events import append_line
from .._metrics.rows import whole
from .._run import rank, run_dir

_NAME_LENGTH = 256
_CAPTION_LENGTH = 500
_PIECE_BYTES = 32 << 20
_MOST_PIECES = 20_000
_MOST_BYTES = 4 << 30
_MOST_STEPS = 10_000


class _Kept:
    """What this process has kept so far, and the next step of each name."""

    def __init__(self) -> None:
        self.begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        self._lock = threading.Lock()
        self._pieces = self._bytes = 0
        self._next: dict[tuple[str, str], int] = {}

    def step(self, kind: str, name: str, step: Any) -> int:
        """The step that is given, or the one after the highest of this name so far."""
        with self._lock:
            following = self._next.get((kind, name), 0)
            number = following if step is None else whole(step)
            if not -(1 << 63) <= number < 1 << 63:
                raise ValueError(f"crispdm.{kind}: the step must fit into 64 bits")
            if len(self._next) < _MOST_STEPS or (kind, name) in self._next:
                self._next[kind, name] = max(following, number + 1)
            return number

    def take(self, kind: str, size: int) -> None:
        """Room for one more piece; a training may go on for months."""
        with self._lock:
            if self._pieces >= _MOST_PIECES or self._bytes + size > _MOST_BYTES:
                most = f"{_MOST_PIECES:,} pieces or {_MOST_BYTES >> 30} GiB"
                raise ValueError(f"crispdm.{kind}: a process keeps at most {most} of pictures, tables and the like")
            self._pieces += 1
            self._bytes += size


_kept = _Kept()


def step_of(kind: str, name: Any, step: Any) -> int:
    """The step of a piece, once its name is one. Raises TypeError, ValueError."""
    if not isinstance(name, str) or not 0 < len(name) <= _NAME_LENGTH or "\0" in name:
        raise TypeError(f"crispdm.{kind}: a name must be a string of 1 to {_NAME_LENGTH} characters")
    return _kept.step(kind, name, step)


def keep(kind: str, name: str, step: int, data: bytes, ending: str, **facts: Any) -> None:
    """Write one piece, and tell of it; of `facts` those that say something."""
    if len(data) > _PIECE_BYTES:
        raise ValueError(f"crispdm.{kind}: one may have {_PIECE_BYTES >> 20} MiB, not {len(data):,} bytes")
    _kept.take(kind, len(data))
    folder = os.path.join(run_dir(), "media")
    os.makedirs(folder, exist_ok=True)
    file = f"{os.getpid()}-{os.urandom(6).hex()}{ending}"
    path = os.path.join(folder, file)
    _write(path, data)
    number = rank()
    if "caption" in facts:
        facts["caption"] = str(facts["caption"])[:_CAPTION_LENGTH].encode("utf-8", "replace").decode()
    line = {
        "name": (name + (f" (rank {number})" if number else "")).encode("utf-8", "replace").decode(),
        "step": step, "time": time.time(), "kind": kind, "file": f"media/{file}", "bytes": len(data),
        **{key: value for key, value in facts.items() if value not in (None, "")},
    }  # fmt: skip
    try:
        append_line("media.jsonl", kind, line)
    except BaseException:
        os.unlink(path)
        raise


def _write(path: str, data: bytes) -> None:
    """All of it, or no file."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            written = os.write(descriptor, rest)
            if written == 0:
                raise OSError(errno.ENOSPC, "No space left to write media")
            rest = rest[written:]
    except BaseException:
        os.unlink(path)
        raise
    finally:
        os.close(descriptor)
