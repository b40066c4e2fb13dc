"""Waiting for facts, a clock that stands still until it is told, and work that is weighed without one."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import math
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files import disk

_T = TypeVar("_T")
_STEP = 0.02
_PATIENCE = 60.0  # for a fact that comes; only one that never comes needs so long


async def eventually(fact: Callable[[], Any], timeout: float = 60.0) -> Any:
    """The first truthy result of `fact` (a plain or an async function). Fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        result = fact()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{fact} was not true within {timeout} s; the last result was {result!r}")
        await asyncio.sleep(_STEP)


def eventually_sync(fact: Callable[[], Any], timeout: float = 60.0, step: float = _STEP) -> Any:
    """`eventually` for a test without an event loop."""
    deadline = time.monotonic() + timeout
    while not (result := fact()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{fact} was not true within {timeout} s; the last result was {result!r}")
        time.sleep(step)
    return result


async def soon(coming: Awaitable[_T]) -> _T:
    """What something answers that comes on any machine. Fails when it does not."""
    return await asyncio.wait_for(coming, _PATIENCE)


def ends(thread: threading.Thread, timeout: float = _PATIENCE) -> None:
    """Join a thread that comes to its end. Fails when it does not."""
    thread.join(timeout)
    assert not thread.is_alive(), f"{thread.name} goes on after {timeout} s"


async def nap(seconds: float) -> None:
    """Sleep in place of what pauses: as long as it says, but never long, for no test waits for a pause."""
    await asyncio.sleep(min(seconds, 0.02))


async def at_rest(value: Callable[[], Any]) -> Any:
    """A value once it no longer changes from one look to some later one."""
    before = object()
    while (now := value()) != before:
        before = now
        await asyncio.sleep(10 * _STEP)
    return now


def grows_evenly(work: Callable[[int], object], size: int, factor: int = 16) -> bool:
    """Whether work on `factor` times as much takes about as many times longer, and not its square.

    Both are weighed on the same machine, in processor time, the best of some tries: so a slow one tells the same.
    """

    def weigh(amount: int) -> float:
        tries: list[float] = []
        for _ in range(3):
            began = time.process_time()
            work(amount)
            tries.append(time.process_time() - began)
        return max(min(tries), 0.001)

    return weigh(size * factor) < weigh(size) * math.pow(factor, 1.5)


class FakeClock:
    """A clock that moves only when a test says so."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that never go backwards."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
        self._monotonic += seconds


def heed_ctrl_c() -> None:
    """For `preexec_fn`: a test run in the background hands on that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class Told:
    """A feed that counts what it is told."""

    changes: int = 0

    def changed(self) -> None:
        """Count one more."""
        self.changes += 1


TOO_BIG = (1009, None)
"""Why a socket ended that was sent too much: the code is lost where the rest of the message is still on its way."""


def words_of(process: psutil.Process) -> list[str]:
    """The command line of a process; empty where it has ended meanwhile, or is somebody else's."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def end_all_of(folder: Path) -> list[str]:
    """End what works for a folder: jobs, collectors and services outlive their server. Answers their command lines."""
    found = [one for one in psutil.process_iter() if one.pid != os.getpid() and _works_for(one, str(folder))]
    told = []
    for process in found:
        told.append(" ".join(words_of(process)))
        with contextlib.suppress(psutil.Error):
            process.kill()
    eventually_sync(lambda: all(is_over(process) for process in found))
    return told


def is_over(process: psutil.Process) -> bool:
    """Whether a process has ended, without taking the exit code from whoever started it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _works_for(process: psutil.Process, folder: str) -> bool:
    try:
        words = (*words_of(process), process.environ().get("CRISPDM_RUN_DIR", ""))
    except psutil.Error:  # it has ended, or is somebody else's
        return False
    return any(f"{folder}/" in f"{word}/" for word in words)


def files_below(folder: Path) -> list[Path]:
    """All that lies in a folder by now. Servers and jobs take files and folders away while one looks."""
    return [Path(place, name) for place, folders, files in os.walk(folder) for name in (*folders, *files)]


def runnable(name: str) -> str | None:
    """The path of a program that starts; None also for a shim that starts nothing, as pyenv's may."""
    path = shutil.which(name)
    if path is None or subprocess.run([path, "--version"], capture_output=True, check=False).returncode != 0:
        return None
    return path


def too_late(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[str]:
    """Let the disk answer each call of a function too late: it is done, and nobody hears what it said.

    Answers the names of such calls; once the list is told "quick", the disk answers as it should.
    """
    answers, late = disk.on_disk, list[str]()

    async def on_disk(of: Any, function: Any, *arguments: Any) -> Any:
        answer = await answers(of, function, *arguments)
        if "quick" in late or getattr(function, "__name__", "") != name:
            return answer
        late.append(name)
        raise Unavailable("The disk with these files does not answer.")

    monkeypatch.setattr(module, "on_disk", on_disk)
    return late


def open_below(folder: Path) -> list[str]:
    """The files below a folder that this process has open: what others open and let go of is not counted."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the listing's own, or one that was let go of just now
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return sorted(one for one in found if one.startswith(f"{folder}/"))
