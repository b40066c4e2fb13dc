"""What can be followed live of schedules."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import SchedulesFact

SCHEDULES = Topic("schedules", Kind.value, SchedulesFact, "schedules", "Every schedule with its next run.")
TOPICS = [SCHEDULES]
