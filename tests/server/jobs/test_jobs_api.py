"""The jobs verbs through a real server, with real processes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.jobs.types import Job, JobFact, JobsFact
from jupyter_crispdm.tracking.types import LogFact
from tests.support import eventually

Fetch = Callable[..., Awaitable[Any]]
Api = Callable[..., Awaitable[Any]]


@pytest.fixture
def api(crispdm: CrispdmApp, jp_fetch: Fetch) -> Api:
    """Calls a verb; answers (status, decoded body, headers), also for errors."""

    async def call(
        method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Any:
        sent = None if method in ("GET", "DELETE") else json.dumps({} if body is None else body)
        try:
            answer = await jp_fetch(
                "crispdm",
                "api",
                *path.split("/"),
                method=method,
                body=sent,
                params=query,
                headers=headers or {},
            )
        except HTTPClientError as error:
            failed: Any = error.response
            return error.code, json.loads(failed.body), failed.headers
        kind = answer.headers.get("Content-Type", "")
        return answer.code, json.loads(answer.body) if "json" in kind else answer.body, answer.headers

    return call


async def ended(api: Api, id: str) -> Any:
    async def over() -> Any:
        _, job, _ = await api("GET", f"jobs/{id}")
        return job if job["ended"] else None

    return await eventually(over)


async def running(api: Api, id: str) -> Any:
    async def on() -> Any:
        _, job, _ = await api("GET", f"jobs/{id}")
        return job if job["state"] == "running" else None

    return await eventually(on)


@pytest.mark.proves("http.jobs-submit", "http.jobs-get", "http.jobs-input", "http.jobs-delete", "http.jobs-fields")
async def test_a_job_from_submission_to_deletion(api: Api, jp_base_url: str) -> None:
    command = [sys.executable, "-c", "print('hello'); print(input())"]
    status, job, headers = await api("POST", "jobs", {"command": command, "name": "Größe <b>", "tags": ["a"]})
    assert status == 201
    assert headers["Location"] == f"{jp_base_url}crispdm/api/jobs/{job['id']}"
    assert set(job) == {
        "id", "name", "kind", "state", "exit_code", "signal", "reason", "pid", "owner", "environment",
        "command", "cwd", "created", "started", "ended", "attempt", "progress", "resources", "parameters",
        "tags", "source", "cpus", "gpus", "memory", "devices", "stalled", "waiting_for_input", "after", "rerun_of",
        "schedule", "via",
    }  # fmt: skip
    assert job["created"].endswith("Z")
    await running(api, job["id"])
    assert (await api("DELETE", f"jobs/{job['id']}"))[0] == 409
    assert (await api("POST", f"jobs/{job['id']}/input", {"text": "world\n"}))[0] == 204
    done = await ended(api, job["id"])
    assert (done["state"], done["exit_code"]) == ("succeeded", 0)
    _, listed, _ = await api("GET", "jobs", state="succeeded", limit="5")
    assert [one["id"] for one in listed["jobs"]] == [job["id"]]
    assert (await api("DELETE", f"jobs/{job['id']}"))[0] == 204
    assert (await api("GET", f"jobs/{job['id']}"))[0] == 404


@pytest.mark.proves("training.log-download", "streaming.large-files", "http.jobs-log")
async def test_log_with_range_and_download(api: Api) -> None:
    _, job, _ = await api("POST", "jobs", {"command": ["printf", "0123456789"]})
    await ended(api, job["id"])
    status, body, headers = await api("GET", f"jobs/{job['id']}/log")
    assert (status, body) == (200, b"0123456789")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    status, body, headers = await api("GET", f"jobs/{job['id']}/log", headers={"Range": "bytes=-3"})
    assert (status, body, headers["Content-Range"]) == (206, b"789", "bytes 7-9/10")
    assert (await api("GET", f"jobs/{job['id']}/log", headers={"Range": "bytes=50-"}))[0] == 416
    _, _, headers = await api("GET", f"jobs/{job['id']}/log", download="1")
    assert headers["Content-Disposition"].startswith("attachment")


async def test_a_log_that_is_not_there_yet_is_empty(api: Api) -> None:
    first = (await api("POST", "jobs", {"command": ["sleep", "60"]}))[1]
    waiting = (await api("POST", "jobs", {"command": ["true"], "after": [first["id"]]}))[1]
    assert (await api("GET", f"jobs/{waiting['id']}/log"))[:2] == (200, b"")
    assert (await api("POST", "jobs/stop", {"all": True}))[0] == 202
    await ended(api, first["id"])


@pytest.mark.proves("http.jobs-submit", "http.jobs-metrics", "http.jobs-artifacts", "crispdm.artifact")
async def test_a_script_with_metrics_and_artifacts(api: Api, jp_root_dir: Path) -> None:
    (jp_root_dir / "train.py").write_text(
        "import crispdm, pathlib\n"
        "for step in range(100):\n"
        "    crispdm.log({'loss': float('nan') if step == 1 else 1.0 / (step + 1)}, step=step)\n"
        "pathlib.Path('plot.svg').write_text('<svg/>')\n"
        "crispdm.artifact('plot.svg')\n"
    )
    _, job, _ = await api("POST", "jobs", {"script": "train.py"})
    done = await ended(api, job["id"])
    assert done["state"] == "succeeded", (await api("GET", f"jobs/{job['id']}/log"))[1]
    _, metrics, _ = await api("GET", f"jobs/{job['id']}/metrics")
    assert metrics["cursor"] == 100
    assert metrics["series"]["loss"]["step"] == list(range(100))
    assert metrics["series"]["loss"]["value"][:3] == [1.0, None, 1 / 3]
    _, more, _ = await api("GET", f"jobs/{job['id']}/metrics", since="98", points="50", name="loss")
    assert more["series"]["loss"]["step"] == [98, 99]
    assert (await api("GET", f"jobs/{job['id']}/metrics", since="-1"))[0] == 400
    _, part, _ = await api("GET", f"jobs/{job['id']}/metrics", axis="step", begin="10", end="12.5", name="loss")
    assert (part["cursor"], part["series"]["loss"]["step"]) == (100, [9, 10, 11, 12, 13])
    for field, query in (
        ("axis", {"axis": "depth"}), ("axis", {"begin": "1"}), ("since", {"axis": "time", "since": "3"}),
        ("end", {"axis": "time", "end": "inf"}), ("points", {"axis": "time", "points": "1"}),
    ):  # fmt: skip
        status, error, _ = await api("GET", f"jobs/{job['id']}/metrics", **query)
        assert (status, error["details"]["field"]) == (400, field)
    _, artifacts, _ = await api("GET", f"jobs/{job['id']}/artifacts")
    assert [(one["path"], one["size"]) for one in artifacts["artifacts"]] == [("plot.svg", 6)]
    status, body, headers = await api("GET", f"jobs/{job['id']}/artifacts/plot.svg")
    assert (status, body) == (200, b"<svg/>")
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.proves("http.jobs-artifacts", "files.traversal")
@pytest.mark.parametrize("path", ["..%2Fspec.json", "%2E%2E/spec.json", "%2Fetc%2Fpasswd", "a%00b", "x" * 300])
async def test_artifact_paths_stay_inside(api: Api, path: str) -> None:
    _, job, _ = await api("POST", "jobs", {"command": ["true"]})
    status, body, _ = await api("GET", f"jobs/{job['id']}/artifacts/{path}")
    assert status == 404
    assert "argv" not in str(body)


@pytest.mark.proves("jobs.stop-one", "http.jobs-stop")
async def test_stop(api: Api) -> None:
    _, job, _ = await api("POST", "jobs", {"command": ["sleep", "60"]})
    await running(api, job["id"])
    status, stopping, _ = await api("POST", f"jobs/{job['id']}/stop")
    assert status == 202
    assert stopping["state"] in ("stopping", "stopped")
    assert (await ended(api, job["id"]))["state"] == "stopped"
    assert (await api("POST", f"jobs/{job['id']}/stop", {"grace": [60, 5]}))[0] == 202


@pytest.mark.proves("http.jobs-stop-many")
async def test_the_jobs_named_are_stopped(api: Api) -> None:
    jobs = [(await api("POST", "jobs", {"command": ["sleep", "60"]}))[1] for _ in range(3)]
    await running(api, jobs[0]["id"])
    ids = [jobs[0]["id"], jobs[2]["id"]]
    status, answer, _ = await api("POST", "jobs/stop", {"ids": ids, "grace": [3e8, 5]})
    assert (status, [job["id"] for job in answer["jobs"]]) == (202, ids)
    for id in ids:
        assert (await ended(api, id))["state"] == "stopped"
    assert (await api("GET", f"jobs/{jobs[1]['id']}"))[1]["ended"] is None
    assert (await api("POST", "jobs/stop", {"ids": ids, "all": True}))[0] == 400
    assert (await api("POST", "jobs/stop", {"all": True, "grace": [0, 0]}))[0] == 202
    await ended(api, jobs[1]["id"])


@pytest.mark.proves("http.jobs-idempotent")
async def test_submitting_twice(api: Api) -> None:
    body = {"command": ["true"], "id": "mine"}
    assert (await api("POST", "jobs", body))[0] == 201
    assert (await api("POST", "jobs", body))[0] == 200
    status, error, _ = await api("POST", "jobs", {**body, "command": ["false"]})
    assert (status, error["code"], error["details"]) == (409, "conflict", {"field": "id"})


@pytest.mark.proves("http.jobs-submit-bad")
@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ([], 400, "body"),
        ({}, 400, "command"),
        ({"command": "true"}, 400, "command"),
        ({"command": ["true"], "unknown": 1}, 400, "unknown"),
        ({"command": ["a\0"]}, 400, "command"),
        ({"command": ["true"], "timeout": "soon"}, 400, "timeout"),
        ({"command": ["true"], "timeout": -5}, 400, "timeout"),
        ({"command": ["true"], "env": {"A": 1}}, 400, None),
        ({"command": ["true"], "cpus": 0}, 400, "cpus"),
        ({"command": ["true"], "cpus": 100_000}, 422, "cpus"),
        ({"command": ["true"], "gpus": 1000}, 422, "gpus"),
        ({"command": ["true"], "memory": 0}, 400, "memory"),
        ({"command": ["true"], "memory": 10**17}, 422, "memory"),
        ({"command": ["true"], "retry_delay": -1}, 400, "retry_delay"),
        ({"command": ["true"], "cells": ["1"]}, 400, "cells"),
        ({"command": ["true"], "from_cell": 0}, 400, "from_cell"),
        ({"command": ["true"], "id": "../../x"}, 400, "id"),
        ({"script": "../x.py"}, 400, "script"),
        ({"script": "nothing.py"}, 422, "script"),
        ({"command": ["true"], "environment": "a\n'; rm -rf /"}, 422, "environment"),
        ({"command": ["true"], "after": ["nobody"]}, 422, "after"),
    ],
)
async def test_bad_submissions_name_the_field(api: Api, body: Any, status: int, field: str | None) -> None:
    answered, error, _ = await api("POST", "jobs", body)
    assert answered == status, error
    assert set(error) == {"message", "reason", "code", "details"}
    if field is not None:
        assert error["details"]["field"] == field
    assert (await api("GET", "jobs"))[1] == {"jobs": []}


@pytest.mark.proves("http.jobs-rerun", "jobs.rerun")
async def test_a_job_is_run_again_with_changes(api: Api, jp_root_dir: Path) -> None:
    (jp_root_dir / "train.py").write_text("import os; print(os.environ['MODE'], os.environ['CRISPDM_PARAMETERS'])")
    body = {
        "script": "train.py", "args": ["-x"], "env": {"MODE": "fast"}, "timeout": 60, "retries": 2,
        "retry_delay": 1.5, "tags": ["a"], "parameters": {"rate": 1}, "id": "mine", "notify": "never",
    }  # fmt: skip
    await api("POST", "jobs", body)
    status, stored, _ = await api("GET", "jobs/mine/submission")
    assert (status, {name: stored[name] for name in body}) == (200, body)
    status, again, headers = await api("POST", "jobs/mine/rerun", {"changes": {"parameters": {"rate": 2}}})
    assert (status, headers["Location"].endswith(f"/jobs/{again['id']}")) == (201, True)
    assert (again["rerun_of"], again["source"], again["tags"]) == ("mine", "train.py", ["a"])
    done = await ended(api, again["id"])
    assert (done["state"], done["parameters"]) == ("succeeded", {"rate": 2})
    assert (await api("GET", f"jobs/{again['id']}/log"))[1] == b'fast {"rate":2}\n'
    assert (await api("GET", f"jobs/{again['id']}/submission"))[1]["timeout"] == 60
    assert (await api("POST", "jobs/mine/rerun", {"changes": {"id": "mine"}}))[0] == 409


@pytest.mark.proves("http.jobs-rerun")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": 1}, "colour"),
        ({"timeout": "soon"}, "timeout"),
        ({"cpus": 0}, "cpus"),
        ({"script": "x.py"}, "command"),
        ({"retry_delay": -1}, "retry_delay"),
    ],
)
async def test_a_bad_change_names_its_field(api: Api, changes: dict[str, Any], field: str) -> None:
    await api("POST", "jobs", {"command": ["true"], "id": "mine"})
    status, error, _ = await api("POST", "jobs/mine/rerun", {"changes": changes})
    assert (status, error["details"]["field"]) == (400, field), error


@pytest.mark.proves("http.jobs-get")
async def test_what_is_not_there(api: Api) -> None:
    for method, path in [
        ("GET", "jobs/nobody"), ("DELETE", "jobs/nobody"), ("POST", "jobs/nobody/stop"),
        ("GET", "jobs/nobody/log"), ("GET", "jobs/nobody/metrics"), ("GET", "jobs/nobody/artifacts"),
        ("GET", "jobs/nobody/artifacts/x"), ("GET", "jobs/nobody/submission"), ("POST", "jobs/nobody/rerun"),
    ]:  # fmt: skip
        assert (await api(method, path))[0] == 404, path
    assert (await api("POST", "jobs/nobody/input", {"text": "x"}))[0] == 404
    assert (await api("POST", "jobs/nobody/input", {}))[0] == 400
    assert (await api("POST", "jobs/stop", {}))[0] == 400
    assert (await api("GET", "jobs", state="asleep"))[0] == 400
    assert (await api("GET", "jobs", limit="many"))[0] == 400


@pytest.mark.proves(
    "jobs.table-live", "training.log-live", "live.topic-jobs", "live.topic-job", "live.topic-log", "live.topic-metrics",
)
async def test_topics_tell_what_happens(crispdm: CrispdmApp, api: Api) -> None:
    _, job, _ = await api("POST", "jobs", {"command": ["sh", "-c", "echo one; read line; echo two"]})
    log, states = "", []
    await running(api, job["id"])
    await api("POST", f"jobs/{job['id']}/input", {"eof": True})
    async for message in crispdm.context.hub.follow(f"jobs/{job['id']}/log"):
        fact = msgspec.json.decode(message.data, type=LogFact)
        assert fact.start == len(log.encode())
        log += fact.text
    assert log == "one\ntwo\n"
    async for message in crispdm.context.hub.follow(f"jobs/{job['id']}"):
        one = msgspec.json.decode(message.data, type=JobFact).job
        assert isinstance(one, Job)
        states.append(one.state.value)
        if one.state.final:
            break
    assert states[-1] == "succeeded"
    async for message in crispdm.context.hub.follow("jobs"):
        listed = msgspec.json.decode(message.data, type=JobsFact).jobs
        assert isinstance(listed, list)
        assert [one.id for one in listed] == [job["id"]]
        break


@pytest.mark.proves("door.secrets")
async def test_no_secret_of_the_server_reaches_a_job(
    monkeypatch: pytest.MonkeyPatch, jp_serverapp: ServerApp, api: Api
) -> None:
    _, job, _ = await api("POST", "jobs", {"command": ["env"]})
    await ended(api, job["id"])
    _, log, _ = await api("GET", f"jobs/{job['id']}/log")
    assert jp_serverapp.identity_provider.token not in log.decode()
    assert f"CRISPDM_JOB_ID={job['id']}" in log.decode()
    assert os.environ["PATH"].split(os.pathsep)[-1] in log.decode()
