"""How SLURM's programs are called and understood, over programs that only pretend. The real one: `make test-slurm`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from jupyter_crispdm.jobs.executors.cluster import ClusterJob, Outcome
from jupyter_crispdm.jobs.executors.listing import Standing, Unreachable
from jupyter_crispdm.jobs.executors.port import CannotStart, CannotUse
from jupyter_crispdm.jobs.executors.slurm import SCRIPT, Slurm
from jupyter_crispdm.jobs.types import JobState

CAT, ENV, SLEEP = (shutil.which(name) for name in ("cat", "env", "sleep"))
HEADER = "JOBID|STATE|REASON|NAME"
AWAY = "squeue: error: slurm_load_jobs error: Unable to contact slurm controller (connect failure)"


class Programs:
    """Programs on PATH that note how they are called, print what they are told to, and exit with a code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("sbatch", "squeue", "scancel", "scontrol"):
            self.says(name)

    def says(self, name: str, out: str = "", complaint: str = "", code: int = 0) -> None:
        for suffix, text in {"out": out, "err": complaint}.items():
            (self.folder / f"{name}.{suffix}").write_text(text)
        lines = [
            "#!/bin/sh",
            f"printf '%s\\0' \"$@\" > '{self.folder}/{name}.called'",
            f"{ENV} > '{self.folder}/{name}.env'",
            f"{CAT} '{self.folder}/{name}.out'; {CAT} '{self.folder}/{name}.err' >&2; exit {code}",
        ]
        (self.folder / name).write_text("\n".join(lines))
        (self.folder / name).chmod(0o755)

    def called(self, name: str) -> list[str]:
        return (self.folder / f"{name}.called").read_text().split("\0")[:-1]

    def environ(self, name: str) -> set[str]:
        return {line.partition("=")[0] for line in (self.folder / f"{name}.env").read_text().splitlines()}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Programs(folder)


@pytest.fixture
def job(tmp_path: Path) -> ClusterJob:
    directory = tmp_path / "100%j $(x) 'a'"
    return ClusterJob("crispdm-a.1-0", directory, ["/bin/python", "--attached", str(directory)])


@pytest.mark.proves("settings.slurm")
async def test_everything_reaches_sbatch_as_it_is(programs: Programs, job: ClusterJob) -> None:
    programs.says("sbatch", "17;cluster\n")
    assert await Slurm("night", "lab", ["--qos=a b"]).submit(job) == "17"
    *options, script, python, attached, directory = programs.called("sbatch")
    assert script == str(SCRIPT)
    assert [python, attached, directory] == job.argv
    assert options[-3:] == ["--partition=night", "--account=lab", "--qos=a b"]
    assert f"--output={str(job.directory).replace('%', '%%')}/cluster.log" in options
    assert {"--parsable", "--no-requeue", "--cpus-per-task=1", f"--job-name={job.name}"} < set(options)
    assert not any(option.startswith(("--mem", "--gres", "--time")) for option in options)


@pytest.mark.proves("settings.cluster")
def test_the_script_only_becomes_its_arguments() -> None:
    assert SCRIPT.read_text() == '#!/bin/sh\nexec "$@"\n'


async def test_what_a_job_asks_for_is_rounded_up(programs: Programs, tmp_path: Path) -> None:
    programs.says("sbatch", "17\n")
    asked = ClusterJob("a", tmp_path, ["true"], cpus=4, gpus=2, memory=2**20 + 1, timeout=61.0)
    await Slurm().submit(asked)
    assert {"--cpus-per-task=4", "--gres=gpu:2", "--mem=2M", "--time=4"} < set(programs.called("sbatch"))


async def test_no_secret_of_ours_reaches_slurm(
    programs: Programs, job: ClusterJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTER_TOKEN", "SLURM_JOB_ID", "SQUEUE_STATES", "SLURM_CONF", "SBATCH_QOS"):
        monkeypatch.setenv(name, "x")
    programs.says("sbatch", "17\n")
    await Slurm().submit(job)
    assert {"JUPYTER_TOKEN", "SLURM_JOB_ID", "SQUEUE_STATES"}.isdisjoint(programs.environ("sbatch"))
    assert {"SLURM_CONF", "SBATCH_QOS", "PATH"} <= programs.environ("sbatch")


async def test_a_refusal_is_told_in_slurms_words(programs: Programs, job: ClusterJob) -> None:
    programs.says("squeue", f"{HEADER}\n")
    programs.says("sbatch", "", "sbatch: error: invalid partition specified: x\nsbatch: error: Batch job failed\n", 1)
    with pytest.raises(CannotStart, match=r"^invalid partition specified: x; Batch job failed$"):
        await Slurm().submit(job)


async def test_an_answer_that_was_lost_is_looked_up(programs: Programs, job: ClusterJob) -> None:
    programs.says("sbatch", "", "sbatch: error: Socket timed out on send/recv operation", 1)
    programs.says("squeue", f"{HEADER}\n18|PENDING|Priority|{job.name}\n")
    assert await Slurm().submit(job) == "18"


async def test_a_cluster_that_does_not_answer_refuses_nothing(programs: Programs, job: ClusterJob) -> None:
    programs.says("sbatch", "", "sbatch: error: Unable to contact slurm controller", 1)
    programs.says("squeue", "", AWAY, 1)
    with pytest.raises(Unreachable, match=r"Unable to contact slurm controller \(connect failure\)"):
        await Slurm().submit(job)


async def test_the_listing_tells_who_waits_and_for_what(programs: Programs) -> None:
    rows = ["1|PENDING|Resources|a", "2|PENDING|None|b", "3|RUNNING|None|c|d", "4|COMPLETING|None|e", "rubbish"]
    programs.says("squeue", "\n".join([HEADER, *rows, ""]))
    assert await Slurm().listing() == {
        "a": Standing("1", "waits in the SLURM queue: Resources"),
        "b": Standing("2", "waits in the SLURM queue"),
        "c|d": Standing("3"),
        "e": Standing("4"),
    }
    assert f"--user={os.getuid()}" in programs.called("squeue")


@pytest.mark.parametrize("code", [0, 1])
async def test_silence_is_not_an_empty_list(programs: Programs, code: int) -> None:
    programs.says("squeue", "", "", code)
    with pytest.raises(Unreachable, match="squeue said nothing"):
        await Slurm().listing()


async def test_a_program_that_goes_away_is_named(programs: Programs) -> None:
    slurm = Slurm()
    (programs.folder / "squeue").unlink()
    with pytest.raises(Unreachable, match="squeue: No such file"):
        await slurm.listing()


async def test_a_program_that_hangs_is_ended(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    (programs.folder / "squeue").write_text(f"#!/bin/sh\nexec {SLEEP} 600\n")
    monkeypatch.setattr("jupyter_crispdm.jobs.executors.slurm._SECONDS", 0.1)
    with pytest.raises(Unreachable, match="squeue did not answer within"):
        await Slurm().listing()


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        ("JobId=7 JobState=NODE_FAIL Reason=NodeDown", Outcome(JobState.lost, "its node failed")),
        ("JobId=7 JobState=OUT_OF_MEMORY Reason=x", Outcome(JobState.failed, "out of memory")),
        ("JobId=7 JobState=FAILED", Outcome(JobState.lost, "ended in SLURM as FAILED, without an exit record")),
        ("", None),
    ],
)
async def test_how_slurm_ended_a_job(programs: Programs, shown: str, outcome: Outcome | None) -> None:
    programs.says("scontrol", shown)
    assert await Slurm().outcome("a", "7") == outcome
    assert programs.called("scontrol")[-1] == "7"


async def test_a_job_that_slurm_gave_no_id_is_unknown_to_it(programs: Programs) -> None:
    assert await Slurm().outcome("a", "") is None


def test_a_machine_without_slurm_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotUse, match="sbatch, squeue, scancel, scontrol on PATH"):
        Slurm()
