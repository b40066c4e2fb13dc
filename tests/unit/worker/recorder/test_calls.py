"""`import crispdm` in real programs: what a call of `log` writes, and what it asks of the system."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from jupyter_crispdm.tracking import read_run

from .programs import events, good, run


@pytest.mark.proves("crispdm.anywhere", "crispdm.log")
def test_every_interpreter_reports(tmp_path: Path, interpreter: str) -> None:
    (tmp_path / "m.pt").write_bytes(b"weights")
    program = """
for step in range(5):
    crispdm.log({"loss": 1 / (step + 1), "accuracy": step}, step=step)
    crispdm.log(rate=0.5)
crispdm.params({"rate": 0.1}, depth=3)
crispdm.progress(5, 5, "done")
crispdm.artifact("m.pt", "kept/m.pt")
crispdm.model("m.pt", name="unet", task="segmentation", classes=["a", "b"], dataset="digits")
"""
    run_dir = tmp_path / "run"
    good(program, run_dir, interpreter, cwd=tmp_path)
    series = read_run(run_dir)
    assert list(series) == ["loss", "accuracy", "rate"]
    assert series["loss"].value.tolist() == [1 / n for n in range(1, 6)]
    assert series["rate"].step.tolist() == series["loss"].step.tolist() == [0, 1, 2, 3, 4]
    assert events(run_dir, "params")[0]["params"] == {"rate": 0.1, "depth": 3}
    assert events(run_dir, "artifact")[0]["path"] == "artifacts/kept/m.pt"
    model = events(run_dir, "model")[0]
    del model["time"]
    assert model == {
        "kind": "model",
        "path": "artifacts/m.pt",
        "name": "unet",
        "format": "torch",
        "task": "segmentation",
        "classes": ["a", "b"],
        "metadata": {"dataset": "digits"},
        "step": 4,
    }
    assert (run_dir / "artifacts" / "m.pt").read_bytes() == b"weights"


def test_a_scalar_takes_28_bytes(tmp_path: Path) -> None:
    good("for n in range(1000): crispdm.log(loss=0.5)", tmp_path)
    (file,) = (tmp_path / "metrics").glob("*.bin")
    assert file.stat().st_size == 28_000


def test_a_call_is_one_write(tmp_path: Path) -> None:
    program = """
import os, crispdm._metrics.writer as metrics
real, sizes = os.write, []
metrics.write = lambda descriptor, data: sizes.append(len(data)) or real(descriptor, data)
crispdm.log(a=1, b=2)
del sizes[:]
for n in range(3): crispdm.log({"a": n, "b": n}, step=n)
print(sizes)
"""
    assert good(program, tmp_path) == "[56, 56, 56]\n"


@pytest.mark.proves("recorder.one-write")
@pytest.mark.parametrize("call", ["crispdm.log(a=1.0)", "crispdm.log({'a': 1.0}, step=3)", "crispdm.log(a=1.0, b=2)"])
def test_between_two_looks_at_its_file_a_call_asks_the_system_for_nothing_else(tmp_path: Path, call: str) -> None:
    program = f"""
import crispdm._metrics.writer as metrics
real, looks, now = metrics.fstat, [], [1e9]
metrics.time = lambda: now[0]
{call}
metrics.fstat = lambda descriptor: looks.append(now[0]) or real(descriptor)
for n in range(100): {call}
now[0] += 1.0
for n in range(100): {call}
now[0] -= 5.0  # the clock was put back
for n in range(100): {call}
print(looks)
"""
    assert good(program, tmp_path) == f"[{1e9 + 1}, {1e9 - 4}]\n"


@pytest.mark.proves("recorder.one-write")
def test_where_few_files_may_be_open_each_call_looks_whether_its_file_is_still_its_own(tmp_path: Path) -> None:
    program = """
import os, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
crispdm.log(loss=1); crispdm.log(loss=2)
os.closerange(3, 64)
mine = [open("mine%d" % n, "wb") for n in range(5)]
crispdm.log(loss=3)
print([os.fstat(file.fileno()).st_size for file in mine])
"""
    assert good(program, tmp_path / "run", cwd=tmp_path) == "[0, 0, 0, 0, 0]\n"
    assert read_run(tmp_path / "run")["loss"].value.tolist() == [1, 2, 3]


@pytest.mark.proves("recorder.one-write")
def test_a_program_that_closes_every_file_goes_on_in_others(tmp_path: Path) -> None:
    program = """
import os
crispdm.log(loss=1); crispdm.log(loss=2)
os.closerange(3, 2000)
crispdm.log(loss=3); crispdm.log({"loss": 4}, step=7); crispdm.log(loss=5)
"""
    good(program, tmp_path)
    loss = read_run(tmp_path)["loss"]
    assert (loss.value.tolist(), loss.step.tolist()) == ([1, 2, 3, 4, 5], [0, 1, 2, 7, 8])


@pytest.mark.proves("crispdm.log", "machine.many-writers")
def test_nothing_is_lost_that_log_returned_from(tmp_path: Path) -> None:
    program = """
import os, signal
for n in range(2000): crispdm.log({"loss": n, "accuracy": -n}, step=n)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run(program, tmp_path).returncode == -signal.SIGKILL
    assert read_run(tmp_path)["accuracy"].value.tolist() == [-n for n in range(2000)]


@pytest.mark.proves("crispdm.run-dir", "crispdm.outside")
def test_outside_a_job(tmp_path: Path) -> None:
    program = """
import os, subprocess, sys
crispdm.log(loss=1)
subprocess.run([sys.executable, "-c", "import crispdm; crispdm.log(child=1)"], check=True)
print(crispdm.run_dir())
"""
    shown = Path(good(program, None, cwd=tmp_path).strip())
    (made,) = (tmp_path / "crispdm-runs").iterdir()
    assert shown == made
    assert made.name.rsplit("-", 1)[1].isdigit()
    assert set(read_run(made)) == {"loss", "child"}


def test_importing_is_quick_and_touches_nothing(tmp_path: Path) -> None:
    good("", None, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
