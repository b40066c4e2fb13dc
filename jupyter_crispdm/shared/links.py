"""A widget's trait and a shared value that are always the same."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from traitlets import HasTraits, TraitError

from jupyter_crispdm.base.errors import CrispdmError, TooManyRequests, Unavailable
from jupyter_crispdm.client.errors import ClientError, ServerNotFound, ServerUnreachable
from jupyter_crispdm.state.types import StateValue

from .context import notifies
from .following.delivery import Deliver
from .following.slots import Change, Slot, change_of
from .following.watch import Watch
from .values import NotShareable

_log = logging.getLogger("jupyter_crispdm.server_state")
_PAUSE, _LONGEST_PAUSE = 0.2, 3.0

Write = Callable[[str, Any, bool], StateValue]
"""Writes a value: its key, the value, and whether others are told."""


class Link:
    """A widget that shows a shared value, and writes it when somebody moves the widget.

    Moving writes in the background, the newest state of the widget after the last one has arrived: so a slider that is
    dragged holds nobody up. What others write meanwhile comes after it or is replaced by it, for all sessions alike.
    """

    def __init__(self, watch: Watch, target: tuple[HasTraits, str], write: Write, writing: Deliver, here: Deliver,
                 forget: Callable[[Watch], None]) -> None:
        self._watch, (self._widget, self._trait) = watch, target
        self._forget = forget
        self._taking = False
        self._writer = _Writer(watch, write, writing, self._restore)
        self._slot = Slot(watch.key, self._take, here)
        watch.add(self._slot, is_link=True)
        self._widget.observe(self._move, names=self._trait)

    def unlink(self) -> None:
        """Let both go their own ways."""
        self._widget.unobserve(self._move, names=self._trait)
        self._watch.remove(self._slot)
        self._forget(self._watch)

    def put(self, value: Any) -> None:
        """Have the widget show a value."""
        self._taking = True
        try:
            setattr(self._widget, self._trait, value)
        except (TraitError, TypeError, ValueError) as error:
            _log.warning("'%s' does not fit into the %s of %s: %s", self._watch.key, self._trait,
                         type(self._widget).__name__, error)
        finally:
            self._taking = False

    def write(self) -> None:
        """Have the shared value be that of the widget."""
        self._writer.put(getattr(self._widget, self._trait), notifies())

    def _take(self, change: Change) -> None:
        if change["version"]:  # one that was deleted leaves the widget as it is
            self.put(change["new"])

    def _restore(self) -> None:
        """What could not be written is not shown either."""
        newest = self._watch.newest
        if newest.content is None:
            value, by, version = newest.value, newest.by, newest.version
            self._slot.put(change_of(self._watch.key, None, value, None, by, version))

    def _move(self, change: Any) -> None:
        if not self._taking:
            self._writer.put(change["new"], notifies())


class _Writer:
    """Writes the newest of what it is given, one after another."""

    def __init__(self, watch: Watch, write: Write, writing: Deliver, refused: Callable[[], None]) -> None:
        self._watch, self._write, self._writing, self._refused = watch, write, writing, refused
        self._lock = threading.Lock()
        self._waiting: tuple[Any, bool] | None = None

    def put(self, value: Any, notify: bool) -> None:
        with self._lock:
            before, self._waiting = self._waiting, (value, notify)
            if before is not None:
                self._waiting = (value, notify or before[1])
                return
            self._watch.begin()  # until it is written, what others wrote is not shown
        self._writing(self._work)

    def _work(self, pause: float = _PAUSE) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        value, notify = waiting
        answer = None
        try:
            answer = self._write(self._watch.key, value, notify)
        except (ServerUnreachable, ServerNotFound, Unavailable, TooManyRequests):
            self._later(value, notify, pause)
            return
        except (CrispdmError, ClientError, NotShareable) as error:
            _log.warning("'%s' was not written: %s", self._watch.key, error)
            self._refused()
        self._watch.end(answer, notify)

    def _later(self, value: Any, notify: bool, pause: float) -> None:
        """Try again in a while, with what is the newest then."""
        with self._lock:
            if self._waiting is None:
                self._waiting = (value, notify)
            else:
                self._watch.end(None)  # the newer one has begun a write of its own
        again = threading.Timer(pause, self._writing, args=(lambda: self._work(min(2 * pause, _LONGEST_PAUSE)),))
        again.daemon = True
        again.start()
