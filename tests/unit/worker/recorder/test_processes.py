"""Threads, forks and many processes that report into one run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_crispdm.tracking import read_run

from .programs import good, run


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
