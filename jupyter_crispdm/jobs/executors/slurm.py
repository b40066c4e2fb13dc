"""Jobs on a SLURM cluster, by the programs sbatch, squeue, scancel and scontrol."""

from __future__ import annotations

import asyncio
import math
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from jupyter_crispdm.base.tasks import within

from ..types import JobState
from .cluster import ClusterJob, Outcome
from .listing import Listing, Standing, Unreachable
from .port import CannotStart, CannotUse

_PROGRAMS = ("sbatch", "squeue", "scancel", "scontrol")
SCRIPT = Path(__file__).with_name("slurm_batch.sh")
_SECONDS = 25.0
_AT_ONCE = 8
_GRACE_MINUTES = 2
_FORMAT, _HEADER = "%A|%T|%r|%j", "JOBID|STATE|REASON|NAME"
_WAITING = {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"}
# Not our own variables: they hold secrets, and those of a SLURM job that this server may run in.
_HANDED_ON = re.compile(r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|KRB5CCNAME|SLURM_(CONF|JWT|CLUSTERS)|SBATCH_\w+")
_EPITAPHS = {
    "NODE_FAIL": Outcome(JobState.lost, "its node failed"),
    "BOOT_FAIL": Outcome(JobState.lost, "its node failed to boot"),
    "OUT_OF_MEMORY": Outcome(JobState.failed, "out of memory"),
    "TIMEOUT": Outcome(JobState.failed, "reached the time limit of SLURM"),
    "DEADLINE": Outcome(JobState.failed, "reached its deadline in SLURM"),
    "PREEMPTED": Outcome(JobState.failed, "had to make room in SLURM (preempted)"),
    "CANCELLED": Outcome(JobState.stopped, "cancelled in SLURM"),
}


class Slurm:
    """The cluster that SLURM's programs on PATH talk to; `options` are more arguments for sbatch.

    Raises CannotUse.
    """

    title = "SLURM"

    def __init__(self, partition: str = "", account: str = "", options: Sequence[str] = ()) -> None:
        lacking = [name for name in _PROGRAMS if shutil.which(name) is None]
        if lacking:
            raise CannotUse(f"SLURM needs {', '.join(lacking)} on PATH: this machine is not set up as a submit host.")
        chosen = {"partition": partition, "account": account}
        self._options = [*(f"--{key}={value}" for key, value in chosen.items() if value), *options]
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def submit(self, job: ClusterJob) -> str:
        """Send a job to sbatch; answers SLURM's id. Raises CannotStart, Unreachable."""
        async with self._room:
            said = await self._call("sbatch", *self._arguments(job), str(SCRIPT), *job.argv)
        id = re.search(r"^(\d+)(;\S*)?$", said.out, re.MULTILINE)
        if id is not None:
            return id[1]
        found = (await self.listing()).get(job.name)  # the answer may have been lost on its way
        if found is not None:
            return found.id
        raise CannotStart(said.complaint)

    async def listing(self) -> Listing:
        """Our jobs in squeue. Raises Unreachable."""
        said = await self._call("squeue", f"--user={os.getuid()}", f"--format={_FORMAT}")
        header, *lines = said.out.splitlines() or [""]
        if header != _HEADER:  # the only sure sign that an empty list is one
            raise Unreachable(said.complaint)
        rows = [line.split("|", 3) for line in lines if line.count("|") >= 3]
        return {name: _standing(id, state, reason) for id, state, reason, name in rows}

    async def cancel(self, name: str, id: str) -> None:
        """Have scancel end a job."""
        async with self._room:
            await self._call("scancel", id)

    async def outcome(self, name: str, id: str) -> Outcome | None:
        """What scontrol still knows of a job that is over."""
        if not id:
            return None
        said = await self._call("scontrol", "show", "job", "--oneliner", id)
        state = re.search(r"\bJobState=(\w+)", said.out)
        if state is None:
            return None
        unknown = Outcome(JobState.lost, f"ended in SLURM as {state[1]}, without an exit record")
        return _EPITAPHS.get(state[1], unknown)

    async def close(self) -> None:
        """There is no connection to close."""

    def _arguments(self, job: ClusterJob) -> list[str]:
        log = str(job.directory / "cluster.log").replace("\\", "\\\\").replace("%", "%%")
        arguments = [
            *("--parsable", "--no-requeue", "--nodes=1", "--ntasks=1", "--chdir=/", "--input=/dev/null"),
            *(f"--job-name={job.name}", f"--output={log}", f"--cpus-per-task={job.cpus}"),
        ]
        if job.gpus:
            arguments.append(f"--gres=gpu:{job.gpus}")
        if job.memory is not None:
            arguments.append(f"--mem={math.ceil(job.memory / 2**20)}M")
        if job.timeout is not None:
            arguments.append(f"--time={math.ceil(job.timeout / 60) + _GRACE_MINUTES}")
        return [*arguments, *self._options]

    async def _call(self, *command: str) -> _Said:
        """Run a program of SLURM. Its exit code says nothing: others in this process may take it."""
        environ = {key: value for key, value in os.environ.items() if _HANDED_ON.fullmatch(key)}
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=nothing, stdout=pipe, stderr=pipe, env=environ, start_new_session=True
            )
        except OSError as error:
            raise Unreachable(f"{command[0]}: {error.strerror}") from error
        try:
            out, complaint = await within(process.communicate(), _SECONDS)
        except asyncio.TimeoutError as error:
            raise Unreachable(f"{command[0]} did not answer within {_SECONDS:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _Said(command[0], out.decode(errors="replace"), complaint.decode(errors="replace"))


class _Said:
    """What a program printed."""

    def __init__(self, program: str, out: str, complaint: str) -> None:
        self.out = out
        lines = [re.sub(r"^\w+: (error: |fatal: )?", "", line).strip() for line in complaint.splitlines()]
        self.complaint = "; ".join(dict.fromkeys(filter(None, lines)))[:500] or f"{program} said nothing"


def _standing(id: str, state: str, reason: str) -> Standing:
    if state not in _WAITING:
        return Standing(id)
    known = reason not in ("", "None", "(null)")
    return Standing(id, "waits in the SLURM queue" + (f": {reason}" if known else ""))
