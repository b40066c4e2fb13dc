"""What the collector needs of a place where samples come from."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What came in one piece: the bytes as they came, or what a source has already read from them.

    `received` is in seconds since the epoch. `mark` is the source's own: by it `stored` knows what is safe. `topic`
    says where the message was sent to, for sources that have such a thing.
    """

    payload: bytes | dict[str, Any]
    received: float
    mark: object = None
    topic: str = ""


class Source(Protocol):
    """Samples, for as long as anybody reads.

    A source mends itself: it connects again with a growing pause, and never ends because something outside failed. It
    reads no further ahead than some thousand messages, so that a flood waits where it comes from. What was read and not
    stored comes again after a restart where the kind of source allows it; so a sample may come twice, and none is lost.
    """

    @property
    def trouble(self) -> str:
        """Why nothing comes just now, within five seconds; empty while all is well."""

    def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """What has come, some at a time and in order. It ends only where a source has an end, such as a recording."""

    async def stored(self, messages: Sequence[Message]) -> None:
        """They are safe on the disk: tell whoever sent them, or remember the place."""

    async def close(self) -> None:
        """Let go of everything. What was not stored comes again next time."""
