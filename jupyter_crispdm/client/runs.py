"""Runs, as a program sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_crispdm.runs.types import (
    Again,
    Comparison,
    FieldList,
    Merge,
    Run,
    RunAgain,
    RunChange,
    RunDetail,
    RunEnvironment,
    RunList,
    SavedView,
    View,
    ViewList,
)

from .transport import Transport, quoted

if TYPE_CHECKING:
    from jupyter_crispdm.tracking.types import Metrics

_PAGE = 1000


class Runs:
    """What jobs and programs outside jobs have trained."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def find(
        self, filter: str = "", *, sort: str = "-created", limit: int = 100, before: str | None = None
    ) -> Sequence[Run]:
        """Runs that a condition lets through, in an order.

        Example
        -------
        >>> client.runs.find("metrics.val/loss < 0.3 and params.lr = 0.1", sort="metrics.val/loss.best", limit=3)
        """
        query = {"filter": filter, "sort": sort, "limit": limit, "before": before}
        return self._transport.ask("runs", RunList, query).runs

    def all(self, filter: str = "", *, sort: str = "-created") -> Iterator[Run]:
        """Every run that a condition lets through, asked for page by page."""
        before: str | None = None
        while True:
            query = {"filter": filter, "sort": sort, "limit": _PAGE, "before": before}
            page = self._transport.ask("runs", RunList, query)
            yield from page.runs
            before = page.next
            if before is None:
                return

    def best(self, metric: str, filter: str = "") -> Run | None:
        """The run with the best value of a metric whose name tells what is better; None where no run has one."""
        fields = {field.name: field for field in self.fields().metrics}
        goal = fields[metric].goal if metric in fields else None
        if goal is None:
            return None
        escaped = metric.replace("\\", "\\\\").replace('"', '\\"')
        found = self.find(filter, sort=f'{"-" if goal == "high" else ""}metrics."{escaped}".best', limit=1)
        return found[0] if found and metric in found[0].metrics else None

    def get(self, id: str) -> RunDetail:
        """One run with its code, environment and data."""
        return self._transport.ask(_path(id), RunDetail)

    def fields(self) -> FieldList:
        """What runs can be filtered and sorted by."""
        return self._transport.ask("runs/fields", FieldList)

    def change(self, id: str, **fields: Any) -> Run:
        """Give a run `tags`, a `note`, a `group`, or make it a `favourite`."""
        reply = self._transport.request("PATCH", _path(id), body=RunChange(**fields))
        return self._transport.decode(reply, Run)

    def compare(self, ids: Sequence[str]) -> Comparison:
        """Runs beside each other; the first is what the others are measured by."""
        return self._transport.ask("runs/compare", Comparison, {"ids": ",".join(ids)})

    def again(
        self, id: str, *, exact: bool = False, code: str = "then", environment: str = "now", name: str | None = None
    ) -> RunAgain:
        """Run a job's run again, with the code and environment of `then` or as they stand `now`.

        `exact`: as it was in everything, or not at all. The environment of then must be there: see `environment`.
        """
        body = Again(
            code="now" if code == "now" else "then", environment="then" if environment == "then" else "now",
            exact=exact, name=name,
        )  # fmt: skip
        return self._transport.decode(self._transport.request("POST", _path(id, "again"), body=body), RunAgain)

    def environment(self, id: str) -> RunEnvironment:
        """Begin to build the environment that a job's run had; answers its job, or that it is ready.

        Example
        -------
        >>> old = client.runs.environment("20261129-201512-8f3a")
        >>> if not old.ready:
        ...     client.jobs.wait(old.job)
        >>> client.runs.again("20261129-201512-8f3a", environment="then")
        """
        return self._transport.decode(self._transport.request("POST", _path(id, "environment")), RunEnvironment)

    def merge(self, ids: Sequence[str], name: str) -> Run:
        """Make one run of several parts of a training."""
        reply = self._transport.request("POST", "runs/merge", body=Merge(ids=list(ids), name=name))
        return self._transport.decode(reply, Run)

    def delete(self, id: str) -> None:
        """Delete a merged run."""
        self._transport.request("DELETE", _path(id))

    def metrics(self, id: str, *, points: int | None = None, names: Sequence[str] | None = None) -> Metrics:
        """The curves of a run, thinned to about so many points each."""
        from jupyter_crispdm.tracking.types import Metrics  # brings numpy, which few commands need

        query = {"points": points, "name": names and list(names)}
        return self._transport.ask(_path(id, "metrics"), Metrics, query)

    def system(self, id: str, *, points: int | None = None) -> Metrics:
        """What a run's process tree used: CPU, memory, disks, GPUs."""
        from jupyter_crispdm.tracking.types import Metrics

        return self._transport.ask(_path(id, "system"), Metrics, {"points": points})

    def views(self) -> Sequence[SavedView]:
        """The saved views of the table."""
        return self._transport.ask("runs/views", ViewList).views

    def save_view(self, name: str, view: View) -> SavedView:
        """Save a view of the table under a name."""
        reply = self._transport.request("PUT", f"runs/views/{quoted(name)}", body=view)
        return self._transport.decode(reply, SavedView)

    def delete_view(self, name: str) -> None:
        """Delete a saved view."""
        self._transport.request("DELETE", f"runs/views/{quoted(name)}")


def _path(id: str, *rest: str) -> str:
    return "/".join(["runs", quoted(id), *rest])
