"""The Jobs API of Ray, as our executor speaks it to a head that is a fake."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.jobs.executors.cluster import ClusterJob, Outcome
from jupyter_crispdm.jobs.executors.listing import Standing, Unreachable
from jupyter_crispdm.jobs.executors.port import CannotStart, CannotUse
from jupyter_crispdm.jobs.executors.ray import Ray, check_address, take_token
from jupyter_crispdm.jobs.types import JobState

URL = "http://head.example.org:8265"
TOKEN = "5a" * 20


class FakeHead:
    """Answers as Ray 2.60 was seen to."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self.answer: httpx.Response | Exception | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        if "authorization" not in request.headers:
            return httpx.Response(401, text="Unauthorized: Missing authentication token")
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return httpx.Response(403, text="Forbidden: Invalid authentication token")
        return self.serve(request.method, request.url.path.removeprefix("/api/jobs/"), request.content)

    def serve(self, method: str, path: str, content: bytes) -> httpx.Response:
        if method == "POST" and not path:
            return self.take(json.loads(content))
        if not path:
            return httpx.Response(200, json=list(self.jobs.values()))
        id, _, verb = path.partition("/")
        if id not in self.jobs:
            return httpx.Response(404, text=f"Job {id} does not exist")
        if method == "DELETE":
            return httpx.Response(200, json={"deleted": bool(self.jobs.pop(id))})
        if verb == "stop":
            self.stopped.append(id)
        return httpx.Response(200, json=self.jobs[id])

    def take(self, request: dict[str, Any]) -> httpx.Response:
        id = request["submission_id"]
        if id in self.jobs:
            text = f"ValueError: Job with submission_id {id} already exists. Please use a different submission_id.\n.\n"
            return httpx.Response(500, text="RuntimeError: Request failed with status code 400: Traceback\n" + text)
        self.requests.append(request)
        self.add(id, "PENDING")
        return httpx.Response(200, json={"job_id": id, "submission_id": id})

    def add(self, id: str, status: str, **fields: Any) -> None:
        self.jobs[id] = {"type": "SUBMISSION", "job_id": None, "submission_id": id, "status": status, **fields}


@pytest.fixture
def head() -> FakeHead:
    return FakeHead()


def connect(head: FakeHead, token: str = TOKEN, token_file: str = "") -> Ray:
    return Ray(URL, token_file, token=token, transport=httpx.MockTransport(head))


def job(directory: Path, **fields: Any) -> ClusterJob:
    return ClusterJob("crispdm-a.1-0f", directory, ["/opt/python", "-c", "it's $HOME", str(directory)], **fields)


async def test_a_job_is_sent_with_what_it_asks_for(head: FakeHead, tmp_path: Path) -> None:
    assert await connect(head).submit(job(tmp_path, cpus=2, gpus=1, memory=2**30)) == "crispdm-a.1-0f"
    (request,) = head.requests
    asked = {key: value for key, value in request.items() if key.startswith("entrypoint_")}
    assert asked == {"entrypoint_num_cpus": 2, "entrypoint_num_gpus": 1, "entrypoint_memory": 2**30}
    assert TOKEN not in json.dumps(request)


async def test_the_entry_point_survives_the_shell(head: FakeHead, tmp_path: Path) -> None:
    folder = tmp_path / "data of 'ada' 100%j $(touch oh) \"x\"\n;y"
    folder.mkdir()
    one = ClusterJob("crispdm-a.1-0f", folder, ["printf", "%s|", str(folder), "$HOME", "two words"])
    await connect(head).submit(one)
    entry = head.requests[0]["entrypoint"]
    await asyncio.to_thread(subprocess.run, entry, shell=True, check=True, cwd=tmp_path)
    assert (folder / "cluster.log").read_text() == f"{folder}|$HOME|two words|"


@pytest.mark.parametrize(("gpus", "seen"), [(0, ""), (1, "3")])
async def test_who_asks_for_no_gpu_sees_none(head: FakeHead, tmp_path: Path, gpus: int, seen: str) -> None:
    await connect(head).submit(ClusterJob("crispdm-a.1-0f", tmp_path, ["printenv", "CUDA_VISIBLE_DEVICES"], gpus=gpus))
    given = {"PATH": os.defpath, "CUDA_VISIBLE_DEVICES": "3"}
    await asyncio.to_thread(subprocess.run, head.requests[0]["entrypoint"], shell=True, check=True, env=given)
    assert (tmp_path / "cluster.log").read_text() == f"{seen}\n"


async def test_a_job_that_is_sent_twice_is_one(head: FakeHead, tmp_path: Path) -> None:
    ray = connect(head)
    assert await ray.submit(job(tmp_path)) == await ray.submit(job(tmp_path))
    assert len(head.requests) == 1


async def test_a_thousand_jobs_do_not_reach_the_head_at_once(tmp_path: Path) -> None:
    here, most = 0, 0

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal here, most
        here += 1
        most = max(most, here)
        await asyncio.sleep(0)
        here -= 1
        return httpx.Response(200)

    ray = Ray(URL, transport=httpx.MockTransport(slow))
    await asyncio.gather(*(ray.submit(job(tmp_path)) for _ in range(1000)))
    assert 1 < most <= 8


async def test_a_request_that_ray_refuses_does_not_start(head: FakeHead, tmp_path: Path) -> None:
    def refuse(request: dict[str, Any]) -> httpx.Response:
        return httpx.Response(400, text="Traceback (most recent call last):\nTypeError: that is no number\n\n")

    head.take = refuse  # type: ignore[method-assign]
    with pytest.raises(CannotStart, match=r"^TypeError: that is no number$"):
        await connect(head).submit(job(tmp_path))


async def test_a_head_without_its_agent_is_asked_again_later(head: FakeHead, tmp_path: Path) -> None:
    head.take = lambda request: httpx.Response(500, text="No available agent to submit job.")  # type: ignore[method-assign]
    with pytest.raises(Unreachable, match=r"^status 500: No available agent to submit job\.$"):
        await connect(head).submit(job(tmp_path))


async def test_the_list_has_our_jobs_that_are_not_over(head: FakeHead) -> None:
    head.add("crispdm-a", "PENDING", message="Job has not started yet.")
    head.add("crispdm-b", "RUNNING")
    head.add("crispdm-c", "SUCCEEDED", driver_exit_code=0)
    head.add("raysubmit_d", "RUNNING")
    head.jobs["driver"] = {"type": "DRIVER", "job_id": "01", "submission_id": None, "status": "RUNNING"}
    assert await connect(head).listing() == {
        "crispdm-a": Standing("crispdm-a", "waits for room in the Ray cluster"),
        "crispdm-b": Standing("crispdm-b"),
    }


async def test_ray_forgets_our_oldest_jobs(head: FakeHead) -> None:
    for number in range(130):
        head.add(f"crispdm-{number}", "FAILED", driver_exit_code=number % 2, end_time=number)
    head.add("crispdm-lost", "FAILED", error_type="JOB_SUPERVISOR_ACTOR_DIED", end_time=-1)
    head.add("raysubmit_other", "SUCCEEDED", driver_exit_code=0, end_time=-1)
    ray = connect(head)
    for _ in range(3):
        await ray.listing()
    assert set(head.jobs) == {f"crispdm-{number}" for number in range(30, 130)} | {"crispdm-lost", "raysubmit_other"}


async def test_a_stop_of_a_job_that_ray_does_not_know_is_nothing(head: FakeHead) -> None:
    head.add("crispdm-a", "RUNNING")
    await connect(head).cancel("crispdm-a", "crispdm-a")
    await connect(head).cancel("crispdm-b", "crispdm-b")
    assert head.stopped == ["crispdm-a"]


NODE_DIED = (
    "Job supervisor actor died: The actor died unexpectedly before finishing this task.\n\tclass_name: JobSupervisor\n"
    "\tip: 10.77.0.3\nThe actor died because its node has died. Node Id: 41f2\n"
    "\tthe actor's node was terminated unexpectedly: health check failed due to missing too many heartbeats"
)
ACTOR_DIED = (
    "Job supervisor actor died: The actor died unexpectedly before finishing this task.\n"
    "The actor is dead because its worker process has died. Worker exit type: SYSTEM_ERROR Worker exit detail: Worker "
    "unexpectedly exits. Some common causes include: (1) the process was killed by the OOM killer"
)
NO_INTERPRETER = (
    "Job entrypoint command failed with exit code 2, last available logs (truncated to 20,000 chars):\n"
    "2026-11-21 16:40:54,236\tINFO job_manager.py:581 -- Runtime env is setting up.\n"
    "/bin/sh: 1: cannot create /data/a/cluster.log: Directory nonexistent\n"
    "Running entrypoint for job crispdm-a: exec /nope/python -I x\n"
)


@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        (
            {"status": "FAILED", "message": NODE_DIED},
            JobState.lost,
            "its machine was terminated unexpectedly: health check failed due to missing too many heartbeats",
        ),
        (
            {"status": "FAILED", "message": ACTOR_DIED},
            JobState.lost,
            "The actor is dead because its worker process has died. Worker exit type: SYSTEM_ERROR Worker exit detail: "
            "Worker unexpectedly exits.",
        ),
        (
            {"status": "FAILED", "message": NO_INTERPRETER, "driver_exit_code": 2},
            JobState.lost,
            "its supervisor ended with code 2: "
            "/bin/sh: 1: cannot create /data/a/cluster.log: Directory nonexistent",
        ),
        ({"status": "FAILED", "driver_exit_code": -9}, JobState.lost, "its supervisor was killed by signal 9"),
        ({"status": "SUCCEEDED", "driver_exit_code": 0}, JobState.lost, "its supervisor ended with code 0"),
        ({"status": "STOPPED"}, JobState.stopped, "cancelled in Ray"),
        (
            {"status": "FAILED", "error_type": "JOB_SUPERVISOR_ACTOR_START_TIMEOUT", "message": "failed to start"},
            JobState.queued,
            "it found no room for too long",
        ),
    ],
)
async def test_what_ray_says_of_a_job_without_an_exit_record(
    head: FakeHead, fields: dict[str, Any], state: JobState, reason: str
) -> None:
    head.add("crispdm-a", **fields)
    assert await connect(head).outcome("crispdm-a", "crispdm-a") == Outcome(state, reason)


async def test_a_job_that_ray_has_forgotten_is_wanted_again(head: FakeHead) -> None:
    forgotten = Outcome(JobState.queued, "Ray no longer knows it")
    assert await connect(head).outcome("crispdm-a", "crispdm-a") == forgotten
    head.answer = httpx.Response(500, text="Internal Server Error")
    with pytest.raises(Unreachable, match="status 500, and no job"):
        await connect(head).outcome("crispdm-a", "crispdm-a")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.ConnectError("[Errno 113] No route to host"), r"^\[Errno 113\] No route to host$"),
        (httpx.ReadTimeout(""), "^ReadTimeout$"),
        (httpx.Response(200, text="<html>a proxy's page</html>"), "^status 200, and no list of jobs$"),
        (httpx.Response(200, json={"jobs": []}), "^status 200, and no list of jobs$"),
        (httpx.Response(502, text="Bad Gateway"), "^status 502, and no list of jobs$"),
    ],
)
async def test_a_head_that_does_not_answer_as_it_should(
    head: FakeHead, answer: httpx.Response | Exception, reason: str
) -> None:
    head.answer = answer
    with pytest.raises(Unreachable, match=reason):
        await connect(head).listing()


async def test_no_redirect_takes_the_token_elsewhere(head: FakeHead) -> None:
    head.answer = httpx.Response(302, headers={"location": "http://evil.example.org/api/jobs/"})
    with pytest.raises(Unreachable):
        await connect(head).listing()
    assert head.asked == ["GET /api/jobs/"]


async def test_ray_that_asks_for_a_token_or_refuses_ours(head: FakeHead) -> None:
    with pytest.raises(Unreachable, match=r"^it asks for a token \(see RAY_AUTH_TOKEN and 'ray_token_file'\)$"):
        await connect(head, "").listing()
    with pytest.raises(Unreachable, match=r"^it refuses our token \("):
        await connect(head, "another").listing()


async def test_a_token_is_trimmed_and_never_said(head: FakeHead, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert await connect(head, f"  {TOKEN}\n").listing() == {}
    for bad in (f"{TOKEN}\nX-Other: 1", f"{TOKEN}é", f"{TOKEN}\0"):
        with pytest.raises(Unreachable, match=r"^the token has characters that cannot be sent$"):
            await connect(head, bad).listing()
    assert TOKEN not in caplog.text


@pytest.mark.proves("settings.ray")
async def test_a_new_token_in_the_file_counts_at_once(head: FakeHead, tmp_path: Path) -> None:
    file = tmp_path / "token"
    ray = connect(head, token_file=str(file))
    with pytest.raises(Unreachable, match=r"^'ray_token_file' cannot be read: No such file or directory$"):
        await ray.listing()
    file.write_text("old")
    with pytest.raises(Unreachable, match="refuses"):
        await ray.listing()
    file.write_text(TOKEN)
    assert await ray.listing() == {}
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Unreachable, match=r"^'ray_token_file' cannot be read: it is no text$"):
        await ray.listing()


@pytest.mark.proves("settings.ray")
def test_addresses() -> None:
    assert check_address("https://ray.example.org/team/") == "https://ray.example.org/team"
    for wrong in ("", "auto", "head:6379", "ray://head:10001", "http://", "http:head", "http://h/?a=b", "http://h\n"):
        with pytest.raises(CannotUse, match=r"'ray_address' must be the address of the Ray dashboard"):
            check_address(wrong)


def test_an_address_with_a_password_is_refused_without_showing_it() -> None:
    with pytest.raises(CannotUse, match="must hold no password") as refusal:
        Ray("http://ada:hush@head:8265")
    assert "hush" not in str(refusal.value)


async def test_the_address_may_have_a_path() -> None:
    head = FakeHead()
    ray = Ray("http://gate.example.org/team/", token=TOKEN, transport=httpx.MockTransport(head))
    with pytest.raises(Unreachable):
        await ray.listing()
    assert head.asked == ["GET /team/api/jobs/"]
    await ray.close()


def test_the_token_leaves_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    assert take_token() == TOKEN
    assert take_token() == ""
