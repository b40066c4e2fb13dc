"""What can be followed live: ``jobs``, ``jobs/{id}``, ``jobs/{id}/log``, ``jobs/{id}/metrics``."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from weakref import WeakValueDictionary

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.hub import EventFeed, Feed, Hub, Numbered, narrowed
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.tracking import follow_log, follow_metrics
from jupyter_crispdm.tracking.types import LogFact, MetricsFact

from .manager import JobManager
from .types import Job, JobFact, JobFilter, JobsFact
from .view import SHARED, narrowed_fact, require_shown
from .view import narrowed as narrowed_job

_SNAPSHOT = 1000

JOBS = Topic("jobs", Kind.table, JobsFact, "jobs", "All jobs, then each that changes or is deleted.")
JOB = Topic("jobs/{id}", Kind.value, JobFact, "jobs", "One job as it stands.")
LOG = Topic("jobs/{id}/log", Kind.log, LogFact, "jobs", "What a job prints; the cursor is a byte of its log.")
METRICS = Topic("jobs/{id}/metrics", Kind.log, MetricsFact, "jobs", "A job's curves, as they grow.")
TOPICS = [JOBS, JOB, LOG, METRICS]


class JobTopics:
    """Publishes what the manager tells."""

    def __init__(self, hub: Hub, jobs: JobManager, watcher: Watcher, clock: Clock) -> None:
        self._jobs = jobs
        self._watcher = watcher
        self._clock = clock
        self._all = EventFeed(self._snapshot, clock=clock)
        self._single: WeakValueDictionary[str, EventFeed] = WeakValueDictionary()
        self._shown = EventFeed(self._shown_snapshot, clock=clock)
        self._shown_ids: set[str] = set()
        self._offer(hub, "jobs", self._follow_all, self._follow_shown)
        self._offer(hub, "jobs/{id}", self._follow_one, narrowed(self._if_shown(self._follow_one), narrowed_fact))
        self._offer(hub, "jobs/{id}/log", self._follow_log, self._if_shown(self._follow_log))
        self._offer(hub, "jobs/{id}/metrics", self._follow_metrics, self._if_shown(self._follow_metrics))
        jobs.on_change(self._changed)
        jobs.on_delete(self._deleted)

    def _offer(self, hub: Hub, pattern: str, feed: Feed, shown: Feed) -> None:
        hub.topic(pattern, feed, resource="jobs", shown=shown)

    def _if_shown(self, feed: Feed) -> Feed:
        """The feed of one job for viewers. Raises NotFound for a job that is not shown to them."""

        async def shown(since: int | None, id: str) -> AsyncGenerator[Numbered, None]:
            require_shown(await self._jobs.get(id))
            async with aclosing(feed(since=since, id=id)) as messages:
                async for message in messages:
                    yield message

        return shown

    def _changed(self, job: Job) -> None:
        self._all.publish({"job": job})
        self._tell_viewers({"job": job})
        single = self._single.get(job.id)
        if single is not None:
            single.publish({"job": job})

    def _deleted(self, id: str) -> None:
        self._all.publish({"deleted": id})
        if id in self._shown_ids:
            self._shown_ids.discard(id)
            self._shown.publish({"deleted": id})
        single = self._single.get(id)
        if single is not None:
            single.publish({"deleted": id})

    async def _snapshot(self) -> dict[str, Any]:
        return {"jobs": await self._jobs.find(JobFilter(limit=_SNAPSHOT))}

    def _tell_viewers(self, fact: dict[str, Any]) -> None:
        told = narrowed_fact(fact)
        if told is not None:
            self._shown_ids.add(told["job"].id)
            self._shown.publish(told)

    async def _shown_snapshot(self) -> dict[str, Any]:
        jobs = await self._jobs.find(JobFilter(limit=_SNAPSHOT, tag=SHARED))
        self._shown_ids.update(job.id for job in jobs)
        return {"jobs": [narrowed_job(job) for job in jobs]}

    async def _follow_shown(self, since: int | None) -> AsyncGenerator[Numbered, None]:
        with self._jobs.viewing():
            async with aclosing(self._shown.follow(since)) as messages:
                async for message in messages:
                    yield message

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
