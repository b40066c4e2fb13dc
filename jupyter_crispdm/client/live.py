"""Live topics: read as NDJSON, resumed from the last cursor after a drop or a restart of the server."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec

from jupyter_crispdm.base.errors import ErrorBody, Unavailable

from .errors import ClientError, ServerNotFound, ServerUnreachable, UnexpectedAnswer, revive
from .transport import Transport

PATIENCE_SECONDS = 300.0
SILENCE_SECONDS = 60.0
"""How long a stream may say nothing before it counts as broken; the server sends a blank line more often."""
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0
PASSING = (ServerUnreachable, ServerNotFound, Unavailable)

Period = float | Literal["epoch"] | None
"""Seconds between two messages at least; "epoch": when an epoch of a training is over; None: as they come."""
Monotonic = Callable[[], float]


class LiveMessage(msgspec.Struct, frozen=True):
    """One message of a topic; `seq` is the cursor to go on from, within the `epoch` of a log."""

    topic: str
    seq: int | None = None
    data: Any = None
    epoch: str | None = None
    error: ErrorBody | None = None


class Live:
    """Follows topics over however many connections it takes."""

    def __init__(
        self,
        transport: Transport,
        *,
        patience: float = PATIENCE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._transport = transport
        self._patience = patience
        self._sleep = sleep
        self._monotonic = monotonic

    def follow(
        self,
        topic: str,
        since: int | None = None,
        *,
        period: Period = None,
        seconds: float | None = None,
        epoch: str | None = None,
    ) -> Iterator[LiveMessage]:
        """Messages of a topic as they come, at most one every `period` seconds ("epoch": of
        curves, one an epoch of the training); ends after `seconds`, or never.

        `since` and `epoch` are those of the last message that came. Of a table (`jobs`) come all rows first, then each
        row that changed or was deleted, in its newest state; all rows again where `data` says "gap". Of a log, `data`
        says "reset" where all that came before is void.

        A connection that never came about is raised at once; one that broke is made again, until no server
        has answered for the client's patience.
        """
        attempts = Attempts(self._patience, self._monotonic)
        deadline = Deadline(seconds, self._monotonic)
        while not deadline.passed:
            self._transport.forget()  # a server that was restarted may be elsewhere, and has a new token
            try:
                for message in self._connection(topic, since, epoch, period, deadline):
                    attempts.succeeded()
                    since, epoch = _place(message, since, epoch)
                    yield message
            except (ClientError, Unavailable) as error:
                if not deadline.passed and not attempts.worth_another(error):
                    raise
            self._sleep(min(attempts.pause(), deadline.remaining))

    def _connection(
        self, topic: str, since: int | None, epoch: str | None, period: Period, deadline: Deadline
    ) -> Iterator[LiveMessage]:
        query = {"topic": topic, "since": since, "epoch": epoch, "period": period}
        silence = min(SILENCE_SECONDS, deadline.remaining)
        with self._transport.stream(
            "live", query=query, headers={"Accept": "application/x-ndjson"}, silence=silence
        ) as reply:
            for line in _lines(deadline.cut(reply.iter_bytes())):
                message = _message(line)
                if message.error is not None:
                    raise revive(message.error)
                yield message
        raise ServerUnreachable(f"The live stream of '{topic}' ended.")


def _place(message: LiveMessage, since: int | None, epoch: str | None) -> tuple[int | None, str | None]:
    """Where to go on after a message."""
    return (since, epoch) if message.seq is None else (message.seq, message.epoch)


class Deadline:
    """A point in time, or none."""

    def __init__(self, seconds: float | None, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._at = math.inf if seconds is None else monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds until then."""
        return max(0.0, self._at - self._monotonic())

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self.remaining == 0.0

    def cut(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """What arrives before then; a stream's blank lines make sure that it is looked at."""
        for piece in pieces:
            if self.passed:
                return
            yield piece


class Attempts:
    """When to try again, and when to give up."""

    def __init__(self, patience: float, monotonic: Monotonic) -> None:
        self._patience = patience
        self._monotonic = monotonic
        self._ever = False
        self._failures = 0
        self._away_since: float | None = None

    def succeeded(self) -> None:
        """The server answered: the next pause is short again."""
        self._ever = True
        self._failures = 0
        self._away_since = None

    def worth_another(self, error: Exception) -> bool:
        """Whether it may be better soon: a server that answered before may be restarting."""
        if not self._ever or not isinstance(error, PASSING):
            return False
        if self._away_since is None:
            self._away_since = self._monotonic()
        return self._monotonic() - self._away_since < self._patience

    def pause(self) -> float:
        """The pause before the next attempt, each twice as long as the one before."""
        self._failures += 1
        return min(FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 10), LONGEST_PAUSE_SECONDS)


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines only: what a broken connection cut off comes again with the next one.

    (httpx's own `iter_lines` also splits at U+2028 and its like, which JSON strings may hold.)
    """
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line for line in whole if line.strip())


def _message(line: bytes) -> LiveMessage:
    try:
        return msgspec.json.decode(line, type=LiveMessage)
    except msgspec.MsgspecError as error:
        raise UnexpectedAnswer(f"The live stream sent a line that is no message: {error}") from error
