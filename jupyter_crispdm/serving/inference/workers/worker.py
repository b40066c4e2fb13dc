"""One model worker as the inference server sees it: a process, a socket, and what it is at."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

import msgspec

from jupyter_crispdm.base.tasks import within
from jupyter_crispdm.serving.types import DeploymentSpec
from jupyter_crispdm.worker.processes.cgroup import field

from ..settings import WORKER, InferenceSettings
from ..tensors import Buffer
from .frames import FrameProtocol
from .requests import Batch, Request, refusal
from .streams import Stream

_MALLOC = "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=8589934592"
_PATIENT = {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}
"""Threads that wait for each other sleep. Those that spin take the cores of the threads that they wait for, and of the
inference server: on two busy cores a network took 30 times as long."""

_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_BUFFER = 1 << 22


class LoadFailed(Exception):
    """The model cannot be loaded; trying again would not help."""


class Worker:
    """A running model process. It is at one batch at a time, and at streams in between."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._number = 0
        self._protocol: FrameProtocol | None = None
        self._loaded: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._last_frame = 0.0
        self._why, self._hung = "", False
        self._kills = _kills()
        self.batch: Batch | None = None
        self.streams: dict[int, Stream] = {}
        self.description: dict[str, Any] = {}
        self.answered: Callable[[Worker, Batch, float, bytes, Buffer], None] = lambda *_: None
        self.freed: Callable[[], None] = lambda: None

    @classmethod
    async def start(cls, spec: DeploymentSpec, settings: InferenceSettings, log: IO[bytes]) -> Worker:
        """Start the process and load the model. Raises LoadFailed, OSError, TimeoutError."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        try:
            process = await asyncio.create_subprocess_exec(
                spec.python,
                str(WORKER / "model_worker.py"),
                str(theirs.fileno()),
                env=_environ(spec, settings),
                pass_fds=[theirs.fileno()],
                cwd=settings.directory,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        except (FileNotFoundError, PermissionError) as error:
            ours.close()
            raise LoadFailed(f"the interpreter {spec.python} cannot be started: {error.strerror}") from error
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        worker = cls(process)
        try:
            await worker._connect(ours)
            await within(worker._load(spec, settings.cores), settings.load_seconds)
        except BaseException:
            await worker.stop("was stopped")
            raise
        return worker

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def is_free(self) -> bool:
        """Whether it can begin with a batch."""
        return self.batch is None

    def busy_for(self, now: float) -> float:
        """For how many seconds it has owed something, and said nothing."""
        owed = [stream.since for stream in self.streams.values() if stream.room > 0]
        if self.batch is not None:
            owed.append(self.batch.began)
        return now - max(min(owed), self._last_frame) if owed else 0.0

    def give(self, batch: Batch) -> None:
        """Let it begin with a batch."""
        assert self._protocol is not None
        self.batch, self._number = batch, next(self._numbers)
        batch.began = asyncio.get_running_loop().time()
        header, body = batch.frame()
        self._protocol.send(self._number, header, body, batch.until)

    def begin(self, stream: Stream) -> None:
        """Let it begin with a stream, whatever else it is at."""
        assert self._protocol is not None
        protocol, number = self._protocol, next(self._numbers)
        self.streams[number] = stream
        stream.more = lambda room: protocol.send(number, {"do": "more", "room": room})
        protocol.send(number, stream.frame)

    def drop(self, wanted: Request | Stream) -> None:
        """Nobody waits for this any more: it is not begun, or goes on for a piece at most."""
        if self._protocol is None:
            return
        for number, stream in self.streams.items():
            if stream is wanted:
                self._protocol.send(number, {"do": "cancel"})
        if self.batch is not None and wanted in self.batch.requests and not self.batch.wanted:
            self._protocol.send(self._number, {"do": "cancel"})

    async def serve(self) -> str:
        """Wait until the process ends, and say how it ended."""
        assert self._protocol is not None
        wrong = await self._protocol.closed
        if wrong:
            await self.stop(wrong)
        return self._why or await self.ended()

    @property
    def is_to_blame(self) -> bool:
        """Whether the process ended by what it worked on, and not by the signal of somebody else."""
        code = self._process.returncode
        if code is None or -code not in _FROM_OUTSIDE:
            return True
        return self._hung or (-code == signal.SIGKILL and _kills() > self._kills)

    async def stop(self, why: str, hung: bool = False) -> None:
        """End the process, whatever it does."""
        self._why, self._hung = self._why or why, self._hung or hung
        if self._protocol is not None:
            self._protocol.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()

    async def ended(self) -> str:
        """Wait for the process and say in words how it ended."""
        code = await self._process.wait()
        if code == -signal.SIGKILL:
            return f"was killed by signal {-code}, as happens when memory runs out"
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    async def _connect(self, ours: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, self._protocol = await loop.create_unix_connection(lambda: FrameProtocol(self._received), sock=ours)
        except BaseException:
            ours.close()
            raise

    async def _load(self, spec: DeploymentSpec, cores: int | None) -> None:
        assert self._protocol is not None
        self._protocol.send(0, load_header(spec, cores))
        ends: list[asyncio.Future[Any]] = [self._loaded, self._protocol.closed]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not self._loaded.done():
            raise OSError(f"the process {await self.ended()} while it loaded the model")
        told = self._loaded.result()
        if "error" in told:
            raise LoadFailed(told["error"]["message"])
        self.description = told

    def _received(self, number: int, seconds: float, header: bytes, body: Buffer) -> None:
        """Hand on what the process says; what nobody waits for any more is dropped."""
        self._last_frame = asyncio.get_running_loop().time()
        if number == self._number and self.batch is not None:
            batch, self.batch = self.batch, None
            self.answered(self, batch, seconds, header, body)
        elif number in self.streams:
            self._piece(number, msgspec.json.decode(header))
        elif number == 0 and not self._loaded.done():
            self._loaded.set_result(msgspec.json.decode(header))

    def _piece(self, number: int, told: dict[str, Any]) -> None:
        stream = self.streams[number]
        if "piece" in told:
            stream.came(told["piece"])
            return
        del self.streams[number]
        stream.end(refusal(told["error"]) if "error" in told else None)
        self.freed()


def load_header(spec: DeploymentSpec, cores: int | None = None) -> dict[str, Any]:
    """What a process is told to load."""
    return {
        "do": "load",
        "format": spec.format,
        "algorithm": spec.algorithm,
        "task": spec.task,
        "path": spec.path,
        "metadata": {**spec.metadata, "classes": spec.classes},
        "script": spec.script,
        "trusted": spec.trusted,
        "signature": spec.signature,
        "threads": threads(spec, cores),
    }


def threads(spec: DeploymentSpec, cores: int | None = None) -> int:
    """How many threads a worker has: so many cores, or those that this process may use, shared among the workers."""
    if cores is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // max(1, spec.workers))


def _kills() -> int:
    """How many processes this machine has ended because memory ran out."""
    return field("/proc/vmstat", "oom_kill") or 0


def _environ(spec: DeploymentSpec, settings: InferenceSettings) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(settings.site), spec.environ.get("PYTHONPATH", "")]))
    environ = {
        **_PATIENT,
        **spec.environ,
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": str(threads(spec, settings.cores)),
    }
    if sys.platform.startswith("linux"):
        environ["GLIBC_TUNABLES"] = _MALLOC
    return environ
