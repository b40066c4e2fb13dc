"""Each job as a program of its owner: where it finds the server, and the token by which it calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from jupyter_crispdm.auth.programs.jobs import JobTokens
from jupyter_crispdm.base.tasks import spawn

from .manager import JobManager
from .types import Job


class JobPrograms:
    """Gives each job what a kernel has too: CRISPDM_URL, CRISPDM_TOKEN and CRISPDM_USER; takes the token back after it.

    `address` is where jobs reach the server now; empty where they cannot.
    """

    def __init__(self, tokens: JobTokens, address: Callable[[], str]) -> None:
        self._tokens = tokens
        self._address = address
        self._over: set[str] = set()
        self._sweeping: asyncio.Task[None] | None = None

    async def tell(self, job: Job, before: str) -> Mapping[str, str]:
        """The variables for a job that is about to start; none for one of a person who is unknown by now."""
        secret = await self._tokens.issue(job.id, job.owner, job.via, before)
        if secret is None:
            return {}
        address = self._address()
        reached = {"CRISPDM_URL": address, "CRISPDM_TOKEN": secret} if address else {}
        return {"CRISPDM_USER": job.owner, **reached}

    async def start(self, manager: JobManager) -> None:
        """From now on a token is one of a job that runs."""
        self._tokens.runs = manager.runs
        manager.on_change(self._note)
        await self._tokens.keep_only(set(manager.live()))

    async def close(self) -> None:
        """Finish what was begun."""
        if self._sweeping is not None:
            await asyncio.gather(self._sweeping, return_exceptions=True)

    def _note(self, job: Job) -> None:
        if not job.state.final:
            return
        self._over.add(job.id)
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = spawn("tokens of jobs that are over", self._sweep())

    async def _sweep(self) -> None:
        """Many jobs that end at once are one change."""
        while self._over:
            over, self._over = self._over, set()
            await self._tokens.revoke(over)
