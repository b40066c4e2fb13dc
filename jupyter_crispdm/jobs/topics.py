"""What can be followed live: ``jobs``, ``jobs/{id}``, ``jobs/{id}/log``, ``jobs/{id}/metrics``."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from weakref import WeakValueDictionary

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.hub import EventFeed, Hub, Numbered
from jupyter_crispdm.base.watch import Watcher
from jupyter_crispdm.tracking import follow_log, follow_metrics

from .manager import JobManager
from .types import Job, JobFilter

_SNAPSHOT = 1000


class JobTopics:
    """Publishes what the manager tells."""

    def __init__(self, hub: Hub, jobs: JobManager, watcher: Watcher, clock: Clock) -> None:
        self._jobs = jobs
        self._watcher = watcher
        self._clock = clock
        self._all = EventFeed(self._snapshot, clock=clock)
        self._single: WeakValueDictionary[str, EventFeed] = WeakValueDictionary()
        hub.topic("jobs", self._follow_all, resource="jobs")
        hub.topic("jobs/{id}", self._follow_one, resource="jobs")
        hub.topic("jobs/{id}/log", self._follow_log, resource="jobs")
        hub.topic("jobs/{id}/metrics", self._follow_metrics, resource="jobs")
        jobs.on_change(self._changed)
        jobs.on_delete(self._deleted)

    def _changed(self, job: Job) -> None:
        self._all.publish({"job": job})
        single = self._single.get(job.id)
        if single is not None:
            single.publish({"job": job})

    def _deleted(self, id: str) -> None:
        self._all.publish({"deleted": id})
        single = self._single.get(id)
        if single is not None:
            single.publish({"deleted": id})

    async def _snapshot(self) -> dict[str, Any]:
        return {"jobs": await self._jobs.list(JobFilter(limit=_SNAPSHOT))}

    async def _follow_all(self, since: int | None) -> AsyncGenerator[Numbered, None]:
        with self._jobs.viewing():
            async with aclosing(self._all.follow(since)) as messages:
                async for message in messages:
                    yield message

    async def _follow_one(self, since: int | None, id: str) -> AsyncGenerator[Numbered, None]:
        await self._jobs.get(id)
        with self._jobs.viewing():
            async with aclosing(self._feed(id).follow(since)) as messages:
                async for message in messages:
                    yield message

    def _feed(self, id: str) -> EventFeed:
        async def snapshot() -> dict[str, Any]:
            return {"job": await self._jobs.get(id)}

        feed = self._single.get(id)
        if feed is None:
            feed = self._single[id] = EventFeed(snapshot, clock=self._clock, keep=64)
        return feed

    async def _follow_log(self, since: int | None, id: str) -> AsyncGenerator[Numbered, None]:
        messages = follow_log(await self._jobs.log(id), since, lambda: self._jobs.over(id), self._watcher)
        async with aclosing(messages):
            async for message in messages:
                yield message

    async def _follow_metrics(self, since: int | None, id: str) -> AsyncGenerator[Numbered, None]:
        directory = await self._jobs.run_directory(id)
        messages = follow_metrics(directory, since, lambda: self._jobs.over(id), self._watcher)
        async with aclosing(messages):
            async for message in messages:
                yield message
