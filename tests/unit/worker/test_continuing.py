"""Runs that go on: attempts, several processes, resumed and forked runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.tracking import read_run

from .programs import good, run


def lineage(directory: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((directory / "lineage.json").read_text())
    assert said.pop("time") > 0
    return said


def files(directory: Path) -> list[str]:
    """The names of its metric files, without the number of the process and what is drawn at random."""
    return sorted(path.stem.partition("-")[2][8:] for path in (directory / "metrics").glob("*.bin"))


@pytest.mark.proves("recorder.ranks")
@pytest.mark.parametrize("variable", ["RANK", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"])
def test_processes_that_train_together_have_curves_of_their_own(tmp_path: Path, variable: str) -> None:
    for number in range(3):
        good("for n in range(4): crispdm.log({'loss': n}, step=n)", tmp_path,
             CRISPDM_RUN_DIR=str(tmp_path / "run"), **{variable: str(number)})  # fmt: skip
    series = read_run(tmp_path / "run")
    assert set(series) == {"loss", "loss (rank 1)", "loss (rank 2)"}
    assert all(one.step.tolist() == [0, 1, 2, 3] for one in series.values())
    assert files(tmp_path / "run") == ["", "-r1", "-r2"]


@pytest.mark.parametrize("rank", ["", "-1", "first", "1e3", "99999999999", "²"])
def test_what_is_no_rank_is_none(tmp_path: Path, rank: str) -> None:
    good("crispdm.log(loss=1)", tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "run"), RANK=rank)
    assert set(read_run(tmp_path / "run")) == {"loss"}


@pytest.mark.proves("recorder.attempts")
def test_what_another_attempt_at_a_job_wrote_can_be_told_apart(tmp_path: Path) -> None:
    for attempt in (1, 2, 3):
        good("crispdm.log(loss=1)", tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "job"))
        ended = tmp_path / "job" / "attempts" / str(attempt)
        ended.mkdir(parents=True)
        (ended / "exit.json").write_text("{}")
    assert files(tmp_path / "job") == ["", "-a2", "-a3"]


@pytest.mark.proves("crispdm.resume")
def test_a_run_goes_on_after_its_last_steps(tmp_path: Path) -> None:
    program = "for n in range(5): crispdm.log(loss=n)\ncrispdm.log({'val': 1}, step=40); print(crispdm.run_dir())"
    first = Path(good(program, tmp_path))
    again = "print(crispdm.resume({!r})); crispdm.log(loss=5); crispdm.log(loss=6); crispdm.log(val=2, new=3)"
    assert good(again.format(first.name), tmp_path) == str(first)
    series = read_run(first)
    assert series["loss"].step.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert (series["val"].step.tolist(), series["new"].step.tolist()) == ([40, 41], [0])
    assert files(first) == ["", "-a2"]
    assert lineage(first) == {"resumes": str(first), "step": None, "attempt": 2}
    assert list((tmp_path / "crispdm-runs").iterdir()) == [first]
    good(again.format(str(first)), tmp_path)
    assert files(first) == ["", "-a2", "-a3"]


@pytest.mark.proves("crispdm.resume")
def test_a_run_goes_on_from_a_step_that_is_given(tmp_path: Path) -> None:
    first = Path(good("for n in range(10): crispdm.log(loss=n)\nprint(crispdm.run_dir())", tmp_path))
    good(f"crispdm.resume({str(first)!r}, step=6); crispdm.log(loss=0.5); crispdm.log(loss=0.5)", tmp_path)
    loss = read_run(first)["loss"]
    assert loss.step.tolist() == list(range(8)), "what there was from the step on gives way"
    assert loss.value.tolist() == [0, 1, 2, 3, 4, 5, 0.5, 0.5]
    assert lineage(first) == {"resumes": str(first), "step": 6, "attempt": 2}


@pytest.mark.proves("crispdm.resume")
@pytest.mark.parametrize(("step", "steps"), [("", [0, 1, 2]), ("@1", [0, 1])])
def test_a_variable_asks_for_it_without_touching_the_script(tmp_path: Path, step: str, steps: list[int]) -> None:
    first = Path(good("crispdm.log(loss=1); crispdm.log(loss=2); print(crispdm.run_dir())", tmp_path))
    program = """
import os, subprocess, sys
crispdm.log(loss=3)
subprocess.run([sys.executable, "-c", "import crispdm; crispdm.log(child=1)"], check=True)
"""
    good(program, tmp_path, CRISPDM_RESUME=f"{first.name}{step}")
    assert read_run(first)["loss"].step.tolist() == steps
    assert read_run(first)["child"].step.tolist() == [0]
    assert files(first) == ["", "-a2", "-a2"], "a process that it starts is of the same attempt"


@pytest.mark.proves("crispdm.resume")
def test_a_job_keeps_its_own_directory_and_says_what_it_resumes(tmp_path: Path) -> None:
    for id in ("first", "second"):
        (tmp_path / id).mkdir()
    good("for n in range(4): crispdm.log(loss=n)", tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "first"))
    own = {"CRISPDM_RUN_DIR": str(tmp_path / "second"), "CRISPDM_JOB_ID": "second"}
    assert good("print(crispdm.resume('first')); crispdm.log(loss=4)", tmp_path, **own) == str(tmp_path / "second")
    loss = read_run(tmp_path / "second")["loss"]  # one curve, which begins with the other run's
    assert (loss.step.tolist(), list(loss.restarts)) == ([0, 1, 2, 3, 4], [4])
    assert lineage(tmp_path / "second") == {"resumes": "first", "step": None, "attempt": 1}
    good("crispdm.resume('on-another-machine', step=9); crispdm.log(loss=4)", tmp_path, **own)
    assert lineage(tmp_path / "second") == {"resumes": "on-another-machine", "step": 9, "attempt": 1}
    assert read_run(tmp_path / "second")["loss"].step.tolist() == [4, 9]


@pytest.mark.proves("crispdm.fork")
def test_a_fork_is_a_run_of_its_own(tmp_path: Path) -> None:
    first = Path(good("for n in range(10): crispdm.log(loss=n)\nprint(crispdm.run_dir())", tmp_path))
    program = f"""
crispdm.log(before=1)
print(crispdm.fork({first.name!r}, step=4))
crispdm.log(loss=0.5); crispdm.log(loss=0.25)
"""
    branch = Path(good(program, tmp_path))
    assert branch.parent == first.parent
    assert lineage(branch) == {"forks": str(first), "step": 4, "attempt": 1}
    assert set(read_run(branch)) == {"loss"}
    loss = read_run(branch)["loss"]  # the other run's up to the step, then its own
    assert (loss.step.tolist(), list(loss.restarts)) == ([0, 1, 2, 3, 4, 5], [4])
    assert loss.value.tolist() == [0, 1, 2, 3, 0.5, 0.25]
    assert len(read_run(first)["loss"]) == 10
    whole = Path(good(f"print(crispdm.fork({str(first)!r})); crispdm.log(loss=1)", tmp_path))
    assert read_run(whole)["loss"].step.tolist() == [*range(10), 10]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("crispdm.resume('nothing')", "there is no run 'nothing'"),
        ("crispdm.fork('nothing', step=1)", "there is no run 'nothing'"),
        ("crispdm.resume('crispdm-runs', step=-1)", "the step must be a whole number"),
        ("crispdm.resume('crispdm-runs', step=1.5)", "the step must be a whole number"),
        ("crispdm.fork(None)", "crispdm.fork: TypeError"),
        ("crispdm.resume('a' * 5000)", "there is no run"),
    ],
)
def test_what_cannot_be_gone_on_with_is_said_and_the_training_goes_on(tmp_path: Path, call: str, words: str) -> None:
    (tmp_path / "crispdm-runs").mkdir()
    done = run(f"{call}; crispdm.log(loss=1); print(crispdm.run_dir())", tmp_path)
    assert done.returncode == 0
    assert words in done.stderr
    assert read_run(done.stdout.strip())["loss"].step.tolist() == [0]


def test_files_of_others_in_a_run_that_goes_on_do_no_harm(tmp_path: Path) -> None:
    metrics = tmp_path / "crispdm-runs" / "odd" / "metrics"
    metrics.mkdir(parents=True)
    (metrics / "1-ab.bin").write_bytes(b"\xff" * 100)
    (metrics / "2-ab-a7.bin").write_bytes(b"")
    (metrics / "2-ab-a7.names").write_text("no JSON\n")
    (metrics / "rubbish.bin").mkdir()
    good("crispdm.resume('odd'); crispdm.log(loss=1)", tmp_path)
    assert "-a8" in files(metrics.parent)
    assert read_run(metrics.parent)["loss"].step.tolist() == [0]


@pytest.mark.proves("recorder.one-write")
def test_many_threads_count_without_a_gap_while_others_give_steps(tmp_path: Path) -> None:
    program = """
import threading
def count():
    for _ in range(400): crispdm.log(counted=1.0)
def give():
    for step in range(0, 400): crispdm.log({"given": 1.0}, step=step)
def both():
    for _ in range(100): crispdm.log({"x": 1.0, "y": 2.0})
threads = [threading.Thread(target=one) for one in (count, count, give, both, both)]
for one in threads: one.start()
for one in threads: one.join()
"""
    good(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "run"))
    series = read_run(tmp_path / "run")
    assert sorted(series["counted"].step.tolist()) == list(range(800))
    assert series["given"].step.tolist() == list(range(400))
    assert sorted(series["x"].step.tolist()) == sorted(series["y"].step.tolist()) == list(range(200))


@pytest.mark.proves("crispdm.resume")
def test_a_program_that_had_begun_elsewhere_goes_on_in_the_run_that_it_resumes(tmp_path: Path) -> None:
    first = Path(good("for n in range(3): crispdm.log(loss=n)\nprint(crispdm.run_dir())", tmp_path))
    program = f"""
crispdm.log(loss=9); crispdm.text("note", "before")
own = crispdm.run_dir()
crispdm.resume({first.name!r})
crispdm.log(loss=3); crispdm.text("note", "after"); crispdm.params(resumed=True); crispdm.progress(1, 2)
print(own)
"""
    own = Path(good(program, tmp_path))
    assert read_run(own)["loss"].value.tolist() == [9]
    assert read_run(first)["loss"].step.tolist() == [0, 1, 2, 3]
    assert [json.loads(line)["step"] for line in (first / "media.jsonl").read_text().splitlines()] == [1]
    assert "resumed" in (first / "events.jsonl").read_text()


@pytest.mark.proves("recorder.ranks")
def test_processes_that_a_program_forks_after_its_start_take_the_rank_that_they_are_given(tmp_path: Path) -> None:
    program = """
import os
for rank in (0, 1):
    if os.fork() == 0:
        os.environ["RANK"] = str(rank)
        crispdm.log({"loss": rank}, step=0); os._exit(0)
for _ in range(2): os.wait()
"""
    good(program, tmp_path, CRISPDM_RUN_DIR=str(tmp_path / "run"))
    series = read_run(tmp_path / "run")
    assert {name: one.value.tolist() for name, one in series.items()} == {"loss": [0], "loss (rank 1)": [1]}
