"""What keeps shared values and locks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from jupyter_crispdm.base.errors import Conflict

from ..entries import Change, Entry, Held
from ..leases import Holder
from ..once import Once

Told = Callable[[str | None], object]
"""Called on the event loop: observers of this key shall look again; None: of every key."""
Woken = Callable[[str, str], object]
"""Called on the event loop: the lock of a key may be free, and this ticket is the first in line."""


class LockLost(Conflict):
    """A lock is held no longer by who says so."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The lock of '{key}' is held no longer.", field="lock")


class Changed(NamedTuple):
    """What was there before a change, and what is there after it."""

    before: Entry | None
    after: Entry


@dataclass(frozen=True)
class Grant:
    """A lock that is held until a time (seconds since the epoch), by its id."""

    id: str
    holder: Holder
    until: float


@dataclass(frozen=True)
class Turn:
    """A place in line: who has the lock, and in how many seconds to ask again unless woken before."""

    holder: Holder | None
    again: float


class Backend(Protocol):
    """Keeps values and locks. Where it cannot answer in time, each of these raises Unavailable."""

    async def start(self, told: Told, woken: Woken) -> None:
        """Take up the work."""

    async def close(self) -> None:
        """Finish what was begun, and let go."""

    async def get(self, key: str) -> Entry | None:
        """A value, also one that was deleted a while ago."""

    async def all(self) -> list[Entry]:
        """All values, without those that were deleted; of some the time may be over."""

    async def floor(self) -> int:
        """The greatest version that was forgotten."""

    async def change(
        self, key: str, change: Change, lock: str | None = None, once: Once | None = None
    ) -> Changed:
        """Apply a change, as if nobody else changed anything meanwhile. It is kept when this returns.

        One that is asked for `once` more changes nothing: what is there after it is what was there when it was made.
        Raises what the change raises, and LockLost where the lock is held no longer.
        """

    async def due(self) -> list[str]:
        """The keys of values whose time is over."""

    async def old(self) -> list[str]:
        """The keys of values that were deleted long ago."""

    async def forget(self, keys: Collection[str]) -> None:
        """Forget those of them that were not made anew, and locks that lapsed."""

    async def ask(self, key: str, ticket: str, holder: Holder, seconds: float) -> Grant | Turn:
        """The lock of a key, whose id is the ticket then, or the ticket's place in line."""

    async def leave(self, key: str, ticket: str) -> None:
        """Want the lock no more; one that was given meanwhile is free."""

    async def renew(self, key: str, id: str, seconds: float) -> Grant:
        """Hold a lock for so long from now on. Raises LockLost."""

    async def free(self, key: str, id: str) -> None:
        """Give a lock back. Raises LockLost."""


class Stored(NamedTuple):
    """Bytes that are kept: under which name, how many, and their SHA-256."""

    id: str
    size: int
    digest: str


class Contents(Protocol):
    """Keeps the bytes of values whose bytes travel by themselves."""

    def path(self, held: Held) -> Path | None:
        """Where the bytes are on this machine; None where they are elsewhere, and must be read."""

    async def write(self, pieces: AsyncIterable[list[bytes]], accept: Callable[[int], object]) -> Stored:
        """Keep bytes as they come. `accept` is asked how many there may be, and raises what speaks against it."""

    def read(self, held: Held) -> AsyncGenerator[bytes, None]:
        """The bytes, piece by piece. Raises NotFound where they are gone."""

    async def remove(self, id: str) -> None:
        """Remove bytes that no value has."""

    async def tidy(self, used: Collection[str]) -> None:
        """Remove what a server that was killed left behind."""
