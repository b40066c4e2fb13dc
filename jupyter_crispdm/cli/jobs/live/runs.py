"""Which runs there are, as their directories say: those of jobs, and those of programs outside of jobs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.files.regular import open_folder, read_regular, regular_file

from ...output import printable

RUNS = "crispdm-runs"
_SPEC_BYTES = 4 << 20
_RECORD_BYTES = 1 << 20
_TAIL_BYTES = 64 << 10
_MOST_SEEN = 20_000
_FINAL = ("succeeded", "failed", "stopped", "lost")


class _Job(msgspec.Struct):
    """What is shown of the job in spec.json."""

    name: str = ""
    owner: str = ""


class _Record(msgspec.Struct):
    job: _Job


class _Spec(msgspec.Struct):
    job: _Record


class _State(msgspec.Struct):
    process: dict[str, Any] = {}
    started: float | None = None


class _Exit(msgspec.Struct):
    state: str
    reason: str = ""
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True)
class Run:
    """One run as it stands. Times are seconds since the epoch; `changed` is when its directory last was."""

    id: str
    name: str
    state: str
    directory: Path
    changed: float
    started: float | None = None
    ended: float | None = None
    reason: str = ""
    progress: tuple[float, float | None, str] | None = None
    owner: str = field(default="")

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in _FINAL


def find(jobs: Path, here: Path, most: int) -> list[Run]:
    """The newest runs, at most so many, those that run first: of the jobs' directory, and of `crispdm-runs` here."""
    newest = sorted([*_folders(jobs), *_folders(here / RUNS)], reverse=True)[:most]
    found = [run for changed, path in newest if (run := look(path, changed)) is not None]
    return sorted(found, key=lambda run: (run.is_over, -run.changed))


def look(directory: Path, changed: float | None = None) -> Run | None:
    """One run as it stands; None where there is none."""
    if changed is None:
        try:
            changed = directory.stat().st_mtime
        except OSError:
            return None
    spec = _read(directory / "spec.json", _Spec, _SPEC_BYTES)
    progress = _progress(directory)
    if spec is None and not os.path.lexists(directory / "spec.json"):
        state = "running" if _is_fresh(directory) else "run"
        return Run(directory.name, directory.name, state, directory, changed, progress=progress)
    state = _read(directory / "state.json", _State, _RECORD_BYTES)
    ended = _read(directory / "exit.json", _Exit, _RECORD_BYTES)
    job = spec.job.job if spec is not None else _Job()
    word = ended.state if ended is not None else _word(state)
    started = (ended.started if ended is not None else None) or (state.started if state is not None else None)
    return Run(
        directory.name, printable(job.name)[:80] or directory.name, word, directory, changed, started,
        None if ended is None else ended.ended, "" if ended is None else printable(ended.reason)[:200], progress,
        printable(job.owner)[:40],
    )  # fmt: skip


def log_tail(run: Run, lines: int) -> list[str]:
    """The last lines of its log, each as one would see it; of a progress bar that rewrites itself, what it says now."""
    text = _tail(run.directory / "output.log").decode("utf-8", "replace")
    seen = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return [line for line in seen if line.strip()][-lines:] if lines > 0 else []


def _folders(root: Path) -> Iterator[tuple[float, Path]]:
    """The directories of runs, with when they last changed."""
    try:
        with os.scandir(root) as entries:
            for number, entry in enumerate(entries):
                if number >= _MOST_SEEN:
                    return
                if entry.name[0] != "." and entry.is_dir(follow_symlinks=False):
                    yield entry.stat(follow_symlinks=False).st_mtime, root / entry.name
    except OSError:
        return


def _word(state: _State | None) -> str:
    """The state of a job that has no exit record."""
    if state is None:
        return "queued"
    pid = state.process.get("pid")
    return "running" if isinstance(pid, int) and 0 < pid < 2**31 and _lives(pid) else "lost"


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _is_fresh(directory: Path, seconds: float = 30.0) -> bool:
    """Whether a run outside of jobs has written of late: nothing else tells whether it goes on."""
    try:
        with open_folder(directory / "metrics", below=directory.parent) as folder, os.scandir(folder) as entries:
            newest = max((entry.stat(follow_symlinks=False).st_mtime for entry in entries), default=0.0)
    except OSError:
        return False
    return time.time() - newest < seconds


def _progress(directory: Path) -> tuple[float, float | None, str] | None:
    """The newest that it says of how far it is, in the end of events.jsonl."""
    for line in reversed(_tail(directory / "events.jsonl").split(b"\n")):
        if b'"progress"' not in line:
            continue
        try:
            event = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        done, total, message = event.get("done"), event.get("total"), event.get("message")
        if event.get("kind") == "progress" and isinstance(done, int | float):
            whole = float(total) if isinstance(total, int | float) and total > 0 else None
            return float(done), whole, printable(message)[:100] if isinstance(message, str) else ""
    return None


def _tail(path: Path) -> bytes:
    """The last bytes of a file, from a whole line on."""
    try:
        with regular_file(path, below=path.parents[1]) as file:
            size = os.fstat(file.fileno()).st_size
            data = os.pread(file.fileno(), _TAIL_BYTES, max(0, size - _TAIL_BYTES))
    except OSError:
        return b""
    return data if size <= _TAIL_BYTES else data.partition(b"\n")[2] or data


def _read(path: Path, type: type[Any], limit: int) -> Any:
    try:
        return msgspec.json.decode(read_regular(path, limit, below=path.parents[1]), type=type)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
