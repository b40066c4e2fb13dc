"""What can be done with deployments, and the inference server that runs them, found again after a restart.

The server says what it wants by files (`serving/deployments/<id>.json`) and reads what is (`serving/state.json`).
Neither side needs the other to be alive: when the server is killed, predictions go on, and a new server finds the
inference server again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.models.types import ModelFormat, ModelVersion

from .process import InferenceProcess
from .store import DeploymentStore, Wanted
from .types import (
    Deployment,
    DeploymentList,
    DeploymentRequest,
    DeploymentsFact,
    DeploymentSpec,
    DeploymentState,
    DeploymentStatus,
    InferenceState,
)

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_MAX_WORKERS = 16
_LONGEST_ID = 40
_STARTING = DeploymentStatus(DeploymentState.starting)


class Models(Protocol):
    """What serving asks of the registry."""

    async def resolve(self, reference: str) -> ModelVersion:
        """The version a reference means."""

    def path(self, version: ModelVersion) -> Path:
        """Where its file lies."""

    def guard(self, used_by: Any) -> None:
        """Be asked before a version is deleted."""


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


class DeploymentFeed(Protocol):
    """Where a change is told."""

    def changed(self) -> None:
        """Say that what `snapshot` answers is another one now."""


class DeploymentManager:
    """Deployments of registered models."""

    def __init__(
        self,
        store: DeploymentStore,
        models: Models,
        environments: Environments,
        process: InferenceProcess,
        directory: Path,
        watcher: Watcher,
        clock: Clock,
        feed: DeploymentFeed,
    ) -> None:
        self._store, self._models, self._environments, self._process = store, models, environments, process
        self._directory, self._watcher, self._clock, self._feed = directory, watcher, clock, feed
        self._specs = directory / "deployments"
        self._wanted: dict[str, Wanted] = {}
        self._states: dict[str, DeploymentStatus] = {}
        self._trouble = ""
        self._follower = Loop("deployments", self._follow)
        models.guard(self._used_by)

    async def start(self) -> None:
        """Find the inference server again, or start it when something is deployed; then follow what it tells."""
        await asyncio.to_thread(self._specs.mkdir, parents=True, exist_ok=True, mode=0o700)
        self._wanted = {wanted.id: wanted for wanted in await self._store.all()}
        await self._renew_specs()
        self._follower.start()

    async def close(self, *, stop: bool = True) -> None:
        """Stop following; end the inference server too unless predictions shall go on without the server."""
        await self._follower.close()
        if stop:
            await self._process.stop()

    @property
    def address(self) -> str:
        """Where predictions are answered. Raises Unavailable when nothing is deployed."""
        address = self._process.address
        if not address:
            reason = self._trouble or ("it is being started." if self._wanted else "nothing is deployed.")
            raise Unavailable(f"The serving process does not run: {reason}", retry_after=2)
        return address

    @property
    def key(self) -> str:
        """What says to the prediction service that the server asks, for somebody who is logged in."""
        return self._process.key

    async def snapshot(self) -> DeploymentsFact:
        """All deployments, as the topic `deployments` tells them."""
        return DeploymentsFact((await self.all()).deployments)

    async def all(self) -> DeploymentList:
        """Every deployment, oldest first."""
        return DeploymentList([self._describe(wanted) for wanted in self._wanted.values()])

    async def get(self, id: str) -> Deployment:
        """One deployment. Raises NotFound."""
        return self._describe(self._find(id))

    async def deploy(self, request: DeploymentRequest, owner: str) -> Deployment:
        """Deploy a version; it is ready when the topic `deployments` says so."""
        if not 1 <= request.workers <= _MAX_WORKERS:
            raise BadRequest(f"'workers' must be 1 to {_MAX_WORKERS}.", field="workers")
        version = await self._models.resolve(request.model)
        _check(version)
        environment = await self._environments.get(request.environment or version.environment or "server")
        await self._replace_failed(version)
        wanted = Wanted(
            _new_id(version),
            version.name,
            version.version,
            environment.id,
            request.workers,
            owner,
            self._clock.now(),
        )
        spec = await self._spec(wanted, version, environment)
        await self._store.add(wanted)
        self._wanted[wanted.id] = wanted
        await self._write(spec)
        self._tell()
        return self._describe(wanted)

    async def delete(self, id: str) -> None:
        """Stop a deployment and forget it. Raises NotFound."""
        wanted = self._find(id)
        await self._store.remove(wanted.id)
        self._wanted.pop(wanted.id, None)
        self._states.pop(wanted.id, None)
        await asyncio.to_thread((self._specs / f"{wanted.id}.json").unlink, missing_ok=True)
        self._tell()

    def _find(self, id: str) -> Wanted:
        if id not in self._wanted:
            raise NotFound(f"There is no deployment '{id[:60]}'.", deployment=id[:60])
        return self._wanted[id]

    async def _replace_failed(self, version: ModelVersion) -> None:
        """A deployment that failed gives way to a new try of the same version."""
        for wanted in list(self._wanted.values()):
            same = (wanted.model, wanted.version) == (version.name, version.version)
            if same and self._status(wanted.id).state is DeploymentState.failed:
                await self.delete(wanted.id)

    async def _spec(self, wanted: Wanted, version: ModelVersion, environment: Interpreter) -> DeploymentSpec:
        return DeploymentSpec(
            id=wanted.id,
            model=version.name,
            version=version.version,
            algorithm=version.algorithm,
            dataset=version.dataset,
            path=str(self._models.path(version)),
            classes=version.classes,
            metadata=version.metadata,
            python=environment.python,
            created=wanted.created,
            workers=wanted.workers,
            environ=dict(await self._environments.activation(environment)),
        )

    async def _write(self, spec: DeploymentSpec) -> None:
        path = self._specs / f"{spec.id}.json"
        try:
            await asyncio.to_thread(write_atomic, path, msgspec.json.encode(spec), 0o600)
        except BaseException:
            await self.delete(spec.id)
            raise

    async def _renew_specs(self) -> None:
        """Drop specs nobody wants, write those that are missing; a running one keeps what is there."""
        present = {path.stem for path in await asyncio.to_thread(lambda: list(self._specs.glob("[!.]*.json")))}
        for id in present - set(self._wanted):
            (self._specs / f"{id}.json").unlink(missing_ok=True)
        for wanted in [self._wanted[id] for id in set(self._wanted) - present]:
            try:
                version = await self._models.resolve(f"{wanted.model}/{wanted.version}")
                environment = await self._environments.get(wanted.environment)
                await self._write(await self._spec(wanted, version, environment))
            except CrispdmError as error:
                self._states[wanted.id] = DeploymentStatus(DeploymentState.failed, error.message)

    async def _follow(self) -> None:
        """Keep the inference server alive while something is deployed, and tell what it tells."""
        async with self._watcher.watch(self._directory) as changes:
            while True:
                await self._keep_process()
                await self._read_state()
                await changes.wait(_LOOK_SECONDS)

    async def _keep_process(self) -> None:
        if not self._wanted or await asyncio.to_thread(self._process.alive):
            self._trouble = ""
            return
        self._states = {id: s for id, s in self._states.items() if s.state is DeploymentState.failed}
        try:
            await self._process.ensure()
            self._trouble = ""
        except (Unavailable, OSError) as error:
            trouble = str(error)
            if trouble != self._trouble:
                _log.error("%s", trouble)
                self._trouble = trouble
                self._tell()

    async def _read_state(self) -> None:
        told: dict[str, DeploymentStatus] = {}
        with suppress(FileNotFoundError, msgspec.MsgspecError):
            data = await asyncio.to_thread((self._directory / "state.json").read_bytes)
            told = msgspec.json.decode(data, type=InferenceState).deployments
        states = {**self._states, **{id: status for id, status in told.items() if id in self._wanted}}
        if states != self._states:
            self._states = states
            self._tell()

    def _status(self, id: str) -> DeploymentStatus:
        if self._trouble:
            return DeploymentStatus(DeploymentState.failed, self._trouble)
        return self._states.get(id, _STARTING)

    def _describe(self, wanted: Wanted) -> Deployment:
        status, address = self._status(wanted.id), self._process.address
        url = f"{address}/v2/models/{wanted.model}/versions/{wanted.version}" if address else ""
        return Deployment(
            id=wanted.id,
            model=wanted.model,
            version=wanted.version,
            environment=wanted.environment,
            workers=wanted.workers,
            state=status.state,
            reason=status.reason,
            url=url,
            owner=wanted.owner,
            created=utc(wanted.created),
        )

    def _used_by(self, version: ModelVersion) -> str | None:
        for wanted in self._wanted.values():
            if (wanted.model, wanted.version) == (version.name, version.version):
                return f"deployment '{wanted.id}' serves it. Delete that deployment first."
        return None

    def _tell(self) -> None:
        self._feed.changed()


def _new_id(version: ModelVersion) -> str:
    """An id that says what is deployed. It begins with a letter or digit, as the name does: its file is not hidden."""
    end = f"-{version.version}-{secrets.token_hex(3)}"
    return version.name[: _LONGEST_ID - len(end)] + end


def _check(version: ModelVersion) -> None:
    if version.format is not ModelFormat.torch:
        raise Unprocessable(
            f"'{version.name}' version {version.version} is {version.format.value}; only torch is served.",
            field="model",
        )
    for field in ("algorithm", "dataset"):
        if not getattr(version, field):
            raise Unprocessable(
                f"'{version.name}' version {version.version} was registered without 'metadata.{field}', "
                "which names what loads it and how clients ask for it.",
                field="model",
            )
