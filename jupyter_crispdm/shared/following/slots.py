"""Telling somebody of a change: the newest one, once they can be told, and never two at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from traitlets import Bunch

from .delivery import Deliver

_log = logging.getLogger("jupyter_crispdm.server_state")


class Change(Bunch):
    """A change of a shared value, as traitlets tell of theirs: `name` (the key), `old`, `new`, `type`, `owner`; and
    `by`, who changed it, and `version`, which is 0 where it was deleted."""

    def older(self, before: Change) -> Change:
        """This change and the one before it as one."""
        return Change({**self, "old": before["old"]})


class Slot:
    """Somebody to be told. What comes while they are busy replaces what waits."""

    def __init__(self, key: str, call: Callable[[Change], object], deliver: Deliver) -> None:
        self._key, self._call, self._deliver = key, call, deliver
        self._lock = threading.Lock()
        self._waiting: Change | None = None
        self._is_open = True

    def put(self, change: Change) -> None:
        """Tell them of a change."""
        with self._lock:
            is_asked = self._waiting is not None
            self._waiting = change.older(self._waiting) if self._waiting is not None else change
        if not is_asked:
            self._deliver(self._run)

    def close(self) -> None:
        """Tell them nothing more."""
        self._is_open = False

    def _run(self) -> None:
        with self._lock:
            change, self._waiting = self._waiting, None
        if change is None or not self._is_open:
            return
        try:
            self._call(change)
        except Exception:
            _log.exception("An observer of '%s' made a mistake.", self._key)


def change_of(key: str, old: Any, new: Any, owner: Any, by: str, version: int) -> Change:
    """A change in the shape that traitlets give theirs."""
    return Change(name=key, old=old, new=new, owner=owner, type="change", by=by, version=version)
