"""What can be done with models: register, show, name, delete."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

import msgspec

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, NotFound

from .files import ModelFiles, digest
from .formats import parse_format
from .sources import ModelSource, artifact, inside
from .store import ModelStore
from .types import (
    ALIAS,
    LATEST,
    MODEL_NAME,
    Model,
    ModelFormat,
    ModelList,
    ModelsFact,
    ModelVersion,
    Registration,
    parse_reference,
)

_log = logging.getLogger(__name__)
_MAX_DETAILS = 256 * 1024
_MAX_CLASSES = 10_000
AliasCallback = Callable[[str, str, int | None], None]


class JobRecord(Protocol):
    """What the registry needs to know of a job."""

    @property
    def id(self) -> str:
        """The job's name."""

    @property
    def environment(self) -> str | None:
        """The environment it runs in."""


class JobSource(Protocol):
    """Where the registry asks about jobs."""

    async def get(self, id: str) -> JobRecord:
        """The job, or NotFound."""

    def directory(self, id: str) -> Path:
        """The job's directory."""


class ModelFeed(Protocol):
    """Where a change of the registry is told."""

    def changed(self) -> None:
        """Say that what `snapshot` answers is another one now."""


class ModelManager:
    """The registry of trained models."""

    def __init__(
        self, store: ModelStore, files: ModelFiles, jobs: JobSource, root: Path, clock: Clock, feed: ModelFeed
    ) -> None:
        self._store, self._files, self._jobs = store, files, jobs
        self._root, self._clock, self._feed = root, clock, feed
        self._lock, self._event_lock = asyncio.Lock(), asyncio.Lock()
        self._guards: list[Callable[[ModelVersion], str | None]] = []
        self._followers: list[AliasCallback] = []

    async def start(self) -> None:
        """Make the database say what the files say; what a crash left half-written goes."""
        await self._store.rebuild(await asyncio.to_thread(self._files.read_all))

    async def close(self) -> None:
        """Let what is being registered be finished."""
        async with self._lock:
            return

    def guard(self, used_by: Callable[[ModelVersion], str | None]) -> None:
        """Ask `used_by` before a version is deleted; a text from it says who still needs the version."""
        self._guards.append(used_by)

    async def snapshot(self) -> ModelsFact:
        """The whole registry, as the topic `models` tells it."""
        return ModelsFact(await self._store.all())

    async def all(self) -> ModelList:
        """Every model with its versions."""
        return ModelList(await self._store.all())

    async def show(self, name: str) -> Model:
        """One model. Raises NotFound."""
        model = await self._store.show(name)
        if model is None or not model.versions:
            raise NotFound(f"There is no model '{name[:100]}'.", model=name[:100])
        return model

    async def get(self, name: str, version: int | str | None = None) -> ModelVersion:
        """A version by number or alias; the newest when neither is given. Raises NotFound."""
        model = await self.show(name)
        number = model.aliases.get(version, -1) if isinstance(version, str) and version != LATEST else version
        if number is None or number == LATEST:
            return model.versions[0]
        for item in model.versions:
            if item.version == number:
                return item
        raise NotFound(f"The model '{name}' has no version '{version}'.", model=name, version=version)

    async def resolve(self, reference: str) -> ModelVersion:
        """The version that `name`, `name/3` or `name@alias` means. Raises BadRequest, NotFound."""
        parsed = parse_reference(reference)
        return await self.get(parsed.name, parsed.alias if parsed.alias else parsed.version)

    def path(self, version: ModelVersion) -> Path:
        """Where a version's file lies."""
        return self._files.path(version)

    def script_path(self, version: ModelVersion) -> Path | None:
        """Where the user's code that was registered with a version lies, if there is any."""
        return self._files.script_path(version)

    def on_alias(self, callback: AliasCallback) -> None:
        """Call `callback(name, alias, version)` whenever an alias has moved; the version is None once it is gone."""
        self._followers.append(callback)

    async def register(self, request: Registration) -> ModelVersion:
        """Copy a job's artifact, or a file below the root, in as the next version of a model."""
        _check(request)
        form = parse_format(request.format)
        source, environment = await self._source(request)
        async with self._lock:
            number = await self._store.last_version(request.name) + 1
            version = await self._write(_describe(request, form, number, environment, self._now()), source)
        self._tell()
        return version

    async def set_alias(self, name: str, alias: str, number: int) -> ModelVersion:
        """Point an alias to a version. Raises NotFound."""
        ALIAS.check(alias, "alias")
        if alias == LATEST:
            raise BadRequest(f"The alias '{LATEST}' always is the newest version; it cannot be set.", field="alias")
        async with self._lock:
            await self.get(name, number)
            await self._store.set_alias(name, alias, number)
            await self._save_index(name)
        self._tell()
        return await self.get(name, number)

    async def remove_alias(self, name: str, alias: str) -> None:
        """Forget an alias. Raises NotFound."""
        async with self._lock:
            if not await self._store.remove_alias(name, alias):
                raise NotFound(f"The model '{name[:100]}' has no alias '{alias[:50]}'.", alias=alias[:50])
            await self._save_index(name)
        self._tell()

    async def delete_version(self, name: str, number: int) -> None:
        """Delete a version and its file; its number is not given again. Raises NotFound, Conflict."""
        async with self._lock:
            version = await self.get(name, number)
            users = [text for text in (used_by(version) for used_by in self._guards) if text]
            if users:
                raise Conflict(f"Version {number} of '{name}' is in use: {users[0]}", model=name, version=number)
            await self._store.remove(name, number)
            await self._save_index(name)
            await asyncio.to_thread(self._files.remove, name, number)
        self._tell()

    async def on_job_event(self, job: JobRecord, event: Mapping[str, Any]) -> None:
        """Register what a job calls a model; the same file is registered once, however often it is told."""
        if event.get("kind") != "model":
            return
        try:
            request = _registration(job, event)
            async with self._event_lock:
                if not await self._registered_already(job.id, request):
                    await self.register(request)
        except (CrispdmError, OSError) as error:
            _log.warning("Job %s named a model that was not registered: %s", job.id, error)

    async def _registered_already(self, job: str, request: Registration) -> bool:
        """Whether an event comes a second time, as they do after a restart of the server."""
        model = await self._store.show(MODEL_NAME.check(request.name, "name"))
        mine = [item for item in model.versions if item.job == job] if model else []
        if not mine:
            return False
        source, _ = await self._source(request)
        return await asyncio.to_thread(digest, source) in {item.sha256 for item in mine}

    async def _source(self, request: Registration) -> tuple[ModelSource, str | None]:
        if request.path is not None:
            return await asyncio.to_thread(inside, self._root, request.path, "path"), request.environment
        job = await self._jobs.get(str(request.job))
        source = await asyncio.to_thread(artifact, self._jobs.directory(job.id), str(request.artifact), "artifact")
        return source, request.environment or job.environment

    async def _write(self, version: ModelVersion, source: ModelSource) -> ModelVersion:
        done = await asyncio.to_thread(self._files.add, version, source)
        try:
            await self._store.add(done)
            await self._save_index(version.name)
        except BaseException:
            await asyncio.to_thread(self._files.remove, version.name, version.version)
            await self._store.remove(version.name, version.version)
            raise
        return done

    async def _save_index(self, name: str) -> None:
        model, last = await self._store.show(name), await self._store.last_version(name)
        await asyncio.to_thread(self._files.write_index, name, last, model.aliases if model else {})

    def _tell(self) -> None:
        self._feed.changed()

    def _now(self) -> datetime:
        return utc(self._clock.now())


def _check(request: Registration) -> None:
    MODEL_NAME.check(request.name, "name")
    if (request.path is None) == (request.job is None) or (request.job is None) != (request.artifact is None):
        raise BadRequest("Give either 'job' with 'artifact', or 'path'.", field="path")
    if len(request.classes) > _MAX_CLASSES:
        raise BadRequest(f"'classes' may hold {_MAX_CLASSES:,} names.", field="classes")
    if len(request.task) > 100:
        raise BadRequest("'task' must be at most 100 characters.", field="task")
    for field in ("algorithm", "dataset"):
        if request.metadata.get(field):
            MODEL_NAME.check(str(request.metadata[field]), f"metadata.{field}")
    details = (request.classes, request.signature, request.metadata)
    if len(msgspec.json.encode(details)) > _MAX_DETAILS:
        raise BadRequest("'classes', 'signature' and 'metadata' together must be below 256 KiB.", field="metadata")


def _describe(
    request: Registration, form: ModelFormat, number: int, environment: str | None, created: datetime
) -> ModelVersion:
    return ModelVersion(
        name=request.name,
        version=number,
        format=form,
        task=request.task,
        classes=request.classes,
        signature=request.signature,
        metadata=request.metadata,
        job=request.job,
        environment=environment,
        created=created.astimezone(timezone.utc),
        size=0,
        sha256="",
    )


def _registration(job: JobRecord, event: Mapping[str, Any]) -> Registration:
    """What a job's line asks for; the line was written by somebody else's program, so nothing is believed."""
    artifact = str(event.get("path", "")).removeprefix("artifacts/")
    keys = ("name", "format", "task", "classes", "signature", "metadata")
    fields = {key: event[key] for key in keys if event.get(key)}
    try:
        return msgspec.convert({**fields, "job": job.id, "artifact": artifact}, Registration)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from error
