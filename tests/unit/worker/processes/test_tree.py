"""What a tree of processes uses: all its members, what ended ones used too, and what the system does not tell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_crispdm.worker.processes import tree
from jupyter_crispdm.worker.processes.tree import TreeUsage
from tests.support import eventually_sync

_PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {inner!r}])
print(child.pid, flush=True)
child.wait()
sys.stdin.read()
"""
_BURNS = "import sys\nwhile True: pass\n"
_SLEEPS = "import time\ntime.sleep(1000)\n"


@contextmanager
def parent(inner: str) -> Iterator[tuple[int, int]]:
    """A process with a child that does something: the numbers of both."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PARENT.format(inner=inner)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        yield process.pid, child
    finally:
        for pid in (child, process.pid):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        process.communicate(timeout=60)


@pytest.mark.proves("runs.system")
def test_grandchildren_count_and_the_root_does_not() -> None:
    with parent(_BURNS) as (root, child):
        usage = TreeUsage(root)

        def computes() -> bool:
            found, members = usage.sample()
            return members == [child] and found["system/cpu_percent"] > 10

        eventually_sync(computes)
        found, _ = usage.sample()
        assert found["system/memory_bytes"] > 1_000_000


@pytest.mark.proves("runs.system")
def test_a_tree_that_sleeps_computes_nothing() -> None:
    with parent(_SLEEPS) as (root, _):
        usage = TreeUsage(root)
        eventually_sync(lambda: usage.sample()[0]["system/cpu_percent"] == 0.0)


@pytest.mark.proves("runs.system")
def test_one_that_ended_is_gone_and_nothing_is_negative() -> None:
    with parent(_BURNS) as (root, child):
        usage = TreeUsage(root)
        eventually_sync(lambda: usage.sample()[0]["system/cpu_percent"] > 0)
        os.kill(child, 9)
        seen: list[Mapping[str, float]] = []

        def gone() -> bool:
            found, members = usage.sample()
            seen.append(found)
            return members == []

        eventually_sync(gone)
        assert all(value >= 0 for found in seen for value in found.values())
        assert usage.sample()[0]["system/memory_bytes"] == 0.0


@pytest.mark.proves("runs.system")
def test_bytes_are_told_as_a_rate_where_the_system_tells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: dict[int, tuple[int, int] | None] = {1: (100, 50), 2: (1000, 10)}
    monkeypatch.setattr(tree, "family", lambda root: [1, 2])
    monkeypatch.setattr(tree, "_moved", moved.get)
    monkeypatch.setattr(tree, "ticks", lambda pid: (0, 0))
    monkeypatch.setattr(tree, "share", lambda pid: 7)
    usage = TreeUsage(1)
    moved[2] = (5000, 10)
    found, members = usage.sample()
    assert members == [2]
    assert found["system/read_bytes_per_second"] > 0
    assert found["system/write_bytes_per_second"] == 0
    moved[2] = None  # another's, or a system that does not tell
    assert "system/read_bytes_per_second" not in usage.sample()[0]
    moved[2] = (1, 1)  # a counter that went back
    usage.sample()
    moved[2] = (0, 0)
    assert usage.sample()[0]["system/read_bytes_per_second"] == 0


@pytest.mark.proves("runs.system")
def test_what_a_process_moved_is_read_or_not_known(tmp_path: Path) -> None:
    assert tree._moved(2**22 + 1) is None
    mine = tree._moved(os.getpid())
    assert mine is None or min(mine) >= 0
