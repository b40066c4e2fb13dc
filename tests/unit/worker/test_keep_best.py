"""Stopping with all the time a job wants: it saves its best and ends; whoever loses patience hastens it."""

from __future__ import annotations

import sys

import pytest

from jupyter_crispdm.worker import control

from .conftest import StartJob

SAVES = """
import signal, sys, time
def save(number, frame):
    print("saving")
    input()
    print("saved")
    sys.exit(0)
signal.signal(signal.SIGINT, save)
print("ready")
while True:
    time.sleep(1)
"""
DEAF = """
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: print("heard", number))
print("ready")
while True:
    time.sleep(1)
"""


@pytest.mark.proves("jobs.keep-best")
def test_a_stopped_job_may_take_longer_than_any_timer(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-u", "-c", SAVES], timeout=3e8)
    job.printed("ready")
    job.send(control.encode_stop(1e9, 1e9))
    job.printed("saving")
    assert job.read("exit.json") is None
    job.send(*control.encode_input("now\n"))
    record = job.exit()
    assert (record["state"], record["exit_code"], record["reason"]) == ("stopped", 0, "stopped")
    assert job.log().endswith("saving\nsaved\n")


def test_a_second_stop_hastens_every_step(start_job: StartJob) -> None:
    job = start_job([sys.executable, "-u", "-c", DEAF])
    job.printed("ready")
    job.send(control.encode_stop(1e9, 1e9))
    job.printed("heard 2")
    job.send(control.encode_stop(0.0, 0.0))
    record = job.exit()
    assert (record["state"], record["signal"]) == ("stopped", "SIGKILL")
