"""Where callbacks run: on the loop on which their code runs, as in a notebook, else on a thread of their own."""

from __future__ import annotations

import asyncio
import logging
import queue
import sys
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from ..context import apart

_log = logging.getLogger("jupyter_crispdm.server_state")

Call = Callable[[], None]
Deliver = Callable[[Call], None]


class Worker:
    """A thread that does one thing after another, made when there is something to do."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def __call__(self, call: Call) -> None:
        """Have something done."""
        self._calls.put(call)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def close(self, seconds: float) -> None:
        """Finish what was asked for, within so many seconds."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._calls.put(None)
            if thread is not threading.current_thread():
                thread.join(seconds)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call()
            except Exception:
                _log.exception("Something went wrong with shared values.")


def here(otherwise: Deliver) -> Deliver:
    """How code that runs here is called back: on its loop, or that of its kernel, in its own context; else
    `otherwise`."""
    loop = _running_loop() or _kernels_loop()
    if loop is None:
        return otherwise
    context = copy_context()
    return lambda call: _on_loop(loop, context, call)


def _on_loop(loop: asyncio.AbstractEventLoop, context: Context, call: Call) -> None:
    try:
        loop.call_soon_threadsafe(apart, call, context=context)
    except RuntimeError:  # it is closed: nobody is there any more
        _log.debug("Nobody is called back: the loop is closed.")


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _kernels_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of the kernel that this thread belongs to."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    loop = getattr(getattr(getattr(shell, "kernel", None), "io_loop", None), "asyncio_loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None
