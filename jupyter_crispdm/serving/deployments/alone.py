"""Deployments of a service that has no server: kept in a file, while somebody else keeps the inference server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.regular import read_regular
from jupyter_crispdm.models.types import Reference

from ..process import InferenceProcess
from ..store import Wanted
from ..types import DeploymentSpec
from .plan import routes
from .specs import Environments, Models, SpecMaker, check

_WANTED = "wanted.json"


class WantedFile:
    """What shall run, in the directory of the inference server; for one process at a time."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / _WANTED

    async def all(self) -> list[Wanted]:
        """Every deployment, in the order in which they were named. Raises OSError, ValidationError."""
        return await asyncio.to_thread(self._read)

    async def add(self, wanted: Wanted) -> None:
        """Record a deployment. Raises Conflict when this version, or alias, has one."""
        known = await self.all()
        if wanted.id in {one.id for one in known}:
            raise Conflict(f"'{wanted.id}' is served already.")
        await self._write([*known, wanted])

    async def change(self, wanted: Wanted) -> None:
        """Record what is another now of a deployment."""
        await self._write([wanted if one.id == wanted.id else one for one in await self.all()])

    async def remove(self, id: str) -> None:
        """Forget a deployment."""
        await self._write([one for one in await self.all() if one.id != id])

    def _read(self) -> list[Wanted]:
        return msgspec.json.decode(read_regular(self._path), type=list[Wanted])

    async def _write(self, wanted: Sequence[Wanted]) -> None:
        await asyncio.to_thread(write_atomic, self._path, msgspec.json.encode(wanted), 0o600)


class KeptElsewhere(InferenceProcess):
    """An inference server that another process starts, keeps and ends."""

    def alive(self) -> bool:
        """Whoever keeps it ends this process first."""
        return True

    async def stop(self) -> None:
        """It is not ours to end."""


async def asked_for(
    reference: Reference,
    models: Models,
    environments: Environments,
    *,
    workers: int = 1,
    batch: int = 32,
    environment: str | None = None,
) -> tuple[Wanted, DeploymentSpec]:
    """A deployment of a model in an environment, or in the one that it was trained in, and what runs it.

    Raises NotFound, Unprocessable.
    """
    version = await models.resolve(str(reference))
    check(version)
    clock, alias = SystemClock(), reference.alias or ""
    maker = SpecMaker(models, environments, clock)
    found = await maker.environment(version, environment)
    wanted = Wanted(
        f"{version.name}@{alias}" if alias else f"{version.name}-{version.version}",
        version.name, version.version, found.id, workers, "", clock.now(),
        alias=alias, moves=bool(alias) and environment is None, batch=batch,
    )  # fmt: skip
    return wanted, await maker.make(wanted, version.version)


def hand_over(directory: Path, wanted: Sequence[Wanted], specs: Sequence[DeploymentSpec]) -> None:
    """Write what an inference server begins with; it may hold what is nobody else's business. Raises StorageFull."""
    folder = directory / "deployments"
    folder.mkdir(mode=0o700)
    for one in specs:
        write_atomic(folder / f"{one.id}.json", msgspec.json.encode(one), 0o600)
    write_atomic(directory / "routes.json", msgspec.json.encode(routes(wanted, {})), 0o600)
    write_atomic(directory / _WANTED, msgspec.json.encode(wanted), 0o600)
