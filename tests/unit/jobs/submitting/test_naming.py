from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_crispdm.jobs.submitting.naming import job_name
from jupyter_crispdm.jobs.types import Submission


@pytest.mark.proves("jobs.names")
@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("python a.py", "a.py"),
        ("/usr/bin/python3.11 -u -W ignore sub/a.py --rate 3", "a.py"),
        ("python -m pkg.train -v", "pkg.train"),
        ("python -c 'import x; x.run()'", "import x; x.run()"),
        ("python", "python"),
        ("python -", "python"),
        ("bash -c 'set -e; make all'", "set -e; make all"),
        (
            "bash -lc 'python train.py --with a very long list of words that goes on'",
            "python train.py --with a very long list…",
        ),
        ("sh run.sh 3", "run.sh"),
        ("uv run x", "x"),
        ("uv run --with torch python train.py", "train.py"),
        ("uv run -m pkg", "pkg"),
        ("uv pip install torch", "uv"),
        ("conda run -n vision python -u train.py", "train.py"),
        ("poetry run fit --fast", "fit"),
        ("torchrun --nproc_per_node 2 train.py --epochs 3", "train.py"),
        ("torchrun -m pkg.train", "pkg.train"),
        ("python -m torch.distributed.run --nproc-per-node=2 train.py", "train.py"),
        ("accelerate launch --num_processes 2 train.py", "train.py"),
        ("env CUDA_VISIBLE_DEVICES=0 nice -n 5 python a.py", "a.py"),
        ("timeout 1h ./fit", "fit"),
        ("Rscript fit.R", "fit.R"),
        ("node -e 'go()'", "go()"),
        ("/opt/tools/train --x", "train"),
        ("nohup", "nohup"),
        ("env " * 30 + "x", "env"),
    ],
)
def test_a_job_is_named_by_what_runs(command: str, name: str) -> None:
    assert job_name(Submission(command=shlex.split(command))) == name


def test_a_file_and_a_name_of_its_own_come_first() -> None:
    assert job_name(Submission(script="a/b.py")) == "b.py"
    assert job_name(Submission(notebook="a/Fit.ipynb")) == "Fit.ipynb"
    assert job_name(Submission(command=["python", "a.py"], name="mine")) == "mine"


@given(
    st.lists(st.sampled_from(["python", "-m", "-c", "uv", "run", "env", "a.py", "\n\x1b", "", "-", "/"]) | st.text())
)
def test_whatever_is_run_has_a_name_that_can_be_shown(command: list[str]) -> None:
    name = job_name(Submission(command=command))
    assert 1 <= len(name) <= 200
    assert name.isprintable()
