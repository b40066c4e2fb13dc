"""Schedules, as a program sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_crispdm.jobs.types import Job, Submission
from jupyter_crispdm.schedules.types import (
    Missed,
    NewSchedule,
    Overlap,
    Preview,
    Schedule,
    ScheduleChange,
    ScheduleList,
)

from .transport import Transport, quoted


class Schedules:
    """Jobs that start at times of their own."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Sequence[Schedule]:
        """Every schedule, oldest first."""
        return self._transport.ask("schedules", ScheduleList).schedules

    def get(self, id: str) -> Schedule:
        """One schedule."""
        return self._transport.ask(_path(id), Schedule)

    def create(
        self,
        cron: str,
        submission: Submission,
        *,
        timezone: str = "UTC",
        name: str | None = None,
        missed: Missed = Missed.once,
        overlap: Overlap = Overlap.skip,
        paused: bool = False,
    ) -> Schedule:
        """Have a job run at the times of a cron expression (minute, hour, day, month, day of week).

        Example
        -------
        >>> client.schedules.create("0 3 * * 1-5", Submission(script="fit.py"), timezone="Europe/Berlin")
        """
        body = NewSchedule(
            cron=cron,
            submission=submission,
            timezone=timezone,
            name=name,
            missed=missed,
            overlap=overlap,
            paused=paused,
        )
        return self._transport.decode(self._transport.request("POST", "schedules", body=body), Schedule)

    def change(self, id: str, **fields: Any) -> Schedule:
        """Change some of its fields: name, cron, timezone, missed, overlap, paused, submission."""
        reply = self._transport.request("PATCH", _path(id), body=ScheduleChange(**fields))
        return self._transport.decode(reply, Schedule)

    def pause(self, id: str) -> Schedule:
        """Start nothing until it is resumed."""
        return self.change(id, paused=True)

    def resume(self, id: str) -> Schedule:
        """Go on with the next time; those that passed in between are left out."""
        return self.change(id, paused=False)

    def run(self, id: str) -> Job:
        """Start its job now."""
        return self._transport.decode(self._transport.request("POST", _path(id, "run")), Job)

    def preview(self, cron: str, timezone: str = "UTC") -> Preview:
        """What a cron expression means: in words, and the next times."""
        return self._transport.ask("schedules/preview", Preview, {"cron": cron, "timezone": timezone})

    def delete(self, id: str) -> None:
        """Delete it; its jobs stay."""
        self._transport.request("DELETE", _path(id))


def _path(id: str, *rest: str) -> str:
    return "/".join(["schedules", quoted(id), *rest])
