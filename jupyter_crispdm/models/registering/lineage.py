"""Where a version came from: gathered when it is registered, from the job, its environment and what was said."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from jupyter_crispdm.base.errors import CrispdmError

from ..sources import digest, inside
from ..types import Code, Lineage, Registration

_log = logging.getLogger(__name__)
_DATA = ("data", "data_path", "dataset", "train")
_MOST_METRICS = 100
_MOST_PARAMETERS = 64 * 1024
_MOST_HASHED = 4 * 2**30


class JobRecord(Protocol):
    """What the registry needs to know of a job."""

    @property
    def id(self) -> str:
        """The job's name."""

    @property
    def environment(self) -> str | None:
        """The environment it runs in."""

    @property
    def owner(self) -> str:
        """Whose it is."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What it was given, and what it said of them."""

    @property
    def source(self) -> str | None:
        """The script or notebook below the root that it runs."""


class Facts(Protocol):
    """What others know about how a model came to be."""

    async def lock(self, environment: str) -> str | None:
        """The packages of an environment, a line each."""

    async def metrics(self, directory: Path) -> Mapping[str, float]:
        """The newest value of each metric of a run."""


class Gathered(NamedTuple):
    """What is known about where a version came from; `lock` is the text whose hash the lineage has."""

    lineage: Lineage
    lock: str | None
    metrics: Mapping[str, float]


class Historian:
    """Gathers lineage. What cannot be found out is left open: no model is refused for that."""

    def __init__(self, root: Path, facts: Facts | None) -> None:
        self._root, self._facts = root, facts

    async def gather(self, request: Registration, job: JobRecord | None, directory: Path | None) -> Gathered:
        """What can be known about a model that a job made, or that somebody brings."""
        parameters = _small(job.parameters) if job else {}
        environment = request.environment or (job.environment if job else None)
        data = request.data or _told_data(parameters)
        lock = await self._lock(environment)
        lineage = Lineage(
            job=job.id if job else None,
            run=request.run,
            parameters=parameters,
            parameters_hash=hash_of(parameters) if parameters else None,
            data=data,
            data_hash=request.data_hash or await self._hash(data),
            environment=environment,
            lock_hash=None if lock is None else hashlib.sha256(lock.encode()).hexdigest(),
            code=await self._code(request.code, job),
        )
        return Gathered(lineage, lock, request.metrics or await self._metrics(directory))

    async def _code(self, told: Code, job: JobRecord | None) -> Code:
        if told.sha256 is not None or job is None or job.source is None:
            return told
        return msgspec.structs.replace(told, script=job.source, sha256=await self._hash(job.source))

    async def _lock(self, environment: str | None) -> str | None:
        if environment is None or self._facts is None:
            return None
        try:
            return await self._facts.lock(environment)
        except (CrispdmError, OSError) as error:
            _log.info("What is installed in '%s' is not noted with a model: %s", environment, error)
            return None

    async def _metrics(self, directory: Path | None) -> Mapping[str, float]:
        if directory is None or self._facts is None:
            return {}
        try:
            found = await self._facts.metrics(directory)
        except (CrispdmError, OSError, ValueError) as error:
            _log.info("The metrics in %s are not noted with a model: %s", directory, error)
            return {}
        return dict(sorted(found.items())[:_MOST_METRICS])

    async def _hash(self, path: str | None) -> str | None:
        """The SHA-256 of a file below the root; None for what is none, or is very large."""
        return None if path is None else await asyncio.to_thread(self._hash_now, path)

    def _hash_now(self, path: str) -> str | None:
        try:
            source = inside(self._root, path, "data")
            return digest(source) if source.size() <= _MOST_HASHED else None
        except (CrispdmError, OSError):
            return None


def hash_of(parameters: Mapping[str, Any]) -> str:
    """The SHA-256 of parameters as JSON with sorted keys."""
    return hashlib.sha256(msgspec.json.encode(parameters, order="sorted")).hexdigest()


def _small(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, unless they are as large as data."""
    return dict(parameters) if len(msgspec.json.encode(parameters)) <= _MOST_PARAMETERS else {}


def _told_data(parameters: Mapping[str, Any]) -> str | None:
    """What a job's parameters say that it was trained on."""
    told = (parameters.get(name) for name in _DATA)
    return next((text for text in told if isinstance(text, str) and 0 < len(text) <= 1000), None)
