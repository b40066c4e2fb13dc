"""What all executors of clusters do, over a cluster that is a fake and never runs anything."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor, ClusterJob, Outcome
from jupyter_crispdm.jobs.executors.listing import Listing, Standing, Unreachable
from jupyter_crispdm.jobs.executors.port import CannotStart, Ended, Observation, Pending, Running, Vanished
from jupyter_crispdm.jobs.types import JobState
from tests.support import eventually

FROM_OUTSIDE = "stopped: the supervisor was asked to end (SIGTERM)"


class FakeCluster:
    """Takes jobs and lets them wait."""

    title = "the cluster"

    def __init__(self) -> None:
        self.sent: dict[str, ClusterJob] = {}
        self.waiting: set[str] = set()
        self.cancelled: list[str] = []
        self.epitaphs: dict[str, Outcome] = {}
        self.away = False
        self.listed = 0

    async def submit(self, job: ClusterJob) -> str:
        self._answer()
        assert job.name not in self.sent
        self.sent[job.name] = job
        self.waiting.add(job.name)
        return job.name

    async def listing(self) -> Listing:
        self.listed += 1
        self._answer()
        return {name: Standing(name, "waits for room") for name in self.waiting}

    async def cancel(self, name: str, id: str) -> None:
        self._answer()
        self.cancelled.append(name)

    async def outcome(self, name: str, id: str) -> Outcome | None:
        self._answer()
        return self.epitaphs.get(name)

    async def close(self) -> None:
        return

    def give_up(self, name: str) -> None:
        self.waiting.remove(name)
        self.epitaphs[name] = Outcome(JobState.queued, "no room")

    def _answer(self) -> None:
        if self.away:
            raise Unreachable("no route")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def executor(cluster: FakeCluster, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[ClusterExecutor]:
    executor = ClusterExecutor(cluster, seconds=0.01, settle=0)
    yield executor
    jp_asyncio_loop.run_until_complete(executor.close())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return prepare(tmp_path / "a", "12:00")


def prepare(directory: Path, created: str) -> Path:
    directory.mkdir()
    spec = {"argv": ["echo", "ran"], "cwd": "/", "env": {}, "job": {"created": created}, "grace": [0, 0]}
    (directory / "spec.json").write_text(json.dumps(spec))
    return directory


async def follow(executor: ClusterExecutor, directory: Path) -> Observation:
    """How the job ends."""
    seen = await executor.observe(directory)
    while isinstance(seen, Pending | Running):
        await executor.changed(directory, seen)
        seen = await executor.observe(directory)
    return seen


def stopped(seen: Observation) -> bool:
    return isinstance(seen, Ended) and (seen.state, seen.reason) == (JobState.stopped, "stopped before it started")


async def test_a_job_that_the_cluster_gave_up_is_sent_again(
    cluster: FakeCluster, executor: ClusterExecutor, directory: Path
) -> None:
    await executor.start(directory)
    (first,) = cluster.sent
    follower = asyncio.get_running_loop().create_task(follow(executor, directory))
    for number in (2, 3):
        cluster.give_up(list(cluster.sent)[-1])
        await eventually(lambda: cluster.waiting)
        assert cluster.waiting == {f"{first}~{number}"}
    await executor.stop(directory, (0, 0))
    assert stopped(await follower)


async def test_a_running_job_that_the_cluster_wants_anew_is_lost(
    cluster: FakeCluster, executor: ClusterExecutor, directory: Path
) -> None:
    await executor.start(directory)
    process = {"pid": 1, "start": 1, "boot": "b", "host": "h"}
    state = {"supervisor": process, "process": process, "started": 5.0}
    (directory / "state.json").write_text(json.dumps(state))
    assert await executor.observe(directory) == Running(1, 5.0)
    (name,) = cluster.sent
    cluster.give_up(name)
    assert await follow(executor, directory) == Vanished("no room", 5.0)
    assert not (directory / "exit.json").exists()


async def test_stopping_a_waiting_job_needs_no_cluster(
    cluster: FakeCluster, executor: ClusterExecutor, directory: Path
) -> None:
    await executor.start(directory)
    cluster.away = True
    await executor.stop(directory, (0, 0))
    await eventually((directory / "exit.json").exists)
    assert stopped(await executor.observe(directory))


async def test_a_stopped_job_does_not_run_when_its_turn_comes(
    cluster: FakeCluster, executor: ClusterExecutor, directory: Path
) -> None:
    await executor.start(directory)
    await executor.stop(directory, (0, 0))
    await eventually((directory / "exit.json").exists)
    (job,) = cluster.sent.values()
    assert cluster.cancelled == [job.name]
    done = await asyncio.to_thread(subprocess.run, job.argv, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "This job was started before.\n")
    assert not (directory / "state.json").exists()
    assert stopped(await executor.observe(directory))


async def test_a_name_is_never_used_twice(cluster: FakeCluster, executor: ClusterExecutor, tmp_path: Path) -> None:
    for created in ("12:00", "12:01"):
        directory = prepare(tmp_path / "a", created)
        await executor.start(directory)
        directory.rename(tmp_path / created)  # deleted, and another made with the same id
    await executor.start(prepare(tmp_path / "b", "12:01"))
    assert len(cluster.sent) == 3
    assert all(job.argv[0] == sys.executable for job in cluster.sent.values())


async def test_a_directory_without_a_spec_cannot_start(executor: ClusterExecutor, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotStart):
        await executor.start(tmp_path / "empty")


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Outcome(JobState.failed, "had to make room"), JobState.failed, "had to make room"),
        (Outcome(JobState.lost, "ended as COMPLETED"), JobState.stopped, FROM_OUTSIDE),
        (None, JobState.stopped, FROM_OUTSIDE),
    ],
)
async def test_a_job_that_the_cluster_had_end_says_why(
    cluster: FakeCluster,
    executor: ClusterExecutor,
    directory: Path,
    outcome: Outcome | None,
    state: JobState,
    reason: str,
) -> None:
    await executor.start(directory)
    (name,) = cluster.sent
    process = {"pid": 1, "start": 1, "boot": "elsewhere"}
    (directory / "state.json").write_text(json.dumps({"supervisor": process, "process": process, "started": 1.0}))
    (directory / "exit.json").write_text(json.dumps({"state": "stopped", "exit_code": 3, "reason": FROM_OUTSIDE}))
    assert isinstance(await executor.observe(directory), Running), "the cluster has not said how it ended"
    cluster.waiting.clear()
    cluster.epitaphs.update({} if outcome is None else {name: outcome})
    seen = await eventually(lambda: over(executor, directory))
    assert (seen.state, seen.exit_code, seen.reason) == (state, 3, reason)


async def over(executor: ClusterExecutor, directory: Path) -> Ended | None:
    seen = await executor.observe(directory)
    return seen if isinstance(seen, Ended) else None


async def test_a_thousand_new_jobs_do_not_each_ask_for_the_list(cluster: FakeCluster, tmp_path: Path) -> None:
    executor = ClusterExecutor(cluster, seconds=60, settle=0)
    directories = [prepare(tmp_path / str(number), "12:00") for number in range(50)]
    for directory in directories:
        await executor.start(directory)
        assert isinstance(await executor.observe(directory), Pending)
    assert cluster.listed == 1
    await executor.close()
