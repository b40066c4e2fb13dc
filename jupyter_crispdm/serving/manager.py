"""What can be done with deployments, and the inference server that runs them, found again after a restart.

The server says what it wants by files (`serving/deployments/<part>.json`, `serving/routes.json`) and reads what is
(`serving/state.json`). Neither side needs the other to be alive: when the server is killed, predictions go on, and a
new server finds the inference server again.

A deployment of an alias follows it: what runs the new version is written, then the routes; the inference server sends
requests there as soon as it can answer, and says so; only then is the old version taken back.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from pathlib import Path
from typing import Protocol

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, NotFound, Unavailable
from jupyter_crispdm.base.files.watch import Changes, Watcher
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.models.types import ModelVersion, parse_reference

from .deployments.facts import Facts
from .deployments.files import ServingFiles
from .deployments.plan import answers_now, part_id, parts, routes, versions
from .deployments.specs import Environments, Models, SpecMaker, check
from .process import InferenceProcess
from .store import Wanted, WantedStore
from .types import (
    Canary,
    Comparison,
    Deployment,
    DeploymentChange,
    DeploymentList,
    DeploymentRequest,
    DeploymentsFact,
    DeploymentState,
    Routes,
)

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_ALIAS_SECONDS = 5.0
_MAX_WORKERS = 16
_MAX_BATCH = 4096
_LONGEST_ID = 40


class DeploymentFeed(Protocol):
    """Where a change is told."""

    def changed(self) -> None:
        """Say that what `snapshot` answers is another one now."""


class DeploymentManager:
    """Deployments of registered models."""

    def __init__(
        self,
        store: WantedStore,
        models: Models,
        environments: Environments,
        process: InferenceProcess,
        directory: Path,
        watcher: Watcher,
        clock: Clock,
        feed: DeploymentFeed,
    ) -> None:
        self._store, self._models, self._process = store, models, process
        self._directory, self._watcher, self._clock, self._feed = directory, watcher, clock, feed
        self._files, self._facts = ServingFiles(directory), Facts(directory)
        self._specs = SpecMaker(models, environments, clock)
        self._wanted: dict[str, Wanted] = {}
        self._targets: dict[str, int] = {}
        self._routes: Routes | None = None
        self._lock = asyncio.Lock()
        self._changes: Changes | None = None
        self._aliases_due = 0.0
        self._follower = Loop("deployments", self._follow)
        models.guard(self._used_by)
        models.on_alias(self._alias_moved)

    async def start(self) -> None:
        """Find the inference server again, or start it when something is deployed; then follow what it tells."""
        await self._files.open()
        self._wanted = {wanted.id: wanted for wanted in await self._store.all()}
        await self._facts.read()
        await self._find_targets()
        await self._settle()
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
            reason = self._facts.trouble or ("it is being started." if self._wanted else "nothing is deployed.")
            raise Unavailable(f"The serving process does not run: {reason}", retry_after=2)
        return address

    @property
    def key(self) -> str:
        """What says to the prediction service that the server asks, for somebody who is logged in."""
        return self._process.key

    @property
    def root(self) -> Path:
        """Below what the logs lie."""
        return self._directory

    async def snapshot(self) -> DeploymentsFact:
        """All deployments, as the topic `deployments` tells them."""
        return DeploymentsFact((await self.all()).deployments)

    async def all(self) -> DeploymentList:
        """Every deployment, oldest first."""
        return DeploymentList([self._describe(wanted) for wanted in self._wanted.values()])

    async def get(self, id: str) -> Deployment:
        """One deployment. Raises NotFound."""
        return self._describe(self._find(id))

    async def log(self, id: str) -> Path:
        """Where the messages of the version that answers lie. Raises NotFound."""
        wanted = self._find(id)
        path = self._files.log(part_id(wanted, wanted.version))
        if not await asyncio.to_thread(path.is_file):
            raise NotFound(f"The deployment '{id}' has said nothing yet.", deployment=id)
        return path

    async def comparison(self, id: str) -> Comparison:
        """What the trial beside a deployment has shown. Raises NotFound."""
        return self._facts.comparison(self._find(id))

    async def deploy(self, request: DeploymentRequest, owner: str) -> Deployment:
        """Deploy a version, or what an alias means from now on; the topic `deployments` says when it is ready."""
        _check_limits(request.workers, request.idle_seconds, request.sample, request.batch)
        version = await self._models.resolve(request.model)
        check(version)
        environment = await self._specs.environment(version, request.environment)
        wanted = Wanted(
            _new_id(version),
            version.name,
            version.version,
            environment.id,
            request.workers,
            owner,
            self._clock.now(),
            alias=parse_reference(request.model).alias or "",
            moves=request.environment is None,
            batch=request.batch,
            idle_seconds=request.idle_seconds,
            sample=request.sample,
        )
        async with self._lock:
            await self._replace_failed(wanted)
            await self._store.add(wanted)
            self._wanted[wanted.id] = wanted
            try:
                await self._files.write(await self._specs.make(wanted, wanted.version))
            except BaseException:
                await self._forget(wanted)
                raise
        await self._settle()
        return self._describe(wanted)

    async def change(self, id: str, change: DeploymentChange) -> Deployment:
        """Change a deployment while it answers. Raises NotFound, BadRequest, Unprocessable."""
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not msgspec.UNSET}
        async with self._lock:
            wanted = self._find(id)  # as it is now: it may have gone over to another version meanwhile
            new = msgspec.structs.replace(wanted, **given)
            _check_limits(new.workers, new.idle_seconds, new.sample, new.batch)
            if new.canary is not None:
                await self._check_canary(new, new.canary)
            await self._store.change(new)
            self._wanted[id] = new
            for version in versions(wanted, self._target(wanted)):
                await self._files.write(await self._specs.make(new, version))
        await self._settle()
        return self._describe(new)

    async def delete(self, id: str) -> None:
        """Stop a deployment and forget it. Raises NotFound."""
        wanted = self._find(id)
        async with self._lock:
            await self._forget(wanted)
        await self._settle()

    def _find(self, id: str) -> Wanted:
        if id not in self._wanted:
            raise NotFound(f"There is no deployment '{id[:60]}'.", deployment=id[:60])
        return self._wanted[id]

    def _target(self, wanted: Wanted) -> int:
        return self._targets.get(wanted.id, wanted.version)

    async def _forget(self, wanted: Wanted) -> None:
        await self._store.remove(wanted.id)
        self._wanted.pop(wanted.id, None)
        self._targets.pop(wanted.id, None)

    async def _replace_failed(self, new: Wanted) -> None:
        """A deployment that failed gives way to a new try of the same version, or alias."""
        for wanted in list(self._wanted.values()):
            same = (wanted.model, wanted.alias) == (new.model, new.alias)
            state = self._facts.status(part_id(wanted, wanted.version)).state
            if same and (new.alias or wanted.version == new.version) and state is DeploymentState.failed:
                await self._forget(wanted)

    async def _check_canary(self, wanted: Wanted, canary: Canary) -> None:
        if not wanted.alias:
            raise BadRequest("Only beside a deployment of an alias another version is tried out.", field="canary")
        if not 0 <= canary.share <= 1:
            raise BadRequest("'share' must be 0 to 1.", field="canary.share")
        if canary.version in (wanted.version, self._target(wanted)):
            raise BadRequest(f"Version {canary.version} is the one that answers.", field="canary.version")
        check(await self._models.resolve(f"{wanted.model}/{canary.version}"))

    async def _settle(self) -> None:
        """Write what shall run, then where requests go, then take back what nobody is sent to any more."""
        async with self._lock:
            asked, present = parts(self._wanted.values(), self._targets), await self._files.present()
            self._facts.failed = {id: why for id, why in self._facts.failed.items() if id in asked}
            for id, (wanted, version) in asked.items():
                if id not in present:
                    await self._write(id, wanted, version)
            wished = routes(self._wanted.values(), self._targets)
            if wished != self._routes:
                await self._files.write_routes(wished)
                self._routes = wished
            for id in present - set(asked):
                await self._files.remove(id)
        self._tell()

    async def _write(self, id: str, wanted: Wanted, version: int) -> None:
        try:
            await self._files.write(await self._specs.make(wanted, version))
            self._facts.failed.pop(id, None)
        except CrispdmError as error:
            self._facts.failed[id] = error.message

    async def _follow(self) -> None:
        """Keep the inference server alive while something is deployed, and tell what it tells."""
        async with self._watcher.watch(self._directory) as changes:
            self._changes = changes
            while True:
                await self._keep_process()
                if await self._facts.read():
                    self._tell()
                if self._clock.monotonic() >= self._aliases_due:
                    await self._find_targets()
                await self._take_over()
                await changes.wait(_LOOK_SECONDS)

    async def _keep_process(self) -> None:
        if not self._wanted or await asyncio.to_thread(self._process.alive):
            self._facts.trouble = ""
            return
        self._facts.forget()
        try:
            await self._process.ensure()
            self._facts.trouble = ""
        except (Unavailable, OSError) as error:
            trouble = str(error)
            if trouble != self._facts.trouble:
                _log.error("%s", trouble)
                self._facts.trouble = trouble
                self._tell()

    def _alias_moved(self, name: str, alias: str, version: int | None) -> None:
        """Look at once where it points to."""
        self._aliases_due = 0.0
        if self._changes is not None:
            self._changes.mark()

    async def _find_targets(self) -> None:
        """Ask the registry what each followed alias means now; one that is gone means what it meant last."""
        self._aliases_due = self._clock.monotonic() + _ALIAS_SECONDS
        targets: dict[str, int] = {}
        for wanted in list(self._wanted.values()):
            if wanted.alias:
                try:
                    targets[wanted.id] = (await self._models.resolve(f"{wanted.model}@{wanted.alias}")).version
                except CrispdmError:
                    targets[wanted.id] = self._target(wanted)
        if targets != self._targets:
            self._targets = targets
            await self._settle()

    async def _take_over(self) -> None:
        """Note which version answers for an alias now; what runs the one before is taken back."""
        moved = False
        for wanted in list(self._wanted.values()):
            target = self._target(wanted)
            version = answers_now(wanted, target, self._facts.told.answering) if wanted.alias else wanted.version
            if version != wanted.version:
                moved = True
                await self._change_version(wanted, version)
        if moved:
            await self._settle()

    async def _change_version(self, wanted: Wanted, version: int) -> None:
        environment = wanted.environment
        if wanted.moves:
            found = await self._models.resolve(f"{wanted.model}/{version}")
            environment = (await self._specs.environment(found, None)).id
        async with self._lock:
            now = self._wanted.get(wanted.id)
            if now is None:
                return  # it was deleted meanwhile
            canary = None if now.canary and now.canary.version == version else now.canary
            new = msgspec.structs.replace(now, version=version, environment=environment, canary=canary)
            await self._store.change(new)
            self._wanted[new.id] = new

    def _describe(self, wanted: Wanted) -> Deployment:
        return self._facts.describe(wanted, self._target(wanted), self._process.address)

    def _used_by(self, version: ModelVersion) -> str | None:
        for wanted in self._wanted.values():
            if wanted.model == version.name and version.version in versions(wanted, self._target(wanted)):
                return f"deployment '{wanted.id}' serves it. Delete that deployment first."
        return None

    def _tell(self) -> None:
        self._feed.changed()


def _new_id(version: ModelVersion) -> str:
    """An id that says what is deployed. It begins with a letter or digit, as the name does: its file is not hidden."""
    end = f"-{version.version}-{secrets.token_hex(3)}"
    return version.name[: _LONGEST_ID - len(end)] + end


def _check_limits(workers: int, idle_seconds: float | None, sample: float, batch: int) -> None:
    """That numbers are such as can be followed. Raises BadRequest."""
    if not 1 <= workers <= _MAX_WORKERS:
        raise BadRequest(f"'workers' must be 1 to {_MAX_WORKERS}.", field="workers")
    if idle_seconds is not None and not 1 <= idle_seconds <= 10**7:
        raise BadRequest("'idle_seconds' must be 1 to 10,000,000, or null.", field="idle_seconds")
    if not 0 <= sample <= 1:
        raise BadRequest("'sample' must be 0 to 1.", field="sample")
    if not 1 <= batch <= _MAX_BATCH:
        raise BadRequest(f"'batch' must be 1 to {_MAX_BATCH}.", field="batch")
