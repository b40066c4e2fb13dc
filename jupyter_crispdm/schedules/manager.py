"""What can be done with schedules, and the one task that starts what is due. Knows no HTTP."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterable
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

import msgspec
import sqlalchemy as sa

from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, NotFound, StorageFull, Unavailable
from jupyter_crispdm.base.tasks import Loop, comes
from jupyter_crispdm.jobs.manager import ChangeCallback
from jupyter_crispdm.jobs.submitting.naming import job_name
from jupyter_crispdm.jobs.types import Job, Submission

from .calendar import Calendar, calendar_of
from .store import Plan, ScheduleStore
from .types import Missed, NewSchedule, Overlap, Preview, Schedule, ScheduleChange, SchedulesFact

_log = logging.getLogger(__name__)
_MOST_MISSED = 100
_PREVIEWED = 5
_ON_TIME = 120.0
"""Seconds: what starts later than that was missed."""
_WAKE_SECONDS = 30.0
"""However far the next time is: clocks jump, and machines sleep."""
_SET_BACK = 3600.0
"""Seconds: a clock that goes back further was wrong before, and what it said then does not count."""



class Jobs(Protocol):
    """What schedules ask of the jobs."""

    async def submit(self, submission: Submission, owner: str, *, schedule: str | None = None) -> tuple[Job, bool]:
        """Put a job into the queue, once for each id."""

    async def check(self, submission: Submission, owner: str) -> None:
        """Refuse what `submit` would refuse."""

    def on_change(self, callback: ChangeCallback) -> None:
        """Have every change of a job told."""


class Feed(Protocol):
    """Where a change is told."""

    def changed(self) -> None:
        """Say that what `snapshot` answers is another one now."""


class ScheduleManager:
    """Keeps schedules and submits their jobs.

    Each job's id is made of its schedule and the time it was due. So a time runs once, also when the server dies
    after it submitted the job and before it noted so.
    """

    def __init__(self, store: ScheduleStore, jobs: Jobs, clock: Clock, feed: Feed) -> None:
        self._store, self._jobs, self._clock, self._feed = store, jobs, clock, feed
        self._plans: dict[str, Plan] = {}
        self._next: dict[str, float | None] = {}
        self._words: dict[str, str] = {}
        self._live: dict[str, set[str]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._woken = asyncio.Event()
        self._loop = Loop("schedules", self._run)
        jobs.on_change(self._job_changed)

    async def start(self) -> None:
        """Take up the plans. What was missed in the meantime is decided at the first look."""
        await self.load()
        self._loop.start()

    async def load(self) -> None:
        """Read the plans."""
        plans = await self._store.all()
        for plan, outlook in zip(plans, await asyncio.to_thread(lambda: [*map(_outlook, plans)]), strict=True):
            self._remember(plan, outlook)

    async def close(self) -> None:
        """Start nothing more."""
        await self._loop.close()

    async def snapshot(self) -> SchedulesFact:
        """All schedules, as the topic `schedules` tells them."""
        return SchedulesFact(self.all())

    def all(self) -> list[Schedule]:
        """Every schedule, oldest first."""
        return [self._describe(plan) for plan in self._plans.values()]

    def get(self, id: str) -> Schedule:
        """One schedule. Raises NotFound."""
        return self._describe(self._find(id))

    async def preview(self, cron: str, timezone: str) -> Preview:
        """What an expression means and when it is due next. Raises BadRequest."""
        return await asyncio.to_thread(_preview, cron, timezone, self._clock.now())

    async def create(self, new: NewSchedule, owner: str) -> Schedule:
        """Make a schedule. Raises BadRequest, Unprocessable, StorageFull."""
        now = self._clock.now()
        plan = Plan(
            id=f"s{secrets.token_hex(5)}",
            name=job_name(new.submission) if new.name is None else new.name,
            cron=await _checked_cron(new.cron, new.timezone),
            timezone=new.timezone,
            missed=new.missed,
            overlap=new.overlap,
            paused=new.paused,
            submission=new.submission,
            owner=owner,
            created=now,
            settled=now,
        )
        _check(plan)
        await self._check_submission(plan)
        await self._keep(plan)
        return self._told(plan)

    async def change(self, id: str, change: ScheduleChange) -> Schedule:
        """Change, pause or resume a schedule. Raises NotFound, BadRequest, Unprocessable, StorageFull."""
        async with self._lock(id):
            old = self._find(id)
            fields = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
            plan = msgspec.structs.replace(old, **fields)
            plan = msgspec.structs.replace(plan, cron=await _checked_cron(plan.cron, plan.timezone))
            _check(plan)
            if change.submission is not None:
                await self._check_submission(plan)
            if (plan.cron, plan.timezone, plan.paused) != (old.cron, old.timezone, old.paused):
                plan = msgspec.structs.replace(plan, settled=self._clock.now())
            if {"cron", "timezone", "submission"} & fields.keys():
                plan = msgspec.structs.replace(plan, reason="")
            await self._keep(plan)
        return self._told(plan)

    async def remove(self, id: str) -> None:
        """Forget a schedule; its jobs stay. Raises NotFound, StorageFull."""
        async with self._lock(id):
            self._find(id)
            await self._store.remove(id)
            for known in (self._plans, self._next, self._words, self._live):
                known.pop(id, None)
        self._tell()

    async def run(self, id: str) -> Job:
        """Start a schedule's job now, whatever its times and its last job. Raises NotFound and as `submit` does."""
        async with self._lock(id):
            plan = self._find(id)
            job, _ = await self._jobs.submit(plan.submission, plan.owner, schedule=id)
            now = self._clock.now()
            await self._keep(msgspec.structs.replace(plan, last_run=now, last_job=job.id, reason=""))
        self._tell()
        return job

    async def look(self) -> bool:
        """Start what is due. False when something could not be seen to and must be tried again."""
        now = self._clock.now()
        due = [id for id in self._plans if self._is_due(id, now) or self._plans[id].settled > now + _SET_BACK]
        seen_to = [await self._see_to(id, now) for id in due]
        if due:
            self._tell()
        return all(seen_to)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            all_well = await self.look()
            await comes(self._woken, self._pause() if all_well else _WAKE_SECONDS)

    def _pause(self) -> float:
        """Seconds until something is due."""
        times = [time for time in self._next.values() if time is not None]
        return max(0.0, min([time - self._clock.now() for time in times] + [_WAKE_SECONDS]))

    def _is_due(self, id: str, now: float) -> bool:
        time = self._next.get(id)
        return time is not None and time <= now

    async def _see_to(self, id: str, now: float) -> bool:
        try:
            async with self._lock(id):
                if id in self._plans:
                    await self._settle(self._plans[id], now)
        except (Unavailable, StorageFull, sa.exc.SQLAlchemyError) as error:
            _log.warning("The schedule %s waits: %s", id, error)
            return False
        return True

    async def _settle(self, plan: Plan, now: float) -> None:
        """Start the jobs that are due, and note up to when everything is seen to."""
        times = [] if plan.settled > now else await asyncio.to_thread(_times, plan, now)
        for time in times:
            plan = await self._start(plan, time)
            await self._keep(plan)
        if not times:
            await self._keep(msgspec.structs.replace(plan, settled=now))

    async def _start(self, plan: Plan, time: float) -> Plan:
        """Submit the job that is due at a time, and answer the plan with what came of it."""
        id = job_id(plan.id, time)
        plan = msgspec.structs.replace(plan, settled=time)
        if plan.overlap is Overlap.skip and self._live.get(plan.id, set()) - {id}:
            reason = f"The run due at {utc(time):%Y-%m-%d %H:%M} UTC was left out: the last one was not over."
            return msgspec.structs.replace(plan, reason=reason)
        try:
            await self._jobs.submit(msgspec.structs.replace(plan.submission, id=id), plan.owner, schedule=plan.id)
        except Conflict:  # it runs already; the schedule was changed before that was noted
            pass
        except (Unavailable, StorageFull):
            raise
        except CrispdmError as error:
            _log.warning("The job of schedule %s did not start: %s", plan.id, error.message)
            return msgspec.structs.replace(plan, reason=error.message)
        return msgspec.structs.replace(plan, last_run=time, last_job=id, reason="")

    async def _keep(self, plan: Plan) -> None:
        outlook = await asyncio.to_thread(_outlook, plan)
        await self._store.put(plan)
        self._remember(plan, outlook)
        self._woken.set()

    def _remember(self, plan: Plan, outlook: _Outlook) -> None:
        self._plans[plan.id] = msgspec.structs.replace(plan, reason=outlook.problem or plan.reason)
        self._next[plan.id], self._words[plan.id] = outlook.next, outlook.words

    async def _check_submission(self, plan: Plan) -> None:
        if plan.submission.id is not None:
            raise BadRequest("Leave 'id' out: each job of a schedule gets its own.", field="submission.id")
        if plan.submission.after:
            raise BadRequest("Leave 'after' out: a schedule's job waits for no other.", field="submission.after")
        try:
            await self._jobs.check(plan.submission, plan.owner)
        except CrispdmError as error:
            field = error.details.get("field")
            error.details = {**error.details, "field": f"submission.{field}" if field else "submission"}
            raise

    def _find(self, id: str) -> Plan:
        if id not in self._plans:
            raise NotFound(f"There is no schedule '{id[:64]}'.", field="id")
        return self._plans[id]

    def _lock(self, id: str) -> asyncio.Lock:
        return self._locks.setdefault(id, asyncio.Lock())

    def _job_changed(self, job: Job) -> None:
        if job.schedule is None:
            return
        live = self._live.setdefault(job.schedule, set())
        (live.discard if job.state.final else live.add)(job.id)

    def _describe(self, plan: Plan) -> Schedule:
        next_run = self._next.get(plan.id)
        return Schedule(
            id=plan.id,
            name=plan.name,
            cron=plan.cron,
            timezone=plan.timezone,
            description=self._words.get(plan.id, ""),
            missed=plan.missed,
            overlap=plan.overlap,
            paused=plan.paused,
            submission=plan.submission,
            owner=plan.owner,
            created=utc(plan.created),
            next_run=None if next_run is None else utc(next_run),
            last_run=None if plan.last_run is None else utc(plan.last_run),
            last_job=plan.last_job,
            reason=plan.reason,
        )

    def _told(self, plan: Plan) -> Schedule:
        self._tell()
        return self._describe(plan)

    def _tell(self) -> None:
        self._feed.changed()


class _Outlook(NamedTuple):
    """What the calendar says of a plan. It is asked in a thread: years of it are work."""

    next: float | None
    words: str
    problem: str = ""


def _outlook(plan: Plan) -> _Outlook:
    try:
        calendar = calendar_of(plan.cron, plan.timezone)
    except BadRequest as error:  # this machine does not know the time zone
        return _Outlook(None, "", error.message)
    return _Outlook(None if plan.paused else calendar.after(plan.settled), calendar.description)


def _preview(cron: str, timezone: str, now: float) -> Preview:
    calendar = Calendar(cron, timezone)
    return Preview(calendar.description, [utc(time) for time in calendar.upcoming(now, _PREVIEWED)])


async def _checked_cron(cron: str, timezone: str) -> str:
    """An expression as it is kept. Raises BadRequest."""
    return (await asyncio.to_thread(calendar_of, cron, timezone)).cron


def job_id(schedule: str, due: float) -> str:
    """The id of the job that a schedule starts at a time."""
    return f"{schedule}-{utc(due):%Y%m%dT%H%M%SZ}"


def _times(plan: Plan, now: float) -> Iterable[float]:
    """The times that have come and for which a job is to be started."""
    most = _MOST_MISSED if plan.missed is Missed.all else 1
    times = calendar_of(plan.cron, plan.timezone).between(plan.settled, now, most)
    if plan.missed is Missed.skip:
        return [time for time in times if now - time <= _ON_TIME]
    return times


def _check(plan: Plan) -> None:
    if not (1 <= len(plan.name) <= 200 and plan.name.isprintable()):
        raise BadRequest("'name' must be 1 to 200 printable characters.", field="name")
    if plan.missed is Missed.all and plan.overlap is not Overlap.allow:
        raise BadRequest(
            "'missed' can be 'all' only where 'overlap' is 'allow': otherwise one missed job would keep the next "
            "from starting.",
            field="missed",
        )
