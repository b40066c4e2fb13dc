"""What travels about schedules."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire
from jupyter_crispdm.jobs.types import Submission

SCHEDULE_ID = NameRule(
    "[A-Za-z0-9][A-Za-z0-9_-]{0,63}",
    "1 to 64 letters, digits, '_' or '-', the first a letter or a digit, and not 'preview'",
    reserved=("preview",),
)
ScheduleId = Annotated[str, SCHEDULE_ID.meta]


class Missed(str, Enum):
    """What happens to times that passed while nobody could start a job: the server was away, the machine slept."""

    skip = "skip"
    once = "once"
    all = "all"


class Overlap(str, Enum):
    """Whether a job may start while the schedule's last one is not over."""

    allow = "allow"
    skip = "skip"


class Schedule(Wire, frozen=True, kw_only=True):
    """A job that starts at times given by a cron expression in a time zone. Times are UTC.

    `description` says in English what the expression means.
    `last_run` is when its last job was due, or was asked for; `reason` says why the last one due did not start.
    A paused schedule has no `next_run`.
    """

    id: str
    name: str
    cron: str
    timezone: str
    description: str
    missed: Missed
    overlap: Overlap
    paused: bool
    submission: Submission
    owner: str
    created: datetime
    next_run: datetime | None = None
    last_run: datetime | None = None
    last_job: str | None = None
    reason: str = ""


class ScheduleList(Wire, frozen=True):
    """Schedules, oldest first."""

    schedules: list[Schedule]


class SchedulesFact(Wire, frozen=True):
    """What the topic `schedules` tells: every schedule, oldest first."""

    schedules: list[Schedule]


class NewSchedule(Body, frozen=True):
    """A schedule to make. `cron` has five fields (minute, hour, day of month, month, day of week) in `timezone`.

    `missed`: times that passed while the server was away are left out (`skip`), made up for by one job (`once`)
    or by one job each, the newest 100 at most (`all`, which needs `overlap` `allow`). `overlap`: `skip` starts no
    job while the schedule's last one is not over. `submission` is the job, without an `id` and without `after`.
    """

    cron: str
    submission: Submission
    name: str | None = None
    timezone: str = "UTC"
    missed: Missed = Missed.once
    overlap: Overlap = Overlap.skip
    paused: bool = False


class ScheduleChange(Body, frozen=True):
    """What to change of a schedule; what is left out stays. Times that pass while it is paused are not missed."""

    name: str | None = None
    cron: str | None = None
    timezone: str | None = None
    missed: Missed | None = None
    overlap: Overlap | None = None
    paused: bool | None = None
    submission: Submission | None = None


class PreviewQuery(Body, frozen=True):
    """A cron expression and the time zone that it means."""

    cron: str
    timezone: str = "UTC"


class Preview(Wire, frozen=True):
    """What a cron expression means: in words (English), and the next times (UTC)."""

    description: str
    times: list[datetime]
