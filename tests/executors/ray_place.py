"""A real Ray cluster as a place for the executor tests."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.port import Executor
from jupyter_crispdm.jobs.executors.ray import Ray
from jupyter_crispdm.jobs.executors.records import read_records
from tests.executors.ray_cluster import CPUS, RayCluster
from tests.support import eventually, eventually_sync

_ALIVE = ("PENDING", "RUNNING")


class RayPlace:
    """A head and a second machine; ``CRISPDM_TEST_RAY`` names the program."""

    many = 20  # Ray starts a Python of its own for each, which takes a core for more than a second

    def __init__(self) -> None:
        self.cluster: RayCluster | None = None

    def start(self, path: Path) -> None:
        self.cluster = RayCluster(os.environ["CRISPDM_TEST_RAY"], path)
        self.cluster.__enter__()

    def stop(self) -> None:
        self.up.__exit__()

    def executor(self) -> Executor:
        return ClusterExecutor(Ray(self.up.url, str(self.up.token_file)), seconds=0.5)

    async def lose(self, directory: Path) -> None:
        """The process in which Ray keeps the job is killed; Ray then kills the supervisor."""
        os.kill(keeper_of(directory), signal.SIGKILL)

    async def cut(self) -> None:
        await asyncio.to_thread(self.up.cut)

    async def mend(self) -> None:
        await asyncio.to_thread(self.up.mend)

    async def fill(self) -> str:
        await eventually(lambda: asyncio.to_thread(self._fill), 180)
        return "waits for room"

    async def clear(self) -> None:
        await asyncio.to_thread(self._stop_all, "filler")
        await eventually(lambda: asyncio.to_thread(lambda: not self.statuses("filler")))

    async def cancel(self, directory: Path) -> None:
        ticket = read_records(directory).ticket
        assert ticket is not None
        await asyncio.to_thread(self.up.post, f"/api/jobs/{ticket.name}/stop")

    async def names(self) -> list[str]:
        return [job["submission_id"] for job in await asyncio.to_thread(self.up.jobs)]

    def tidy(self, jobs: Path) -> None:
        self._stop_all("")
        eventually_sync(lambda: not self.statuses(""))

    @property
    def up(self) -> RayCluster:
        assert self.cluster is not None
        return self.cluster

    def statuses(self, prefix: str) -> list[str]:
        """How those stand that are not over."""
        return [job["status"] for job in self._alive(prefix)]

    def _alive(self, prefix: str) -> list[dict[str, Any]]:
        ours = (job for job in self.up.jobs() if (job["submission_id"] or "").startswith(prefix))
        return [job for job in ours if job["status"] in _ALIVE]

    def _fill(self) -> bool:
        there = self.statuses("filler")
        for _ in range(2 - len(there)):  # Ray may have given one up
            id = f"filler{time.monotonic_ns()}"
            asked = {"submission_id": id, "entrypoint": "exec sleep 3600", "entrypoint_num_cpus": CPUS}
            self.up.post("/api/jobs/", asked)
        return there == ["RUNNING", "RUNNING"]

    def _stop_all(self, prefix: str) -> None:
        for job in self._alive(prefix):
            self.up.post(f"/api/jobs/{job['submission_id']}/stop")


def keeper_of(directory: Path) -> int:
    """Ray's own process for a job, wherever in the cluster: from out here all its processes are seen."""
    wanted = b"--attached\0" + bytes(directory) + b"\0"
    found = [file.parent for file in Path("/proc").glob("[0-9]*/cmdline") if wanted in _read(file)]
    parents = [int(_read(folder / "stat").rpartition(b")")[2].split()[1]) for folder in found]
    keepers = [pid for pid in parents if b"ray::" in _read(Path(f"/proc/{pid}/cmdline"))]  # the guardian has another
    assert len(keepers) == 1, (found, parents)
    return keepers[0]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
