"""One model worker as the inference server sees it: a process, a socket, and the requests it has not answered yet."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, TooLarge, Unavailable, Unprocessable
from jupyter_crispdm.serving.types import DeploymentSpec

from ..settings import WORKER, InferenceSettings

_log = logging.getLogger(__name__)
_LENGTHS = struct.Struct("<IQ")
_MALLOC = "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=8589934592"
_KILL = 9
_AHEAD_SECONDS = 0.01
"""How much brief work, by what it usually takes, a process is given at once: nobody waits long for what is ahead."""

_LATE_SECONDS = 0.25
"""When it took much longer after all, the process hands back what it has not begun by then."""

_DEEPEST = 64
_FIRST_GUESS = 1.0
Buffer = bytes | bytearray | memoryview
Answer = tuple[dict[str, Any], bytes]


class LoadFailed(Exception):
    """The model cannot be loaded; trying again would not help."""


class NotBegun(Exception):
    """The model did not come to a request that was sent behind others; it may be sent again."""


class Worker:
    """A running model process. It answers one request after the other, in the order in which they are sent."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._waiting: dict[int, tuple[asyncio.Future[Answer], float]] = {}
        self._numbers = itertools.count(1)
        self._outgoing: list[Buffer] = []
        self._only_brief, self._usual, self._last_reply = False, _FIRST_GUESS, 0.0
        self._why = ""
        self.description: dict[str, Any] = {}
        self.freed: Callable[[], None] = lambda: None

    @classmethod
    async def start(cls, spec: DeploymentSpec, settings: InferenceSettings, log: IO[bytes]) -> Worker:
        """Start the process and load the model. Raises LoadFailed, OSError, TimeoutError."""
        ours, theirs = socket.socketpair()
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
        worker = cls(process, *await asyncio.open_connection(sock=ours))
        try:
            await asyncio.wait_for(worker._load(spec), settings.load_seconds)
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
        """Whether it has answered everything."""
        return not self._waiting

    @property
    def load(self) -> int:
        """How many requests it has not answered."""
        return len(self._waiting)

    @property
    def depth(self) -> int:
        """How many brief requests it may have at once."""
        return min(_DEEPEST, max(1, int(_AHEAD_SECONDS / max(self._usual, _AHEAD_SECONDS / _DEEPEST))))

    def accepts(self, brief: bool) -> bool:
        """Whether it may be asked now: when it is free, or for something brief behind others that are."""
        return not self._waiting or (brief and self._only_brief and self.load < self.depth)

    def busy_for(self, now: float) -> float:
        """For how many seconds it has worked on what is first of what it was asked."""
        return now - max(next(iter(self._waiting.values()))[1], self._last_reply) if self._waiting else 0.0

    async def ask(self, header: Mapping[str, Any], body: Sequence[Buffer], brief: bool = False) -> Answer:
        """Send a request and wait for its reply. Raises Unavailable, Unprocessable, NotBegun (only what is brief)."""
        loop = asyncio.get_running_loop()
        frame = {**header, "id": next(self._numbers)}
        if self._waiting:
            frame["until"] = time.monotonic() + _LATE_SECONDS
        else:
            self._only_brief = brief
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting[frame["id"]] = future, loop.time()
        self._send(frame, body)
        reply, data = await future
        if "error" in reply:
            raise refusal(reply["error"])
        return reply, data

    async def serve(self) -> str:
        """Hand replies to those who wait for them, until the process ends; then tell them, and say how it ended."""
        try:
            while True:
                header, body = await self._receive()
                self._hand_over(header, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except (msgspec.MsgspecError, KeyError) as error:
            _log.error("A model's process said what no reply is: %s", error)
            await self.stop("said what no reply is")
        ended = self._why or await self.ended()
        self._abandon(ended)
        return ended

    def _hand_over(self, header: dict[str, Any], body: bytes) -> None:
        future, _ = self._waiting.pop(header["id"])
        self._last_reply = asyncio.get_running_loop().time()
        seconds = header.get("seconds")
        if self._only_brief and isinstance(seconds, float):
            self._usual += 0.2 * (min(seconds, 2 * self._usual) - self._usual)  # one that stalled tells little
        if not future.done():
            if "not_begun" in header:
                future.set_exception(NotBegun())
            else:
                future.set_result((header, body))
        self.freed()

    async def stop(self, why: str) -> None:
        """End the process, whatever it does; those who wait for it are told why."""
        self._why = self._why or why
        self._writer.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        self._abandon(self._why)

    async def ended(self) -> str:
        """Wait for the process and say in words how it ended."""
        code = await self._process.wait()
        if code == -_KILL:
            return f"was killed by signal {_KILL}, as happens when memory runs out"
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    async def _load(self, spec: DeploymentSpec) -> None:
        self._send(
            {
                "do": "load",
                "algorithm": spec.algorithm,
                "path": spec.path,
                "metadata": {**spec.metadata, "classes": spec.classes},
                "threads": _threads(spec),
            },
            (),
        )
        try:
            header, _ = await self._receive()
        except (asyncio.IncompleteReadError, ConnectionError):
            raise OSError(f"the process {await self.ended()} while it loaded the model") from None
        if "error" in header:
            raise LoadFailed(header["error"]["message"])
        self.description = header

    def _send(self, header: Mapping[str, Any], body: Sequence[Buffer]) -> None:
        """Queue a frame; all frames of one turn of the event loop leave in one write."""
        text = msgspec.json.encode(header)
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outgoing += [_LENGTHS.pack(len(text), sum(map(len, body))), text, *body]

    def _flush(self) -> None:
        self._writer.writelines(self._outgoing)
        self._outgoing = []

    async def _receive(self) -> Answer:
        header_length, body_length = _LENGTHS.unpack(await self._reader.readexactly(_LENGTHS.size))
        header = msgspec.json.decode(await self._reader.readexactly(header_length))
        return header, await self._reader.readexactly(body_length) if body_length else b""

    def _abandon(self, ended: str) -> None:
        lost = f"The model's process {ended} while it worked on this. It is started anew; try again."
        for place, (future, _) in enumerate(self._waiting.values()):
            if not future.done():
                future.set_exception(NotBegun() if place else Unavailable(lost, retry_after=1))
        self._waiting.clear()
        self.freed()


def refusal(error: Mapping[str, Any]) -> CrispdmError:
    """What the algorithm refused, as an error of ours, with the field that is to blame."""
    kind = TooLarge if error.get("status") == TooLarge.status else Unprocessable
    details = {"field": error["field"]} if error.get("field") else {}
    return kind(str(error["message"]), **details)


def _threads(spec: DeploymentSpec) -> int:
    return max(1, (os.cpu_count() or 1) // spec.workers)


def _environ(spec: DeploymentSpec, settings: InferenceSettings) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(settings.site), spec.environ.get("PYTHONPATH", "")]))
    environ = {
        **spec.environ,
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": str(_threads(spec)),
    }
    if sys.platform.startswith("linux"):
        environ["GLIBC_TUNABLES"] = _MALLOC
    return environ
