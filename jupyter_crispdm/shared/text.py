"""A text that several people write at once: every letter of everybody stays, wherever they wrote at the same time."""

from __future__ import annotations

import logging
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from pycrdt import Doc, Text

from jupyter_crispdm.client.live import LiveMessage

from .following.connection import Follower
from .following.delivery import here
from .following.slots import Change, Slot, change_of
from .session import Session

_log = logging.getLogger("jupyter_crispdm.server_state")
_ROOT = "text"


class _Fact(msgspec.Struct, frozen=True):
    updates: list[str] = []


class SharedText:
    """A shared text. What is written here is there for all when the call returns; what others write appears by itself.

    Example
    -------
    >>> notes = server_state.text("notes")
    >>> notes.insert(0, "Measured twice. ")
    >>> str(notes)
    'Measured twice. '
    """

    def __init__(self, session: Session, key: str) -> None:
        self.key = key
        self._session = session
        self._lock = threading.RLock()
        self._doc: Doc[Any] = Doc(allow_multithreading=True)
        self._text: Text = self._doc.get(_ROOT, type=Text)
        self._observers: dict[Callable[[Change], object], Slot] = {}
        begun = session.patiently(lambda: session.state.text(key))
        if begun.update:
            self._apply([begun.update])
        self._follower = Follower(
            f"state/{key}/text", self._hear, since=begun.seq, epoch=begun.epoch, goes_on=True)
        session.connection.follow(self._follower)

    def __str__(self) -> str:
        with self._lock:
            return str(self._text)

    def __len__(self) -> int:
        return len(str(self))

    def __repr__(self) -> str:
        return f"SharedText({self.key!r})"

    def insert(self, index: int, text: str) -> None:
        """Write a text before the character at `index`."""
        with self._writing():
            self._text.insert(self._bytes(index), text)

    def append(self, text: str) -> None:
        """Write a text at the end."""
        with self._writing():
            self._text += text

    def delete(self, index: int, count: int = 1) -> None:
        """Delete so many characters from `index` on."""
        with self._writing():
            del self._text[self._bytes(index) : self._bytes(index + count)]

    def replace(self, text: str) -> None:
        """Make it another text; what is the same at both ends stays, and what others write there."""
        with self._writing():
            before = str(self._text)
            start = _alike(before, text)
            end = _alike(before[start:][::-1], text[start:][::-1])
            del self._text[self._bytes(start) : self._bytes(len(before) - end)]
            self._text.insert(self._bytes(start), text[start : len(text) - end])

    def observe(self, observer: Callable[[Change], object]) -> None:
        """Have a function called when somebody else has written: with a change, as `server_state.observe`."""
        self._observers[observer] = Slot(self.key, observer, here(self._session.telling))

    def unobserve(self, observer: Callable[[Change], object]) -> None:
        """Have it called no more."""
        slot = self._observers.pop(observer, None)
        if slot is not None:
            slot.close()

    def close(self) -> None:
        """Follow it no more."""
        self._session.connection.leave(self._follower)

    def _bytes(self, index: int) -> int:
        """Where a character is, as the document counts."""
        return len(str(self._text)[: max(0, index)].encode())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Around one change; what came of it is sent, with all that the server lacks."""
        with self._lock:
            before = self._doc.get_state()
            with self._doc.transaction():
                yield
            update = self._doc.get_update(before)
        self._send(update)

    def _send(self, update: bytes) -> None:
        session = self._session
        answer = session.patiently(lambda: session.state.write_text(self.key, update, session.id))
        there = b64decode(answer.state)
        with self._lock:
            missing = self._doc.get_update(there) if _lacks(there, self._doc.get_state()) else b""
        if missing:
            session.patiently(lambda: session.state.write_text(self.key, missing, session.id))

    def _hear(self, message: LiveMessage) -> None:
        old, new = self._apply(msgspec.convert(message.data, _Fact).updates)
        if old != new:
            for slot in list(self._observers.values()):
                slot.put(change_of(self.key, old, new, self, "", message.seq or 0))

    def _apply(self, updates: list[str]) -> tuple[str, str]:
        """Take what others wrote; the text before and after it."""
        with self._lock:
            old = str(self._text)
            for update in updates:
                try:
                    self._doc.apply_update(b64decode(update))
                except ValueError:
                    _log.warning("An update of the shared text '%s' cannot be read.", self.key)
            return old, str(self._text)


def _alike(one: str, other: str) -> int:
    """How many characters are the same at the beginning of two texts."""
    for at, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return at
    return min(len(one), len(other))


def _lacks(there: bytes, here: bytes) -> bool:
    """Whether one document has less of what somebody wrote than another, by their state vectors."""
    known = _clocks(there)
    return any(clock > known.get(client, 0) for client, clock in _clocks(here).items())


def _clocks(state: bytes) -> dict[int, int]:
    """How much of each writer a state vector names."""
    numbers = _numbers(state)
    return {next(numbers): next(numbers) for _ in range(next(numbers, 0))}


def _numbers(state: bytes) -> Iterator[int]:
    """Numbers of any length, seven bits a byte."""
    value = shift = 0
    for byte in state:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
