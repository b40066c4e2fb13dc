"""The indexer: it follows jobs and folders, forgets what is gone, goes on after a restart and on a full disk."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound, StorageFull, Unavailable
from jupyter_crispdm.jobs.types import Job, JobFilter, JobKind, JobState
from jupyter_crispdm.runs.index import indexer as indexer_module
from jupyter_crispdm.runs.index.entry import looked_at
from jupyter_crispdm.runs.index.indexer import Places, RunIndexer
from jupyter_crispdm.runs.index.memory import RunIndex
from jupyter_crispdm.runs.merging import write_merged
from jupyter_crispdm.runs.records import Entry
from jupyter_crispdm.runs.store import RunStore
from jupyter_crispdm.runs.types import Lineage, RunKind, RunState
from tests.support import FakeClock, eventually, soon
from tests.unit.tracking.conftest import Writer

from .making import NOON, run


class FakeJobs:
    """Jobs that a test moves."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.known: dict[str, Job] = {}
        self._changed: list[Callable[[Job], object]] = []
        self._deleted: list[Callable[[str], object]] = []

    def put(self, id: str, state: JobState, **fields: Any) -> Job:
        job = Job(
            id=id, name=fields.pop("name", id), kind=JobKind.command, state=state, owner="ada", environment="server",
            command=["x"], cwd="/", created=utc(NOON), ended=utc(NOON + 1) if state.final else None, **fields,
        )  # fmt: skip
        self.known[id] = job
        for callback in self._changed:
            callback(job)
        return job

    def forget(self, id: str) -> None:
        del self.known[id]
        for callback in self._deleted:
            callback(id)

    def on_change(self, callback: Callable[[Job], object]) -> None:
        self._changed.append(callback)

    def on_delete(self, callback: Callable[[str], object]) -> None:
        self._deleted.append(callback)

    def live(self) -> list[str]:
        return [id for id, job in self.known.items() if not job.state.final]

    def over(self, id: str) -> bool:
        return id not in self.live()

    async def get(self, id: str) -> Job:
        if id not in self.known:
            raise NotFound("no job")
        return self.known[id]

    async def find(self, query: JobFilter) -> list[Job]:
        ids = sorted(self.known)
        first = 0 if query.before is None else ids.index(query.before) + 1
        return [self.known[id] for id in ids[first : first + query.limit]]

    def directory(self, id: str) -> Path:
        return self._root / "jobs" / id


class FullStore(RunStore):
    """A database whose disk may be full."""

    is_full = False

    async def put_entries(self, entries: Iterable[Entry]) -> None:
        if self.is_full:
            raise StorageFull("full")
        await super().put_entries(entries)


class House:
    """An indexer on jobs and folders."""

    def __init__(self, root: Path, database: Database, jobs: FakeJobs) -> None:
        self.jobs, self.root = jobs, root
        self.clock = FakeClock(NOON)
        self.index, self.store = RunIndex(), FullStore(database)
        self.places = Places(root / "files", 3, root / "merged", 60.0)
        self.indexer = RunIndexer(self.index, self.store, jobs, self.clock, self.places, "server",  # type: ignore[arg-type]
                                  cost=lambda: 0.0)  # fmt: skip
        self.told: list[str] = []
        self.gone: list[str] = []
        self.indexer.on_change(lambda row: self.told.append(row.id))
        self.indexer.on_delete(self.gone.append)

    def log(self, id: str, *values: float, step: int = 0) -> None:
        Writer(self.jobs.directory(id), f"1-{step}").log("loss", *values, step=step)

    async def row(self, id: str, **wanted: Any) -> Any:
        """A row, once it has the fields that are wanted."""

        async def found() -> Any:
            self.clock.advance(10.0)
            await self.indexer.catch_up()
            row = self.index.get(id)
            return row if row and all(getattr(row, name) == value for name, value in wanted.items()) else None

        return await eventually(found)


@asynccontextmanager
async def house(tmp_path: Path, jobs: FakeJobs | None = None) -> AsyncIterator[House]:
    (tmp_path / "files").mkdir(exist_ok=True)
    database = Database.in_directory(tmp_path)
    await database.start()
    made = House(tmp_path, database, jobs or FakeJobs(tmp_path))
    with made.indexer.followed():
        made.indexer.start()
        try:
            yield made
        finally:
            await made.indexer.close()
            await database.close()


@pytest.mark.proves("runs.table", "runs.live")
async def test_a_job_is_followed_from_its_queue_to_its_last_word(tmp_path: Path) -> None:
    async with house(tmp_path) as made:
        made.jobs.put("a", JobState.queued, parameters={"lr": 0.1})
        assert made.index.all()[0].state is RunState.queued  # at once
        made.log("a", 3.0)
        made.jobs.put("a", JobState.running)
        await made.row("a", points=1)
        made.log("a", 1.0, 2.0, step=1)
        row = await made.row("a", points=3)
        assert row.metrics["loss"].best == 1.0
        made.jobs.put("a", JobState.failed, reason="broken")
        assert made.index.all()[0].reason == "broken"
        await eventually(lambda: made.index.entries["a"].settled)
        assert set(made.told) == {"a"}
        made.jobs.forget("a")
        assert made.index.all() == []
        assert made.gone == ["a"]
        await eventually(lambda: _kept(made, {}))


@pytest.mark.proves("runs.table")
async def test_a_new_server_goes_on_with_what_was_read(tmp_path: Path) -> None:
    jobs = FakeJobs(tmp_path)
    async with house(tmp_path, jobs) as made:
        made.log("over", 1.0)
        jobs.put("over", JobState.succeeded)
        jobs.put("goes", JobState.succeeded)
        await made.row("over", points=1)
        await eventually(lambda: made.index.entries["over"].settled)
    del jobs.known["goes"]  # deleted by another server
    shutil.rmtree(jobs.directory("over") / "metrics")  # what was read is not read again
    made.log("new", 5.0)
    jobs.put("new", JobState.lost)
    async with house(tmp_path, jobs) as made:
        assert (await made.row("over", points=1)).metrics["loss"].last == 1.0
        await made.row("new", points=1)
        assert sorted(one.id for one in made.index.all()) == ["new", "over"]


@pytest.mark.proves("runs.table")
async def test_jobs_of_the_house_stand_in_the_table_only_where_they_log(tmp_path: Path) -> None:
    async with house(tmp_path) as made:
        made.jobs.put("env", JobState.succeeded, tags=["environment"])
        made.jobs.put("stream", JobState.running, tags=["stream"])
        made.jobs.put("mine", JobState.succeeded, tags=["environment"], parameters={"lr": 1})
        made.log("logs", 1.0)
        made.jobs.put("logs", JobState.succeeded, tags=["environment"])
        await made.row("logs", points=1)
        assert sorted(one.id for one in made.index.all()) == ["logs", "mine"]


@pytest.mark.proves("runs.outside")
async def test_folders_come_and_go(tmp_path: Path) -> None:
    async with house(tmp_path) as made:
        path = tmp_path / "files" / "p" / "crispdm-runs" / "one"
        Writer(path, "1-a").log("loss", 2.0, 1.0)
        await eventually(lambda: _walked(made, 1))
        [row] = made.index.all()
        assert (row.kind, row.folder) == (RunKind.folder, "p/crispdm-runs/one")
        await made.row(row.id, points=2)
        Writer(path, "1-b").log("loss", 0.5, step=2)
        await made.row(row.id, points=3)
        assert made.indexer.directory(row) == path
        shutil.rmtree(path)
        await eventually(lambda: _walked(made, 0))
        assert made.gone == [row.id]


@pytest.mark.proves("runs.table")
async def test_a_full_disk_costs_nothing_that_was_read(tmp_path: Path) -> None:
    async with house(tmp_path) as made:
        made.store.is_full = True
        made.log("a", 1.0)
        made.jobs.put("a", JobState.succeeded)
        await made.row("a", points=1)
        assert await made.store.entries() == {}
        made.store.is_full = False
        await eventually(lambda: _kept(made, {"a": 1}))


@pytest.mark.proves("runs.table")
async def test_one_directory_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    async with house(tmp_path) as made:
        made.jobs.directory("bad").parent.mkdir(parents=True)
        made.jobs.directory("bad").symlink_to(tmp_path)
        made.jobs.put("bad", JobState.succeeded)
        made.log("good", 1.0)
        made.jobs.put("good", JobState.succeeded)
        await made.row("good", points=1)
        assert (await made.row("bad")).points == 0


@pytest.mark.proves("runs.merge")
async def test_merged_runs_are_found_again_without_a_database(tmp_path: Path) -> None:
    Writer(tmp_path / "part", "1-a").log("loss", 1.0)
    (tmp_path / "merged").mkdir()
    whole = run("merged-1", kind=RunKind.merged, state=RunState.ended, lineage=Lineage(merged=["a", "b"]))
    write_merged(whole, [tmp_path / "part"], tmp_path / "merged")
    async with house(tmp_path) as made:
        row = await made.row("merged-1", points=1)
        assert row.lineage.merged == ["a", "b"]
        await made.indexer.removed("merged-1")
        assert made.gone == ["merged-1"]


@pytest.mark.proves("runs.table")
async def test_what_a_program_notes_of_its_origin_is_told(tmp_path: Path) -> None:
    async with house(tmp_path) as made:
        directory = made.jobs.directory("b")
        made.log("b", 1.0)
        (directory / "lineage.json").write_bytes(msgspec.json.encode({"resumes": "/some/where/a", "step": 7}))
        made.jobs.put("b", JobState.succeeded, rerun_of="z")
        row = await made.row("b", points=1)
        assert (row.lineage.resumes, row.lineage.step, row.lineage.rerun_of) == ("a", 7, "z")
        (directory / "lineage.json").write_bytes(b"[")
        made.log("c", 1.0)
        (made.jobs.directory("c") / "lineage.json").symlink_to("/etc/passwd")
        made.jobs.put("c", JobState.succeeded)
        assert (await made.row("c", points=1)).lineage == Lineage()


@pytest.mark.proves("runs.table")
async def test_a_table_that_cannot_be_read_is_told_and_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.runs.index.indexer._LOAD_SECONDS", 0.01)
    database = Database.in_directory(tmp_path)
    await database.start()
    made = House(tmp_path, database, FakeJobs(tmp_path))
    await made.indexer.catch_up()  # before it is started there is nothing to wait for
    is_broken = True
    plain = made.store.entries

    async def entries() -> dict[str, Entry]:
        if is_broken:
            raise StorageFull("broken")
        return await plain()

    monkeypatch.setattr(made.store, "entries", entries)
    made.indexer.start()
    try:
        with pytest.raises(Unavailable):
            await made.indexer.catch_up()
        is_broken = False
        made.jobs.put("a", JobState.succeeded)
        await eventually(lambda: _answers(made))
    finally:
        await made.indexer.close()
        await database.close()


class Held:
    """Looks at runs that go on when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.going_on = threading.Event(), threading.Event()
        monkeypatch.setattr(indexer_module, "looked_at", self._look)

    def _look(self, *arguments: Any) -> Entry:
        found = looked_at(*arguments)
        self.begun.set()
        assert self.going_on.wait(60)
        return found


@pytest.mark.proves("runs.live")
async def test_a_job_that_ends_while_its_files_are_read_is_not_told_to_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row went back to running until the next look."""
    held, states = Held(monkeypatch), list[RunState]()
    async with house(tmp_path) as made:
        made.indexer.on_change(lambda row: states.append(row.state))
        made.log("a", 1.0)
        made.jobs.put("a", JobState.running)
        await eventually(held.begun.is_set)
        made.jobs.put("a", JobState.succeeded)
        held.going_on.set()
        await made.row("a", points=1)
        assert states[states.index(RunState.succeeded) :].count(RunState.running) == 0


@pytest.mark.proves("runs.live")
async def test_who_asks_while_a_look_goes_on_is_answered_after_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look may have gone by what was changed just before they asked."""
    monkeypatch.setattr(indexer_module, "_PATIENCE_SECONDS", 60.0)
    held = Held(monkeypatch)
    async with house(tmp_path) as made:
        made.jobs.put("a", JobState.running)
        await eventually(held.begun.is_set)
        made.log("b", 1.0)
        made.jobs.put("b", JobState.running)
        made.clock.advance(10.0)
        asking = asyncio.create_task(made.indexer.catch_up())
        await asyncio.sleep(0)
        held.going_on.set()
        await soon(asking)
        row = made.index.get("b")
        assert row is not None
        assert row.points == 1


@pytest.mark.proves("runs.table")
async def test_a_job_that_is_deleted_while_its_files_are_read_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood in the table until the server was started again."""
    held = Held(monkeypatch)
    async with house(tmp_path) as made:
        made.log("a", 1.0)
        made.jobs.put("a", JobState.running)
        await eventually(held.begun.is_set)
        made.jobs.forget("a")
        held.going_on.set()
        made.log("b", 1.0)
        made.jobs.put("b", JobState.running)
        await made.row("b", points=1)
        assert [row.id for row in made.index.all()] == ["b"]
        assert made.gone == ["a"]


@pytest.mark.proves("runs.merge")
async def test_a_run_that_is_deleted_while_it_is_written_down_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, going_on = asyncio.Event(), asyncio.Event()
    async with house(tmp_path) as made:
        plain = made.store.put_entries

        async def slow(entries: Iterable[Entry]) -> None:
            kept = list(entries)
            if kept:
                begun.set()
                await going_on.wait()
            await plain(kept)

        monkeypatch.setattr(made.store, "put_entries", slow)
        Writer(tmp_path / "merged" / "m", "1-a").log("loss", 1.0)
        adding = asyncio.create_task(made.indexer.added(run("m", kind=RunKind.merged), tmp_path / "merged" / "m"))
        await soon(begun.wait())
        await made.indexer.removed("m")
        going_on.set()
        await soon(adding)
        await eventually(lambda: _kept(made, {}))


async def _answers(made: House) -> bool:
    try:
        await made.indexer.catch_up()
    except Unavailable:
        return False
    return True


async def _kept(made: House, points: dict[str, int]) -> bool:
    made.clock.advance(10.0)
    await made.indexer.catch_up()
    return {id: one.metrics.points for id, one in (await made.store.entries()).items()} == points


async def _walked(made: House, count: int) -> bool:
    made.clock.advance(10.0)
    await made.indexer.catch_up()
    await asyncio.sleep(0)
    return len(made.index.all()) == count
