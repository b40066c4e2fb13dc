"""The environment of an earlier run, built again from what was noted of it, as an environment of its own."""

from __future__ import annotations

import re

from jupyter_crispdm.base.errors import Conflict, Unprocessable
from jupyter_crispdm.environments.building.builder import EnvironmentBuilder
from jupyter_crispdm.environments.types import Lock

from ..made.types import Changed, EnvironmentLock
from ..types import RunEnvironment
from .capture import Capture
from .differences import environment_changed

_LONGEST_NAME = 40
_DIGITS = 10


class OldEnvironments:
    """Builds them, and finds those that were built: each has a name that tells which packages it holds."""

    def __init__(self, builder: EnvironmentBuilder, capture: Capture) -> None:
        self._builder, self._capture = builder, capture

    async def restored(self, id: str, then: EnvironmentLock | None, found: Changed) -> tuple[Changed, str]:
        """The environment of `then` where it was built: what to say of it, and its id. Raises Conflict.

        `found` is how the one that the run `id` names stands to it now.
        """
        if then is None:
            raise Conflict(f"Its environment cannot be built again. {found.reason}", **_FIELD)
        name = name_of(then)
        built = await self._capture.environment(self._builder.id(name))
        if built is None:
            obstacle = await self._builder.why_not(name, lock_of(then))
            if obstacle:
                raise Conflict(f"{found.reason} It cannot be built again: {obstacle}", **_FIELD)
            raise Conflict(f"{found.reason} It is not built yet: POST runs/{id}/environment builds it.", **_FIELD)
        difference = environment_changed(then, built)
        if difference.state != "same":
            what = ", ".join(difference.details)
            message = f"The environment '{name}' was built for it and changed since: {what}. Delete it first."
            raise Conflict(message, **_FIELD)
        reason = f"{found.reason} It runs as it was then, in '{name}'."
        return Changed("environment", "restored", reason, found.details), built.id

    async def build(self, then: EnvironmentLock | None, found: Changed, owner: str, via: str) -> RunEnvironment:
        """Begin to build it, unless it is there. Raises Conflict, Unprocessable that says why it cannot be."""
        if then is None:
            raise Unprocessable(f"Its environment cannot be built again. {found.reason}")
        name = name_of(then)
        id = self._builder.id(name)
        if await self._capture.environment(id) is not None:
            return RunEnvironment(id, name, ready=True)
        try:
            accepted = await self._builder.rebuild(name, lock_of(then), owner, via)
        except Unprocessable as error:
            message = f"{found.reason} It cannot be built again: {error.message}"
            raise Unprocessable(message, **error.details) from error
        return RunEnvironment(id, name, ready=False, job=accepted.job)


def lock_of(then: EnvironmentLock) -> Lock:
    """What was noted, as the room of environments takes it."""
    return Lock(**{name: getattr(then, name) for name in Lock.__struct_fields__})


def name_of(then: EnvironmentLock) -> str:
    """The name under which it is built: the one that it had, and the digest of its packages."""
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", then.name)[:_LONGEST_NAME].strip("-._")
    return f"{slug or 'environment'}-{then.digest[:_DIGITS]}"


_FIELD = {"field": "environment", "input": "environment"}
