"""How much slower `GET health` gets for everybody else while one caller, or one job, does its worst.

Each flood runs in a process of its own against a real server with three users; what is printed is the ratio of the
median, and of the 95th percentile, to the same server when it is quiet. The aim is 10 at most.

Run: python -m benchmarks.bench_floods [SECONDS]
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

from tests.support import eventually_sync
from tests.ui.server import PASSWORD, Workbench

PROJECT = Path(__file__).parents[1]
AIM = 10.0
CONNECTIONS = 60
DASHBOARD = "voila/render/dashboards/training.ipynb"
_HOLDS_ITS_FILES = """
import fcntl, os, pathlib, time
import crispdm
crispdm.log(loss=1.0)
run = pathlib.Path(os.environ["CRISPDM_RUN_DIR"])
for file in [run / "output.log", run / "events.jsonl", *run.glob("metrics/*.names")]:
    file.unlink(missing_ok=True)
    os.mkfifo(file)
held = open(run / "metrics.order", "a")
fcntl.flock(held, fcntl.LOCK_EX)
(run / "held").touch()
while True:
    crispdm.log(loss=1.0)
    time.sleep(0.05)
"""

Flood = Callable[[str, dict[str, str]], None]
Caller = Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]


def main(seconds: float = 8.0) -> int:
    """Measure quiet, then each flood; the exit code is 1 where the aim was missed."""
    print(f"load {os.getloadavg()[0]:.1f}, {seconds:g} s each; ratios to quiet, the aim is {AIM:g} at most")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as workbench:
        people = {role: logged_in(workbench, role) for role in ("viewer", "analyst")}
        quiet = measured(workbench, seconds)
        print(f"{'quiet':38} p50 {quiet[0]:6.2f} ms          p95 {quiet[1]:6.2f} ms")
        missed = 0
        for name, flood, cookies in floods(workbench, people):
            with flooding(flood, workbench.url, cookies):
                now = measured(workbench, seconds)
            ratios = [one / before for one, before in zip(now, quiet, strict=True)]
            missed += ratios[0] > AIM
            print(f"{name:38} p50 {now[0]:6.2f} ms = {ratios[0]:4.1f} ×   p95 {now[1]:6.2f} ms = {ratios[1]:4.1f} ×")
        with workbench.api as api:
            print("went over a budget:", api.get("health/details").raise_for_status().json()["over_budget"])
    return 1 if missed else 0


def floods(workbench: Workbench, people: dict[str, dict[str, str]]) -> Iterator[tuple[str, Flood, dict[str, str]]]:
    """What callers and jobs do, one after the other."""
    job = hold_files(workbench)
    yield "a job that holds its files, asked for", ask_for_files, {**people["analyst"], "job": job}
    workbench.stop_jobs()
    yield f"{CONNECTIONS} connections of wrong logins", wrong_logins, {}
    for role, cookies in people.items():
        yield f"frames on the live socket, {role}", live_frames, cookies
        yield f"frames on a kernel's socket, {role}", kernel_frames, cookies
        yield f"huge bodies, {role}", huge_bodies, cookies
    yield "huge bodies, nobody", huge_bodies, {}


@contextmanager
def running(folder: Path) -> Iterator[Workbench]:
    """A server with three users and a published dashboard."""
    workbench = Workbench(folder / "workbench")
    (workbench.root / "dashboards").mkdir()
    shutil.copy(PROJECT / "notebooks/training.ipynb", workbench.root / "dashboards")
    workbench.add_admin()
    try:
        workbench.start()
        workbench.add_users()
        yield workbench
    finally:
        workbench.stop()


def logged_in(workbench: Workbench, role: str) -> dict[str, str]:
    """The cookies of somebody, after their login."""
    with httpx.Client(base_url=workbench.url, trust_env=False, timeout=60) as http:
        http.get("/login")
        http.post("/login", data={"username": role, "password": PASSWORD, "_xsrf": http.cookies["_xsrf"]})
        return dict(http.cookies.items())


def measured(workbench: Workbench, seconds: float) -> tuple[float, float]:
    """Median and 95th percentile of a call, in milliseconds."""
    times = []
    end = time.perf_counter() + seconds
    with httpx.Client(base_url=workbench.url, trust_env=False, timeout=60) as http:
        while time.perf_counter() < end:
            began = time.perf_counter()
            http.get("/crispdm/api/health").raise_for_status()
            times.append(1000 * (time.perf_counter() - began))
            time.sleep(0.01)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


@contextmanager
def flooding(flood: Flood, url: str, cookies: dict[str, str]) -> Iterator[None]:
    """Flood from another process; it has begun when this goes on."""
    process = multiprocessing.get_context("spawn").Process(target=flood, args=(url, cookies), daemon=True)
    process.start()
    time.sleep(2.0)  # an interpreter starts; what comes before the flood only flatters
    try:
        assert process.is_alive(), "the flood has ended"
        yield
    finally:
        process.kill()
        process.join()


def hold_files(workbench: Workbench) -> str:
    """A job that replaces its own files by pipes and holds a lock; its id."""
    (workbench.root / "hold.py").write_text(_HOLDS_ITS_FILES)
    with workbench.api as api:
        id = str(api.post("jobs", json={"script": "hold.py"}).raise_for_status().json()["id"])
    eventually_sync((workbench.data / "jobs" / id / "held").exists)
    return id


def ask_for_files(url: str, cookies: dict[str, str]) -> None:
    """Ask for what cannot be read, eight at a time."""
    job = cookies.pop("job")

    async def ask(http: httpx.AsyncClient) -> None:
        while True:
            for path in ("log", "metrics"):
                await http.get(f"/crispdm/api/jobs/{job}/{path}")

    asyncio.run(_all_at_once(url, cookies, 8 * [ask]))


def wrong_logins(url: str, cookies: dict[str, str]) -> None:
    """Log in wrongly, all the time."""

    async def guess(http: httpx.AsyncClient) -> None:
        answer = await http.get("/login")
        form = {"username": "admin", "password": "wrong", "_xsrf": answer.cookies.get("_xsrf", "")}
        while True:
            await http.post("/login", data=form)

    asyncio.run(_all_at_once(url, cookies, CONNECTIONS * [guess]))


def huge_bodies(url: str, cookies: dict[str, str]) -> None:
    """Send bodies without end, as far as they are taken."""

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    async def send(http: httpx.AsyncClient) -> None:
        headers = {"X-XSRFToken": http.cookies.get("_xsrf") or ""}
        while True:
            try:
                await http.post("/crispdm/api/jobs", content=pieces(), headers=headers)
            except httpx.HTTPError:  # the server does not listen to the end
                continue

    asyncio.run(_all_at_once(url, cookies, 8 * [send]))


def live_frames(url: str, cookies: dict[str, str]) -> None:
    """Subscribe and unsubscribe as fast as the socket takes it."""
    frames = ['{"subscribe": "jobs"}', '{"unsubscribe": "jobs"}', "not a command"]
    asyncio.run(_talk(f"{url.replace('http', 'ws', 1)}/crispdm/api/live", cookies, frames))


def kernel_frames(url: str, cookies: dict[str, str]) -> None:
    """Talk to the kernel of one's own dashboard without a pause."""
    page = httpx.get(f"{url}/{DASHBOARD}", cookies=cookies, trust_env=False, timeout=120, follow_redirects=True).text
    found = re.search(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", page)
    assert found, "no kernel in the page"
    about = {"msg_id": "1", "session": "s", "username": "", "version": "5.3", "date": ""}
    header = {**about, "msg_type": "comm_info_request"}
    ask = {"header": header, "parent_header": {}, "metadata": {}, "content": {}, "channel": "shell", "buffers": []}
    asyncio.run(_talk(f"{url.replace('http', 'ws', 1)}/api/kernels/{found[0]}/channels", cookies, [json.dumps(ask)]))


async def _talk(address: str, cookies: dict[str, str], frames: list[str]) -> None:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())

    async def one() -> None:
        while True:
            try:
                async with connect(address, additional_headers={"Cookie": header}, proxy=None) as socket:
                    while True:
                        for frame in frames:
                            await socket.send(frame)
            except Exception:  # it was closed on us: come again, as somebody who floods would
                await asyncio.sleep(0.01)

    await asyncio.gather(*(one() for _ in range(4)))


async def _all_at_once(url: str, cookies: dict[str, str], callers: Sequence[Caller]) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, cookies=cookies, trust_env=False, timeout=60, limits=limits) as http:
        await asyncio.gather(*(caller(http) for caller in callers), return_exceptions=True)


if __name__ == "__main__":
    raise SystemExit(main(*map(float, sys.argv[1:])))
