"""Whatever a program reports, and whatever the disk says, the training goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.tracking import RunEvents, read_run

from .programs import good, run


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
