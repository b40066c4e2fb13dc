"""What is done with runs: marks, answers for what is not there, merging and deleting, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, CrispdmError, NotFound, Unprocessable
from jupyter_crispdm.jobs.types import JobState, MetricsQuery
from jupyter_crispdm.runs.manager import RunManager
from jupyter_crispdm.runs.topics import UsageSource
from jupyter_crispdm.runs.types import Again, CompareQuery, Merge, RunChange, RunKind, RunQuery, RunState
from jupyter_crispdm.runs.views import Views
from jupyter_crispdm.tracking import TrackingManager
from tests.unit.tracking.conftest import Writer

from .test_indexer import House, house


@asynccontextmanager
async def managed(tmp_path: Path) -> AsyncIterator[tuple[House, RunManager]]:
    async with house(tmp_path) as made:
        for id, values in (("a", (3.0, 2.0, 1.0)), ("b", (0.5, 0.25))):
            made.log(id, *values, step=0 if id == "a" else 2)
            made.jobs.put(id, JobState.succeeded)
            await made.row(id, points=len(values))
        manager = RunManager(
            made.index, made.indexer, made.store, TrackingManager(), Views(made.store, made.clock),
            None, made.clock,  # type: ignore[arg-type]
        )  # fmt: skip
        yield made, manager


@pytest.mark.proves("runs.marks")
@pytest.mark.parametrize(("change", "field"), [
    ({"tags": [" "]}, "tags"), ({"tags": ["x" * 101]}, "tags"), ({"tags": ["a\nb"]}, "tags"),
    ({"tags": ["t"] * 51}, "tags"), ({"note": "x" * 20_001}, "note"), ({"group": "x" * 101}, "group"),
    ({"group": "a\tb"}, "group"),
])  # fmt: skip
async def test_marks_that_nobody_could_read_are_refused(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    async with managed(tmp_path) as (made, manager):
        with pytest.raises(BadRequest) as refused:
            await manager.change("a", RunChange(**change))
        assert refused.value.details["field"] == field
        assert made.index.marks == {}


@pytest.mark.proves("runs.marks", "runs.live")
async def test_a_mark_is_kept_told_and_shown(tmp_path: Path) -> None:
    async with managed(tmp_path) as (made, manager):
        made.told.clear()
        row = await manager.change("a", RunChange(tags=[" best ", "best", "paper"], note="line\nline"))
        assert (row.tags, row.note, row.points) == (["best", "paper"], "line\nline", 3)
        assert made.told == ["a"]
        await manager.change("a", RunChange(favourite=True))
        kept = (await made.store.marks())["a"]
        assert (kept.tags, kept.favourite) == (["best", "paper"], True)
        made.jobs.forget("a")
        with pytest.raises(NotFound):
            await manager.change("a", RunChange(note=""))


@pytest.mark.proves("runs.table")
async def test_what_is_not_there_is_told_by_every_question(tmp_path: Path) -> None:
    async with managed(tmp_path) as (_, manager):
        for question in (
            manager.get("x"), manager.metrics("x", MetricsQuery()), manager.system("x", MetricsQuery()),
            manager.delete("x"), manager.again("x", Again(), "ada"), manager.compare(CompareQuery(ids="a,x")),
            manager.merge(Merge(ids=["a", "x"], name="m"), "ada"), manager.directory("x"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await question
        assert manager.over("x")


@pytest.mark.proves("runs.table")
async def test_a_run_is_found_shown_and_compared(tmp_path: Path) -> None:
    async with managed(tmp_path) as (_, manager):
        page = await manager.find(RunQuery(filter="metrics.loss < 0.3"))
        assert page.total == 1
        detail = await manager.get("a")
        assert (detail.id, detail.points, detail.children, detail.again) == ("a", 3, [], None)
        assert "Nothing was noted" in detail.made_of.trouble
        assert [one.name for one in (await manager.fields()).metrics] == ["loss"]
        compared = await manager.compare(CompareQuery(ids="a,b"))
        assert [row.best for row in compared.metrics] == [1]
        assert (await manager.metrics("b", MetricsQuery())).series["loss"].step == [2, 3]
        fact = await manager.snapshot()
        assert isinstance(fact.runs, list)
        assert {one.id for one in fact.runs} == {"a", "b"}
        assert manager.over("a")


@pytest.mark.proves("runs.merge")
async def test_runs_are_merged_and_the_merged_one_deleted(tmp_path: Path) -> None:
    async with managed(tmp_path) as (made, manager):
        (tmp_path / "merged").mkdir()
        row = await manager.merge(Merge(ids=["b", "a"], name=" both "), "ben")
        assert (row.kind, row.name, row.owner, row.state) == (RunKind.merged, "both", "ben", RunState.ended)
        assert row.points == 4
        assert (await manager.get("a")).children == [row.id]
        assert (await manager.metrics(row.id, MetricsQuery())).series["loss"].value == [3.0, 2.0, 0.5, 0.25]
        with pytest.raises(Unprocessable):
            await manager.again(row.id, Again(), "ada")
        again = await manager.merge(Merge(ids=[row.id, "b"], name="again"), "ben")
        assert again.points == 4
        await manager.delete(row.id)
        assert not (tmp_path / "merged" / row.id).exists()
        assert made.index.get(row.id) is None
        with pytest.raises(Conflict, match="its job"):
            await manager.delete("a")


@pytest.mark.proves("runs.merge")
@pytest.mark.parametrize("merge", [
    Merge(ids=["a"], name="x"), Merge(ids=["a", "a"], name="x"), Merge(ids=["a", "b"], name=""),
    Merge(ids=["a", "b"], name="x" * 201), Merge(ids=["a", "b"], name="a\nb"), Merge(ids=["a", "../b"], name="x"),
])  # fmt: skip
async def test_a_merge_that_cannot_be_leaves_nothing(tmp_path: Path, merge: Merge) -> None:
    async with managed(tmp_path) as (_, manager):
        with pytest.raises(CrispdmError):
            await manager.merge(merge, "ada")
        assert not (tmp_path / "merged").exists()


@pytest.mark.proves("runs.merge")
async def test_two_merges_at_once_are_two_runs(tmp_path: Path) -> None:
    async with managed(tmp_path) as (_, manager):
        (tmp_path / "merged").mkdir()
        rows = await asyncio.gather(*(manager.merge(Merge(ids=["a", "b"], name="m"), "ada") for _ in range(4)))
        assert len({row.id for row in rows}) == 4


@pytest.mark.proves("runs.system")
def test_usage_is_followed_before_there_is_any(tmp_path: Path) -> None:
    source = UsageSource(tmp_path)
    try:
        before = source.look(False)
        assert (before.end, before.folder) == (0, tmp_path)
        Writer(tmp_path / "system", "tree").log("system/cpu_percent", 50.0)
        after = source.look(False)
        assert after.end == 1
        assert after.folder.is_dir()
        told = source.read(0, after)
        assert told is not None
        assert told[0].series["system/cpu_percent"].value == [50.0]
    finally:
        source.close()
