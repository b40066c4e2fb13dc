"""The workers of a deployment are kept: started again when they end, and given up only where that is in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.workers import pool as module
from jupyter_crispdm.serving.inference.workers.pool import WorkerPool
from jupyter_crispdm.serving.inference.workers.worker import LoadFailed
from jupyter_crispdm.serving.types import DeploymentState
from tests.support import eventually

from .test_repository import spec

RESTARTS = 2


@dataclass
class Process:
    """A model's process that lives until a test ends it."""

    pid: int
    is_to_blame: bool = False
    description: dict[str, Any] = field(default_factory=lambda: {"classes": [], "signature": {}})
    batch: Any = None
    is_free: bool = True
    streams: dict[int, Any] = field(default_factory=dict)
    over: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def end(self, how: str, by_itself: bool = False) -> None:
        self.is_to_blame = by_itself
        self.over.set_result(how)

    def busy_for(self, now: float) -> float:
        return 0.0

    async def serve(self) -> str:
        return await self.over

    async def stop(self, why: str, hung: bool = False) -> None:
        if not self.over.done():
            self.over.set_result(why)


@dataclass
class Machine:
    """Where processes are started, or fail to be."""

    failures: list[Exception] = field(default_factory=list)
    always: Exception | None = None
    started: list[Process] = field(default_factory=list)
    tries: int = 0

    async def start(self, *_: Any) -> Process:
        self.tries += 1
        if self.always is not None:
            raise self.always
        if self.failures:
            raise self.failures.pop(0)
        self.started.append(Process(self.tries))
        return self.started[-1]

    @property
    def newest(self) -> Process:
        return self.started[-1]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(module, "Worker", made)
    return made


@pytest.fixture
def pool(tmp_path: Path, machine: Machine, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[WorkerPool]:
    settings = InferenceSettings(tmp_path, restarts=RESTARTS, first_pause=0.001, longest_pause=0.002)

    async def make() -> WorkerPool:
        return WorkerPool(spec("a"), settings, tmp_path / "a.log", lambda: None)

    made = jp_asyncio_loop.run_until_complete(make())
    yield made
    jp_asyncio_loop.run_until_complete(made.stop())


async def killed(pool: WorkerPool, machine: Machine, how: str = "was killed", by_itself: bool = False) -> None:
    """End the process, and wait for the next one."""
    before = machine.newest
    before.end(how, by_itself)
    await eventually(lambda: machine.newest is not before and pool.ready)


@pytest.mark.proves("serving.worker-kept")
@pytest.mark.parametrize("by_itself", [False, True])
async def test_a_model_that_works_is_started_again_however_often_it_ends(
    pool: WorkerPool, machine: Machine, by_itself: bool
) -> None:
    """After six deaths within a minute each it was given up, for good."""
    pool.start()
    await eventually(lambda: pool.ready)
    for _ in range(5 * RESTARTS):
        await killed(pool, machine, by_itself=by_itself)
    assert pool.status.state is DeploymentState.ready


@pytest.mark.proves("serving.worker-kept")
async def test_a_model_that_never_becomes_ready_is_given_up_and_says_why(pool: WorkerPool, machine: Machine) -> None:
    machine.always = OSError("no memory is left")
    pool.start()
    await asyncio.wait_for(asyncio.gather(*pool._tasks), 60)
    assert pool.status.state is DeploymentState.failed
    assert pool.status.reason == (
        "Not ready after 3 starts. The model's process could not be started: no memory is left"
    )
    assert machine.tries == RESTARTS + 1
    with pytest.raises(Unavailable, match="no memory is left"):
        await pool.infer([], "ada")


async def test_a_model_that_cannot_be_loaded_is_not_tried_again(pool: WorkerPool, machine: Machine) -> None:
    machine.always = LoadFailed("the weights are bad")
    pool.start()
    await asyncio.wait_for(asyncio.gather(*pool._tasks), 60)
    assert (machine.tries, pool.status.state) == (1, DeploymentState.failed)


@pytest.mark.parametrize("trouble", [OSError("no memory is left"), LoadFailed("MemoryError")])
async def test_a_model_that_has_worked_comes_back_when_what_kept_it_down_is_over(
    pool: WorkerPool, machine: Machine, trouble: Exception
) -> None:
    pool.start()
    await eventually(lambda: pool.ready)
    machine.always = trouble
    machine.newest.end("was killed")
    await eventually(lambda: pool.status.state is DeploymentState.failed)
    assert str(trouble) in pool.status.reason
    with pytest.raises(Unavailable, match="not ready"):
        await pool.infer([], "ada")
    machine.always = None
    await eventually(lambda: pool.ready)
    assert (pool.status.state, pool.status.reason) == (DeploymentState.ready, "")
