"""The index in memory: pages, marks, what is new, and JSON that is made once."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.wire import encode
from jupyter_crispdm.runs.index.memory import MOST_ROWS, RunIndex
from jupyter_crispdm.runs.records import Marks
from jupyter_crispdm.runs.types import RunKind, RunList, RunQuery, RunState

from .making import entry, figures, run


def index(count: int = 5) -> RunIndex:
    made = RunIndex()
    made.fill({f"r{n}": entry(run(f"r{n}", n), loss=figures(float(n))) for n in range(count)}, {})
    return made


async def found(index: RunIndex, **query: Any) -> RunList:
    """What travels."""
    return msgspec.json.decode(encode(await index.find(RunQuery(**query))), type=RunList)


@pytest.mark.proves("runs.table")
async def test_a_row_has_the_figures_and_the_span_of_its_metrics() -> None:
    [row] = (await found(index(1))).runs
    assert (row.points, row.metrics["loss"].last) == (10, 0.0)
    made = RunIndex()
    made.put(entry(run("f", kind=RunKind.folder, state=RunState.running), loss=figures(1.0)))
    [row] = (await found(made)).runs
    assert (row.started is not None, row.ended) == (True, None)
    made.put(entry(run("f", kind=RunKind.folder, state=RunState.ended), loss=figures(1.0)))
    [row] = (await found(made)).runs
    assert row.duration == 60.0


@pytest.mark.proves("runs.filter")
@given(st.integers(0, 12), st.integers(1, 5), st.sampled_from(["-created", "created", "-metrics.loss", "name"]))
def test_pages_hold_every_run_once(count: int, limit: int, sort: str) -> None:
    async def pages() -> list[str]:
        made, ids, before = index(count), [], None
        while True:
            page = await found(made, limit=limit, sort=sort, before=before)
            assert page.total == count
            ids += [one.id for one in page.runs]
            before = page.next
            if before is None:
                return ids

    ids = asyncio.run(pages())
    assert sorted(ids) == sorted(f"r{n}" for n in range(count))
    whole = asyncio.run(found(index(count), limit=100, sort=sort)) if count else None
    assert whole is None or ids == [one.id for one in whole.runs]


@pytest.mark.proves("runs.filter")
@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": MOST_ROWS + 1}, {"before": "nobody"}, {"filter": "x"}])
async def test_a_question_that_cannot_be_is_refused(query: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        await index().find(RunQuery(**query))


@pytest.mark.proves("runs.table")
async def test_only_what_changed_is_told_and_the_newest_is_shown() -> None:
    made = index()
    assert not made.put(entry(run("r1", 1), loss=figures(1.0)))
    assert (await found(made)).runs[3].metrics["loss"].last == 1.0
    assert made.put(entry(run("r1", 1), loss=figures(0.5)))
    assert (await found(made)).runs[3].metrics["loss"].last == 0.5
    assert made.put(entry(run("r9", 9)))
    assert [one.id for one in made.newest(2)] == ["r9", "r4"]
    assert made.remove("r9")
    assert not made.remove("r9")
    assert (await found(made)).total == 5


@pytest.mark.proves("runs.marks")
async def test_what_people_said_stands_over_what_the_job_says() -> None:
    made = RunIndex()
    made.marks["a"] = Marks(note="kept")
    made.fill({"a": entry(run("a", tags=["job"]))}, {"a": Marks(note="older")})
    assert (made.all()[0].tags, made.all()[0].note) == (["job"], "kept")
    assert made.mark("a", Marks(tags=[], favourite=True)).tags == []
    made.put(entry(run("a", tags=["job", "more"]), loss=figures(1.0)))
    [row] = (await found(made)).runs
    assert (row.tags, row.favourite, row.points) == ([], True, 10)


@pytest.mark.proves("runs.table")
def test_what_was_kept_does_not_stand_over_what_is_known() -> None:
    made = RunIndex()
    made.put(entry(run("a", name="now")))
    made.fill({"a": entry(run("a", name="then")), "b": entry(run("b"))}, {})
    assert {one.id: one.name for one in made.all()} == {"a": "now", "b": "b"}
    assert "b" in made
    assert made.get("c") is None
