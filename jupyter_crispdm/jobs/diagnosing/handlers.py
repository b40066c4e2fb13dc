"""The verbs of diagnosis and alerts: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Routes, route
from jupyter_crispdm.tracking.diagnosis.types import Diagnosis

from ..manager import JobManager
from ..types import AlertList, AlertRules, JobId
from ..viewers.view import require_shown
from .manager import Diagnoses


class DiagnosisRoutes(Routes):
    """``jobs/{id}/diagnosis`` and ``jobs/{id}/alerts``."""

    def __init__(self, jobs: JobManager, diagnoses: Diagnoses) -> None:
        self._jobs, self._diagnoses = jobs, diagnoses

    @route("GET", "jobs/{id}/diagnosis", answer=Diagnosis, resource="jobs")
    async def diagnosis(self, request: Request, id: JobId) -> Diagnosis:
        """Say what a job's curves mean: under-fitted, over-fitted, just right, diverging, and why."""
        await self._require(request, id)
        return await self._diagnoses.of(id)

    @route("GET", "jobs/{id}/alerts", answer=AlertList, resource="jobs")
    async def alerts(self, request: Request, id: JobId) -> AlertList:
        """List the rules that a job's curves are watched for, and which of them were raised."""
        await self._require(request, id)
        return AlertList(await self._diagnoses.alerts(id))

    @route("PUT", "jobs/{id}/alerts", body=AlertRules, answer=AlertList, resource="jobs", action="write")
    async def set_alerts(self, request: Request, id: JobId, body: AlertRules) -> AlertList:
        """Watch a job's curves for other rules, in all of its points."""
        return AlertList(await self._diagnoses.set_alerts(id, body.alerts))

    async def _require(self, request: Request, id: JobId) -> None:
        """Raises NotFound for a job that is not there, or not shown to the caller."""
        job = await self._jobs.get(id)
        if not await request.may("jobs", "all"):
            require_shown(job)
