"""A training that goes on where another one was: the same run resumed, or a new one that branches off.

`lineage.json` in the run's directory says so: {"resumes" or "forks": which run, "step": the first step that is new,
"attempt": as which attempt, "time"}. Points of the other run from that step on are void; null: all of them hold.
"""

from __future__ import annotations

import json
import os
import re
import struct
import time
from typing import Any

from . import _metrics
from ._harmless import harmless
from ._run import attempt, go_on_in, in_job, new_run, run_dir

_RECORD = struct.Struct("<Iqdd")
_TAIL_RECORDS = 1 << 16
_MOST_FILES = 1000
_NAMES_BYTES = 4 << 20
_METRICS = re.compile(r"\d+-[0-9a-f]+(?:-r(?P<rank>\d+))?(?:-a(?P<attempt>\d+))?\.bin")


def _here(*_: Any, **__: Any) -> str:
    return run_dir()


@harmless(_here)
def resume(run: str | os.PathLike[str], step: int | None = None) -> str:
    """Go on with a run; answers where it is reported to from now on.

    `run` is the directory of a run, its name below `./crispdm-runs`, or a job's id. Outside a job everything is
    reported to that directory, as its next attempt; a job keeps its own and notes what it resumes. `step` is the
    first that is new: what the run had from there on is cut off its curves. Steps that are counted go on from there,
    or after the last one.
    """
    before = run_dir() if in_job() else ""
    source = _source(run)
    first = None if step is None else _step(step)
    steps = {} if source is None else _next_steps(source)
    if not before:
        if source is None:
            raise FileNotFoundError(f"crispdm.resume: there is no run {os.fspath(run)!r}")
        go_on_in(source, _attempts(source) + 1)
    _note("resumes", run, source, first)
    _metrics.begin_anew(steps, first)
    return run_dir()


@harmless(_here)
def fork(run: str | os.PathLike[str], step: int | None = None) -> str:
    """Begin a run that branches off another one; answers where it is reported to.

    It has the other's points before `step`, all of them where that is None, and its own from there on. Outside a job
    it is a new directory below `./crispdm-runs`.
    """
    source = _source(run)
    if source is None and not in_job():
        raise FileNotFoundError(f"crispdm.fork: there is no run {os.fspath(run)!r}")
    first = None if step is None else _step(step)
    if not in_job():
        new_run(f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{os.urandom(2).hex()}")
    _note("forks", run, source, first)
    _metrics.begin_anew({} if source is None else _next_steps(source), first)
    return run_dir()


def resume_as_asked(asked: str) -> None:
    """What the variable CRISPDM_RESUME asks for: a run, and after an @ the first new step."""
    run, at, step = asked.rpartition("@")
    if at and step.isdigit():
        resume(run, int(step))
    else:
        resume(asked)


def _source(run: str | os.PathLike[str]) -> str | None:
    """The directory of a run, or None where it is not on this machine."""
    name = os.fspath(run)
    candidates = [name, os.path.join("crispdm-runs", name)]
    if in_job() and os.sep not in name and name not in ("", ".", ".."):
        candidates = [os.path.join(os.path.dirname(run_dir()), name), *candidates[1:]]
    return next((os.path.abspath(path) for path in candidates if name and os.path.isdir(path)), None)


def _step(step: Any) -> int:
    whole = int(step)
    if whole != step or not 0 <= whole < 1 << 63:
        raise ValueError(f"crispdm: the step must be a whole number from 0, not {step!r}")
    return whole


def _note(how: str, run: str | os.PathLike[str], source: str | None, step: int | None) -> None:
    """Write lineage.json, whole or not at all."""
    is_id = in_job() and os.sep not in os.fspath(run)
    named = os.fspath(run) if is_id or source is None else source
    said = {how: named, "step": step, "attempt": attempt(), "time": time.time()}
    folder = run_dir()
    temporary = os.path.join(folder, f".lineage-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        with open(temporary, "x", encoding="utf-8") as file:
            json.dump(said, file)
        os.replace(temporary, os.path.join(folder, "lineage.json"))
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def _attempts(run: str) -> int:
    """How many attempts at a run have metrics."""
    return max((int(found["attempt"] or 1) for found in _files(run)), default=0)


def _next_steps(run: str) -> dict[str, int]:
    """For each name of a run the step after its highest, as far as the ends of its files tell."""
    steps: dict[str, int] = {}
    for found in _files(run):
        path = os.path.join(run, "metrics", found.string)
        names = _names(path[: -len(".bin")] + ".names")
        for number, step in _last_steps(path).items():
            if number < len(names):
                steps[names[number]] = max(step + 1, steps.get(names[number], 0))
    return steps


def _files(run: str) -> list[re.Match[str]]:
    try:
        names = sorted(os.listdir(os.path.join(run, "metrics")))
    except OSError:
        return []
    return [found for found in map(_METRICS.fullmatch, names) if found][:_MOST_FILES]


def _names(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            return [str(json.loads(line)) for line in file.read(_NAMES_BYTES).split(b"\n")[:-1]]
    except (OSError, ValueError):
        return []


def _last_steps(path: str) -> dict[int, int]:
    steps: dict[int, int] = {}
    with open(path, "rb") as file:
        rows = os.fstat(file.fileno()).st_size // _RECORD.size
        file.seek(max(0, rows - _TAIL_RECORDS) * _RECORD.size)
        data = file.read(min(rows, _TAIL_RECORDS) * _RECORD.size)
    for number, step, _, _ in _RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]):
        steps[number] = max(step, steps.get(number, step))
    return steps
