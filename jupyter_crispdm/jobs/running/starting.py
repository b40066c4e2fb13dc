"""One try to start a job, and what became of it."""

from __future__ import annotations

import errno
from dataclasses import dataclass

import msgspec

from jupyter_crispdm.base.errors import StorageFull
from jupyter_crispdm.base.files.disk import on_disk

from ..directory import GrantFile, JobDirectory
from ..executors.port import CannotStart, Executor, NotStarted
from ..store import JobRecord
from .telling import TOKEN, Tell

_SHORTAGES = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})  # of processes, memory, files


@dataclass(frozen=True)
class Failure:
    """Why a start did not succeed, and whether that may be over in a moment."""

    text: str
    passing: bool


class Starter:
    """Starts a job: `grant` is what it is given of the machine, `tell` asks what it is told of its user."""

    def __init__(self, directory: JobDirectory, executor: Executor, grant: GrantFile | None, tell: Tell | None) -> None:
        self._directory, self._executor = directory, executor
        self._grant, self._tell = grant, tell

    @property
    def devices(self) -> list[str]:
        """What the job may compute on, beside processors."""
        return [] if self._grant is None else self._grant.devices

    async def start(self, record: JobRecord) -> Failure | None:
        """Try it once. None where it has begun, or where the next look says what became of it."""
        path = self._directory.path
        try:
            grant = await self._whole_grant(record)
            if grant is not None:
                await on_disk(path, self._directory.grant, grant)
            await self._executor.start(path)
        except CannotStart as error:
            seen = await self._executor.observe(path)
            if isinstance(seen, NotStarted):
                return Failure(str(error), not seen.claimed and _passes(error.__cause__))
        except (OSError, StorageFull) as error:
            return Failure(str(error), passing=True)
        return None

    async def _whole_grant(self, record: JobRecord) -> GrantFile | None:
        """What it is given of the machine, and what it is told of its user."""
        if self._tell is None or not record.told:
            return self._grant
        before = await on_disk(self._directory.path, self._directory.granted, TOKEN)
        told = await self._tell(record.job, before)
        given = self._grant or GrantFile(env={}, devices=[])
        return msgspec.structs.replace(given, env={**given.env, **told}) if told else self._grant


def _passes(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _SHORTAGES
