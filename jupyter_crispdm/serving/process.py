"""The inference server's process as the server sees it: found again, started, asked whether it lives, ended."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.base.files.atomic import read_json
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.secrets import secret, without_secrets

TOKEN_VARIABLE = "CRISPDM_SERVING_TOKEN"
_START_SECONDS = 30.0
_END_SECONDS = 10.0


class InferenceProcess:
    """An inference server in a directory, whoever started it.

    It lives as long as it holds the lock of the directory; unlike a pid, that cannot be given to another.
    """

    def __init__(
        self,
        directory: Path,
        watcher: Watcher,
        *,
        port: int = 8503,
        environ: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self._directory, self._watcher, self._port = directory, watcher, port
        self._environ = without_secrets(os.environ if environ is None else environ)
        token = secret(TOKEN_VARIABLE) if environ is None else environ.get(TOKEN_VARIABLE)
        if token:  # what its callers must show; the server itself shows `key`
            self._environ[TOKEN_VARIABLE] = token
        self._arguments = arguments
        self._lock = asyncio.Lock()
        self._begun: asyncio.Future[None] | None = None
        """A start of which it is not known yet what came of it."""

    @property
    def address(self) -> str:
        """Where it listens, or "" when it does not run."""
        return str(self._told().get("address", ""))

    @property
    def key(self) -> str:
        """What says to the inference server that it is the server that asks, for somebody who is logged in."""
        return str(self._told().get("key", ""))

    def alive(self) -> bool:
        """Whether an inference server works in the directory."""
        try:
            file = (self._directory / "front.lock").open("rb")
        except FileNotFoundError:
            return False
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    async def ensure(self) -> str:
        """Start it unless it runs, and return its address. Raises Unavailable with the reason."""
        async with self._lock:
            if not await asyncio.to_thread(self.alive):
                self._begun = asyncio.get_running_loop().run_in_executor(None, self._start)
            return await self._come()

    async def stop(self) -> None:
        """End it with its workers, if it runs; after a while the hard way."""
        async with self._lock:
            if self._begun is not None:  # nobody waited for its end, and what has not said its pid cannot be ended
                with contextlib.suppress(Unavailable, OSError):
                    await self._come()
            for sent in (signal.SIGTERM, signal.SIGKILL):
                pid = self._told().get("pid")
                if not isinstance(pid, int) or not await asyncio.to_thread(self.alive):
                    break
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sent)
                if await self._gone():
                    break
            with contextlib.suppress(FileNotFoundError):
                (self._directory / "front.json").unlink()

    def _start(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("front.json", "front.failed", "state.json"):
            (self._directory / name).unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "jupyter_crispdm.serving",
            "--directory",
            str(self._directory),
            "--port",
            str(self._port),
            "--detach",
            *self._arguments,
        ]
        try:
            subprocess.run(command, env=self._environ, stdin=subprocess.DEVNULL, timeout=_START_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"The serving process was not detached in {_START_SECONDS:.0f} s.") from None

    async def _come(self) -> str:
        """Wait until it says where it is; a start goes on, though whoever waits for it be cancelled."""
        try:
            if self._begun is not None:
                await asyncio.shield(self._begun)
            address = await self._wait()
        except Exception:
            self._begun = None
            raise
        self._begun = None
        return address

    async def _wait(self) -> str:
        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        async with self._watcher.watch(self._directory) as changes:
            while asyncio.get_running_loop().time() < deadline:
                failed = self._directory / "front.failed"
                if self.address:
                    return self.address
                if failed.exists() and failed.stat().st_size:
                    raise Unavailable(f"The serving process could not start: {failed.read_text()}")
                await changes.wait(0.5)
        raise Unavailable(f"The serving process did not start in {_START_SECONDS:.0f} s; see serving/front.log.")

    async def _gone(self) -> bool:
        deadline = asyncio.get_running_loop().time() + _END_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if not await asyncio.to_thread(self.alive):
                return True
            await asyncio.sleep(0.05)
        return False

    def _told(self) -> dict[str, object]:
        try:
            told = read_json(self._directory / "front.json")
        except msgspec.DecodeError:
            return {}
        return told if isinstance(told, dict) else {}
