"""One keeper at a time: whatever the order of what happens to a job, a stop that was accepted is done."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_crispdm.base.errors import NotReady
from jupyter_crispdm.jobs.executors.port import Observation
from jupyter_crispdm.jobs.types import Input, Job, JobState, Rerun, StopMany
from tests.examples import examples
from tests.support import eventually
from tests.unit.jobs.fakes import Ended, FakeExecutor, House, NotStarted, Running, Vanished


class Recorded(FakeExecutor):
    """An executor whose jobs leave exit records, as real ones do: once one is put away, the job is not started."""

    root = Path()

    def end(self, id: str, code: int = 0) -> None:
        self._end(id, JobState.failed if code else JobState.succeeded, code)

    async def observe(self, directory: Path) -> Observation:
        seen = await super().observe(directory)
        return NotStarted() if isinstance(seen, Ended) and not self._exit(directory.name).exists() else seen

    async def stop(self, directory: Path, grace: Sequence[float]) -> None:
        self._end(directory.name, JobState.stopped, None)

    def _end(self, id: str, state: JobState, code: int | None) -> None:
        if isinstance(self.seen.get(id), Running) and not self._exit(id).exists():
            self._exit(id).write_text(json.dumps({"state": state.value, "exit_code": code, "ended": 1.7e9}))
            self.become(id, Ended(state, code, None, "", 100.0, 1.7e9))

    def _exit(self, id: str) -> Path:
        return self.root / id / "exit.json"


def recorded(house: House) -> Recorded:
    executor = house.executor
    assert isinstance(executor, Recorded)
    return executor


async def opened(path: Path, executor: Recorded) -> House:
    house = await House(path, executor).open()
    executor.root = house.data / "jobs"
    return house


async def killed(house: House) -> House:
    """Another server process on the same directories; the first one is left as a kill leaves it."""
    dispatcher = house.jobs._dispatcher
    dispatcher._open = False
    tasks = [*dispatcher._tasks]
    await house.jobs._cache._loop.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await house.jobs._monitor.close()
    await house.database.close()
    return await opened(house.path, recorded(house))


@pytest.mark.proves("jobs.accepted-stop")
async def test_a_stop_between_two_attempts_ends_the_job(tmp_path: Path) -> None:
    house = await opened(tmp_path, Recorded())
    job = await house.submit(retries=3)
    await house.reaches(job.id, JobState.running)
    stops: list[asyncio.Task[Job]] = []

    def stop(job: Job) -> None:  # stands for any request that is on the loop at this moment
        if job.state is JobState.queued and job.attempt == 2 and not stops:
            stops.append(asyncio.ensure_future(house.jobs.stop(job.id)))

    house.jobs.on_change(stop)
    recorded(house).end(job.id, 9)
    stopped = await house.reaches(job.id, JobState.stopped)
    assert stopped.reason == "stopped between two attempts"
    assert (await stops[0]).state is JobState.stopped
    assert recorded(house).started == [job.id]
    await house.close()


async def test_a_stop_at_the_very_end_is_no_error(tmp_path: Path) -> None:
    house = await opened(tmp_path, Recorded())
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    stops: list[asyncio.Task[Job]] = []

    def stop(job: Job) -> None:
        if job.state.final and not stops:
            stops.append(asyncio.ensure_future(house.jobs.stop(job.id)))

    house.jobs.on_change(stop)
    recorded(house).end(job.id)
    await house.reaches(job.id, JobState.succeeded)
    assert (await stops[0]).state is JobState.succeeded
    await house.close()


async def test_a_stop_while_a_failed_following_rests_is_done(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    session = house.jobs._dispatcher.sessions[job.id]
    real = executor.observe

    async def broken(directory: Path) -> Observation:
        monkeypatch.setattr(executor, "observe", real)
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(executor, "observe", broken)
    executor.become(job.id, Running(4711, 100.0))
    await eventually(lambda: house.jobs._dispatcher.sessions.get(job.id) is not session)
    assert (await house.jobs.stop(job.id)).state is JobState.stopping
    await house.reaches(job.id, JobState.stopped)
    assert executor.stopped == [(job.id, (1.0, 2.0))]


async def test_a_stop_that_did_not_get_through_is_passed_on_again(
    house: House, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    real = executor.stop

    async def full(directory: Path, grace: Sequence[float]) -> None:
        monkeypatch.setattr(executor, "stop", real)
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(executor, "stop", full)
    with pytest.raises(OSError, match="Too many"):
        await house.jobs.stop(job.id)
    executor.become(job.id, Running(4711, 100.0))
    await house.reaches(job.id, JobState.stopped)


@pytest.mark.proves("jobs.accepted-stop")
async def test_no_command_is_accepted_before_the_jobs_are_followed(house: House, executor: FakeExecutor) -> None:
    job = await house.submit()
    await house.reaches(job.id, JobState.running)
    await house.jobs._cache.flush()
    starting = House(house.path, executor)
    await starting.database.start()
    for command in (
        starting.jobs.stop(job.id), starting.jobs.stop_many(StopMany(all=True)), starting.jobs.delete(job.id),
        starting.jobs.send_input(job.id, Input(text="x")), starting.jobs.rerun(job.id, Rerun(), "ada"),
        starting.submit(),
    ):  # fmt: skip
        with pytest.raises(NotReady) as refused:
            await command
        assert refused.value.details["retry_after"] == 1
    assert (await starting.jobs.get(job.id)).id == job.id
    await starting.database.close()


_HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "fail", "succeed", "vanish", "stop", "restart"]),
        st.integers(0, 2),
        st.integers(0, 12),
    ),
    max_size=14,
)


@pytest.mark.proves("jobs.accepted-stop")
@given(_HAPPENINGS)
@settings(max_examples=examples(30))  # each opens a house of its own
def test_whatever_happens_in_whatever_order_a_stop_that_was_accepted_is_done(
    happenings: list[tuple[str, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_through(Path(folder), happenings))


async def _through(path: Path, happenings: list[tuple[str, int, int]]) -> None:
    house = await opened(path, Recorded())
    ids = [(await house.submit(retries=2)).id]
    stops: dict[str, list[asyncio.Task[Job]]] = {}
    for what, which, turns in happenings:
        id = ids[which % len(ids)]
        if what == "submit":
            ids.append((await house.submit(retries=2)).id)
        elif what == "stop":
            stops.setdefault(id, []).append(asyncio.ensure_future(house.jobs.stop(id)))
        elif what == "restart":
            await asyncio.gather(*(task for tasks in stops.values() for task in tasks))  # accepted
            house = await killed(house)
        elif isinstance(recorded(house).seen.get(id), Running):
            _happen(recorded(house), what, id)
        for _ in range(turns):
            await asyncio.sleep(0)
    for tasks in stops.values():
        await asyncio.gather(*tasks)
    await eventually(partial(_all_over, house, ids, set(ids) - set(stops)))
    await house.close()


def _happen(executor: Recorded, what: str, id: str) -> None:
    if what == "vanish":
        executor.become(id, Vanished("its supervisor was killed"))
    else:
        executor.end(id, 9 if what == "fail" else 0)


async def _all_over(house: House, ids: Sequence[str], unstopped: set[str]) -> bool:
    """Whether no job is left; those that nobody stopped succeed by themselves, and make room for the others."""
    for id in unstopped:
        if isinstance(recorded(house).seen.get(id), Running):
            recorded(house).end(id)
    return all([(await house.jobs.get(id)).state.final for id in ids])
