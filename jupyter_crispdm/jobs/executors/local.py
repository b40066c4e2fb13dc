"""Jobs on this machine, each under a detached supervisor of its own (see ``worker/``).

The supervisor is no child of this process. What we know of it is in the job directory: it answers to the
control FIFO, and its process and that of the program are known by pid, start time and boot.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import select
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.worker import control
from jupyter_crispdm.worker.processes.identity import boot_id, kill_tree, same_process

from ..directory import JobDirectory, StateFile
from ..types import Resources
from .launcher import Launcher
from .port import CannotStart, Ended, NotStarted, Observation, Running, Vanished
from .resources import ResourceSampler, Root

_log = logging.getLogger(__name__)
_CLAIM_SECONDS = 10.0
_LOOK_SECONDS = 0.5
_FULL_SECONDS = 5.0
_STARTED_BEFORE = 3


class LocalExecutor:
    """The executor of a single machine."""

    places = False

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._launcher = Launcher()
        self._sampler = ResourceSampler()
        self._sampling = asyncio.Lock()
        self._sending: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()
        self._ending: dict[Path, tuple[float, float]] = {}

    async def start(self, directory: Path) -> None:
        """Start the job's supervisor. Raises CannotStart."""
        try:
            answer = await asyncio.to_thread(self._launcher.start, directory)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotStart(str(error)) from error
        if answer.code not in (0, _STARTED_BEFORE):
            raise CannotStart(answer.text or f"the supervisor ended with code {answer.code}")

    async def observe(self, directory: Path) -> Observation:
        """What the files and the process table say."""
        return await on_disk(directory, _observe, JobDirectory(directory))

    async def changed(self, directory: Path, seen: Observation) -> None:
        """Wait for the end of the supervisor, or for the files of one that is about to start."""
        if isinstance(seen, Running):
            await self._gone(JobDirectory(directory))
            return
        async with self._watcher.watch(directory) as changes:
            if await self.observe(directory) == seen:
                await changes.wait(_LOOK_SECONDS)

    async def stop(self, directory: Path, grace: Sequence[float]) -> None:
        """Tell the supervisor to stop the job; where it is dead, stop the job ourselves."""
        first, second = grace
        line = control.encode_stop(first, second)
        if await on_disk(directory, _send, JobDirectory(directory).control, [line]):
            return
        if self._ending.get(directory) != (first, second):
            self._ending[directory] = (first, second)
            # Not one that the end of this process would wait for: the job may have been given days.
            threading.Thread(target=self._end, args=(directory, (first, second)), daemon=True).start()

    async def send(self, directory: Path, text: str | None) -> None:
        """Hand a text, or None for the end, to the supervisor. Raises Conflict."""
        lines = [control.encode_end()] if text is None else control.encode_input(text)
        async with self._sending.setdefault(directory, asyncio.Lock()):  # a long text is many lines
            taken = await on_disk(directory, _send, JobDirectory(directory).control, lines)
        if not taken:
            raise Conflict("The job takes no input: its supervisor is gone or does not answer.", field="text")

    async def usage(self, directories: Sequence[Path]) -> dict[Path, Resources]:
        """What the jobs' process trees use now."""
        async with self._sampling:
            return await asyncio.to_thread(self._usage, directories)

    async def close(self) -> None:
        """End the launcher."""
        await asyncio.to_thread(self._launcher.close)

    def _usage(self, directories: Sequence[Path]) -> dict[Path, Resources]:
        roots = {path: _root(JobDirectory(path).state()) for path in directories}
        known = {path: root for path, root in roots.items() if root is not None}
        return self._sampler.sample(known, time.monotonic())

    def _end(self, directory: Path, grace: Sequence[float]) -> None:
        try:
            state = JobDirectory(directory).state()
            left = kill_tree(None if state is None else state.process, directory, grace)
        finally:
            self._ending.pop(directory, None)
        if left:
            _log.error("Processes %s of job %s could not be ended.", left, directory.name)

    async def _gone(self, directory: JobDirectory) -> None:
        """Wait for the end of the supervisor or, when that is dead, of the program."""
        state = await on_disk(directory.path, directory.state)
        if state is None:
            return
        for identity in (state.supervisor, state.process):
            if same_process(identity):
                await _ended(identity)
                return


async def _ended(identity: dict[str, Any]) -> None:
    try:
        descriptor = os.pidfd_open(identity["pid"])
    except (
        AttributeError,
        OSError,
    ):  # not Linux, just ended, or too many open files: look again a little later
        await asyncio.sleep(_LOOK_SECONDS)
        return
    try:
        if same_process(identity):  # only now is it certain whose end we wait for
            await _readable(descriptor)
    finally:
        os.close(descriptor)


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


def _observe(directory: JobDirectory) -> Observation:
    state = directory.state()
    alive = state is not None and (same_process(state.supervisor) or same_process(state.process))
    ended = directory.exit()  # read after the processes were: the record is written before the supervisor ends
    if ended is not None:
        return Ended(ended.state, ended.exit_code, ended.signal, ended.reason or "", ended.started, ended.ended)
    if state is None:
        return _before_start(directory)
    if alive:
        return Running(state.pid, state.started)
    return Vanished(_why_gone(state), state.started)


def _before_start(directory: JobDirectory) -> Observation:
    try:
        age = time.time() - directory.control.stat().st_mtime
    except FileNotFoundError:
        return NotStarted()
    if abs(age) > _CLAIM_SECONDS and not _send(directory.control, []) and directory.state() is None:
        return Vanished("its supervisor died before it had started the job")
    return NotStarted(claimed=True)


def _why_gone(state: StateFile) -> str:
    if state.supervisor.get("boot") != boot_id():
        return "the machine was restarted while it ran"
    return "its supervisor was killed, so nobody saw how it ended"


def _root(state: StateFile | None) -> Root | None:
    if state is None:
        return None
    if same_process(state.supervisor):
        return Root(state.supervisor["pid"], counted=False)
    return Root(state.process["pid"], counted=True) if same_process(state.process) else None


def _send(fifo: Path, lines: Iterable[bytes]) -> bool:
    """Write lines to a FIFO; False when nobody reads it, or it stays full."""
    try:
        descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.ENOENT):
            return False
        raise
    room = select.poll()
    room.register(descriptor, select.POLLOUT)
    try:
        for line in lines:
            room.poll(_FULL_SECONDS * 1000)
            os.write(descriptor, line)
    except (BlockingIOError, BrokenPipeError):
        return False
    finally:
        os.close(descriptor)
    return True
