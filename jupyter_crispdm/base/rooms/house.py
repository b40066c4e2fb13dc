"""The house: rooms made and started upwards, closed downwards, also where one of them fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from jupyter_crispdm.base.errors import SetupError
from jupyter_crispdm.base.http.route import Routes

from .context import Context
from .room import Room, name_of

_log = logging.getLogger(__name__)


class RoomFailed(Exception):
    """A room could not be made or started; the text says which, and the cause is what went wrong."""


class House:
    """All rooms of a server, lowest first."""

    def __init__(self, kinds: Sequence[type[Room]]) -> None:
        self.kinds = tuple(kinds)
        self._rooms: list[Room] = []

    def make(self, context: Context) -> None:
        """Make every room. Raises RoomFailed, and SetupError as a room raises it."""
        for kind in self.kinds:
            try:
                room = kind(context)
            except SetupError:
                raise
            except Exception as error:
                raise RoomFailed(f"The room '{name_of(kind)}' could not be made: {error}") from error
            context.made[kind] = room
            self._rooms.append(room)

    def groups(self) -> list[Routes]:
        """The verbs of all rooms."""
        return [group for room in self._rooms for group in room.groups()]

    def handlers(self) -> list[tuple[Any, ...]]:
        """Tornado's own handlers of all rooms, the lowest room's last: it answers what nobody else does."""
        return [handler for room in reversed(self._rooms) for handler in room.handlers()]

    async def start(self) -> None:
        """Start every room. Raises RoomFailed when one fails; by then all of them are closed."""
        for step in (Room.prepare, Room.start, Room.tidy):
            for room in self._rooms:
                try:
                    await getattr(room, step.__name__)()
                except Exception as error:
                    await self.close()
                    raise RoomFailed(f"The room '{name_of(type(room))}' did not start: {error}") from error

    async def close(self) -> None:
        """Close every room that was made, the highest first; one that fails keeps no other open."""
        while self._rooms:
            room = self._rooms.pop()
            try:
                await room.close()
            except Exception:
                _log.exception("The room '%s' did not close as it should.", name_of(type(room)))
