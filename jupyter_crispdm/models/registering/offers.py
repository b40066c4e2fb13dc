"""From what somebody asks for to what is copied in: checked, found, and with all that is known about it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from jupyter_crispdm.base.errors import BadRequest, Forbidden

from ..files import LOCK_NAME
from ..formats import parse_format
from ..mlflow.reading import read_mlflow
from ..sources import ModelSource, Parts, artifact, inside
from ..trust import check_reason
from ..types import ModelFormat, ModelVersion, Registration, Trust
from .checking import check, check_details
from .lineage import Facts, Historian, JobRecord

MLFLOW = "mlflow"
_PROGRAMS = {ModelFormat.torchscript, ModelFormat.exported, ModelFormat.script}
"""Formats that run what somebody wrote, so that it must be the caller's own."""


@dataclass(frozen=True)
class Registrar:
    """Who registers: their name, and whether they are an admin."""

    name: str = ""
    admin: bool = False


NOBODY = Registrar()


class JobSource(Protocol):
    """Where the registry asks about jobs."""

    async def get(self, id: str) -> JobRecord:
        """The job, or NotFound."""

    def directory(self, id: str) -> Path:
        """The job's directory."""


@dataclass(frozen=True)
class Offer:
    """A version without its number, and what it consists of."""

    version: ModelVersion
    parts: Parts


class Offers:
    """Makes offers of registrations."""

    def __init__(self, jobs: JobSource, root: Path, facts: Facts | None = None) -> None:
        self._jobs, self._root = jobs, root
        self._historian = Historian(root, facts)

    async def make(self, request: Registration, by: Registrar, now: datetime) -> Offer:
        """What a request asks for. Raises BadRequest, Forbidden, NotFound, Unprocessable."""
        check(request)
        job = None if request.job is None else await self._jobs.get(request.job)
        directory = None if job is None else self._jobs.directory(job.id)
        if request.format != MLFLOW:  # whoever may not is told so before files are looked for
            _permitted(parse_format(request.format), request, job, by, now)
        request, model = await self.find(request)
        check_details(request)
        form = parse_format(request.format)
        trust = _permitted(form, request, job, by, now)
        script = await asyncio.to_thread(self._script, request, directory)
        known = await self._historian.gather(request, job, directory)
        version = ModelVersion(
            name=request.name,
            version=0,
            format=form,
            task=request.task,
            classes=request.classes,
            signature=request.signature,
            metadata=request.metadata,
            job=request.job,
            environment=known.lineage.environment,
            created=now,
            size=0,
            sha256="",
            owner=by.name,
            note=request.note,
            metrics=dict(known.metrics),
            input_example=request.input_example,
            trust=trust,
            lineage=known.lineage,
        )
        return Offer(version, Parts(model, script, {} if known.lock is None else {LOCK_NAME: known.lock}))

    async def find(self, request: Registration) -> tuple[Registration, ModelSource]:
        """The file that a request means, and what it says of itself. Raises BadRequest, NotFound, Unprocessable."""
        return await asyncio.to_thread(self._find, request)

    def _find(self, request: Registration) -> tuple[Registration, ModelSource]:
        directory = None if request.job is None else self._jobs.directory(request.job)
        told = str(request.path if directory is None else request.artifact)
        is_mlflow = request.format == MLFLOW
        relative = f"{told.rstrip('/')}/MLmodel" if is_mlflow and PurePosixPath(told).name != "MLmodel" else told
        source = (
            inside(self._root, relative, "path") if directory is None else artifact(directory, relative, "artifact")
        )
        return read_mlflow(source, request) if is_mlflow else (request, source)

    def _script(self, request: Registration, directory: Path | None) -> ModelSource | None:
        if request.script is None:
            if request.format == ModelFormat.script.value:
                raise BadRequest("'script' must name what reads the file; it may be the file itself.", field="script")
            return None
        if not request.script.endswith(".py"):
            raise BadRequest("'script' must be a file that ends in .py.", field="script")
        if directory is None:
            return inside(self._root, request.script, "script")
        return artifact(directory, request.script, "script")


def _permitted(
    form: ModelFormat, request: Registration, job: JobRecord | None, by: Registrar, now: datetime
) -> Trust | None:
    """Whether they may register such a file; an admin's decision, where it needs one. Raises BadRequest, Forbidden."""
    if form is ModelFormat.pickle:
        if not by.admin:
            raise Forbidden(
                "A pickle runs code when it is loaded: only an admin may register it, with a 'reason'. Or save the "
                "weights (torch.save(model.state_dict(), path), safetensors, ONNX or skops).",
                field="format",
            )
        check_reason(request.reason)
        return Trust(["pickle"], by.name, now, request.reason)
    runs_code = form in _PROGRAMS or request.script is not None
    if runs_code and job is not None and job.owner != by.name and not by.admin:
        raise Forbidden("A model that runs code is registered by whose job made it, or by an admin.", field="job")
    return None
