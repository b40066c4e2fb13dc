"""What clients of the live socket and its streams send: commands, and where they want to go on. Read strictly."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.numbers import LARGEST, is_whole, whole
from jupyter_crispdm.base.wire import Body, encode

from .core.log import Place
from .core.message import Message
from .outlet import Period

MOST_TOPICS = 200
MOST_PERIOD = 3600.0
_HEARTBEATS = (0.5, 3600.0)
_EPOCH = re.compile(r"[\w.-]{0,100}", re.ASCII)
_LAST_ID = "Last-Event-ID"

Seen = dict[str, Place]


class Command(Body, frozen=True):
    """What a client sends on the socket: exactly one of `subscribe`, `unsubscribe` (topics) and `heartbeat` (seconds).

    `since` and `epoch` are those of the last message that came; `period` is how many seconds lie between two,
    or "epoch": of curves, one whenever an epoch of the training is over.
    `packed`: curves may come as binary frames (see `core.packed`); whatever these cannot tell comes as JSON.
    """

    subscribe: str | None = None
    unsubscribe: str | None = None
    heartbeat: float | None = None
    since: int | None = None
    period: Period = None
    epoch: str | None = None
    packed: bool = False

    @property
    def place(self) -> Place:
        """Where to go on."""
        return Place(self.since, self.epoch)


def decode(message: str | bytes) -> Command:
    """A command. Raises BadRequest."""
    try:
        command = msgspec.json.decode(message, type=Command)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"Not a command: {error}") from error
    if [command.subscribe, command.unsubscribe, command.heartbeat].count(None) != 2:
        raise BadRequest("Send one of 'subscribe', 'unsubscribe' and 'heartbeat'.", field="subscribe")
    check_period(command.period)
    check_heartbeat(command.heartbeat)
    check_place(command.place, "since")
    return command


def check_period(period: Period) -> None:
    """Refuse a period that is no time. Raises BadRequest."""
    if isinstance(period, int | float) and not 0 <= period <= MOST_PERIOD:
        raise BadRequest(f"'period' must be between 0 and {MOST_PERIOD:.0f} seconds.", field="period")


def check_heartbeat(seconds: float | None) -> None:
    """Refuse a heartbeat that comes too often or never. Raises BadRequest."""
    low, high = _HEARTBEATS
    if seconds is not None and not low <= seconds <= high:
        raise BadRequest(f"'heartbeat' must be between {low:g} and {high:.0f} seconds.", field="heartbeat")


def check_place(place: Place, field: str) -> None:
    """Refuse what this server cannot have sent. Raises BadRequest."""
    if place.cursor is not None and not 0 <= place.cursor <= LARGEST:
        raise BadRequest(f"'{field}' must be a number that this server sent.", field=field)
    if place.epoch is not None and not _EPOCH.fullmatch(place.epoch):
        raise BadRequest("'epoch' must be one that this server sent.", field="epoch")


def seen(topics: Sequence[str], since: str, epoch: str) -> Seen:
    """Where to go on in each topic: a number for the one topic (with `epoch`, or `number@epoch`), or an id of several.

    Raises BadRequest.
    """
    if not since:
        return {}
    number, _, of = since.partition("@")
    if len(topics) == 1 and is_whole(number):
        places = {topics[0]: Place(whole(number, _LAST_ID), of or epoch or None)}
    else:
        places = _several(since)
    for place in places.values():
        check_place(place, _LAST_ID)
    return places


def _several(text: str) -> Seen:
    """An id of several topics, as `identity` makes them."""
    try:
        given = msgspec.json.decode(text.encode(), type=dict[str, int | tuple[int, str]])
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequest(f"'{_LAST_ID}' is not one that this server sent.", field=_LAST_ID) from error
    return {topic: Place(at) if isinstance(at, int) else Place(*at) for topic, at in given.items()}


def identity(seen: Seen, message: Message) -> bytes:
    """The id of a message in a stream of events: where each of the stream's topics is after it."""
    if len(seen) == 1:
        return b"%d" % message.seq + (b"" if message.epoch is None else b"@" + message.epoch.encode())
    return encode({topic: (at.cursor, at.epoch) if at.epoch else at.cursor for topic, at in seen.items()})
