"""Starting a command, and what its end means."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_crispdm.worker import command
from jupyter_crispdm.worker.record import Spec


@pytest.fixture
def log(tmp_path: Path) -> Iterator[int]:
    """Where a command prints to."""
    descriptor = os.open(tmp_path / "output.log", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def spec(directory: Path, *argv: str, umask: int | None = None, cwd: str = "", **env: str) -> Spec:
    variables = {"PATH": os.environ["PATH"], **env}
    return Spec([*argv], cwd or str(directory), variables, None, (1.0, 1.0), None, None, umask)


def finish(pid: int, sink: int) -> int:
    """End its input and wait for it."""
    os.close(sink)
    return os.waitpid(pid, 0)[1]


def printed(log: int) -> str:
    return os.pread(log, 10_000, 0).decode()


def test_a_command_runs_where_and_with_what_it_was_told(tmp_path: Path, log: int) -> None:
    program = "import os, sys; print(os.getcwd(), os.environ['A'], sys.argv[1:], 'HOME' in os.environ, sep='|')"
    pid, sink = command.start(spec(tmp_path, sys.executable, "-c", program, "a b", "$A", A="x y"), log, None)
    assert command.exit_code(finish(pid, sink)) == 0
    assert printed(log) == f"{tmp_path}|x y|['a b', '$A']|False\n"


def test_it_leads_a_group_and_a_session_of_its_own(tmp_path: Path, log: int) -> None:
    program = "import os; print(os.getpid() == os.getpgid(0) == os.getsid(0))"
    pid, sink = command.start(spec(tmp_path, sys.executable, "-c", program), log, None)
    finish(pid, sink)
    assert printed(log) == "True\n"


def test_both_of_its_outputs_come_into_the_log_and_its_input_out_of_the_sink(tmp_path: Path, log: int) -> None:
    program = "import sys; text = sys.stdin.read(); print(text, flush=True); print(len(text), file=sys.stderr)"
    pid, sink = command.start(spec(tmp_path, sys.executable, "-c", program), log, None)
    os.write(sink, b"hello")
    finish(pid, sink)
    assert printed(log) == "hello\n5\n"


def test_it_inherits_nothing_else_of_ours(tmp_path: Path, log: int) -> None:
    program = "import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])"
    pid, sink = command.start(spec(tmp_path, sys.executable, "-c", program), log, None)
    finish(pid, sink)
    assert printed(log) == "[0, 1, 2]\n"


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_what_it_writes_has_the_modes_of_its_user(tmp_path: Path, log: int, umask: int) -> None:
    ours = os.umask(0o027)
    try:
        pid, sink = command.start(spec(tmp_path, "touch", "file", umask=umask), log, None)
        finish(pid, sink)
        assert (tmp_path / "file").stat().st_mode & 0o777 == 0o666 & ~umask
        assert os.umask(0o027) == 0o027, "ours stays"
    finally:
        os.umask(ours)


@pytest.mark.parametrize("umask", [None, 0o022])
def test_it_is_confined_before_it_begins(tmp_path: Path, log: int, umask: int | None) -> None:
    def confine() -> None:
        os.write(log, b"confined\n")

    pid, sink = command.start(spec(tmp_path, "echo", "begins", umask=umask), log, confine)
    finish(pid, sink)
    assert printed(log) == "confined\nbegins\n"


def descriptors() -> set[tuple[str, str]]:
    """What this process has open; what others let go of meanwhile is no news."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the listing's own
            found.add((name, os.readlink(f"/proc/self/fd/{name}")))
    return found


@pytest.mark.parametrize(
    ("argv", "cwd", "number"),
    [
        (["no-such-program"], "", errno.ENOENT), (["/etc/passwd"], "", errno.EACCES),
        (["true"], "/no/such", errno.ENOENT), (["/"], "", errno.EACCES),
    ],
)  # fmt: skip
def test_what_cannot_be_started_says_why_and_leaves_nothing_open(
    tmp_path: Path, log: int, argv: list[str], cwd: str, number: int
) -> None:
    before = descriptors()
    with pytest.raises(OSError) as raised:
        command.start(spec(tmp_path, *argv, cwd=cwd), log, None)
    assert raised.value.errno == number
    assert descriptors() <= before


def test_a_script_whose_interpreter_is_gone_names_the_interpreter(tmp_path: Path, log: int) -> None:
    script = tmp_path / "train.sh"
    script.write_text("#!/no/such/python\nprint(1)\n")
    script.chmod(0o755)
    with pytest.raises(FileNotFoundError, match="its interpreter is gone: /no/such/python"):
        command.start(spec(tmp_path, str(script)), log, None)


def test_one_that_cannot_be_confined_does_not_run(tmp_path: Path, log: int) -> None:
    def confine() -> None:
        raise OSError("no group")

    before = descriptors()
    with pytest.raises(Exception, match="preexec_fn"):
        command.start(spec(tmp_path, "touch", "file"), log, confine)
    assert not (tmp_path / "file").exists()
    assert descriptors() <= before


@pytest.mark.parametrize(
    ("program", "code", "decoded"),
    [
        ("exit 0", 0, (0, None)),
        ("exit 7", 7, (7, None)),
        ("exit 255", 255, (255, None)),
        ("kill -TERM $$", 143, (None, "SIGTERM")),
        ("kill -KILL $$", 137, (None, "SIGKILL")),
        (f"kill -{signal.SIGRTMIN + 3} $$", 128 + signal.SIGRTMIN + 3, (None, f"SIG{signal.SIGRTMIN + 3}")),
    ],
)
def test_an_end_is_told_as_a_shell_does_and_by_its_signal(
    tmp_path: Path, log: int, program: str, code: int, decoded: tuple[int | None, str | None]
) -> None:
    pid, sink = command.start(spec(tmp_path, "sh", "-c", program), log, None)
    status = finish(pid, sink)
    assert (command.exit_code(status), command.decode(status)) == (code, decoded)


def test_a_signal_reaches_the_group_and_those_who_left_it(tmp_path: Path, log: int) -> None:
    program = "sleep 600 & setsid sleep 600 & echo ready; wait"
    pid, sink = command.start(spec(tmp_path, "sh", "-c", program), log, None)
    while "ready" not in printed(log):
        assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    reached = command.signal_tree(pid, signal.SIGKILL)
    assert pid in reached
    assert command.decode(finish(pid, sink)) == (None, "SIGKILL")


def test_nobody_below_us_is_nobody_to_signal(tmp_path: Path, log: int) -> None:
    pid, sink = command.start(spec(tmp_path, "true"), log, None)
    finish(pid, sink)
    assert pid not in command.signal_tree(pid, signal.SIGTERM)
