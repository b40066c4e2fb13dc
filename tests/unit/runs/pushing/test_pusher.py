"""Finished runs arrive on an MLflow server whole and once, whatever dies in between."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.runs.made.types import Code, DataInput, EnvironmentLock, Inputs
from jupyter_crispdm.runs.pushing.server import Credentials
from jupyter_crispdm.runs.pushing.store import pushes_table
from jupyter_crispdm.runs.types import MlflowState, RunKind, RunState
from tests.support import at_rest, eventually
from tests.unit.runs.making import NOON

from .conftest import House, Opened
from .double import Double, Wrong, served

INPUTS = Inputs(
    Code("c0de", "/root", commit="1a2b3c", branch="main", diff="- a\n+ b\n"),
    EnvironmentLock("e5", "server", "server", "3.11.4", ["numpy==2.0"]),
    [DataInput("data", "data.csv", "d1")],
)


@pytest.mark.proves("runs.pushed")
async def test_a_run_arrives_with_all_that_is_known_of_it(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add(
            "a", {"loss": [3.0, math.nan, 1.0], "val/acc@1": [math.inf]}, inputs=INPUTS, name="first", tags=["x", "y"],
            parameters={"lr": 0.1, "name": "net", "sizes": [1, 2]}, started=utc(NOON + 1), ended=utc(NOON + 9),
        )  # fmt: skip
        house.open(double.url)
        told = await house.reaches("a", MlflowState.pushed)
        run = double.one()
        assert told.url == f"{double.url}/#/experiments/1/runs/{run['info']['run_id']}"
        assert told.trouble == ""
    assert double.experiments["1"]["name"] == "ours"
    assert run["info"] | {"run_name": "first", "status": "FINISHED"} == run["info"]
    assert (run["info"]["start_time"], run["info"]["end_time"]) == (int(NOON + 1) * 1000, int(NOON + 9) * 1000)
    assert run["params"] == {"lr": "0.1", "name": "net", "sizes": "[1,2]"}
    id = run["info"]["run_id"]
    assert double.curve(id, "loss") == [
        (0, 3.0, 1_000_000_000_000), (1, "NaN", 1_000_000_001_000), (2, 1.0, 1_000_000_002_000),
    ]  # fmt: skip
    assert double.curve(id, "val/acc_1") == [(0, "Infinity", 1_000_000_000_000)]
    expected = {
        "crispdm.job": "a", "crispdm.state": "succeeded", "mlflow.user": "ada", "mlflow.source.git.commit": "1a2b3c",
        "mlflow.source.git.branch": "main", "crispdm.dirty": "true", "crispdm.code_hash": "c0de",
        "crispdm.environment_hash": "e5", "crispdm.tags": "x, y",
    }  # fmt: skip
    assert run["tags"] | expected == run["tags"]
    assert len(run["tags"]["crispdm.data_hash"]) == 16
    files = {name.partition("/artifacts/")[2]: data for name, data in double.files.items()}
    assert files == {
        "crispdm/environment.txt": b"# Python 3.11.4\nnumpy==2.0\n", "crispdm/code.diff": b"- a\n+ b\n",
    }  # fmt: skip


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize(("state", "status"), [
    (RunState.failed, "FAILED"), (RunState.stopped, "KILLED"), (RunState.lost, "FAILED"),
])  # fmt: skip
async def test_the_end_of_a_run_is_told_in_their_words(
    tmp_path: Path, opened: Opened, state: RunState, status: str
) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": [1.0]}, state=state)
        house.open(double.url)
        await house.reaches("a", MlflowState.pushed)
    assert double.one()["info"]["status"] == status


@pytest.mark.proves("runs.pushed")
async def test_only_what_is_over_and_tracked_something_is_pushed(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add("going", {"loss": [1.0]}, is_over=False)
        house.add("silent")
        house.add("outside", {"loss": [1.0]}, kind=RunKind.folder)
        house.add("asked", parameters={"lr": 1})
        pusher = house.open(double.url)
        await house.reaches("asked", MlflowState.pushed)
        await at_rest(lambda: len(double.heard))
        assert [pusher.of(house.index.get(id)) for id in ("going", "silent", "outside")] == [None] * 3
    assert [run["tags"]["crispdm.job"] for run in double.runs.values()] == ["asked"]


@pytest.mark.proves("runs.pushed")
async def test_a_restart_pushes_nothing_again_also_where_the_notes_are_lost(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": [1.0, 2.0]})
        house.open(double.url)
        first = await house.reaches("a", MlflowState.pushed)
        await house.close()
        before = len(double.heard)
        house.open(double.url)
        assert await house.reaches("a", MlflowState.pushed) == first
        await at_rest(lambda: len(double.heard))
        assert len(double.heard) == before
        await house.close()
        await house.database.write(lambda connection: connection.execute(sa.delete(pushes_table)).rowcount)
        house.open(double.url)
        assert await house.reaches("a", MlflowState.pushed) == first
    assert (double.calls("runs/create"), double.calls("runs/log-batch"), double.calls("runs/update")) == (1, 1, 1)


async def push_with(house: House, double: Double, broken: int, *, is_killed: bool) -> int:
    """Push the run while one call takes effect and is never answered; answers how many calls it took."""
    count = 0

    def trouble(verb: str, number: int) -> bool:
        nonlocal count
        count += 1
        return count == broken

    double.trouble = trouble
    house.open(double.url, points=2000)
    if is_killed and broken:
        await eventually(lambda: count >= broken)
        await house.close()
        house.open(double.url, points=2000)
    await house.reaches("a", MlflowState.pushed)
    await house.close()
    return count


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize("is_killed", [False, True], ids=["cut off", "killed"])
async def test_wherever_it_breaks_off_each_point_arrives_once(tmp_path: Path, opened: Opened, is_killed: bool) -> None:
    whole, calls, broken = None, 99, 0
    curves = {"loss": [float(n) for n in range(1500)], "acc": [0.5] * 800}
    while broken <= calls:
        (home := tmp_path / str(broken)).mkdir()
        double = Double()
        async with opened(home) as house, served(double):
            house.add("a", curves, parameters={"lr": 0.1}, inputs=INPUTS)
            took = await push_with(house, double, broken, is_killed=is_killed)
        run = double.one()
        found = (run["info"]["status"], run["params"], run["metrics"], run["tags"], double.files)
        whole, calls = (whole, calls) if whole else (found, took)
        assert found == whole
        broken += 1
    assert whole is not None
    assert len(whole[2]) == 2300
    assert calls >= 10


@pytest.mark.proves("runs.pushed")
async def test_a_long_curve_is_thinned_and_keeps_its_ends_and_extremes(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    values = [math.sin(n / 500) for n in range(20_000)]
    values[7777], values[3333] = 9.0, -9.0
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": values, "short": [1.0, 2.0]})
        house.open(double.url, points=1500)
        await house.reaches("a", MlflowState.pushed)
    id = double.one()["info"]["run_id"]
    curve = double.curve(id, "loss")
    assert 1000 < len(curve) <= 1500
    assert [step for step, _, _ in curve] == sorted({step for step, _, _ in curve})
    assert {(0, 0.0), (7777, 9.0), (3333, -9.0), (19_999, values[-1])} <= {(step, value) for step, value, _ in curve}
    assert [len(body["metrics"]) for verb, body in double.heard if verb == "runs/log-batch"] == [1000, len(curve) - 998]
    assert len(double.curve(id, "short")) == 2


@pytest.mark.proves("runs.pushed")
async def test_an_outage_is_waited_for_and_said(
    tmp_path: Path, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    double = Double()
    async with served(double) as port:
        pass  # nobody is there any more
    async with opened(tmp_path) as house:
        house.add("a", {"loss": [1.0]})
        house.open(double.url)
        told = await house.reaches("a", MlflowState.waiting, trouble="does not answer")
        assert "MLflow server at 127.0.0.1" in told.trouble
        async with served(double, port):
            assert (await house.reaches("a", MlflowState.pushed)).trouble == ""
            await house.close()
    assert "Traceback" not in caplog.text
    assert len(double.runs) == 1


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize(("credentials", "header"), [
    (Credentials(user="ada", password="s3cret"), "Basic YWRhOnMzY3JldA=="),
    (Credentials(token="s3cret"), "Bearer s3cret"),
    (Credentials(user="ada", password="s3cret", token="t"), "Basic YWRhOnMzY3JldA=="), (Credentials(user="ada"), ""),
])  # fmt: skip
async def test_credentials_are_sent_and_never_said(
    tmp_path: Path, opened: Opened, caplog: pytest.LogCaptureFixture, credentials: Credentials, header: str
) -> None:
    double = Double()
    caplog.set_level(logging.DEBUG)
    is_open = False

    def trouble(verb: str, number: int) -> bool:
        if not is_open:
            raise Wrong(401, "UNAUTHENTICATED")
        return False

    double.trouble = trouble
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": [1.0]})
        house.open(double.url, credentials)
        told = await house.reaches("a", MlflowState.waiting, trouble="does not let us in (401)")
        is_open = True
        await house.reaches("a", MlflowState.pushed)
    assert set(double.authorizations) == {header}
    assert "s3cret" not in f"{told} {credentials!r} {caplog.text}"


@pytest.mark.proves("runs.pushed")
async def test_a_run_that_is_refused_or_breaks_the_server_keeps_no_other(tmp_path: Path, opened: Opened) -> None:
    double = Double()

    def trouble(verb: str, number: int) -> bool:
        _, body = double.heard[-1]
        if verb == "runs/create" and body["run_name"] == "bad":
            raise Wrong(400, "INVALID_PARAMETER_VALUE", "not that one")
        if verb == "runs/create" and body["run_name"] == "poison":
            raise Wrong(500, "INTERNAL_ERROR", "it hurts")
        return False

    double.trouble = trouble
    async with opened(tmp_path) as house, served(double):
        for id in ("poison", "bad", "good"):
            house.add(id, {"loss": [1.0]})
        house.open(double.url)
        assert "not that one" in (await house.reaches("bad", MlflowState.refused)).trouble
        await house.reaches("good", MlflowState.pushed)
        assert "it hurts" in (await house.reaches("poison", MlflowState.refused)).trouble
        house.add("later", {"loss": [1.0]})
        await house.reaches("later", MlflowState.pushed)
        double.trouble = lambda verb, number: False
        await house.close()
        house.open(double.url)  # the next start tries them again
        await house.reaches("bad", MlflowState.pushed)
        await house.reaches("poison", MlflowState.pushed)
    assert len(double.runs) == 4


@pytest.mark.proves("runs.pushed")
async def test_models_of_a_run_are_told_also_when_they_come_later(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add("silent")
        house.add("logs", {"loss": [1.0]})
        pusher = house.open(double.url)
        await house.reaches("logs", MlflowState.pushed)
        house.models = {"logs": ["digits 1"], "silent": ["digits 2", "net 1"]}
        pusher.look()
        await house.reaches("silent", MlflowState.pushed)

        def told() -> Any:
            return {run["tags"]["crispdm.job"]: run["tags"].get("crispdm.models") for run in double.runs.values()}

        await eventually(lambda: told() == {"logs": "digits 1", "silent": "digits 2, net 1"})
    assert double.calls("runs/create") == 2


@pytest.mark.proves("runs.pushed")
async def test_another_run_under_the_same_id_is_another_run(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": [1.0]})
        house.open(double.url)
        first = await house.reaches("a", MlflowState.pushed)
        house.indexer._deleted("a")
        house.add("a", {"loss": [2.0]}, at=2e9, created=utc(NOON + 100))
        second = await house.reaches("a", MlflowState.pushed)
        assert first.url != second.url
        house.indexer._deleted("a")

        async def is_forgotten() -> bool:
            query = sa.select(pushes_table.c.id)
            return not await house.database.read(lambda connection: connection.execute(query).all())

        await eventually(is_forgotten)
    assert len(double.runs) == 2


@pytest.mark.proves("runs.pushed")
async def test_files_have_a_bound_and_their_trouble_keeps_no_run(tmp_path: Path, opened: Opened) -> None:
    double = Double()
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": [1.0]}, inputs=INPUTS)
        house.open(double.url, files=30)
        told = await house.reaches("a", MlflowState.pushed)
        assert told.trouble == "crispdm/code.diff is too large"
        assert len(double.files) == 1

        def trouble(verb: str, number: int) -> bool:
            if verb == "files":
                raise Wrong(503, "TEMPORARILY_UNAVAILABLE", "no room")
            return False

        double.trouble = trouble
        house.add("b", {"loss": [1.0]}, inputs=INPUTS)
        told = await house.reaches("b", MlflowState.pushed)
        assert "crispdm/environment.txt was refused: 503" in told.trouble


@pytest.mark.proves("runs.pushed")
@pytest.mark.parametrize(("artifacts", "files"), [
    ("s3://bucket", 10_000), ("mlflow-artifacts://elsewhere.example", 10_000), ("mlflow-artifacts:/..", 10_000),
    ("mlflow-artifacts:", None),
])  # fmt: skip
async def test_files_go_only_where_the_server_keeps_them(
    tmp_path: Path, opened: Opened, artifacts: str, files: int | None
) -> None:
    double = Double()
    double.artifacts = artifacts
    async with opened(tmp_path) as house, served(double):
        house.add("a", {"loss": [1.0]}, inputs=INPUTS)
        house.open(double.url, files=files)
        assert (await house.reaches("a", MlflowState.pushed)).trouble == ""
    assert double.calls("files") == 0
