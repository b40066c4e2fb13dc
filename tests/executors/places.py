"""Where the executor tests run jobs: this machine, or a real cluster that a place starts and stops.

``CRISPDM_TEST_EXECUTOR`` chooses: local (the default), slurm or ray.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.directory import JobDirectory
from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.executors.port import Executor
from jupyter_crispdm.jobs.executors.records import read_records
from jupyter_crispdm.jobs.executors.slurm import Slurm
from jupyter_crispdm.worker.processes.identity import kill_tree
from tests.executors.ray_place import RayPlace
from tests.executors.slurm_cluster import SlurmCluster

CHOSEN = os.environ.get("CRISPDM_TEST_EXECUTOR", "local")


class Place(Protocol):
    """A place where jobs run; `many` jobs at the same time are a lot there."""

    many: int

    def start(self, path: Path) -> None:
        """Bring it up; everything it needs goes below `path`."""

    def stop(self) -> None:
        """Take it down, and whatever still runs there."""

    def executor(self) -> Executor:
        """A new executor, as a server makes one when it starts."""

    async def lose(self, directory: Path) -> None:
        """Let what runs a job die without a word."""

    def tidy(self, jobs: Path) -> None:
        """End what a test left running; `jobs` holds the job directories."""


class ClusterPlace(Place, Protocol):
    """A cluster, which can go away and come back."""

    async def cut(self) -> None:
        """Let the cluster answer nothing; what runs goes on."""

    async def mend(self) -> None:
        """Let it answer again."""

    async def fill(self) -> str:
        """Have it take jobs and start none; answers a word of the reason that it gives for that."""

    async def clear(self) -> None:
        """Have it start what it has."""

    async def cancel(self, directory: Path) -> None:
        """End a job as somebody with the cluster's own tools does."""

    async def names(self) -> list[str]:
        """The names of the jobs that it was sent lately, each as often as it was sent."""


class LocalPlace:
    """This machine."""

    many = 50

    def start(self, path: Path) -> None:
        """Nothing is needed."""

    def stop(self) -> None:
        """Nothing is left."""

    def executor(self) -> Executor:
        return LocalExecutor(Watcher())

    async def lose(self, directory: Path) -> None:
        state = JobDirectory(directory).state()
        assert state is not None
        os.kill(state.supervisor["pid"], signal.SIGKILL)
        await asyncio.to_thread(kill_tree, None, directory, (0, 0))

    def tidy(self, jobs: Path) -> None:
        for directory in jobs.glob("*"):
            kill_tree(None, directory, (0, 0))


class SlurmPlace:
    """A SLURM of one node on this machine."""

    many = 50

    def __init__(self) -> None:
        self.cluster: SlurmCluster | None = None

    def start(self, path: Path) -> None:
        path.chmod(0o755)
        self.cluster = SlurmCluster(path / "slurm")
        self.cluster.start()
        os.environ.update(PATH=self.cluster.environ["PATH"], SLURM_CONF=self.cluster.environ["SLURM_CONF"])

    def stop(self) -> None:
        self._up.stop()

    def executor(self) -> Executor:
        return ClusterExecutor(Slurm(), seconds=0.5)

    async def lose(self, directory: Path) -> None:
        """The node loses its power; it comes back later."""
        await asyncio.to_thread(self._up.stop_node, signal.SIGKILL)
        await asyncio.to_thread(self._wait, lambda: "down" in self._up.call("sinfo", "--noheader", "--format=%T"))
        await asyncio.to_thread(self._up.start_node)

    async def cut(self) -> None:
        await asyncio.to_thread(self._up.stop_controller)

    async def mend(self) -> None:
        await asyncio.to_thread(self._up.start_controller)

    async def fill(self) -> str:
        await asyncio.to_thread(self._up.call, "scontrol", "update", "PartitionName=main", "State=DOWN")
        return "PartitionDown"

    async def clear(self) -> None:
        await asyncio.to_thread(self._up.call, "scontrol", "update", "PartitionName=main", "State=UP")

    async def cancel(self, directory: Path) -> None:
        ticket = read_records(directory).ticket
        assert ticket is not None
        await asyncio.to_thread(self._up.call, "scancel", f"--name={ticket.name}")

    async def names(self) -> list[str]:
        return (await asyncio.to_thread(self._up.call, "squeue", "--noheader", "--states=all", "--format=%j")).split()

    def call(self, *command: str) -> str:
        """Run one of SLURM's programs; answers what it printed."""
        return self._up.call(*command)

    def tidy(self, jobs: Path) -> None:
        self._up.call("scancel", f"--user={os.getuid()}", check=False)
        self._wait(lambda: not self._up.call("squeue", "--noheader"))

    @property
    def _up(self) -> SlurmCluster:
        assert self.cluster is not None
        return self.cluster

    def _wait(self, fact: Callable[[], object]) -> None:
        deadline = time.monotonic() + 60
        while not fact():
            assert time.monotonic() < deadline, self._up.call("sinfo")
            time.sleep(0.05)


PLACES: dict[str, type[Place]] = {"local": LocalPlace, "slurm": SlurmPlace, "ray": RayPlace}
