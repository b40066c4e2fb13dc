"""kill -9 of a real server while jobs run: they go on, and every line, metric, row and exit code is right."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from jupyter_crispdm.tracking import read_run
from jupyter_crispdm.worker.processes.identity import kill_tree
from tests.ports import free_port
from tests.support import eventually

TOKEN = "a-token-for-this-test"
ROOT = Path(__file__).parents[3]
TRAINING = """\
import pathlib, sys, time
import crispdm
steps, code = int(sys.argv[1]), int(sys.argv[2])
later = pathlib.Path("later")
for step in range(steps):
    while step == 50 and not later.exists():
        time.sleep(0.02)
    print(f"step {step} ü", flush=True)
    crispdm.log({"loss": 1 / (step + 1)}, step=step)
    crispdm.progress(step + 1, steps)
    time.sleep(0.02)
go = pathlib.Path("go")
while not go.exists():
    time.sleep(0.02)
print("end")
sys.exit(code)
"""


class RealServer:
    """A ``jupyter server`` process that can be killed and started again on the same directories and port."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = path / "root"
        self.root.mkdir()
        self.port = free_port()
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}/crispdm/api/",
            headers={"Authorization": f"token {TOKEN}"},
            timeout=60,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._log = path / "server.log"

    async def start(self) -> None:
        with open(self._log, "ab") as log:  # noqa: ASYNC230
            self._process = await asyncio.to_thread(
                subprocess.Popen, self._command(), stdout=log, stderr=log, env=self._environ(), cwd=self.path
            )
        await eventually(self._answers, 120)

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self.kill()
        for directory in (self.path / "data" / "jobs").glob("*"):
            kill_tree(None, directory, (0, 0))

    async def submit(self, **body: Any) -> Any:
        answer = await self.client.post("jobs", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def job(self, id: str) -> Any:
        answer = await self.client.get(f"jobs/{id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def reaches(self, id: str, *states: str) -> Any:
        async def there() -> Any:
            job = await self.job(id)
            return job if job["state"] in states else None

        return await eventually(there, 60)

    def directory(self, id: str) -> Path:
        return self.path / "data" / "jobs" / id

    def log(self, id: str) -> str:
        return (self.directory(id) / "output.log").read_text()

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", "--ip=127.0.0.1"),
            *(f"--port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.root}"),
            f"--IdentityProvider.token={TOKEN}",
            "--ServerApp.jpserver_extensions=jupyter_crispdm=True",
            f"--CrispdmApp.data_dir={self.path / 'data'}",
            "--CrispdmApp.max_running_jobs=100",
        ]

    def _environ(self) -> dict[str, str]:
        own = {f"JUPYTER_{name}_DIR": str(self.path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        return {**os.environ, **own, "PYTHONPATH": os.pathsep.join(filter(None, paths))}

    async def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        try:
            return (await self.client.get("jobs")).status_code == 200 and await self._open()
        except httpx.TransportError:
            return False

    async def _open(self) -> bool:
        """503 until the jobs of the last server were taken up; an empty submission is refused after that."""
        return (await self.client.post("jobs", json={"command": ["true"], "after": ["x"]})).status_code == 422


@pytest.fixture
def server(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[RealServer]:
    server = RealServer(tmp_path)
    jp_asyncio_loop.run_until_complete(server.start())
    yield server
    jp_asyncio_loop.run_until_complete(server.client.aclose())
    server.close()


async def log_by_websocket(server: RealServer, id: str) -> str:
    """The whole log as a page sees it: one socket at a time, opened again from the last cursor."""
    url, cursor = f"ws://127.0.0.1:{server.port}/crispdm/api/live", 0
    text = ""
    headers = {"Authorization": f"token {TOKEN}"}
    while True:
        try:
            async with connect(url, additional_headers=headers, open_timeout=60) as page:
                await page.send(json.dumps({"subscribe": f"jobs/{id}/log", "since": cursor}))
                async for line in page:
                    message = json.loads(line)
                    data = message["data"]
                    assert data["start"] == cursor, "no gap, nothing twice"
                    text += str(data["text"])
                    cursor = message["seq"]
                    if data.get("ended"):
                        return text
        except (OSError, ConnectionClosed):
            await asyncio.sleep(0.05)


async def sse(server: RealServer, topic: str) -> AsyncGenerator[Any, None]:
    """Messages of a topic as a program sees them: server-sent events, resumed by Last-Event-ID."""
    headers = {"Accept": "text/event-stream"}
    while True:
        try:
            async with server.client.stream("GET", "live", params={"topic": topic}, headers=headers) as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("id: "):
                        headers["Last-Event-ID"] = line[4:]
                    elif line.startswith("data: "):
                        yield json.loads(line[6:])
        except httpx.TransportError:
            await asyncio.sleep(0.05)


async def curve_by_sse(server: RealServer, id: str) -> list[int]:
    steps: list[int] = []
    async with aclosing(sse(server, f"jobs/{id}/metrics")) as messages:
        async for message in messages:
            steps += message["data"]["series"].get("loss", {"step": []})["step"]
            if message["data"].get("ended"):
                return steps
    raise AssertionError("the stream ended by itself")


@pytest.mark.proves("work.job-outlives-server", "house.kill-in-training")
async def test_a_job_goes_on_while_the_server_is_killed_and_comes_back(server: RealServer) -> None:
    (server.root / "train.py").write_text(TRAINING)
    steps = 150
    job = await server.submit(script="train.py", args=[str(steps), "7"], parameters={"rate": 1}, id="mine")
    before = await server.reaches("mine", "running")
    log = asyncio.create_task(log_by_websocket(server, "mine"))
    curve = asyncio.create_task(curve_by_sse(server, "mine"))
    await eventually(lambda: "step 30 " in server.log("mine"))
    server.kill()
    written = server.log("mine")
    (server.root / "later").touch()
    await eventually(lambda: len(server.log("mine")) > len(written) + 100)
    await server.start()
    after = await server.job("mine")
    same = ("id", "name", "state", "pid", "owner", "command", "created", "started", "attempt")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert after["parameters"] == {"rate": 1}
    (server.root / "go").touch()
    ended = await server.reaches(job["id"], "failed")
    assert (ended["exit_code"], ended["signal"], ended["reason"]) == (7, None, "exited with code 7")
    assert ended["progress"] == {"done": steps, "total": steps, "message": ""}
    whole = "".join(f"step {step} ü\n" for step in range(steps)) + "end\n"
    assert await asyncio.wait_for(log, 60) == whole
    assert await asyncio.wait_for(curve, 60) == list(range(steps))


@pytest.mark.proves("machine.server-killed")
async def test_many_jobs_and_several_kills(server: RealServer) -> None:
    jobs, steps = 12, 60
    (server.root / "train.py").write_text(TRAINING)
    (server.root / "later").touch()
    ids = []
    for number in range(jobs):
        if number == jobs // 2:
            server.kill()
            await server.start()
        job = await server.submit(script="train.py", args=[str(steps), str(number % 5)], name=f"job {number}")
        ids.append(job["id"])
    await eventually(lambda: all((server.directory(id) / "state.json").exists() for id in ids))
    server.kill()
    (server.root / "go").touch()  # they end while nobody is there
    await eventually(lambda: all((server.directory(id) / "exit.json").exists() for id in ids))
    await server.start()
    for number, id in enumerate(ids):
        job = await server.reaches(id, "succeeded", "failed")
        assert (job["name"], job["exit_code"]) == (f"job {number}", number % 5)
        assert server.log(id) == "".join(f"step {step} ü\n" for step in range(steps)) + "end\n"
        assert read_run(server.directory(id))["loss"].step.tolist() == list(range(steps))
    listed = (await server.client.get("jobs")).json()["jobs"]
    assert [job["id"] for job in listed] == ids[::-1]
