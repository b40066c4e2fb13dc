"""Model processes that die, hang, cannot load; fronts that are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.serving.process import InferenceProcess
from tests.support import ends, eventually, eventually_sync, soon
from tests.unit.serving.inference.pictures import picture, text

from .conftest import SITE, RunningServer

IMAGE = {"images": [text(picture())]}


def answers(inference: RunningServer) -> bool:
    return inference.client.post("/predict", json=IMAGE).status_code == 200


def test_a_worker_that_dies_is_restarted_and_its_request_gets_503(inference: RunningServer) -> None:
    inference.deploy()
    first = inference.workers()[0].pid
    inference.configure(mode="exit")
    answer = inference.client.post("/predict", json=IMAGE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    inference.configure(mode="normal")
    eventually_sync(lambda: answers(inference))
    assert inference.workers()[0].pid != first


def test_a_worker_that_is_killed_is_restarted(inference: RunningServer) -> None:
    inference.deploy()
    inference.weigh("wait")  # so that what is told meanwhile stays long enough to be read
    inference.workers()[0].kill()
    eventually_sync(lambda: inference.status("a").state == "starting")
    assert "killed by signal 9" in inference.status("a").reason
    inference.weigh("good")
    eventually_sync(lambda: answers(inference))
    eventually_sync(lambda: inference.status("a").state == "ready")
    assert inference.status("a").reason == ""


@pytest.mark.proves("http.deployments-workers")
def test_two_workers_and_one_of_them_killed(inference: RunningServer) -> None:
    inference.deploy(workers=2)
    eventually_sync(lambda: 'workers_ready{model="lamp",version="1"} 2.0' in inference.client.get("/metrics").text)
    inference.workers()[0].kill()
    statuses = {inference.client.post("/predict", json=IMAGE).status_code for _ in range(30)}
    assert statuses <= {200, 503}
    assert inference.status("a").state == "ready"


@pytest.mark.proves("models.wrong")
@pytest.mark.parametrize(
    ("weights", "reason"),
    [("bad", "the weights are bad."), ("bomb", "MemoryError"), ("gone", "No such file")],
)
def test_the_old_version_serves_when_the_new_one_cannot_be_loaded(
    inference: RunningServer, weights: str, reason: str
) -> None:
    inference.deploy("a", weights="old")
    changes = {"path": "/nonexistent"} if weights == "gone" else {}
    inference.deploy("b", weights=weights, version=2, created=2.0, wait=False, **changes)
    eventually_sync(lambda: inference.status("b").state == "failed")
    assert reason in inference.status("b").reason
    assert inference.client.post("/predict", json=IMAGE).json()["Responses"][0][0]["results"]["weights"] == "old"
    assert inference.client.post("/v2/models/lamp/infer", json={"inputs": []}).status_code == 400
    assert inference.client.get("/v2/models/lamp/versions/2/ready").status_code == 503
    index = {item["version"]: item["state"] for item in inference.client.get("/v2/repository/index").json()}
    assert index == {"1": "READY", "2": "UNAVAILABLE"}


@pytest.mark.proves("machine.environment-gone")
def test_an_environment_that_is_gone_is_named(inference: RunningServer) -> None:
    inference.deploy(python="/gone/bin/python", wait=False)
    eventually_sync(lambda: inference.status("a").state == "failed")
    assert "/gone/bin/python" in inference.status("a").reason
    answer = inference.client.post("/predict", json=IMAGE)
    assert answer.status_code == 503
    assert "/gone/bin/python" in answer.json()["message"]


def test_a_model_that_dies_while_loading_is_tried_again(inference: RunningServer) -> None:
    inference.deploy(weights="exit", wait=False)
    eventually_sync(lambda: "exit code 4" in inference.status("a").reason)
    inference.weigh("good")
    eventually_sync(lambda: inference.status("a").state == "ready")


@pytest.mark.proves("http.deployments")
def test_a_deployment_that_is_removed_ends(inference: RunningServer) -> None:
    inference.deploy()
    worker = inference.workers()[0]
    (inference.directory / "deployments" / "a.json").unlink()
    eventually_sync(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    assert inference.client.post("/predict", json=IMAGE).status_code == 404


@pytest.mark.proves("lists.one-bad")
def test_rubbish_among_the_deployments_is_left_out(inference: RunningServer) -> None:
    for name, content in (("x.json", "{"), ("y.json", "[]"), (".z.json", "{}"), ("w.txt", "")):
        (inference.directory / "deployments" / name).write_text(content)
    inference.deploy()
    assert answers(inference)


def test_workers_die_with_their_inference_server_even_in_the_middle_of_work(
    inference: RunningServer, tmp_path: Path
) -> None:
    inference.deploy()
    worker = inference.workers()[0]
    begun = tmp_path / "begun"
    assert inference.configure(gate=str(tmp_path / "never"), log=str(begun)).status_code == 200
    answered: list[int] = []

    def ask() -> None:
        with httpx.Client(base_url=inference.client.base_url, timeout=60) as client, suppress(httpx.HTTPError):
            answered.append(client.post("/predict", json=IMAGE).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    eventually_sync(begun.exists)
    inference.process.kill()
    eventually_sync(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    ends(thread)
    assert answered in ([], [503])  # who is told in time, is told


def process(directory: Path, watcher: Watcher) -> InferenceProcess:
    return InferenceProcess(directory, watcher, port=0, arguments=("--site", str(SITE)))


async def test_a_detached_inference_server_is_found_again(tmp_path: Path) -> None:
    watcher = Watcher()
    first = process(tmp_path / "serving", watcher)
    address = await first.ensure()
    pid = first._told()["pid"]
    assert isinstance(pid, int)
    try:
        assert psutil.Process(pid).ppid() != os.getpid()
        second = process(tmp_path / "serving", watcher)
        assert await second.ensure() == address
        assert second.alive()
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(eventually_sync, lambda: not second.alive())
        assert await second.ensure() != ""
        assert second._told()["pid"] != pid
    finally:
        await first.stop()
    assert not first.alive()
    assert first.address == ""
    await watcher.close()


STANDS_IN = """
import fcntl, json, os, sys, time
lock = open(sys.argv[1] + "/front.lock", "ab")
fcntl.flock(lock, fcntl.LOCK_EX)
with open(sys.argv[1] + "/front.new", "w") as told:
    json.dump({"pid": os.getpid(), "address": "http://127.0.0.1:1"}, told)
os.replace(told.name, sys.argv[1] + "/front.json")
time.sleep(3600)
"""


async def test_one_that_is_still_being_started_ends_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was left behind for ever: nobody knew its pid yet."""
    begun, go_on, started = threading.Event(), threading.Event(), list[subprocess.Popen[bytes]]()

    def start() -> None:
        begun.set()
        go_on.wait(60)
        started.append(subprocess.Popen([sys.executable, "-c", STANDS_IN, str(tmp_path)]))

    watcher = Watcher()
    first = InferenceProcess(tmp_path, watcher)
    monkeypatch.setattr(first, "_start", start)
    starting = asyncio.create_task(first.ensure())
    await eventually(begun.is_set)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    stopping = asyncio.create_task(first.stop())
    go_on.set()
    await soon(stopping)
    await watcher.close()
    await eventually(lambda: started)
    with started[0] as process:
        try:
            assert await asyncio.to_thread(process.wait, 60) == -signal.SIGTERM
        finally:
            process.kill()


@pytest.mark.proves("settings.serving-port")
async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    from jupyter_crispdm.base.errors import Unavailable

    watcher = Watcher()
    first = process(tmp_path / "one", watcher)
    port = int((await first.ensure()).rpartition(":")[2])
    try:
        with pytest.raises(Unavailable, match=f"Port {port} .* cannot be used"):
            await InferenceProcess(tmp_path / "two", watcher, port=port).ensure()
    finally:
        await first.stop()
        await watcher.close()
