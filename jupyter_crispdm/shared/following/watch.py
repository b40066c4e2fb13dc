"""One shared value that a session follows: what is known of it, and who is told."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import CrispdmError, ErrorBody
from jupyter_crispdm.client.errors import ClientError
from jupyter_crispdm.client.live import LiveMessage
from jupyter_crispdm.state.types import StateValue

from .connection import Follower
from .delivery import Deliver
from .known import Known, News
from .slots import Slot, change_of

_log = logging.getLogger("jupyter_crispdm.server_state")

Resolve = Callable[[StateValue], Any]
"""From what is told of a value to the value, which may have to be fetched."""


class Watch:
    """Observers are told of what others change. Links are told of every change, so that what shows a value shows it."""

    def __init__(self, key: str, newest: StateValue, resolve: Resolve, reading: Deliver, owner: Any) -> None:
        self.key = key
        self._known = Known(newest)
        self._resolve, self._reading, self._owner = resolve, reading, owner
        self._lock = threading.RLock()
        self._observers: list[Slot] = []
        self._links: list[Slot] = []
        self._old: Any = newest.value
        self._news: News | None = None
        self._is_reading = False
        self._is_refused = False
        self.follower = Follower(f"state/{key}", self._hear, self._refuse)

    @property
    def newest(self) -> StateValue:
        """The newest that is known of the value."""
        return self._known.newest

    @property
    def is_needed(self) -> bool:
        """Whether anybody is told of it."""
        return bool(self._observers or self._links)

    def add(self, slot: Slot, is_link: bool = False) -> None:
        """Have somebody told."""
        with self._lock:
            (self._links if is_link else self._observers).append(slot)

    def remove(self, slot: Slot) -> None:
        """Have somebody told no more."""
        slot.close()
        with self._lock:
            for slots in (self._observers, self._links):
                if slot in slots:
                    slots.remove(slot)

    def begin(self) -> None:
        """A write of this session is on its way."""
        with self._lock:
            self._known.begin()

    def end(self, answer: StateValue | None, notified: bool = True) -> None:
        """A write of this session is answered, or failed."""
        with self._lock:
            self._take(self._known.end(answer, notified))

    def deleted(self, notified: bool) -> StateValue:
        """What a deletion by this session is answered with."""
        with self._lock:
            return self._known.without(notified)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a write of which `end` is told only where it succeeded."""
        self.begin()
        try:
            yield
        except BaseException:
            self.end(None)
            raise

    def _hear(self, message: LiveMessage) -> None:
        try:
            fact = msgspec.convert(message.data, StateValue)
        except msgspec.ValidationError:
            _log.warning("What is told of the shared value '%s' cannot be understood.", self.key)
            return
        with self._lock:
            self._is_refused = False
            self._take(self._known.hear(fact))

    def _refuse(self, error: ErrorBody) -> None:
        if not self._is_refused:
            self._is_refused = True
            _log.warning("The shared value '%s' cannot be followed now: %s", self.key, error.message)

    def _take(self, news: News | None) -> None:
        """Tell who is to be told of the newest, once it is there."""
        if news is None or not (self._links or (news.others and self._observers)):
            return
        is_asked = self._news is not None
        self._news = News(news.value, news.others or (self._news is not None and self._news.others))
        if is_asked:
            return
        if news.value.content is None and not self._is_reading:
            self._tell()
        else:  # it must be fetched, or comes after what is being fetched
            self._reading(self._read)

    def _read(self) -> None:
        with self._lock:
            self._is_reading = True
        try:
            self._tell()
        finally:
            with self._lock:
                self._is_reading = False

    def _tell(self) -> None:
        with self._lock:
            news, self._news = self._news, None
        if news is None:
            return
        try:
            new = self._resolve(news.value)
        except (CrispdmError, ClientError, ValueError) as error:
            _log.warning("The shared value '%s' cannot be read: %s", self.key, error)
            return
        with self._lock:
            slots = [*self._links, *(self._observers if news.others else ())]
            old, self._old = self._old, new
        change = change_of(self.key, old, new, self._owner, news.value.by, news.value.version)
        for slot in slots:
            slot.put(change)
