"""Runs as a program sees them: what is asked, and how the answer is read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from jupyter_crispdm.client.runs import Runs
from jupyter_crispdm.runs.types import View
from tests.unit.client.fake_server import JOB, FakeServer

RUN: dict[str, Any] = {
    "id": "a@1", "kind": "folder", "name": "a", "state": "ended", "owner": "ada", "created": "2026-11-21T12:00:00Z",
    "metrics": {"val loss": {"last": None, "step": 3, "min": 0.5, "max": 1.0, "count": 4, "goal": "low", "best": 0.5}},
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "metrics": [{"name": "val loss", "runs": 2, "goal": "low"}, {"name": 'top "5"', "runs": 1, "goal": "high"},
                {"name": "lr", "runs": 1}],
    "parameters": [], "system": [], "tags": [], "groups": [], "owners": [], "environments": [],
}  # fmt: skip


def runs(*answers: Any) -> tuple[Runs, FakeServer]:
    server = FakeServer(*(httpx.Response(200, json=one) for one in answers))
    return Runs(server.transport()), server


def asked(server: FakeServer, number: int = -1) -> tuple[str, str, dict[str, str]]:
    request = server.requests[number]
    path = request.url.raw_path.decode().partition("?")[0].partition("/crispdm/api/")[2]
    return request.method, path, dict(request.url.params)


def page(*ids: str, following: str | None = None) -> dict[str, Any]:
    return {"runs": [{**RUN, "id": id} for id in ids], "total": 3, "next": following}


@pytest.mark.proves("client.runs")
def test_runs_are_found_by_a_condition() -> None:
    noun, server = runs(page("a"))
    [found] = noun.find("params.lr = 0.1", sort="-metrics.loss", limit=3)
    assert found.metrics["val loss"].best == 0.5
    assert asked(server) == ("GET", "runs", {"filter": "params.lr = 0.1", "sort": "-metrics.loss", "limit": "3"})


@pytest.mark.proves("client.runs")
def test_all_runs_are_asked_for_page_by_page() -> None:
    noun, server = runs(page("a", "b", following="b"), page("c"))
    assert [one.id for one in noun.all()] == ["a", "b", "c"]
    assert asked(server)[2]["before"] == "b"


@pytest.mark.proves("client.runs")
@pytest.mark.parametrize(("metric", "sort"), [
    ("val loss", 'metrics."val loss".best'), ('top "5"', '-metrics."top \\"5\\"".best'), ("lr", None), ("none", None),
])  # fmt: skip
def test_the_best_run_of_a_metric(metric: str, sort: str | None) -> None:
    noun, server = runs(FIELDS, page("a"))
    found = noun.best(metric)
    if sort is None:
        assert found is None
        return
    assert asked(server)[2]["sort"] == sort
    assert (found is not None) is (metric == "val loss")  # the answered run has no other


@pytest.mark.proves("client.runs")
def test_a_run_is_marked_repeated_and_merged() -> None:
    detail = {**RUN, "made_of": {"code": {"digest": "d", "root": "/p", "files": [{"path": "a.py", "size": 1}]}}}
    again = {"job": JOB, "inputs": [{"input": "code", "state": "same"}]}
    compared = {"runs": [RUN], "parameters": [], "metrics": [], "differences": []}
    noun, server = runs(RUN, again, RUN, detail, compared)
    noun.change("a@1", tags=["best"], favourite=True)
    assert (asked(server)[:2], server.body()) == (("PATCH", "runs/a%401"), {"tags": ["best"], "favourite": True})
    assert noun.again("a@1", exact=True, code="now").inputs[0].state == "same"
    assert server.body(1) == {"exact": True, "code": "now", "environment": "now", "name": None}
    noun.merge(["a", "b"], "both")
    assert server.body(2) == {"ids": ["a", "b"], "name": "both"}
    code = noun.get("a@1").made_of.code
    assert code is not None
    assert code.files[0].kept
    noun.compare(["a", "b"])
    assert asked(server) == ("GET", "runs/compare", {"ids": "a,b"})


@pytest.mark.proves("client.runs")
def test_curves_and_views() -> None:
    metrics = {"cursor": 1, "series": {"loss": {"step": [0], "value": [None], "time": [1.0]}}}
    view = {"name": "my view", "view": {"filter": "x"}, "saved": "2026-11-21T12:00:00Z", "by": "ada"}
    noun, server = runs(metrics, metrics, {"views": [view]}, view, {}, {})
    assert noun.metrics("a@1", points=5, names=["loss"]).series["loss"].value == [None]
    assert asked(server) == ("GET", "runs/a%401/metrics", {"points": "5", "name": "loss"})
    noun.system("a@1")
    assert asked(server)[:2] == ("GET", "runs/a%401/system")
    assert noun.views()[0].view.filter == "x"
    assert noun.save_view("my view", View(filter="x")).by == "ada"
    assert asked(server)[:2] == ("PUT", "runs/views/my%20view")
    noun.delete_view("my view")
    noun.delete("a@1")
    assert asked(server)[:2] == ("DELETE", "runs/a%401")
