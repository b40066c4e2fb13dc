"""What is SLURM's own: what is asked for, and how it says no."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.port import CannotUse
from jupyter_crispdm.jobs.executors.slurm import Slurm
from jupyter_crispdm.jobs.types import JobState
from tests.executors.house import House
from tests.executors.places import SlurmPlace
from tests.support import eventually

GIB = 2**30


@pytest.mark.proves("jobs.more-machines", "executors.slurm")
async def test_cpus_memory_and_gpus_are_asked_for_and_seen_by_the_program(house: House) -> None:
    script = 'echo "$SLURM_CPUS_PER_TASK $SLURM_MEM_PER_NODE $CUDA_VISIBLE_DEVICES ${SLURM_JOB_ID:+id}"'
    job = await house.submit(command=["sh", "-c", script], cpus=2, gpus=2, memory=GIB + 1)
    assert (await house.ends(job)).state is JobState.succeeded
    assert house.log(job) == "2 1025 0,1 id\n"


async def test_a_request_that_no_node_can_meet_fails_with_slurms_own_words(house: House) -> None:
    ended = await house.ends(await house.submit(command=["true"], gpus=3, retries=2))
    assert (ended.state, ended.attempt) == (JobState.failed, 1)
    assert ended.reason.startswith("could not start: Batch job submission failed: ")


@pytest.mark.proves("settings.slurm")
async def test_partition_account_and_more_options_go_to_sbatch(place: SlurmPlace, tmp_path: Path) -> None:
    executor = ClusterExecutor(Slurm("night", "lab", ["--comment=a b"]), seconds=0.5)
    house = await House(tmp_path, executor).open()
    job = await house.submit(command=["true"])
    shown = await eventually(lambda: place.call("squeue", "--noheader", "--format=%P|%a|%k|%j"))
    assert shown.startswith(f"night|lab|a b|crispdm-{job.id}.1-")
    await house.jobs.stop(job.id)
    assert (await house.ends(job)).state is JobState.stopped
    await house.close()


async def test_where_slurm_is_not_installed_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotUse, match="sbatch, squeue, scancel, scontrol"):
        Slurm()
