"""What a job's processes use, as curves: measured on a real tree, written whole or not at all."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from jupyter_crispdm.tracking import read_run
from jupyter_crispdm.worker.processes.gpus import Gpus
from jupyter_crispdm.worker.processes.tree import TreeUsage
from jupyter_crispdm.worker.systemseries import SystemSeries, newest_step
from tests.support import eventually_sync

_BUSY = "import sys\nhold = b'x' * 50_000_000\nprint('ready', flush=True)\nwhile True:\n    pass\n"
_RECORD = struct.Struct("<Iqdd")


@pytest.fixture
def busy() -> Iterator[int]:
    """The number of a process that computes and holds 50 MB."""
    process = subprocess.Popen([sys.executable, "-c", _BUSY], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield process.pid
    process.kill()
    process.wait()
    process.stdout.close()


class NoGpus(Gpus):
    """A machine without any."""

    def sample(self, pids: object) -> Mapping[str, float]:
        return {}


@pytest.mark.proves("runs.system")
def test_a_tree_that_computes_and_holds_memory_is_seen(busy: int) -> None:
    usage = TreeUsage()
    seen: list[float] = []

    def computes() -> bool:
        found, members = usage.sample()
        seen.append(found["system/memory_bytes"])
        return busy in members and found["system/cpu_percent"] > 10

    eventually_sync(computes)
    assert max(seen) > 40_000_000


@pytest.mark.proves("runs.system")
def test_a_tree_without_processes_uses_nothing() -> None:
    child = subprocess.Popen(["sleep", "1000"])
    try:
        found, members = TreeUsage(child.pid).sample()
    finally:
        child.kill()
        child.wait()
    assert members == []
    assert found["system/memory_bytes"] == 0.0


@pytest.mark.proves("runs.system")
def test_samples_stand_at_the_newest_step_of_the_job(tmp_path: Path, busy: int) -> None:
    run = tmp_path / "run"
    (run / "metrics").mkdir(parents=True)
    (run / "metrics" / "1-a.bin").write_bytes(_RECORD.pack(0, 41, 0.5, 1.0) + _RECORD.pack(0, 42, 0.4, 2.0))
    series = SystemSeries(str(run), NoGpus())
    assert series.write() > 0
    assert not (run / "system").exists()  # nothing to tell before there are two moments
    series.write()
    series.write()
    found = read_run(run / "system")
    assert {"system/cpu_percent", "system/memory_bytes"} <= found.keys()
    assert all(one.step.tolist() == [42, 42] for one in found.values())
    assert found["system/memory_bytes"].value.max() > 0


@pytest.mark.proves("runs.system")
def test_another_attempt_goes_on_in_the_same_curves(tmp_path: Path) -> None:
    for _ in range(2):
        series = SystemSeries(str(tmp_path / "run"), NoGpus())
        series.write()
        series.write()
    found = read_run(tmp_path / "run" / "system")
    assert {len(one) for one in found.values()} == {2}


@pytest.mark.proves("runs.system")
@pytest.mark.parametrize("mischief", ["a link", "a folder", "no names", "half a record"])
def test_what_a_job_puts_in_their_place_ends_nothing(tmp_path: Path, mischief: str) -> None:
    folder = tmp_path / "run" / "system" / "metrics"
    folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    if mischief == "a link":
        (folder / "tree.bin").symlink_to(elsewhere)
    elif mischief == "a folder":
        (folder / "tree.bin").mkdir()
    elif mischief == "no names":
        (folder / "tree.names").write_bytes(b"{}\n")
    else:
        (folder / "tree.bin").write_bytes(b"1234567")
    series = SystemSeries(str(tmp_path / "run"), NoGpus())
    assert all(series.write() > 0 for _ in range(3))
    assert not elsewhere.exists()
    if mischief == "half a record":
        assert os.path.getsize(folder / "tree.bin") % _RECORD.size == 0


@pytest.mark.proves("runs.system")
def test_the_newest_step_is_of_a_file_and_of_no_link(tmp_path: Path) -> None:
    assert newest_step(str(tmp_path / "none")) == 0
    folder = tmp_path / "run" / "metrics"
    folder.mkdir(parents=True)
    (tmp_path / "other").write_bytes(_RECORD.pack(0, 7, 0.0, 0.0))
    (folder / "a.bin").symlink_to(tmp_path / "other")
    assert newest_step(str(tmp_path / "run")) == 0
    (folder / "b.bin").write_bytes(_RECORD.pack(0, 9, 0.0, 0.0) + b"half")
    assert newest_step(str(tmp_path / "run")) == 9


class FakeNvml:
    """NVIDIA's library, as two GPUs would answer: the first has our process, the second another's."""

    def __init__(self, pid: int) -> None:
        self._pids = [pid, pid + 1]

    def nvmlInit_v2(self) -> int:
        return 0

    def nvmlDeviceGetCount_v2(self, count: object) -> int:
        count._obj.value = 2  # type: ignore[attr-defined]
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, device: object) -> int:
        device._obj.value = index + 1  # type: ignore[attr-defined]
        return 0

    def nvmlDeviceGetUtilizationRates(self, device: object, load: object) -> int:
        load._obj.gpu = 80 if device.value == 1 else 3  # type: ignore[attr-defined]
        return 0

    def nvmlDeviceGetComputeRunningProcesses_v3(self, device: object, count: object, found: list[object]) -> int:
        count._obj.value = 1  # type: ignore[attr-defined]
        found[0].pid, found[0].used = self._pids[device.value - 1], 5_000_000  # type: ignore[attr-defined]
        return 0


@pytest.mark.proves("runs.system")
def test_the_gpus_that_a_tree_uses_are_told_and_no_others() -> None:
    gpus = Gpus(lambda: FakeNvml(4711))
    found = eventually_sync(lambda: gpus.sample([4711]))
    assert found == {"system/gpu_percent": 80.0, "system/gpu_memory_bytes": 5_000_000.0}


@pytest.mark.proves("runs.system")
def test_a_machine_without_the_library_has_no_gpus() -> None:
    asked: list[int] = []

    def missing() -> object:
        asked.append(1)
        raise OSError("no such library")

    gpus = Gpus(missing)
    eventually_sync(lambda: not gpus.sample([1]) and bool(asked))
    eventually_sync(lambda: not gpus._there)
    assert gpus.sample([1]) == {}
    assert asked == [1]
