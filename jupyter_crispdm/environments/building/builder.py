"""Environments made, filled and deleted: each as a job, whose log tells what was done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from jupyter_crispdm.base.errors import BadRequest, Conflict, Unprocessable

from ..discovery import FoundEnvironment
from ..discovery.catalogue import Entry
from ..discovery.naming import environment_id
from ..manager import EnvironmentManager
from ..types import Accepted, Creation, Environment, EnvironmentKind, Lock
from .again import made_again
from .creation import CommandLines, check_creation, command


class Work(Protocol):
    """What runs jobs; the room of jobs stands above this one."""

    async def submit(self, argv: list[str], *, name: str, owner: str, via: str = "") -> str:
        """Put a command into the queue; answers the id of its job."""

    def over(self, job: str) -> bool:
        """Whether a job has ended."""

    async def users_of(self, environment: Environment) -> Sequence[str]:
        """What runs in an environment now, each in a few words."""


class EnvironmentBuilder:
    """Makes and deletes environments by jobs."""

    def __init__(self, environments: EnvironmentManager, work: Work, package_urls: bool = False) -> None:
        self._environments = environments
        self._work = work
        self._made = environments.made
        self._lines = CommandLines(environments.around, package_urls)
        self._pending: dict[str, str] = {}
        self._reserving = asyncio.Lock()

    async def start(self) -> None:
        """Remove what was left half-made."""
        await asyncio.to_thread(self._made.sweep)

    async def create(self, wish: Creation, owner: str, via: str = "") -> Accepted:
        """Begin to make an environment. Raises BadRequest, NotFound, Conflict, Unprocessable."""
        check_creation(wish)
        source = (await self._environments.entry(wish.clone)).usable() if wish.clone is not None else None
        if source is not None and not source.found.isolated:
            message = f"'{source.environment.name}' is an interpreter; choose it as 'python' instead."
            raise Unprocessable(message, field="clone")
        known = [entry.found for entry in await self._environments.entries()]
        prefix = self._made.prefix(wish.name)
        argv = await asyncio.to_thread(
            self._lines.create, wish, prefix, self._made.marker(wish.name), source.found if source else None, known
        )
        async with self._reserving:
            return await self._begin(wish.name, argv, owner, via)

    async def rebuild(self, name: str, lock: Lock, owner: str, via: str = "") -> Accepted:
        """Begin to make an environment again as its lock says; who asks meanwhile is answered the same job.

        Raises BadRequest, Conflict, and Unprocessable that says why it cannot be done.
        """
        argv = await self._rebuilt(name, lock)
        async with self._reserving:
            pending = self._pending.get(name)
            if pending is not None and not self._work.over(pending):
                return self._accepted(name, pending)
            return await self._begin(name, argv, owner, via)

    async def why_not(self, name: str, lock: Lock) -> str:
        """Why no environment can be made as a lock says, or ""."""
        try:
            await self._rebuilt(name, lock)
        except (BadRequest, Unprocessable) as error:
            return error.message
        return ""

    def id(self, name: str) -> str:
        """The id of the environment that is made under a name."""
        return environment_id(FoundEnvironment(EnvironmentKind.venv, str(self._made.prefix(name)), "", "", name))

    async def _rebuilt(self, name: str, lock: Lock) -> list[str]:
        check_creation(Creation(name=name))
        known = [entry.found for entry in await self._environments.entries()]
        return await asyncio.to_thread(
            made_again, self._lines, lock, self._made.prefix(name), self._made.marker(name), known
        )

    async def _begin(self, name: str, argv: list[str], owner: str, via: str) -> Accepted:
        """Submit the job that makes an environment. Raises Conflict."""
        await self._reserve(name)
        job = await self._work.submit(argv, name=f"Make environment {name}", owner=owner, via=via)
        self._pending[name] = job
        return self._accepted(name, job)

    def _accepted(self, name: str, job: str) -> Accepted:
        return Accepted(job=job, id=self.id(name), environment=name, prefix=str(self._made.prefix(name)))

    async def _reserve(self, name: str) -> None:
        """Raises Conflict where the name is taken, also by a job that still waits."""
        await asyncio.to_thread(self._made.sweep)
        pending = self._pending.get(name)
        if pending is not None and not self._work.over(pending):
            raise Conflict(f"The job {pending} is making an environment '{name}'.", field="name", job=pending)
        if await asyncio.to_thread(_is_taken, self._made.prefix(name), self._made.marker(name)):
            raise Conflict(f"There is an environment '{name}'. Choose another name.", field="name")

    async def install(self, key: str, packages: Sequence[str], owner: str, via: str = "") -> Accepted:
        """Begin to install packages. Raises BadRequest, NotFound, Unprocessable."""
        entry = (await self._environments.entry(key)).usable()
        argv = await asyncio.to_thread(self._lines.install, entry.found, packages)
        return await self._submit(entry, argv, f"Install into {entry.environment.name}", owner, via)

    async def delete(self, key: str, owner: str, via: str = "") -> Accepted:
        """Begin to delete an environment. Raises NotFound, Conflict while it is used, Unprocessable."""
        entry = await self._environments.entry(key)
        environment = entry.environment
        reason = self._made.why_kept(entry.found)
        if reason:
            message = f"The environment '{environment.name}' is not deleted. {reason}"
            raise Unprocessable(message, environment=environment.id)
        users = await self._work.users_of(environment)
        if users:
            message = f"The environment '{environment.name}' is in use: {', '.join(users)}."
            raise Conflict(message, environment=environment.id, users=list(users))
        argv = command("delete", Path(environment.prefix), {})
        return await self._submit(entry, argv, f"Delete environment {environment.name}", owner, via)

    async def _submit(self, entry: Entry, argv: list[str], name: str, owner: str, via: str) -> Accepted:
        environment = entry.environment
        job = await self._work.submit(argv, name=name, owner=owner, via=via)
        return Accepted(job=job, id=environment.id, environment=environment.name, prefix=environment.prefix)


def _is_taken(*paths: Path) -> bool:
    return any(path.exists() for path in paths)
