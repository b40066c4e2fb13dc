"""Tokens of jobs: each lives as long as its job, also over restarts of the server, and opens no more than the job's
owner may at that moment.

A job is work that was begun and goes on, as it does when its owner logs out: another password leaves it its token. It
ends with the person, with the token by which they came, and with the job.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.database import Database

from ..types import NAME, Program, Role
from . import store
from .starters import Standing, digest, standing

PROGRAM = "a job"
"""What people call whoever shows such a token; no token of a person can have a name with a space."""
_PREFIX = "crispdm_job_"
_AT_ONCE = 500


class JobTokens:
    """Which job works for whom. Whoever runs code under the server's account can read the environment of every job, so
    no such token opens what only an admin may."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.runs: Callable[[str], bool] = lambda job: True
        """Whether a job runs, or may: said by the room of jobs, once there is one."""

    async def issue(self, job: str, person: str, via: str = "", before: str = "") -> str | None:
        """A token for one attempt of a job, in place of the one before; None for a person who is unknown by now.

        `via` is the program that submitted it. `before` is what the job may have been given already, by a start that
        was broken off: it stays, where it is this job's.
        """
        secret, now = f"{_PREFIX}{secrets.token_urlsafe(32)}", self._clock.now()
        token = via if NAME.fits(via) else ""

        def apply(connection: sa.Connection) -> str | None:
            known = store.of_job(connection, job)
            if before and known is not None and known.digest == digest(before):
                return before
            found = standing(connection, person, token, now)
            if found is None:
                return None
            came_by = found.token.digest if found.token else ""
            row = store.JobTokenRow(job, digest(secret), person, found.least(Role.ANALYST), token, came_by)
            store.put(connection, row)
            return secret

        return await self._database.write(apply)

    async def revoke(self, jobs: Collection[str]) -> None:
        """Forget the tokens of jobs that are over."""
        await self._database.write(lambda connection: store.delete(connection, jobs))

    async def keep_only(self, jobs: Collection[str]) -> None:
        """Forget the tokens of all other jobs: such as ended while no server looked."""
        known = await self._database.read(store.jobs)
        over = [job for job in known if job not in jobs]
        for first in range(0, len(over), _AT_ONCE):
            await self.revoke(over[first : first + _AT_ONCE])

    async def program(self, secret: str) -> Program | None:
        """The job that shows this secret; None when its owner may nothing more, or it runs no more."""
        if not secret.startswith(_PREFIX):
            return None
        shown, now = digest(secret), self._clock.now()

        def look(connection: sa.Connection) -> tuple[store.JobTokenRow, Standing] | None:
            row = store.by_digest(connection, shown)
            found = None if row is None else standing(connection, row.person, row.token, now)
            return None if row is None or found is None else (row, found)

        looked = await self._database.read(look)
        if looked is None:
            return None
        row, found = looked
        if not self.runs(row.job) or (found.token.digest if found.token else "") != row.token_digest:
            return None
        return Program(PROGRAM, row.person, found.least(row.role), found.reads_only, found.own(row.role))
