"""What the jobs room needs of a place where jobs run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jupyter_crispdm.base.errors import SetupError

from ..types import JobState, Resources


@dataclass(frozen=True)
class NotStarted:
    """Nothing has been started from this directory; `claimed` means that something is about to be."""

    claimed: bool = False


@dataclass(frozen=True)
class Pending:
    """A cluster has taken the job; the program does not run yet, for that reason."""

    reason: str


@dataclass(frozen=True)
class Running:
    """The program runs, as far as is known: `trouble` says why that is no longer certain."""

    pid: int | None
    started: float
    trouble: str = ""


@dataclass(frozen=True)
class Ended:
    """The program ended, and this is its exit record."""

    state: JobState
    exit_code: int | None = None
    signal: str | None = None
    reason: str = ""
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True)
class Vanished:
    """The program is no longer there and nobody recorded how it ended."""

    reason: str
    started: float | None = None


Observation = NotStarted | Pending | Running | Ended | Vanished


class CannotStart(Exception):
    """The executor could not start the job; the text says why."""


class CannotUse(SetupError):
    """This machine or these settings cannot use the executor; the text says what is missing."""


class Executor(Protocol):
    """Starts what a job directory's spec.json says, and tells how it stands.

    `places` says whether it finds a place for a job by itself, as a cluster does. Where it does not, a job is
    started only when its CPUs, GPUs and memory are free, and grant.json names its GPUs.

    The directory is all that an executor knows of a job: everything it needs later (process ids, a cluster's
    job id) it keeps in there, so that another server process can go on with it. No method blocks the loop.

    Examples
    --------
    >>> await executor.start(directory)
    >>> seen = await executor.observe(directory)
    >>> while isinstance(seen, Running):
    ...     await executor.changed(directory, seen)
    ...     seen = await executor.observe(directory)
    """

    places: bool

    async def start(self, directory: Path) -> None:
        """Start the job; on return it is claimed and goes on without this process. Raises CannotStart.

        A cluster that does not answer is no reason to raise: the job waits, and is sent when it answers again.
        """

    async def observe(self, directory: Path) -> Observation:
        """How the job stands now, whoever started it."""

    async def changed(self, directory: Path, seen: Observation) -> None:
        """Wait until `observe` may answer something else than `seen`."""

    async def stop(self, directory: Path, grace: Sequence[float]) -> None:
        """Begin to stop the whole tree: SIGINT, grace, SIGTERM, grace, SIGKILL. `observe` tells the end."""

    async def send(self, directory: Path, text: str | None) -> None:
        """Hand a text to the standard input, None for its end. Raises Conflict when nobody takes it."""

    async def usage(self, directories: Sequence[Path]) -> dict[Path, Resources]:
        """What running jobs use now; those about which nothing is known are left out."""

    async def close(self) -> None:
        """Let go of everything but the jobs."""
