"""What is kept of runs in the database: whole, and one that is damaged costs no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound
from jupyter_crispdm.runs.records import Marks
from jupyter_crispdm.runs.store import RunStore, runs_table
from jupyter_crispdm.runs.types import SavedView, View
from jupyter_crispdm.runs.views import Views
from tests.support import FakeClock

from .making import NOON, entry, figures, run


@pytest.fixture
def database(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    made = Database.in_directory(tmp_path)
    jp_asyncio_loop.run_until_complete(made.start())
    yield made
    jp_asyncio_loop.run_until_complete(made.close())


@pytest.fixture
def store(database: Database) -> RunStore:
    return RunStore(database)


@pytest.mark.proves("runs.table")
async def test_what_is_kept_comes_back(store: RunStore) -> None:
    entries = {id: entry(run(id, parameters={"lr": 0.1}), loss=figures("Infinity")) for id in ("a", "b")}
    await store.put_entries(entries.values())
    assert await store.entries() == entries
    other = entry(run("a"), loss=figures(0.5))
    await store.put_entries([other])
    assert (await store.entries())["a"] == other
    await store.put_entries([])
    await store.forget(["a", "nobody"])
    assert list(await store.entries()) == ["b"]
    await store.forget([])


@pytest.mark.proves("runs.marks")
async def test_marks_go_with_their_run(store: RunStore) -> None:
    await store.put_marks("a", Marks(tags=["x"], note="n"))
    await store.put_marks("a", Marks(tags=["y"], group="g", favourite=True))
    assert await store.marks() == {"a": Marks(["y"], "", "g", True)}
    await store.forget(["a"], marks=False)
    assert list(await store.marks()) == ["a"]
    await store.forget(["a"])
    assert await store.marks() == {}


@pytest.mark.proves("runs.table")
async def test_a_damaged_row_costs_no_other(
    store: RunStore, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await store.put_entries([entry(run("a"))])
    rows = [{"id": "bad", "entry": "{"}, {"id": "old", "entry": '{"run": {}}'}]
    await database.write(lambda connection: connection.execute(sa.insert(runs_table), rows))
    assert list(await store.entries()) == ["a"]
    assert "'bad'" in caplog.text


@pytest.mark.proves("runs.table")
async def test_a_run_that_cannot_be_written_costs_no_other(store: RunStore, caplog: pytest.LogCaptureFixture) -> None:
    await store.put_entries([entry(run("a", name="\ud800")), entry(run("b"))])
    assert list(await store.entries()) == ["b"]
    assert "cannot be written down" in caplog.text


@pytest.mark.proves("runs.views")
async def test_a_view_is_its_savers(store: RunStore) -> None:
    views = Views(store, FakeClock(NOON))
    view = View(
        filter="state = failed", sort="name", columns=["params.lr"], widths={"name": 240}, axes=["metrics.loss.best"],
        x="params.lr",
    )  # fmt: skip
    assert await views.put("Mine", view, "ada") == SavedView("Mine", view, utc(NOON), "ada")
    assert await views.get("Mine") == SavedView("Mine", view, utc(NOON), "ada")
    await views.put("Mine", View(), "ada")
    assert (await views.get("Mine")).view == View()
    await views.put("another", View(), "ben")
    assert [one.name for one in await views.all()] == ["another", "Mine"]
    with pytest.raises(Conflict, match="ada's"):
        await views.put("Mine", View(), "ben")
    with pytest.raises(Forbidden):
        await views.delete("Mine", "ben", may_all=False)
    await views.delete("Mine", "ben", may_all=True)
    with pytest.raises(NotFound):
        await views.get("Mine")


@pytest.mark.proves("runs.views")
@pytest.mark.parametrize(("view", "field"), [
    (View(filter="state ="), "filter"), (View(sort="size"), "sort"), (View(columns=["size"]), "columns"),
    (View(axes=["x"]), "axes"), (View(x="size"), "x"), (View(y="size"), "y"), (View(colour="size"), "colour"),
    (View(group_by="size"), "group_by"), (View(chosen=["../x"]), "chosen"), (View(baseline=""), "chosen"),
    (View(columns=["name"] * 501), "columns"), (View(axes=["x" * 401]), "axes"),
    (View(widths={"x" * 401: 100}), "widths"), (View(widths={f"params.{at}": 100 for at in range(501)}), "widths"),
])  # fmt: skip
async def test_a_view_that_nobody_could_open_is_refused(store: RunStore, view: View, field: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await Views(store, FakeClock(NOON)).put("v", view, "ada")
    assert refused.value.details["field"] == field
