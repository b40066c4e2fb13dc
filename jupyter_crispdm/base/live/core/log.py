"""Log: a topic of text or points that only grows, until it is numbered anew. No socket, no clock, no waiting.

Numbers are places in what the log holds (bytes, rows). They mean something within one epoch. When a log is cut or
written anew, its numbers mean something else, and its source says another epoch. A reader of the old one is told
``"reset"`` and begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec
from msgspec import UNSET, UnsetType

from jupyter_crispdm.base.wire import Wire


class LogEntry(Wire, frozen=True, omit_defaults=True, kw_only=True):
    """What the messages of every log may say beside what they bring."""

    reset: bool = False
    ended: bool = False
    trouble: str | UnsetType = UNSET


@dataclass(frozen=True)
class State:
    """What a log looks like: its epoch, where it ends, and why it cannot be read (empty: it can).

    The epoch is empty where there is no log yet. News appear in `folder`. Once `is_over`, nothing more will come.
    """

    epoch: str
    end: int
    folder: Path
    is_over: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class Place:
    """Where a reader is: after `cursor` in `epoch`; and what word they have of the log. None: nowhere yet.

    `trouble` None: they come again, and nobody knows of which trouble they were told before. `greeted`: they are
    nowhere, and know that there is no log yet.
    """

    cursor: int | None = None
    epoch: str | None = None
    trouble: str | None = None
    ended: bool = False
    greeted: bool = False

    @property
    def heard(self) -> str | None:
        """Of which trouble they know: of none where they begin."""
        return "" if self.cursor is None and self.trouble is None else self.trouble

    def at(self, cursor: int) -> Place:
        """The same at another number."""
        return Place(cursor, self.epoch, self.trouble, self.ended)


@dataclass(frozen=True)
class Step:
    """What a reader needs next: what stands from `start` on, or only word of the log at that place.

    `start` None is where newcomers begin; `is_reset` says that they were elsewhere before.
    """

    start: int | None
    is_reset: bool = False
    brings: bool = True


class Source(Protocol):
    """What a log is read from. Each call may block, and is made in a thread."""

    def look(self, over: bool) -> State:
        """How it is now; `over` says that nobody will write any more."""

    def read(self, start: int | None, state: State) -> tuple[LogEntry, int] | None:
        """A part that begins at `start` and does not go beyond the state's end, and where that part ends.

        None when the log has another epoch by now: look again.
        """

    def nothing(self, at: int) -> LogEntry:
        """An entry that brings nothing, at a place."""

    def close(self) -> None:
        """Let go of files."""


@runtime_checkable
class InEpochs(Protocol):
    """A source that knows how many epochs of what it tells of are over."""

    def epochs(self, state: State) -> int:
        """How many, up to the state's end. May block, as all calls."""


@runtime_checkable
class Glancing(Protocol):
    """A source that can say quickly what was added to files that it knows."""

    def glance(self) -> State | None:
        """As `look` after one, while somebody writes; None when it takes a look. May block, as all calls."""


def step(place: Place, state: State) -> Step | None:
    """What a reader needs next; None when they know all there is."""
    has_word = place.heard != state.trouble or (state.is_over and not place.ended)
    if not state.epoch:
        is_new = place.cursor is None and not place.greeted
        return Step(place.cursor, brings=False) if has_word or is_new else None
    if place.cursor is None:
        return Step(None)
    if (place.epoch and place.epoch != state.epoch) or place.cursor > state.end:
        return Step(None, is_reset=True)
    if place.cursor < state.end:
        return Step(place.cursor)
    return Step(place.cursor, brings=False) if has_word else None


def moved(place: Place, state: State, end: int, what: Step) -> Place:
    """Where a reader is after a step that ended at `end`: word of the log comes once all is read, or nothing can be.

    Who begins anew may have dropped the trouble that they knew, or not: they are told how it is.
    """
    if what.brings and what.start is None:
        return Place(end, state.epoch, None if place.trouble else "")
    if what.brings:
        return Place(end, state.epoch, place.trouble)
    if not state.epoch:
        return Place(place.cursor, place.epoch, state.trouble, state.is_over, greeted=True)
    return Place(end, state.epoch, state.trouble, state.is_over)


def entry(place: Place, state: State, found: LogEntry, what: Step) -> LogEntry:
    """What is told in a step, with word of the log."""
    said: dict[str, Any] = {}
    if what.is_reset:
        said["reset"] = True
    if not what.brings:
        said["ended"] = state.is_over
        if place.heard != state.trouble:
            said["trouble"] = state.trouble
    return msgspec.structs.replace(found, **said) if said else found
