"""The table of runs in a real server, with real jobs and a real program outside jobs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest

import jupyter_crispdm.worker as worker
from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.runs.types import RunsFact
from tests.support import eventually

from .conftest import Api

_LOGS = """
import crispdm
crispdm.params({{"lr": {lr}}})
for step, loss in enumerate([3.0, {lr}, 2.0]):
    crispdm.log({{"loss": loss, "val/acc": 1 / loss}}, step=10 * step)
"""


def logs(lr: float) -> str:
    """A program that logs two metrics."""
    return _LOGS.format(lr=lr)


@pytest.mark.proves("runs.table")
async def test_a_jobs_run_has_its_figures_parameters_and_state(api: Api) -> None:
    id = await api.job(logs(0.5), name="first", tags=["mine"])
    run = await api.run(id, points=6)
    assert (run["kind"], run["state"], run["name"], run["parameters"]) == ("job", "succeeded", "first", {"lr": 0.5})
    assert run["metrics"]["loss"] == {
        "last": 2.0, "step": 20, "min": 0.5, "max": 3.0, "count": 3, "goal": "low", "best": 0.5, "best_step": 10,
    }  # fmt: skip
    assert run["metrics"]["val/acc"]["best"] == 2.0
    assert run["tags"] == ["mine"]
    assert run["duration"] >= 0.0


@pytest.mark.proves("runs.table", "runs.filter")
async def test_runs_are_filtered_sorted_and_paged(api: Api) -> None:
    ids = [await api.job(logs(lr), name=f"lr {lr}") for lr in (0.1, 0.2, 0.4)]
    for id in ids:
        await api.run(id, points=6)
    found = await api.get("runs", filter="metrics.loss.min < 0.3 and params.lr > 0.15")
    assert [run["id"] for run in found["runs"]] == [ids[1]]
    assert found["total"] == 1
    first = await api.get("runs", sort="-metrics.loss.best", limit=2)
    assert [run["id"] for run in first["runs"]] == [ids[2], ids[1]]
    assert first["next"] == ids[1]
    rest = await api.get("runs", sort="-metrics.loss.best", limit=2, before=first["next"])
    assert [run["id"] for run in rest["runs"]] == [ids[0]]
    assert rest["next"] is None
    fields = await api.get("runs/fields")
    assert {"name": "lr", "runs": 3, "min": 0.1, "max": 0.4} in fields["parameters"]
    assert [one["name"] for one in fields["metrics"]] == ["loss", "val/acc"]


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize(("query", "field"), [
    ({"filter": "metrics.loss <"}, "filter"), ({"filter": "size < 3"}, "filter"), ({"sort": "size"}, "sort"),
    ({"limit": 0}, "limit"), ({"before": "nobody"}, "before"),
])  # fmt: skip
async def test_a_question_that_cannot_be_is_refused_by_its_field(api: Api, query: dict[str, str], field: str) -> None:
    code, error = await api("GET", "runs", **query)
    assert (code, error["details"]["field"]) == (400, field)


@pytest.mark.proves("runs.marks")
async def test_what_people_say_of_a_run_stays_with_it(api: Api) -> None:
    id = await api.job(logs(0.5))
    said = {"tags": ["best", "paper"], "note": "as in the paper", "group": "sweep 1", "favourite": True}
    code, run = await api("PATCH", f"runs/{id}", said)
    assert code == 200
    assert said.items() <= run.items()
    assert (await api("PATCH", f"runs/{id}", {"note": ""}))[1]["tags"] == ["best", "paper"]
    found = await api.get("runs", filter="tags = best and favourite and group = 'sweep 1'")
    assert [one["id"] for one in found["runs"]] == [id]
    assert (await api("PATCH", f"runs/{id}", {"tags": [""]}))[0] == 400
    assert (await api("PATCH", f"runs/{id}", {"colour": "red"}))[0] == 400
    assert (await api("PATCH", "runs/nobody", {"note": "x"}))[0] == 404
    assert (await api("DELETE", f"jobs/{id}"))[0] == 204
    assert (await api("GET", f"runs/{id}"))[0] == 404


@pytest.mark.proves("runs.outside")
async def test_a_program_outside_jobs_has_a_run_too(api: Api, jp_root_dir: Path) -> None:
    folder = jp_root_dir / "project"
    folder.mkdir()
    site = Path(worker.__file__).parent / "site"
    variables = {name: value for name, value in os.environ.items() if name != "CRISPDM_RUN_DIR"}
    await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", logs(0.25)], cwd=folder, check=True,
        env={**variables, "PYTHONPATH": str(site)},
    )  # fmt: skip

    async def found() -> object:
        return (await api.get("runs", filter="kind = folder and points = 6"))["runs"]

    [run] = await eventually(found)
    assert run["parameters"] == {"lr": 0.25}
    assert run["state"] == "running"
    assert run["folder"].startswith("project/crispdm-runs/")
    curves = await api.get(f"runs/{run['id']}/metrics")
    assert curves["series"]["loss"]["value"] == [3.0, 0.25, 2.0]
    part = await api.get(f"runs/{run['id']}/metrics", axis="step", begin=20, end=30, name="loss")
    assert part["series"]["loss"]["step"][-1] == 20
    assert (await api.get(f"runs/{run['id']}/system"))["series"] == {}
    for query in ({"since": -1}, {"points": 1}, {"axis": "colour"}):
        for what in ("metrics", "system"):
            assert (await api("GET", f"runs/{run['id']}/{what}", **query))[0] == 400
    code, error = await api("POST", f"runs/{run['id']}/again")
    assert (code, error["code"]) == (422, "unprocessable")
    assert (await api("DELETE", f"runs/{run['id']}"))[0] == 409


@pytest.mark.proves("runs.compare")
async def test_runs_stand_beside_each_other(api: Api) -> None:
    a, b = [await api.job(logs(lr), name="same") for lr in (0.5, 0.25)]
    for id in (a, b):
        await api.run(id, points=6)
    found = await api.get("runs/compare", ids=f"{a},{b}")
    assert found["parameters"] == [{"name": "lr", "values": [0.5, 0.25], "same": False}]
    assert [(row["name"], row["best"]) for row in found["metrics"]] == [("loss", 1), ("val/acc", 1)]
    [difference] = found["differences"]
    parameters = next(one for one in difference["inputs"] if one["input"] == "parameters")
    assert parameters["details"] == ["lr: 0.5 → 0.25"]
    assert (await api("GET", "runs/compare", ids=a))[0] == 400
    assert (await api("GET", "runs/compare", ids=f"{a},nobody"))[0] == 404


@pytest.mark.proves("runs.views")
async def test_a_view_is_saved_under_a_name(api: Api) -> None:
    view = {"filter": "state = succeeded", "sort": "-metrics.loss.best", "columns": ["metrics.loss.best", "params.lr"]}
    code, saved = await api("PUT", "runs/views/best of sweep", view)
    assert code == 200
    assert view.items() <= saved["view"].items()
    assert (await api("PUT", "runs/views/best of sweep", view))[0] == 200
    assert [one["name"] for one in (await api.get("runs/views"))["views"]] == ["best of sweep"]
    assert (await api.get("runs/views/best of sweep"))["view"] == saved["view"]
    code, error = await api("PUT", "runs/views/bad", {"filter": "and"})
    assert (code, error["details"]["field"]) == (400, "filter")
    assert (await api("DELETE", "runs/views/best of sweep"))[0] == 204
    assert (await api("GET", "runs/views/best of sweep"))[0] == 404


@pytest.mark.proves("runs.live")
async def test_the_table_is_told_live(api: Api, crispdm: CrispdmApp) -> None:
    messages = crispdm.context.hub.follow("runs")
    async with aclosing(messages):
        first = await anext(messages)
        assert msgspec.json.decode(first.data) == {"runs": []}
        id = await api.job(logs(0.5))
        async for message in messages:
            fact = msgspec.json.decode(message.data, type=RunsFact)
            if isinstance(fact.run, msgspec.UnsetType) or fact.run.points < 6:
                continue
            assert fact.run.id == id
            assert fact.run.metrics["loss"].best == 0.5
            break


@pytest.mark.proves("training.gathered-outside")
async def test_what_another_tracker_wrote_below_a_run_outside_of_jobs_is_shown(
    api: Api, jp_root_dir: Path
) -> None:
    folder = jp_root_dir / "crispdm-runs" / "mine"
    (folder / "lightning_logs").mkdir(parents=True)
    (folder / "events.jsonl").write_text('{"kind": "params", "params": {"lr": 0.5}}\n')
    (folder / "lightning_logs" / "metrics.csv").write_text("step,loss\n1,0.5\n2,0.25\n")

    async def found() -> object:
        return [run for run in (await api.get("runs", filter="kind = folder"))["runs"] if run["points"]]

    [run] = await eventually(found)
    curves = await api.get(f"runs/{run['id']}/metrics")
    assert curves["series"]["loss"]["value"] == [0.5, 0.25]
