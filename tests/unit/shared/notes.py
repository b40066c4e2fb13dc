"""What an observer of shared values is told, noted down."""

from __future__ import annotations

from typing import Any

from jupyter_crispdm.shared import ServerState
from jupyter_crispdm.shared.following.slots import Change
from tests.support import eventually_sync
from tests.unit.shared.fakes import FakeServer


class Notes(list[Change]):
    """An observer that keeps what it is told; each is itself alone."""

    __eq__, __hash__ = object.__eq__, object.__hash__  # type: ignore[assignment]

    def __call__(self, change: Change) -> None:
        self.append(change)

    @property
    def values(self) -> list[Any]:
        return [change["new"] for change in self]


def followed(state: ServerState, server: FakeServer, key: str = "k") -> None:
    """Wait until a session hears of a key."""
    eventually_sync(lambda: any(socket.follows(key) for socket in server.states.sockets))
