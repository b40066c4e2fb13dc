"""A specification: all that is needed to run a version for a deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.models.types import ModelFormat, ModelVersion

from ..store import Wanted
from ..types import DeploymentSpec
from .plan import part_id

_NAMED_ARCHITECTURE = (ModelFormat.torch, ModelFormat.safetensors)


class Models(Protocol):
    """What serving asks of the registry."""

    async def resolve(self, reference: str) -> ModelVersion:
        """The version a reference means."""

    def path(self, version: ModelVersion) -> Path:
        """Where its file lies."""

    def script_path(self, version: ModelVersion) -> Path | None:
        """Where the program lies that was registered with it."""

    def guard(self, used_by: Any) -> None:
        """Be asked before a version is deleted."""

    def on_alias(self, callback: Callable[[str, str, int | None], None]) -> None:
        """Be told when an alias means another version; None when it is gone."""


class Interpreter(Protocol):
    """What serving needs to know of an environment."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def python(self) -> str:
        """Its interpreter."""


class Environments(Protocol):
    """What serving asks about environments."""

    async def get(self, key: str) -> Interpreter:
        """The environment of that name."""

    async def activation(self, environment: Any) -> Mapping[str, str]:
        """All variables of a process in it."""


class SpecMaker:
    """Makes specifications from what registry and environments know."""

    def __init__(self, models: Models, environments: Environments, clock: Clock) -> None:
        self._models, self._environments, self._clock = models, environments, clock

    async def environment(self, version: ModelVersion, named: str | None) -> Interpreter:
        """Where a version runs: in the environment that is named, else where it was trained. Raises NotFound."""
        return await self._environments.get(named or version.environment or "server")

    async def make(self, wanted: Wanted, number: int) -> DeploymentSpec:
        """What runs a version for a deployment. Raises NotFound, Unprocessable."""
        version = await self._models.resolve(f"{wanted.model}/{number}")
        check(version)
        moved = wanted.moves and number != wanted.version
        environment = await self.environment(version, None if moved else wanted.environment)
        return DeploymentSpec(
            id=part_id(wanted, number),
            model=version.name,
            version=version.version,
            algorithm=version.algorithm or version.format.value,
            dataset=version.dataset or version.name,
            path=str(self._models.path(version)),
            classes=version.classes,
            metadata=version.metadata,
            python=environment.python,
            created=self._clock.now() if wanted.alias else wanted.created,
            workers=wanted.workers,
            environ=dict(await self._environments.activation(environment)),
            format=version.format.value,
            task=version.task,
            script=str(self._models.script_path(version) or ""),
            trusted=version.trusted,
            signature=version.signature,
            batch=wanted.batch,
            idle_seconds=wanted.idle_seconds,
            alias=wanted.alias,
            sample=wanted.sample,
        )


def check(version: ModelVersion) -> None:
    """That a version can be served at all. Raises Unprocessable."""
    label = f"'{version.name}' version {version.version}"
    if version.untrusted:
        named = ", ".join(version.untrusted[:5])
        text = f"{label} would run {named} when it is loaded; an admin must trust it first."
        raise Unprocessable(text, field="model")
    if version.format not in _NAMED_ARCHITECTURE:
        return
    for field in ("algorithm", "dataset"):
        if not getattr(version, field):
            raise Unprocessable(
                f"{label} was registered without 'metadata.{field}', which names what loads it and how clients "
                "ask for it.",
                field="model",
            )
