"""Locks that all sessions share: a lease that is renewed for as long as its `with` block goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from types import TracebackType

from jupyter_crispdm.base.errors import Conflict, CrispdmError, NotFound
from jupyter_crispdm.client.errors import ClientError, ServerNotFound, ServerUnreachable
from jupyter_crispdm.client.state import State

from .context import holding, lock_of

LONGEST_WAIT = 300.0
"""How long one request waits for its turn; who waits for longer asks again."""
_RENEWALS = 3.0
_PATIENCE = 300.0
_PAUSE = 0.5

Monotonic = Callable[[], float]


class LockLost(RuntimeError):
    """A lock was held no longer while its `with` block went on: somebody else may have had it meanwhile."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The lock of '{key}' was lost: it was not renewed in time. Ask for it for more seconds.")


class LockTaken(TimeoutError):
    """Somebody else has the lock, and still had it after the time that was waited."""


class StateLock:
    """The lock of a key, for one `with` block.

    The lease is for `seconds`; it is renewed in a thread, and ends so soon after this process was killed. `wait` are
    the seconds to wait for it, None for ever.
    """

    def __init__(
        self, state: Callable[[], State], key: str, *, seconds: float, wait: float | None, session: str,
        monotonic: Monotonic = time.monotonic, pause: float = _PAUSE,
    ) -> None:
        self._state, self.key, self._session = state, key, session
        self._seconds, self._wait = seconds, wait
        self._monotonic, self._pause = monotonic, pause
        self.lock = ""
        self._is_lost = False
        self._over = threading.Event()
        self._renewer: threading.Thread | None = None
        self._context: AbstractContextManager[None] | None = None

    def __enter__(self) -> StateLock:
        if lock_of(self.key) is not None:
            raise RuntimeError(f"This code has the lock of '{self.key}' already.")
        asked = self._acquire()
        self._over.clear()
        self._is_lost = False
        self._renewer = threading.Thread(target=self._renew, args=(asked,), name=f"lock {self.key}", daemon=True)
        self._renewer.start()
        self._context = holding(self.key, self.lock)
        self._context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._context is not None:
            self._context.__exit__(kind, error, trace)
        self._over.set()
        if self._renewer is not None:
            self._renewer.join()
        self._free()
        if self._is_lost and error is None:
            raise LockLost(self.key)

    @property
    def is_held(self) -> bool:
        """Whether it is held still, as far as this process knows."""
        return bool(self.lock) and not self._is_lost and not self._over.is_set()

    def _acquire(self) -> float:
        """Wait for the lock; answers when it was asked for. Raises LockTaken."""
        began = self._monotonic()
        trouble: float | None = None
        while True:
            now = self._monotonic()
            left = LONGEST_WAIT if self._wait is None else max(0.0, began + self._wait - now)
            try:
                lease = self._state().lock(
                    self.key, seconds=self._seconds, wait=min(left, LONGEST_WAIT), session=self._session)
            except Conflict as error:
                if self._wait is not None and self._monotonic() - began >= self._wait:
                    raise LockTaken(error.message) from error
                trouble = None
                time.sleep(self._pause)
            except (ServerUnreachable, ServerNotFound):
                trouble = now if trouble is None else trouble
                if self._monotonic() - trouble > _PATIENCE or (self._wait is not None and left <= 0):
                    raise
                time.sleep(self._pause)
            else:
                self.lock = lease.lock
                return self._monotonic()

    def _renew(self, held_since: float) -> None:
        """Renew the lease for as long as the block goes on; the loss of it is noted, and nothing is renewed after."""
        until = held_since + self._seconds
        pause = self._seconds / _RENEWALS
        while not self._over.wait(pause):
            asked = self._monotonic()
            try:
                self._state().renew(self.key, self.lock, self._seconds)
            except (Conflict, NotFound):
                self._is_lost = True
                return
            except (ClientError, CrispdmError):
                pause = min(self._pause, self._seconds / _RENEWALS)
                if self._monotonic() >= until:
                    self._is_lost = True
                    return
            else:
                until, pause = asked + self._seconds, self._seconds / _RENEWALS

    def _free(self) -> None:
        if self._is_lost:
            return
        try:
            self._state().free(self.key, self.lock)
        except (Conflict, NotFound):
            self._is_lost = True
        except (ClientError, CrispdmError):  # the lease ends by itself
            with suppress(ClientError, CrispdmError):
                self._state().free(self.key, self.lock)
