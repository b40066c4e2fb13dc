"""The table of what is planned: typed in, typed out, one bad row spoils no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.jobs.types import Submission
from jupyter_crispdm.schedules.store import Plan, ScheduleStore, schedules
from jupyter_crispdm.schedules.types import Missed, Overlap


@pytest.fixture
def database(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Database]:
    database = Database.in_directory(tmp_path)
    database.start_sync()
    yield database
    jp_asyncio_loop.run_until_complete(database.close())


def plan(id: str = "s1", **more: Any) -> Plan:
    """A plan with something in every field."""
    whole = Plan(
        id=id, name="nightly", cron="0 3 * * *", timezone="Europe/Berlin", missed=Missed.all, overlap=Overlap.allow,
        paused=True, submission=Submission(command=["fit"], parameters={"lr": 0.1, "deep": [1, None]}), owner="ada",
        created=10.5, settled=20.25, last_run=15.0, last_job="j1", reason="its last job is not over",
    )  # fmt: skip
    return msgspec.structs.replace(whole, **more)


async def test_a_plan_comes_back_as_it_was(database: Database) -> None:
    store = ScheduleStore(database)
    await store.put(plan())
    assert await store.all() == [plan()]


async def test_a_plan_is_replaced_and_keeps_its_place(database: Database) -> None:
    store = ScheduleStore(database)
    await store.put(plan("a", created=1.0))
    await store.put(plan("b", created=2.0))
    await store.put(plan("a", created=1.0, paused=False, reason=""))
    assert [(one.id, one.paused) for one in await store.all()] == [("a", False), ("b", True)]


async def test_a_plan_is_forgotten_alone(database: Database) -> None:
    store = ScheduleStore(database)
    await store.put(plan("a"))
    await store.put(plan("b"))
    await store.remove("a")
    await store.remove("nobody")
    assert [one.id for one in await store.all()] == ["b"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": 3}', "null"])
async def test_a_plan_that_cannot_be_read_is_left_alone_and_spoils_no_other(
    text: str, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = ScheduleStore(database)
    await store.put(plan("good"))
    row = {"id": "bad", "created": 0.0, "plan": text}
    await database.write(lambda connection: connection.execute(sa.insert(schedules), row))
    with caplog.at_level(logging.ERROR):
        assert [one.id for one in await store.all()] == ["good"]
    assert "The schedule bad cannot be read and is left alone" in caplog.text
    kept = await database.read(lambda connection: connection.execute(sa.select(schedules.c.id)).scalars().all())
    assert sorted(kept) == ["bad", "good"]
