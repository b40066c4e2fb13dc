"""One model worker as the front sees it: a process, a socket, and the requests it has not answered yet."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, TooLarge, Unavailable, Unprocessable

from ..types import Spec
from .settings import WORKER, FrontSettings

_log = logging.getLogger(__name__)
_LENGTHS = struct.Struct("<IQ")
_MALLOC = "glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=8589934592"
_KILL = 9
Buffer = bytes | bytearray | memoryview
Answer = tuple[dict[str, Any], bytes]


class LoadFailed(Exception):
    """The model cannot be loaded; trying again would not help."""


class Worker:
    """A running model process."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._waiting: dict[int, tuple[asyncio.Future[Answer], float]] = {}
        self._numbers = itertools.count(1)
        self._outgoing: list[Buffer] = []
        self._why = ""
        self.description: dict[str, Any] = {}
        self.freed: Callable[[], None] = lambda: None

    @classmethod
    async def start(cls, spec: Spec, settings: FrontSettings, log: IO[bytes]) -> Worker:
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

    def busy_for(self, now: float) -> float:
        """For how many seconds it has worked on what it was asked first: it is asked only when it is free."""
        return now - next(iter(self._waiting.values()))[1] if self._waiting else 0.0

    async def ask(self, header: Mapping[str, Any], body: Sequence[Buffer]) -> Answer:
        """Send a request and wait for its reply. Raises Unavailable, Unprocessable."""
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting[number] = future, loop.time()
        self._send({**header, "id": number}, body)
        reply, data = await future
        if "error" in reply:
            raise refusal(reply["error"])
        return reply, data

    async def serve(self) -> str:
        """Hand replies to those who wait for them, until the process ends; then tell them, and say how it ended."""
        try:
            while True:
                header, body = await self._receive()
                future, _ = self._waiting.pop(header["id"])
                if not future.done():
                    future.set_result((header, body))
                self.freed()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except (msgspec.MsgspecError, KeyError) as error:
            _log.error("A model's process said what no reply is: %s", error)
            await self.stop("said what no reply is")
        ended = self._why or await self.ended()
        self._abandon(ended)
        return ended

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

    async def _load(self, spec: Spec) -> None:
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
        for future, _ in self._waiting.values():
            if not future.done():
                lost = f"The model's process {ended} while it worked on this. It is started anew; try again."
                future.set_exception(Unavailable(lost, retry_after=1))
        self._waiting.clear()
        self.freed()


def refusal(error: Mapping[str, Any]) -> CrispdmError:
    """What the algorithm refused, as an error of ours, with the field that is to blame."""
    kind = TooLarge if error.get("status") == TooLarge.status else Unprocessable
    details = {"field": error["field"]} if error.get("field") else {}
    return kind(str(error["message"]), **details)


def _threads(spec: Spec) -> int:
    return max(1, (os.cpu_count() or 1) // spec.workers)


def _environ(spec: Spec, settings: FrontSettings) -> dict[str, str]:
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
