"""What can be done with models: register, show, delete, and what jobs tell of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError

from .aliases import AliasCallback, Aliases
from .comparing import compared, parse_versions
from .files import ModelFiles
from .registering.lineage import Facts, JobRecord
from .registering.offers import NOBODY, JobSource, Offers, Registrar
from .shelf import Shelf
from .sources import artifact, digest
from .store import ModelStore
from .trust import TrustDesk, log_decision
from .types import MODEL_NAME, Comparison, Model, ModelList, ModelsFact, ModelVersion, Registration, parse_reference

_log = logging.getLogger(__name__)
_TOLD = (
    "name", "format", "task", "classes", "signature", "metadata", "metrics", "input_example", "note", "script", "data",
    "data_hash", "code",
)  # fmt: skip
BEST = "best"
Guard = Callable[[ModelVersion], str | None]


class ModelFeed(Protocol):
    """Where a change of the registry is told."""

    def changed(self) -> None:
        """Say that what `snapshot` answers is another one now."""


class ModelManager:
    """The registry of trained models."""

    def __init__(
        self,
        store: ModelStore,
        files: ModelFiles,
        jobs: JobSource,
        root: Path,
        clock: Clock,
        feed: ModelFeed,
        facts: Facts | None = None,
    ) -> None:
        self._jobs = jobs
        self._event_lock = asyncio.Lock()
        self._guards: list[Guard] = []
        self._offers = Offers(jobs, root, facts)
        self.shelf = Shelf(store, files, clock, lambda: feed.changed())
        self.aliases = Aliases(self.shelf)
        self.trust = TrustDesk(self.shelf)

    async def start(self) -> None:
        """Make the database say what the files say; what a crash left half-written goes."""
        await self.shelf.start()

    async def close(self) -> None:
        """Let what is being registered be finished."""
        async with self.shelf.lock:
            return

    def guard(self, used_by: Guard) -> None:
        """Ask `used_by` before a version is deleted; a text from it says who still needs the version."""
        self._guards.append(used_by)

    def on_alias(self, callback: AliasCallback) -> None:
        """Call `callback(name, alias, version)` whenever an alias has moved; the version is None once it is gone."""
        self.aliases.on_change(callback)

    async def snapshot(self) -> ModelsFact:
        """The whole registry, as the topic `models` tells it."""
        return ModelsFact(await self.shelf.store.all())

    async def all(self) -> ModelList:
        """Every model with its versions."""
        return ModelList(await self.shelf.store.all())

    async def of_jobs(self) -> dict[str, list[str]]:
        """The versions that were made from jobs, as "digits 3", by the jobs' ids."""
        found: dict[str, list[str]] = {}
        for version in [one for model in await self.shelf.store.all() for one in model.versions]:
            if version.job is not None:
                found.setdefault(version.job, []).append(f"{version.name} {version.version}")
        return found

    async def show(self, name: str) -> Model:
        """One model. Raises NotFound."""
        return await self.shelf.show(name)

    async def get(self, name: str, version: int | str | None = None) -> ModelVersion:
        """A version by number or alias; the newest when neither is given. Raises NotFound."""
        return await self.shelf.get(name, version)

    async def compare(self, name: str, versions: str) -> Comparison:
        """What is the same in two or more versions, and what differs. Raises BadRequest, NotFound."""
        wanted = [await self.get(name, number) for number in parse_versions(versions)]
        locks = await asyncio.to_thread(lambda: [self.shelf.files.lock(version) for version in wanted])
        return compared(wanted, locks)

    async def resolve(self, reference: str) -> ModelVersion:
        """The version that `name`, `name/3` or `name@alias` means. Raises BadRequest, NotFound."""
        parsed = parse_reference(reference)
        return await self.get(parsed.name, parsed.alias if parsed.alias else parsed.version)

    def path(self, version: ModelVersion) -> Path:
        """Where a version's file lies."""
        return self.shelf.files.path(version)

    def script_path(self, version: ModelVersion) -> Path | None:
        """Where the user's code that was registered with a version lies, if there is any."""
        return self.shelf.files.script_path(version)

    async def register(self, request: Registration, by: Registrar = NOBODY) -> ModelVersion:
        """Copy a job's artifact, or a file below the root, in as the next version of a model.

        Raises BadRequest, Forbidden, NotFound, Unprocessable, StorageFull.
        """
        offer = await self._offers.make(request, by, self.shelf.now())
        version = await self.shelf.add_next(offer.version, offer.parts)
        if version.trust is not None:
            log_decision(version, version.trust)
        return version

    async def delete_version(self, name: str, number: int, by: str = "") -> None:
        """Delete a version and its file; its number is not given again. Raises NotFound, Conflict."""
        async with self.shelf.lock:
            version = await self.get(name, number)
            users = [text for text in (used_by(version) for used_by in self._guards) if text]
            if users:
                raise Conflict(f"Version {number} of '{name}' is in use: {users[0]}", model=name, version=number)
            gone = await self.shelf.remove(version, by)
        self.aliases.gone(name, gone)

    async def on_job_event(self, job: JobRecord, event: Mapping[str, Any]) -> None:
        """Register what a job calls a model; the same file is registered once, however often it is told."""
        if event.get("kind") != "model":
            return
        try:
            request = _registration(job, event)
            async with self._event_lock:
                if not await self._registered_already(job.id, request):
                    await self.register(request, Registrar(job.owner))
        except (CrispdmError, OSError) as error:
            _log.warning("Job %s named a model that was not registered: %s", job.id, error)

    async def on_best(self, job: str, path: str, owner: str) -> ModelVersion | None:
        """Point the alias `best` to the version that a job made of a file of its own; None where it made none."""
        try:
            async with self._event_lock:  # what the job said last may be being registered
                kept = await asyncio.to_thread(digest, artifact(self._jobs.directory(job), path, "artifact"))
            mine = [one for model in await self.shelf.store.all() for one in model.versions if one.job == job]
            version = next((one for one in reversed(mine) if one.sha256 == kept), None)
            return version and await self.aliases.point(version.name, BEST, version.version, owner)
        except (CrispdmError, OSError) as error:
            _log.warning("The best model of job %s got no alias: %s", job, error)
            return None

    async def _registered_already(self, job: str, request: Registration) -> bool:
        """Whether an event comes a second time, as they do after a restart of the server."""
        model = await self.shelf.store.show(MODEL_NAME.check(request.name, "name"))
        mine = [item for item in model.versions if item.job == job] if model else []
        if not mine:
            return False
        _, source = await self._offers.find(request)
        return await asyncio.to_thread(digest, source) in {item.sha256 for item in mine}


def _registration(job: JobRecord, event: Mapping[str, Any]) -> Registration:
    """What a job's line asks for; the line was written by somebody else's program, so nothing is believed."""
    told = {key: event[key] for key in _TOLD if event.get(key)}
    inner = {"artifact": event.get("path", ""), **({"script": told["script"]} if "script" in told else {})}
    paths = {key: str(value).removeprefix("artifacts/") for key, value in inner.items()}
    try:
        return msgspec.convert({**told, **paths, "job": job.id}, Registration)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from error
