"""What real process trees use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jupyter_crispdm.jobs.executors.resources import ResourceSampler, Root

Run = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a program; it is there when it has printed a line, and waits for its input to end."""
    running: list[subprocess.Popen[str]] = []

    def run(code: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-u", "-c", code]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield run
    for process in running:
        process.communicate(timeout=60)


SHARING = """
import os, sys
held = b"x" * 100_000_000
for _ in range(4):
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
print("there")
sys.stdin.read()
"""
SHORT_LIVED = """
import subprocess, sys
burn = "import time\\nwhile time.process_time() < 0.3: pass"
print("ready")
for line in sys.stdin:
    subprocess.run([sys.executable, "-c", burn])
    print("burnt")
"""


def test_memory_that_processes_share_counts_once(run: Run) -> None:
    process = run(SHARING)
    usage = ResourceSampler().sample({"job": Root(process.pid, counted=True)}, 0.0)["job"]
    assert 100_000_000 < usage.memory_bytes < 200_000_000
    assert usage.cpu_percent == 0


def test_the_supervisor_is_left_out(run: Run) -> None:
    process = run("import subprocess, sys; p = subprocess.Popen(['cat']); print(p.pid); p.wait()")
    sampler = ResourceSampler()
    with_it = sampler.sample({1: Root(process.pid, counted=True)}, 0.0)[1]
    without = ResourceSampler().sample({1: Root(process.pid, counted=False)}, 0.0)[1]
    assert 0 < without.memory_bytes < 2_000_000 < with_it.memory_bytes


def test_cpu_of_short_lived_children_is_not_missed(run: Run) -> None:
    process = run(SHORT_LIVED)
    sampler = ResourceSampler(cost=lambda: 0.0)
    roots = {"job": Root(process.pid, counted=True)}
    sampler.sample(roots, 0.0)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    process.stdout.readline()
    burnt = sampler.sample(roots, 1.0)["job"].cpu_percent
    assert 25 <= burnt <= 80
    assert sampler.sample(roots, 2.0)["job"].cpu_percent < 10


def test_trees_that_are_gone_or_empty_are_left_out(run: Run) -> None:
    process = run("import sys; print(); sys.stdin.read()")
    process.communicate(timeout=60)
    roots = {1: Root(process.pid, counted=True), 2: Root(2**22 + 7, counted=True), 3: Root(1, counted=False)}
    usage = ResourceSampler().sample({**roots, 4: Root(os.getpid(), counted=True)}, 0.0)
    assert set(usage) & {1, 2} == set()
    assert usage[4].memory_bytes > 0


def test_a_costly_sample_is_repeated_until_the_next_can_be_afforded(run: Run) -> None:
    process = run("import sys; print(); sys.stdin.read()")
    clock = iter([0.0, 0.3, 0.3, 0.31]).__next__  # the first sample costs 0.3 s, the second 0.01 s
    sampler = ResourceSampler(cost=clock)
    roots: dict[Any, Root] = {"job": Root(process.pid, counted=True)}
    first = sampler.sample(roots, 0.0)
    assert sampler.sample(roots, 9.0) == first
    assert sampler.sample({}, 9.0) == {}
    later = {**roots, "new": Root(os.getpid(), counted=True)}
    assert set(sampler.sample(later, 9.5)) == {"job"}
    assert set(sampler.sample(later, 10.5)) == {"job", "new"}
