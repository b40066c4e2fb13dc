"""`import crispdm` in real programs, with every interpreter that is there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_crispdm.tracking import RunEvents, read_run

from .conftest import SITE


def run(
    program: str, run_dir: Path | None, python: str = sys.executable, **options: Any
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SITE)}
    if run_dir is not None:
        environment["CRISPDM_RUN_DIR"] = str(run_dir)
    command = [python, "-W", "error", "-c", "import crispdm\n" + program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **options)


def good(program: str, run_dir: Path | None, python: str = sys.executable, **options: Any) -> str:
    done = run(program, run_dir, python, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def events(run_dir: Path, kind: str) -> list[dict[str, Any]]:
    return [event for event in RunEvents(run_dir).read() if event["kind"] == kind]


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


def test_many_names_in_one_call(tmp_path: Path) -> None:
    good("for n in range(3): crispdm.log({'m%d' % m: m + n for m in range(300)})", tmp_path)
    series = read_run(tmp_path)
    assert [series[f"m{m}"].value.tolist() for m in (0, 63, 64, 299)] == [[m, m + 1, m + 2] for m in (0, 63, 64, 299)]
    assert series["m299"].step.tolist() == [0, 1, 2]


def test_counted_steps_go_on_after_given_ones_whatever_calls_share_a_name(tmp_path: Path) -> None:
    program = """
for _ in range(3): crispdm.log(a=1.0)
crispdm.log({"a": 1.0}, step=2**70); crispdm.log({"a": 1.0}, step=9); crispdm.log(a=1.0); crispdm.log(a=1.0)
crispdm.log({"a": 1.0, "b": 1.0}); crispdm.log(a=1.0); crispdm.log(b=1.0)
"""
    assert "must fit into 64 bits" in run(program, tmp_path).stderr
    series = read_run(tmp_path)
    assert series["a"].step.tolist() == [0, 1, 2, 9, 10, 11, 12, 13]
    assert series["b"].step.tolist() == [0, 1]


@pytest.mark.proves("crispdm.log", "machine.many-writers")
def test_nothing_is_lost_that_log_returned_from(tmp_path: Path) -> None:
    program = """
import os, signal
for n in range(2000): crispdm.log({"loss": n, "accuracy": -n}, step=n)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run(program, tmp_path).returncode == -signal.SIGKILL
    assert read_run(tmp_path)["accuracy"].value.tolist() == [-n for n in range(2000)]


@pytest.mark.proves("recorder.files-at-steps")
def test_a_file_is_kept_with_the_step_that_was_reported_last(tmp_path: Path) -> None:
    program = """
crispdm.artifact("m.pt")
for step in (10, 30, 20):
    crispdm.log({"loss": 0.5, "val": 1}, step=step)
    crispdm.artifact("m.pt")
crispdm.log(loss=1.0); crispdm.model("m.pt")
"""
    (tmp_path / "m.pt").write_bytes(b"weights")
    good(program, tmp_path / "run", cwd=tmp_path)
    assert [event.get("step") for event in events(tmp_path / "run", "artifact")] == [None, 10, 30, 20]
    assert events(tmp_path / "run", "model")[0]["step"] == 31


@pytest.mark.proves("crispdm.log")
def test_steps_go_on_from_the_highest(tmp_path: Path) -> None:
    program = """
crispdm.log(loss=1); crispdm.log({"loss": 1, "other": 1}); crispdm.log({"loss": 1}, step=10)
crispdm.log({"loss": 1}, step=7); crispdm.log(loss=1); crispdm.log({"other": 1})
crispdm.log({}); crispdm.log()
"""
    good(program, tmp_path)
    series = read_run(tmp_path)
    assert series["loss"].step.tolist() == [0, 1, 10, 7, 11]
    assert series["other"].step.tolist() == [0, 1]


def test_many_different_combinations_of_names(tmp_path: Path) -> None:
    program = "for n in range(1500): crispdm.log({'all': n, 'n%d' % n: n})"
    good(program, tmp_path)
    series = read_run(tmp_path)
    assert len(series) == 1501
    assert series["all"].step.tolist() == list(range(1500))


def test_numbers_of_other_libraries(tmp_path: Path) -> None:
    program = """
import decimal, fractions
class Tensor:
    def item(self): return 2.5
odd = {"nan": float("nan"), "inf": float("inf")}
crispdm.log({"tensor": Tensor(), "decimal": decimal.Decimal("1.5"), "bool": True}, step=3.0, **odd)
"""
    good(program, tmp_path)
    values = {name: one.value[0] for name, one in read_run(tmp_path).items()}
    assert (values["tensor"], values["decimal"], values["bool"], values["inf"]) == (2.5, 1.5, 1.0, np.inf)
    assert np.isnan(values["nan"])


def test_numpy_scalars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-W", "error", "-c"]
    program = """
import numpy as np, crispdm
arrays = {"zero": np.array(4.0), "one": np.array([5.0])}
crispdm.log({"f32": np.float32(0.5), "i64": np.int64(3), **arrays}, step=np.int32(2))
"""
    environment = {**os.environ, "PYTHONPATH": str(SITE), "CRISPDM_RUN_DIR": str(tmp_path)}
    subprocess.run([*command, program], env=environment, check=True, timeout=60)
    series = read_run(tmp_path)
    assert {name: one.value[0] for name, one in series.items()} == {"f32": 0.5, "i64": 3, "zero": 4, "one": 5}
    assert series["f32"].step.tolist() == [2]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "crispdm.log(loss='0.1')",
            "TypeError: crispdm.log: the value of 'loss' must be one number, not str '0.1'",
        ),
        ("crispdm.log(loss=None)", "must be one number, not NoneType None"),
        ("crispdm.log(loss=[1])", "must be one number, not list [1]"),
        ("crispdm.log({'a': {'b': 1}})", "the value of 'a' must be one number, not dict"),
        ("crispdm.log(loss=1j)", "must be one number"),
        ("crispdm.log(loss=10**400)", "must be one number"),
        (
            "crispdm.log({1: 2})",
            "TypeError: crispdm.log: a name must be a string of 1 to 256 characters, not int 1",
        ),
        ("crispdm.log({'': 2})", "a name must be"),
        ("crispdm.log({'x' * 300: 2})", "a name must be"),
        ("crispdm.log([1])", "TypeError: crispdm.log: expected a mapping of names to numbers, not list [1]"),
        (
            "crispdm.log({'a': 1}, step='x')",
            "TypeError: crispdm.log: the step must be a whole number, not str 'x'",
        ),
        ("crispdm.log({'a': 1}, step=1.5)", "the step must be a whole number, not float 1.5"),
        ("crispdm.log({'a': 1}, step=2**63)", "ValueError: crispdm.log: the step must fit into 64 bits"),
        ("crispdm.log({'a': 1, 'b': 2}, step=-2**63-1)", "the step must fit into 64 bits"),
        ("crispdm.progress('x')", "TypeError: crispdm.progress: 'done' must be a number"),
        ("crispdm.progress(1, float('nan'))", "'total' must be a number"),
        ("crispdm.params([1])", "TypeError: crispdm.params: expected a mapping, not list"),
        ("crispdm.artifact('missing')", "FileNotFoundError"),
        (
            "crispdm.artifact('/etc/hostname', '../x')",
            "ValueError: crispdm.artifact: the name must be a relative path",
        ),
        ("crispdm.artifact('/etc/hostname', '/x')", "the name must be a relative path"),
        ("crispdm.model('/etc/hostname')", "ValueError: crispdm.model: give the format"),
        ("crispdm.model('/etc/hostname', format='torch', classes='ab')", "'classes' must be a list of names"),
    ],
)
def test_mistakes_are_named_once_write_nothing_and_end_nothing(tmp_path: Path, call: str, words: str) -> None:
    done = run(f"for _ in range(3): {call}\nprint('went on')", tmp_path)
    assert (done.returncode, done.stdout) == (0, "went on\n")
    assert done.stderr.count(words.removeprefix("TypeError: ").removeprefix("ValueError: ")) == 1
    assert done.stderr.count("\n") == 1
    assert read_run(tmp_path) == {}
    assert RunEvents(tmp_path).read() == []


EVERYTHING = """
def everything(value=1.0):
    crispdm.log({"loss": value}); crispdm.log(loss=value, more=value); crispdm.progress(1, 2, "m")
    crispdm.params(rate=value); crispdm.artifact(__import__("sys").executable + "x"); crispdm.model("m.pt")
"""


@pytest.mark.proves("recorder.cannot-write")
@pytest.mark.parametrize(
    "before",
    [
        "import os; os.closerange(3, 200)",
        "import os; os.close(2)",
        "import sys; sys.stderr = None",
        "import sys; sys.stderr.close()",
        "import shutil; shutil.rmtree(crispdm.run_dir())",
        "import shutil, pathlib; shutil.rmtree(crispdm.run_dir()); pathlib.Path(crispdm.run_dir()).write_text('')",
        "import os; events = crispdm.run_dir() + '/events.jsonl'; os.unlink(events); os.mkfifo(events)",
        "import os; events = crispdm.run_dir() + '/events.jsonl'; os.unlink(events); os.mkdir(events)",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
        "import os; os.chdir('/'); os.environ['CRISPDM_RUN_DIR'] = '/proc/none'",
        "import os; pid = os.fork(); pid and os._exit(os.waitpid(pid, 0)[1])",
    ],
)
def test_whatever_happens_the_training_goes_on(tmp_path: Path, before: str) -> None:
    program = f"{EVERYTHING}\neverything()\n{before}\nfor _ in range(3): everything()\nprint('went on', flush=True)"
    done = run(program, tmp_path / "run")
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr
    assert done.stderr.count("\n") < 12


ODD_VALUES = """
class Odd:
    def __float__(self): raise LookupError("odd")
    def __str__(self): raise LookupError("odd")
    __repr__ = item = __len__ = __iter__ = __index__ = __fspath__ = __str__
deep = [1]
for _ in range(5000): deep = [deep]
cyclic = []; cyclic.append(cyclic)
half = "\\ud800"
large = "x" * 5_000_000
for odd in (Odd(), deep, cyclic, {1: Odd()}, {Odd(): 1}, 10**5000, half, b"\\xff", large, object(), None, ...):
    everything(odd)
    for name in ("log", "progress", "params", "artifact", "model"):
        getattr(crispdm, name)(odd)
    crispdm.log({"a": 1}, step=odd); crispdm.progress(1, odd, odd); crispdm.params(odd=odd)
    crispdm.model(__file__ if "__file__" in globals() else "/etc/hostname", format=odd, classes=odd, extra=odd)
crispdm.params({"last": 1}); print("went on")
"""


@pytest.mark.proves("recorder.cannot-write")
def test_no_value_ends_the_training(tmp_path: Path) -> None:
    done = run(EVERYTHING + ODD_VALUES, tmp_path)
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr[-3000:]
    reader, found = RunEvents(tmp_path), []
    while events := reader.read():
        found += events
    assert found[-1]["params"] == {"last": 1}


def test_files_that_the_program_closed_are_not_written_to_under_their_old_number(tmp_path: Path) -> None:
    """A program that closes all descriptors has files of its own under the old numbers."""
    program = """
import os
crispdm.log(loss=1); crispdm.log(loss=2)
os.closerange(3, 200)
mine = [open("mine%d" % n, "wb") for n in range(5)]
crispdm.log(loss=3); crispdm.log({"other": 1, "loss": 4})
print([os.fstat(file.fileno()).st_size for file in mine])
"""
    assert good(program, tmp_path / "run", cwd=tmp_path) == "[0, 0, 0, 0, 0]\n"
    series = read_run(tmp_path / "run")
    assert series["loss"].value.tolist() == [1, 2, 3, 4]
    assert series["loss"].step.tolist() == [0, 1, 2, 3]


def test_outside_a_job_where_nothing_can_be_written_a_run_reports_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "crispdm-runs").write_text("no directory")
    done = run("crispdm.log(loss=1); print(crispdm.run_dir())", None, cwd=tmp_path)
    assert done.returncode == 0
    assert "this run reports to" in done.stderr
    assert read_run(done.stdout.strip())["loss"].value.tolist() == [1]


@pytest.mark.proves("machine.many-writers")
def test_threads_and_forks(tmp_path: Path) -> None:
    program = """
import os, threading
def work(name):
    for n in range(500): crispdm.log({name: n})
crispdm.log(parent=1)
names = ["t0", "t1", "t2", "t3", "same", "same"]
threads = [threading.Thread(target=work, args=(name,)) for name in names]
for one in threads: one.start()
for one in threads: one.join()
for child in range(3):
    if os.fork() == 0:
        work("child%d" % child)
        os._exit(0)
for _ in range(3): os.wait()
crispdm.log(parent=2)
"""
    good(program, tmp_path)
    series = read_run(tmp_path)
    assert series["parent"].value.tolist() == [1, 2]
    for name in ("t0", "t1", "t2", "t3", "child0", "child1", "child2"):
        assert series[name].step.tolist() == series[name].value.tolist() == list(range(500))
    assert sorted(series["same"].step.tolist()) == list(range(1000))
    assert len(list((tmp_path / "metrics").glob("*.bin"))) == 4


def test_a_fork_while_another_thread_logs_does_not_hang(tmp_path: Path) -> None:
    program = """
import os, threading
stop = False
def work():
    while not stop: crispdm.log(busy=1)
thread = threading.Thread(target=work); thread.start()
for n in range(50):
    child = os.fork()
    if child == 0:
        crispdm.log(child=n); crispdm.progress(n); os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop = True; thread.join()
"""
    done = run(program, tmp_path)
    assert done.returncode == 0 or "DeprecationWarning" in done.stderr
    if done.returncode == 0:
        assert sorted(read_run(tmp_path)["child"].value.tolist()) == list(range(50))


@pytest.mark.proves("recorder.cannot-write")
def test_a_full_disk_is_said_and_leaves_whole_records(tmp_path: Path) -> None:
    program = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
crispdm.log({"a": 1, "b": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (150, resource.RLIM_INFINITY))
for calls in range(1, 9):
    crispdm.log({"a": calls, "b": calls}); crispdm.params(large="x" * 1000)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
crispdm.log({"a": -1, "b": -1})
"""
    done = run(program, tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (0, 2), done.stderr
    assert "crispdm.params: OSError" in done.stderr
    assert "crispdm.log: OSError: [Errno 28] No space left to write metrics" in done.stderr
    series = read_run(tmp_path)
    assert series["b"].value.tolist() == [1, 1, -1]
    assert series["a"].value.tolist()[-1] == -1


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


@pytest.mark.proves("crispdm.progress")
def test_progress_is_thinned_and_its_end_is_kept(tmp_path: Path) -> None:
    good("for n in range(1, 100_001): crispdm.progress(n, 100_000, 'm')", tmp_path)
    found = events(tmp_path, "progress")
    assert len(found) < 200
    assert found[0]["done"] == 1
    assert (found[-1]["done"], found[-1]["total"], found[-1]["message"]) == (100_000, 100_000, "m")


def test_progress_that_never_reaches_its_total_keeps_its_last(tmp_path: Path) -> None:
    good("for n in range(1, 1001): crispdm.progress(n)", tmp_path)
    last = events(tmp_path, "progress")[-1]
    assert (last["done"], last["total"]) == (1000, None)


@pytest.mark.proves("crispdm.params")
def test_parameters_of_any_kind(tmp_path: Path) -> None:
    program = """
import pathlib
nested = {"list": (1, 2.5, None), 3: True}
crispdm.params({"path": pathlib.Path("/a"), "nested": nested, "nan": float("nan"), "odd": object})
"""
    good(program, tmp_path)
    found = events(tmp_path, "params")[0]["params"]
    assert found == {
        "path": "/a",
        "nested": {"list": [1, 2.5, None], "3": True},
        "nan": "nan",
        "odd": "<class 'object'>",
    }


@pytest.mark.proves("crispdm.model")
def test_each_model_keeps_its_own_copy(tmp_path: Path) -> None:
    program = """
import pathlib
for n in range(3):
    pathlib.Path("best.pt").write_text(str(n)); crispdm.model("best.pt", name="unet", epoch=n)
"""
    good(program, tmp_path / "run", cwd=tmp_path)
    found = events(tmp_path / "run", "model")
    assert [one["path"] for one in found] == [
        "artifacts/best.pt",
        "artifacts/best-2.pt",
        "artifacts/best-3.pt",
    ]
    assert [(tmp_path / "run" / one["path"]).read_text() for one in found] == ["0", "1", "2"]


@pytest.mark.proves("crispdm.artifact", "machine.half-written")
def test_artifacts_are_replaced_whole(tmp_path: Path) -> None:
    program = """
import os, pathlib
pathlib.Path("d/sub").mkdir(parents=True); pathlib.Path("d/sub/a").write_text("1"); crispdm.artifact("d")
pathlib.Path("d/sub/a").write_text("22"); copy = crispdm.artifact("d")
pathlib.Path("f").write_text("x"); crispdm.artifact("f")
pathlib.Path("f").write_text("yy"); crispdm.artifact("f")
crispdm.artifact(os.path.join(crispdm.run_dir(), "artifacts", "f"))
"""
    run_dir = tmp_path / "run"
    good(program, run_dir, cwd=tmp_path)
    assert (run_dir / "artifacts/d/sub/a").read_text() == "22"
    assert (run_dir / "artifacts/f").read_text() == "yy"
    assert [one["size"] for one in events(run_dir, "artifact")] == [1, 2, 1, 2, 2]
    assert sorted(path.name for path in run_dir.iterdir()) == ["artifacts", "events.jsonl"]


@pytest.mark.proves("machine.many-writers")
def test_events_of_many_processes_do_not_mix(tmp_path: Path) -> None:
    program = """
import os
for child in range(4):
    if os.fork() == 0:
        for n in range(200): crispdm.params({"key": "x" * 3000})
        os._exit(0)
for _ in range(4): os.wait()
"""
    good(program, tmp_path)
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == 800


def test_importing_is_quick_and_touches_nothing(tmp_path: Path) -> None:
    good("", None, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
