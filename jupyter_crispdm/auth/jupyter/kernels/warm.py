"""Kernels that are ready before anybody asks. Each is told its visitor once, and is nobody else's afterwards."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from jupyter_core.utils import ensure_async

from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.base.tasks import Loop, comes, spawn, within

if TYPE_CHECKING:
    from .manager import CrispdmKernelManager

MODULES = ("IPython.display", "numpy", "ipywidgets", "bqplot", "jupyter_crispdm", "jupyter_crispdm.widgets")
"""What dashboards import; what an environment does not have is left out."""
_GIBIBYTE = 1 << 30
_LOOK_SECONDS = 3.0
_PATIENCE = 0.5
_LONGEST_WAIT = 20.0
_START_SECONDS = 120.0
_TELL_SECONDS = 10.0
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"))
_IMPORTS = f"""
for name in {MODULES!r}:
    try:
        __import__(name)
    except Exception:
        pass
"""
_TELLING = """
import os
os.environ.update(told)
for name in dropped:
    os.environ.pop(name, None)
os.chdir(folder)
"""


@dataclass(frozen=True)
class Ready:
    """A kernel that has imported what dashboards import, and has run nothing of anybody's."""

    kernel_id: str
    environ: Mapping[str, str]
    client: Any

    async def tell(self, environ: Mapping[str, str], folder: str) -> None:
        """Give it the environment and the folder that it would have been started with. Raises an error when it fails.

        Nobody hears of it: a silent request has no history and no echo.
        """
        told = {name: value for name, value in environ.items() if self.environ.get(name) != value}
        names = {"told": told, "dropped": [name for name in self.environ if name not in environ], "folder": folder}
        await _run(self.client, _TELLING, names, _TELL_SECONDS)

    def let_go(self) -> None:
        """Talk to it no more."""
        self.client.stop_channels()


class WarmKernels:
    """The pool: filled in the background while nobody waits for a page, and only while there is memory and place."""

    def __init__(self, manager: CrispdmKernelManager, free: Callable[[], int] | None = None) -> None:
        self._manager = manager
        self._free = free or free_memory
        self._ready: dict[str, Ready] = {}
        self._starting: set[str] = set()
        self._wake = asyncio.Event()
        self._loop = Loop("warm kernels", self._keep)

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self._ready or kernel_id in self._starting

    def __len__(self) -> int:
        return len(self._ready) + len(self._starting)

    @property
    def ready(self) -> list[str]:
        """The kernels that could be taken now."""
        return list(self._ready)

    def open(self) -> None:
        """Begin to fill it."""
        self._loop.start()

    async def close(self) -> None:
        """Fill it no more; the kernels end with the server's others."""
        await self._loop.close()
        for one in list(self._ready):
            self.forget(one)

    def take(self, kernel_name: str | None) -> Ready | None:
        """A kernel for one visitor, if one is ready that is of this kind."""
        if kernel_name not in (None, self._manager.default_kernel_name) or not self._ready:
            return None
        one = self._ready.pop(next(iter(self._ready)))
        self._manager.get_kernel(one.kernel_id).start_restarter()
        self._wake.set()
        return one

    def give_way(self) -> None:
        """End one, for somebody needs its place."""
        if self._ready:
            self._end(next(iter(self._ready)))

    def forget(self, kernel_id: str) -> None:
        """A kernel is gone, or is no longer what it was."""
        if (one := self._ready.pop(kernel_id, None)) is not None:
            one.let_go()
            self._wake.set()

    async def fill(self) -> None:
        """Start what is missing, one after another."""
        while self._has_place() and self._free() >= _GIBIBYTE:
            await self._start()
        while self._ready and (len(self) > self._manager.warm_kernels or self._free() < _GIBIBYTE // 2):
            self.give_way()

    async def _keep(self) -> None:
        while True:
            self._wake.clear()
            await self._bury()
            await self._until_nobody_waits()
            await self.fill()
            await comes(self._wake, _LOOK_SECONDS)

    async def _bury(self) -> None:
        """End those whose process has died: started anew they would have imported nothing."""
        for one in self.ready:
            if one in self._manager and not await ensure_async(self._manager.get_kernel(one).is_alive()):
                self._end(one)

    async def _until_nobody_waits(self) -> None:
        """A page that is being made has the processors for itself, but not for ever."""
        for _ in range(int(_LONGEST_WAIT / _PATIENCE)):
            if not self._manager.is_making_pages():
                return
            await asyncio.sleep(_PATIENCE)

    def _has_place(self) -> bool:
        return len(self) < self._manager.warm_kernels and self._manager.has_place_for(len(self) + 1)

    async def _start(self) -> None:
        manager, environ = self._manager, without_secrets(os.environ)
        kernel_id = manager.new_kernel_id()
        self._starting.add(kernel_id)
        try:
            # not broken off in the middle: nobody would know of its process, and nobody end it
            await asyncio.shield(spawn("a warm kernel's start", manager.start_unowned(kernel_id, environ)))
            client: Any = manager.get_kernel(kernel_id).client()
            client.start_channels()
            try:
                await client.wait_for_ready(timeout=_START_SECONDS)
                await _run(client, _IMPORTS, {}, _START_SECONDS)
                manager.get_kernel(kernel_id).stop_restarter()  # raises a KeyError where it was ended meanwhile
            except BaseException:
                client.stop_channels()
                if kernel_id in manager:
                    spawn("a warm kernel's end", manager.end(kernel_id))
                raise
            self._ready[kernel_id] = Ready(kernel_id, environ, client)
        finally:
            self._starting.discard(kernel_id)

    def _end(self, kernel_id: str) -> None:
        self.forget(kernel_id)
        if kernel_id in self._manager:
            spawn("a warm kernel's end", self._manager.end(kernel_id))


def free_memory() -> int:
    """Bytes that can still be used here, also within a container."""
    free = int(psutil.virtual_memory().available)
    with suppress(OSError, ValueError):
        most, used = [int(path.read_text()) for path in _LIMITS]
        free = min(free, most - used)
    return free


async def _run(client: Any, source: str, names: Mapping[str, object], seconds: float) -> None:
    """Run a program of ours in a kernel, in a space of its own. Raises RuntimeError, asyncio.TimeoutError."""
    plain = json.loads(json.dumps(names))  # Voila's names are members of an enumeration
    code = f"exec({source!r}, {plain!r})"
    asked = client.execute(code, silent=True, store_history=False, allow_stdin=False)
    said = await within(_answer(client, asked), seconds)
    if said["status"] != "ok":
        raise RuntimeError(f"A warm kernel answered with {said.get('ename', said['status'])}.")


async def _answer(client: Any, asked: str) -> dict[str, Any]:
    while True:
        reply = await client.get_shell_msg()
        if reply["parent_header"].get("msg_id") == asked:
            content: dict[str, Any] = reply["content"]
            return content
