"""What environments need of rooms above them, which hand it over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from jupyter_crispdm.base.errors import Unavailable

from ..types import Environment
from .builder import Work

Users = Callable[[Environment], Awaitable[Sequence[str]]]
"""What uses an environment now, each in a few words."""


class RoomsAbove:
    """The work of `EnvironmentBuilder`, done by whoever has offered to."""

    def __init__(self) -> None:
        self._work: Work | None = None
        self._users: list[Users] = []

    def do_work(self, work: Work) -> None:
        """Have jobs run by `work`."""
        self._work = work

    def guard(self, users: Users) -> None:
        """Ask `users` before an environment is deleted."""
        self._users.append(users)

    async def submit(self, argv: list[str], *, name: str, owner: str, via: str = "") -> str:
        """Put a command into the queue; answers the id of its job. Raises Unavailable."""
        return await self._worker.submit(argv, name=name, owner=owner, via=via)

    def over(self, job: str) -> bool:
        """Whether a job has ended. Raises Unavailable."""
        return self._worker.over(job)

    async def users_of(self, environment: Environment) -> list[str]:
        """What runs in an environment now: jobs first, then what others tell. Raises Unavailable."""
        found = list(await self._worker.users_of(environment))
        for users in self._users:
            found += await users(environment)
        return found

    @property
    def _worker(self) -> Work:
        if self._work is None:
            raise Unavailable("No part of this server runs jobs for environments.")
        return self._work
