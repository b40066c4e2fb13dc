"""Noting what runs are made of, beside their start: code, environment and data as they are when a job is submitted.

Jobs that were submitted while the last ones were looked at are looked at together, each folder and environment once.
"""

from __future__ import annotations

import asyncio
import io
import logging
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.tasks import Loop
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.environments.types import Lock
from jupyter_crispdm.jobs.types import Job, JobKind, Submission

from ..made.types import Code, EnvironmentLock, Inputs
from ..records import INPUTS, InputsFile
from .code import Captured, capture_code
from .data import DataHashes
from .kept import CODE_FILES, digests_of, short

_log = logging.getLogger(__name__)


class Bounds(NamedTuple):
    """Bytes of code that are kept and of data that are read; None: none is looked at."""

    code: int | None
    data: int | None


class Asked(NamedTuple):
    """A job that was submitted."""

    job: Job
    submission: Submission


class Capture:
    """Looks at inputs. `directory` says where a job's files are; `done` is told of each job that was looked at."""

    def __init__(
        self, environments: EnvironmentManager, root: Path, bounds: Bounds,
        directory: Callable[[str], Path], done: Callable[[str], object],
    ) -> None:  # fmt: skip
        self._environments, self._root, self._bounds = environments, root.resolve(), bounds
        self._directory, self._done = directory, done
        self._hashes = DataHashes(bounds.data or 0)
        self._given: dict[str, Captured] = {}
        self._waiting: list[Asked] = []
        self._news = asyncio.Event()
        self._loop = Loop("what runs are made of", self._keep)

    def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def close(self) -> None:
        """Look no more."""
        await self._loop.close()

    def submitted(self, job: Job, submission: Submission) -> None:
        """A job was submitted."""
        self._waiting.append(Asked(job, submission))
        self._news.set()

    def give(self, id: str, captured: Captured) -> None:
        """Say which code a job will run that is about to be submitted: it is that of another run."""
        self._given[id] = captured

    async def code(self, folder: Path, script: Path | None) -> Captured | None:
        """The code in a folder as it is now; None where no code is looked at."""
        limit = self._bounds.code
        return None if limit is None else await on_disk(folder, capture_code, folder, script, limit)

    async def environment(self, id: str) -> EnvironmentLock | None:
        """An environment as it is now; None for one that is gone or cannot be looked into."""
        try:
            found = await self._environments.get(id)
            lock = await self._environments.lock(id)
        except CrispdmError:
            return None
        digest = short("\n".join([lock.python, *lock.packages]).encode())
        fields = {name: getattr(lock, name) for name in Lock.__struct_fields__}
        return EnvironmentLock(digest=digest, id=found.id, name=found.name, **fields)

    async def inputs(self, asked: Asked, code: Code | None, environment: EnvironmentLock | None) -> Inputs:
        """All inputs of a job as they are now."""
        job, submission = asked
        data = []
        if self._bounds.data is not None:
            words = submission.args or (submission.command or [])[1:]
            folder = Path(job.cwd)
            parameters = submission.parameters
            data = await asyncio.to_thread(self._hashes.inputs, folder, self._root, parameters, words)
        return Inputs(code, environment, data)

    def script(self, job: Job) -> Path | None:
        """The file that a job runs, where it was submitted as a script or notebook."""
        return None if job.kind is JobKind.command or job.source is None else self._root / job.source

    async def _keep(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            batch, self._waiting = self._waiting, []
            codes = dict[tuple[Path, Path | None], Captured | None]()
            environments = dict[str, EnvironmentLock | None]()
            for asked in batch:
                try:
                    await self._note(asked, codes, environments)
                except (CrispdmError, OSError) as error:
                    _log.warning("What the job %s is made of was not noted: %s", asked.job.id, error)
                except Exception:
                    _log.exception("What the job %s is made of was not noted.", asked.job.id)
                self._done(asked.job.id)

    async def _note(
        self, asked: Asked, codes: dict[tuple[Path, Path | None], Captured | None],
        environments: dict[str, EnvironmentLock | None],
    ) -> None:  # fmt: skip
        job = asked.job
        captured = self._given.pop(job.id, None)
        if captured is None:
            place = Path(job.cwd), self.script(job)
            if place not in codes:
                codes[place] = await self.code(*place)
            captured = codes[place]
        if job.environment not in environments:
            environments[job.environment] = await self.environment(job.environment)
        code = None if captured is None else captured.code
        inputs = await self.inputs(asked, code, environments[job.environment])
        directory = self._directory(job.id)
        await on_disk(directory, _write, directory, inputs, {} if captured is None else captured.contents)


def _write(directory: Path, inputs: Inputs, contents: Mapping[str, bytes]) -> None:
    """Note the inputs in a job's directory, unless that is gone, or a link by now."""
    if directory.is_symlink() or not directory.is_dir():
        return
    if contents:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, data in contents.items():
                archive.writestr(path, data)
        write_atomic(directory / CODE_FILES, packed.getvalue(), mode=0o600)
    write_atomic(directory / INPUTS, msgspec.json.encode(InputsFile(digests_of(inputs), inputs)), mode=0o600)
