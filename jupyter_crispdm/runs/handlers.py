"""The runs verbs: parse, call, answer."""

from __future__ import annotations

from jupyter_crispdm.base.http.request import Request
from jupyter_crispdm.base.http.route import Reply, Routes, route
from jupyter_crispdm.jobs.handlers import JobRoutes
from jupyter_crispdm.jobs.types import MetricsQuery
from jupyter_crispdm.tracking import Metrics

from .index.memory import Page
from .manager import RunManager
from .types import (
    Again,
    CompareQuery,
    Comparison,
    FieldList,
    Merge,
    Run,
    RunAgain,
    RunChange,
    RunDetail,
    RunEnvironment,
    RunId,
    RunList,
    RunQuery,
    SavedView,
    View,
    ViewList,
    ViewName,
)


class RunRoutes(Routes):
    """``runs``: find, look, mark, compare, run again, merge; views of the table."""

    def __init__(self, runs: RunManager) -> None:
        self._runs = runs

    @route("GET", "runs", query=RunQuery, answer=RunList, resource="runs")
    async def index(self, request: Request, query: RunQuery) -> Page:
        """List runs of jobs and of programs outside jobs, filtered and sorted."""
        return await self._runs.find(query)

    @route("GET", "runs/fields", answer=FieldList, resource="runs")
    async def fields(self, request: Request) -> FieldList:
        """List what runs can be filtered and sorted by: their metrics, parameters, tags."""
        return await self._runs.fields()

    @route("GET", "runs/compare", query=CompareQuery, answer=Comparison, resource="runs")
    async def compare(self, request: Request, query: CompareQuery) -> Comparison:
        """Compare runs: parameters, metrics, code, environment, data."""
        return await self._runs.compare(query)

    @route("POST", "runs/merge", body=Merge, answer=Run, status=201, resource="runs", action="write")
    async def merge(self, request: Request, body: Merge) -> Reply:
        """Make one run of several."""
        run = await self._runs.merge(body, owner=request.owner)
        return Reply(run, headers={"Location": request.url_for(RunRoutes.show, id=run.id)})

    @route("GET", "runs/views", answer=ViewList, resource="runs")
    async def views(self, request: Request) -> ViewList:
        """List the saved views of the table."""
        return ViewList(await self._runs.views.all())

    @route("GET", "runs/views/{name}", answer=SavedView, resource="runs")
    async def view(self, request: Request, name: ViewName) -> SavedView:
        """Show a saved view."""
        return await self._runs.views.get(name)

    @route("PUT", "runs/views/{name}", body=View, answer=SavedView, resource="runs", action="write")
    async def save_view(self, request: Request, name: ViewName, body: View) -> SavedView:
        """Save a view under a name, new or in place of one's own; 409 for one of somebody else."""
        return await self._runs.views.put(name, body, request.owner)

    @route("DELETE", "runs/views/{name}", resource="runs", action="write")
    async def delete_view(self, request: Request, name: ViewName) -> None:
        """Delete a saved view of one's own; an admin deletes any."""
        await self._runs.views.delete(name, request.owner, may_all=await request.may("runs", "admin"))

    @route("GET", "runs/{id}", answer=RunDetail, resource="runs")
    async def show(self, request: Request, id: RunId) -> RunDetail:
        """Show a run with its code, environment and data, and what differs from the run that it repeats."""
        return await self._runs.get(id)

    @route("PATCH", "runs/{id}", body=RunChange, answer=Run, resource="runs", action="write")
    async def change(self, request: Request, id: RunId, body: RunChange) -> Run:
        """Give a run tags, a note, a group, or a star."""
        return await self._runs.change(id, body)

    @route("DELETE", "runs/{id}", resource="runs", action="write")
    async def delete(self, request: Request, id: RunId) -> None:
        """Delete a merged run; those that it was made of stay."""
        await self._runs.delete(id)

    @route("POST", "runs/{id}/again", body=Again, answer=RunAgain, status=201, resource="runs", action="write")
    async def again(self, request: Request, id: RunId, body: Again) -> Reply:
        """Run a job's run again with the code and the parameters that it had, and say which inputs are others now."""
        made = await self._runs.again(id, body, owner=request.owner, via=request.program)
        return Reply(made, headers={"Location": request.url_for(JobRoutes.show, id=made.job.id)})

    @route(
        "POST", "runs/{id}/environment", answer=RunEnvironment, status=202, resource="runs", action="write",
    )  # fmt: skip
    async def environment(self, request: Request, id: RunId) -> RunEnvironment:
        """Build the environment that a run had, as a job, unless it is there; 422 says why that cannot be done."""
        return await self._runs.environment(id, owner=request.owner, via=request.program)

    @route("GET", "runs/{id}/metrics", query=MetricsQuery, answer=Metrics, resource="runs")
    async def metrics(self, request: Request, id: RunId, query: MetricsQuery) -> Metrics:
        """Read the curves of any run, or what was added since a cursor."""
        return await self._runs.metrics(id, query)

    @route("GET", "runs/{id}/system", query=MetricsQuery, answer=Metrics, resource="runs")
    async def system(self, request: Request, id: RunId, query: MetricsQuery) -> Metrics:
        """Read what a run's process tree used: CPU, memory, reading, writing, GPUs, over the run's steps and times."""
        return await self._runs.system(id, query)
