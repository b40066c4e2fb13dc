"""What viewers may start: scripts and notebooks that the operator published, with values for their parameters.

What runs is then chosen by those who may write code; a viewer chooses values, which the script must not trust.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

import msgspec

from jupyter_crispdm.auth.pages.dashboards import is_published
from jupyter_crispdm.base.errors import Forbidden, TooManyRequests

from ..manager import JobManager
from ..types import Job, JobFilter, JobState, Submission
from .view import SHARED, require_shown

_FREE = frozenset({"script", "notebook", "parameters", "environment", "name", "id", "notify"})
_OPEN = ",".join(state.value for state in JobState if not state.final)
_RETRY_SECONDS = 10

Writable = Callable[[Path], bool]
"""Whether a viewer may write a file; what they may write they may not run."""


class PublishedJobs:
    """Jobs of viewers. They are tagged `shared`, so that every viewer sees them, as with all that they see.

    `patterns` say what is published below `root`; `most` is how many jobs one viewer may have that are not over, None
    for any number.
    """

    def __init__(
        self, jobs: JobManager, patterns: Sequence[str], root: Path, most: int | None, writable: Writable
    ) -> None:
        self._jobs = jobs
        self._patterns = patterns
        self._root = root
        self._most = most
        self._writable = writable
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def submit(self, wanted: Submission, owner: str, via: str = "") -> tuple[Job, bool]:
        """Submit what a viewer asks for. Raises Forbidden for what is not published, TooManyRequests."""
        submission = await asyncio.to_thread(self._allowed, wanted)
        turn = self._turns.setdefault(owner, asyncio.Lock())
        async with turn:  # fifty requests at once must not all see the same free place
            await self._require_room(owner)
            job, new = await self._jobs.submit(submission, owner, via=via)
        return require_shown(job), new

    async def stop(self, id: str, owner: str, grace: Sequence[float] | None = None) -> Job:
        """Stop a job of one's own. Raises NotFound for one that is not shown, Forbidden for another's."""
        if require_shown(await self._jobs.get(id)).owner != owner:
            raise Forbidden("Only whoever started this job, or an analyst, may stop it.")
        return await self._jobs.stop(id, grace)

    def _allowed(self, wanted: Submission) -> Submission:
        for field in msgspec.structs.fields(Submission):
            if field.name not in _FREE and getattr(wanted, field.name) != _default(field):
                raise Forbidden(f"'{field.name}' is for analysts and admins.", field=field.name)
        field_name = "script" if wanted.script is not None else "notebook"
        path = wanted.script if wanted.script is not None else wanted.notebook
        if path is None or not self._is_published(path):
            raise Forbidden("Viewers run only what is published for them to run.", field=field_name)
        return msgspec.structs.replace(wanted, tags=[SHARED])

    def _is_published(self, path: str) -> bool:
        """Whether a path is published, and lies where no viewer can have put it."""
        if not is_published(path, self._patterns):
            return False
        file = self._root / path
        try:
            return not any(self._writable(place) for place in (file, file.resolve()))
        except (OSError, RuntimeError):  # a loop of links
            return False

    async def _require_room(self, owner: str) -> None:
        if self._most is None:
            return
        waiting = await self._jobs.find(JobFilter(state=_OPEN, owner=owner, limit=self._most))
        if len(waiting) >= self._most:
            words = f"You have {len(waiting)} jobs that are not over. Wait for one to end, or stop one."
            raise TooManyRequests(words, retry_after=_RETRY_SECONDS)


def _default(field: msgspec.structs.FieldInfo) -> object:
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else made()
