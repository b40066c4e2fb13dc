"""What the curves of jobs say, live."""

from __future__ import annotations

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic

from ..manager import JobManager
from ..types import DiagnosisFact
from ..viewers.view import require_shown
from .manager import Diagnoses

DIAGNOSIS = Topic("jobs/{id}/diagnosis", Kind.value, DiagnosisFact, "jobs", "What a job's curves say now.")
TOPICS = [DIAGNOSIS]


class DiagnosisTopics:
    """Tells what the manager tells, to those who may see the job."""

    def __init__(self, hub: Hub, jobs: JobManager, diagnoses: Diagnoses) -> None:
        self._jobs, self._diagnoses = jobs, diagnoses
        self._values = hub.value(DIAGNOSIS, self._one, admit=self._admit)
        diagnoses.on_change(self._changed)
        jobs.on_delete(self._changed)

    def _changed(self, id: str) -> None:
        self._values.changed(id=id)

    async def _one(self, id: str) -> DiagnosisFact:
        self._diagnoses.want(id)
        try:
            return DiagnosisFact(diagnosis=await self._diagnoses.of(id))
        except NotFound:
            return DiagnosisFact(deleted=id)

    async def _admit(self, sees_all: bool, id: str) -> None:
        """Refuse a job that does not exist, and to viewers one that is not shown. Raises NotFound."""
        job = await self._jobs.get(id)
        if not sees_all:
            require_shown(job)
