"""What jobs keep with a step, live."""

from __future__ import annotations

from functools import partial

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.live.families import OpenLog
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic
from jupyter_crispdm.tracking.media.follow import MediaSource
from jupyter_crispdm.tracking.media.types import MediaFact

from ..manager import JobManager
from ..viewers.view import require_shown

MEDIA = Topic("jobs/{id}/media", Kind.log, MediaFact, "jobs", "Pictures, tables and the like that a job keeps.")
TOPICS = [MEDIA]


class MediaTopics:
    """Tells what jobs write, to those who may see the job."""

    def __init__(self, hub: Hub, jobs: JobManager, watcher: Watcher) -> None:
        self._jobs = jobs
        hub.log(MEDIA, self._media, watcher, admit=self._admit)

    async def _admit(self, sees_all: bool, id: str) -> None:
        """Refuse a job that does not exist, and to viewers one that is not shown. Raises NotFound."""
        job = await self._jobs.get(id)
        if not sees_all:
            require_shown(job)

    async def _media(self, id: str) -> OpenLog:
        directory = await self._jobs.run_directory(id)
        return OpenLog(MediaSource(directory), directory, partial(self._jobs.over, id))
