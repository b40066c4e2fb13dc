"""The sending side of a connection: its readers take turns, and nothing is fetched for a client that does not read.

Nobody pushes into an outlet. Who has news wakes a reader; the reader's next message is taken from its topic when the
connection has taken what was sent before. So a client that stalls holds what was sent last and nothing more, and gets
the newest facts when it reads on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from .core.log import Place
from .core.message import Message

_SENT_AT_ONCE = 64 * 1024
_log = logging.getLogger(__name__)

#: Seconds between two messages at least; "epoch": when an epoch of a training is over; None: as they come.
Period = float | Literal["epoch"] | None
Later = Callable[[float, Callable[[], None]], "Timer"]
Send = Callable[[Sequence[Message]], bool]


class Timer(Protocol):
    """A call to come."""

    def cancel(self) -> None:
        """It shall not come."""


class Channel(Protocol):
    """A topic that is followed."""

    def join(self, reader: Reader) -> None:
        """Let a reader follow; it is woken when there is something for it, at once or later."""

    def leave(self, reader: Reader) -> None:
        """A reader follows no more."""

    def take(self, reader: Reader) -> Message | None:
        """The next message for a reader, whose place is after it then; None: it is woken when there is one."""


class Reader:
    """One topic as one connection follows it: its place, and how often it wants news.

    Messages come at most one `period` (seconds) after the other; all that is new by then comes together. `by_epoch`:
    they come when an epoch is over; `epochs` were when the last one came. `packed`: in as few bytes as can be.
    """

    __slots__ = (
        "by_epoch", "channel", "epochs", "has_spoken", "is_resting", "outlet", "packed", "period", "place", "slot",
        "timer", "topic",
    )  # fmt: skip

    def __init__(
        self, topic: str, channel: Channel, outlet: Outlet, place: Place, period: Period, *, packed: bool = False
    ) -> None:
        self.topic, self.channel, self.outlet, self.place = topic, channel, outlet, place
        self.by_epoch = period == "epoch"
        self.period = period if isinstance(period, int | float) else None
        self.epochs: int | None = None
        self.packed = packed
        self.slot: Message | None = None
        self.has_spoken = self.is_resting = False
        self.timer: Timer | None = None

    def wake(self) -> None:
        """There may be something new."""
        if not self.is_resting:
            self.outlet.wake(self)

    def fail(self, error: BaseException) -> None:
        """Its topic broke: the reader is told, and follows no more."""
        self.outlet.fail(self, error)

    def take(self) -> Message | None:
        """The next message, if there is one."""
        message = self.channel.take(self)
        if message is not None:
            self.has_spoken = True
        elif self.period and self.has_spoken:
            self.rest(self.period)
        return message.packed() if message is not None and self.packed else message

    def rest(self, seconds: float) -> None:
        """Want nothing for a while."""
        self.has_spoken, self.is_resting = False, True
        self.timer = self.outlet.later(seconds, self._go_on)

    def close(self) -> None:
        """Follow no more."""
        if self.timer is not None:
            self.timer.cancel()
        self.channel.leave(self)

    def _go_on(self) -> None:
        self.is_resting = False
        self.wake()


class Outlet:
    """What a connection follows.

    `send` sends messages and answers whether the connection takes more at once; if not, `resume` is called when it
    does. `failed` is told which topic broke, and why. `later` calls a function after some seconds.
    """

    def __init__(self, send: Send, failed: Callable[[str, BaseException], None], later: Later) -> None:
        self._send, self._failed, self.later = send, failed, later
        self._readers: dict[str, Reader] = {}
        self._awake: dict[Reader, None] = {}  # in the order of their turns
        self._is_free = True

    def __len__(self) -> int:
        return len(self._readers)

    def follow(
        self, topic: str, channel: Channel, place: Place, period: Period, *, packed: bool = False
    ) -> None:
        """Follow a topic from a place on, in place of how it was followed before."""
        self.leave(topic)
        reader = self._readers[topic] = Reader(topic, channel, self, place, period, packed=packed)
        channel.join(reader)

    def leave(self, topic: str) -> None:
        """Follow a topic no more."""
        reader = self._readers.pop(topic, None)
        if reader is not None:
            self._awake.pop(reader, None)
            reader.close()

    def close(self) -> None:
        """Follow nothing."""
        for topic in list(self._readers):
            self.leave(topic)

    def wake(self, reader: Reader) -> None:
        """There may be something new for a reader."""
        self._awake[reader] = None
        if self._is_free:
            self._send_on()

    def hold(self) -> None:
        """The connection takes nothing until it resumes."""
        self._is_free = False

    def resume(self) -> None:
        """The connection takes more."""
        self._is_free = True
        self._send_on()

    def fail(self, reader: Reader, error: BaseException) -> None:
        """A topic broke."""
        if self._readers.get(reader.topic) is reader:
            self.leave(reader.topic)
            self._failed(reader.topic, error)

    def _send_on(self) -> None:
        while self._is_free and (messages := self._next()):
            self._is_free = self._send(messages)

    def _next(self) -> list[Message]:
        """One message of each reader in turn, as long as there are more and all is small."""
        messages: list[Message] = []
        size = 0
        while self._awake and size < _SENT_AT_ONCE:
            reader = next(iter(self._awake))
            del self._awake[reader]
            message, length = self._taken(reader)
            if message is None:
                continue
            messages.append(message)
            size += length
            if message.is_last:
                self.leave(reader.topic)
            else:
                self._awake[reader] = None
        return messages

    def _taken(self, reader: Reader) -> tuple[Message | None, int]:
        """A reader's next message and its size. One that cannot be made breaks its own topic, and no other."""
        try:
            message = reader.take()
            return message, 0 if message is None else message.length
        except Exception as error:
            _log.exception("The topic %s broke", reader.topic)
            self.fail(reader, error)
            return None, 0
