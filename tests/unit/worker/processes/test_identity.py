"""Who a process is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_crispdm.worker.processes import identity
from jupyter_crispdm.worker.processes.identity import (
    Process,
    boot_id,
    identify,
    kill_tree,
    process,
    processes,
    same_process,
    send_signal,
)
from tests.support import eventually_sync


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as child:
        yield child
        child.kill()


def test_a_process_is_itself(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    assert identity == {"pid": sleeper.pid, "start": process(sleeper.pid).start, "boot": boot_id()}  # type: ignore[union-attr]
    assert same_process(identity)


@pytest.mark.parametrize(
    "change",
    [
        {"start": 1},
        {"boot": "another"},
        {"pid": 2**22 + 1},
        {"pid": -1},
        {"pid": 0},
        {"pid": "1"},
        {"pid": True},
        {"start": None},
    ],
)
def test_a_process_is_not_another(sleeper: subprocess.Popen[bytes], change: dict[str, object]) -> None:
    assert not same_process({**identify(sleeper.pid), **change})


def test_a_dead_process_that_nobody_collected_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    os.kill(sleeper.pid, 9)
    eventually_sync(lambda: not same_process(identity))
    assert sleeper.pid not in processes()


def test_identify_needs_a_process() -> None:
    with pytest.raises(ProcessLookupError):
        identify(2**22 + 1)


@pytest.mark.proves("machine.pid-reuse")
def test_a_signal_never_reaches_the_next_owner_of_a_number(sleeper: subprocess.Popen[bytes]) -> None:
    found = process(sleeper.pid)
    assert found is not None
    assert not send_signal(found._replace(start=found.start - 1), 9)
    assert sleeper.poll() is None


@pytest.mark.proves("machine.pid-reuse")
def test_kill_tree_leaves_the_next_owner_of_a_number_alone(sleeper: subprocess.Popen[bytes]) -> None:
    identity = identify(sleeper.pid)
    assert kill_tree({**identity, "start": identity["start"] - 1}, None, (0, 0)) == []
    assert kill_tree({**identity, "boot": "another"}, None, (0, 0)) == []
    assert sleeper.poll() is None


def test_kill_tree_finds_what_only_the_environment_marks(tmp_path: Path) -> None:
    environment = {**os.environ, "CRISPDM_RUN_DIR": str(tmp_path)}
    script = "import os, time; os.fork() and os._exit(0); os.setsid(); time.sleep(600)"
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    marked = [pid for pid in processes() if _marked(pid, tmp_path)]
    assert len(marked) == 1
    assert kill_tree(None, tmp_path, (5, 5)) == []
    assert marked[0] not in processes()


def test_kill_tree_knows_similar_directories_apart(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    environment = {**os.environ, "CRISPDM_RUN_DIR": str(tmp_path / "job12")}
    with subprocess.Popen(["sleep", "600"], env=environment) as other:
        assert kill_tree(None, tmp_path / "job1", (0, 0)) == []
        assert other.poll() is None
        assert kill_tree(None, tmp_path / "job12", (5, 5)) == []


def _marked(pid: int, path: Path) -> bool:
    try:
        return f"CRISPDM_RUN_DIR={path}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def test_kill_tree_waits_for_one_that_is_dying_and_has_no_environment_any_more(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told to be gone while it still had its files and its ports."""
    looks: list[int] = []

    def environment(pid: int) -> list[bytes]:
        looks.append(pid)
        return [f"CRISPDM_RUN_DIR={tmp_path}".encode()] if pid == sleeper.pid and looks.count(pid) == 1 else []

    def send(target: Process, number: int) -> bool:
        if looks.count(sleeper.pid) > 3:
            os.kill(target.pid, signal.SIGKILL)
        return True

    monkeypatch.setattr(identity, "_environment", environment)
    monkeypatch.setattr(identity, "send_signal", send)
    assert kill_tree(None, tmp_path, (0, 0)) == []
    assert sleeper.pid not in processes()
