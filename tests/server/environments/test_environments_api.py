"""Environments over HTTP, and their kernels in a real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError

from jupyter_crispdm.app import CrispdmApp
from tests.support import eventually

Fetch = Callable[..., Coroutine[Any, Any, Any]]
_UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")


@pytest.fixture
def project(jp_root_dir: Path) -> Path:
    prefix = jp_root_dir / "project" / ".venv"
    python = os.path.realpath(sys.executable)
    subprocess.run([_UV, "venv", "--quiet", "--python", python, str(prefix)], check=True)
    return prefix


def add_ipykernel(prefix: Path) -> None:
    """As if it had been installed."""
    (next(prefix.glob("lib/*/site-packages")) / "ipykernel").mkdir()


async def listed(jp_fetch: Fetch) -> dict[str, dict[str, Any]]:
    response = await jp_fetch("crispdm", "api", "environments", params={"refresh": "1"})
    return {item["name"]: item for item in json.loads(response.body)["environments"]}


async def refused(call: Coroutine[Any, Any, Any]) -> dict[str, Any]:
    with pytest.raises(HTTPClientError) as caught:
        await call
    assert caught.value.response is not None
    body = json.loads(caught.value.response.body)
    assert set(body) == {"message", "reason", "code", "details"}
    return {"status": caught.value.code, **body}


@pytest.mark.proves("http.environments-list")
async def test_environments_are_listed(crispdm: CrispdmApp, jp_fetch: Fetch, project: Path) -> None:
    environments = await listed(jp_fetch)
    assert next(iter(environments)) == "server"
    found = environments["project"]
    assert (found["kind"], found["prefix"], found["usable"]) == ("uv", str(project), True)
    assert found["kernel"]["ready"] is False
    assert set(found) >= {"id", "name", "kind", "prefix", "python", "version", "kernel"}


@pytest.mark.proves("http.environments-get")
async def test_one_environment_shows_its_packages(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    response = await jp_fetch("crispdm", "api", "environments", "server")
    shown = json.loads(response.body)
    assert shown["id"] == "server"
    assert "jupyter-server" in {package["name"] for package in shown["packages"]}


@pytest.mark.proves("http.environments-get")
async def test_an_unknown_environment_is_a_404(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    error = await refused(jp_fetch("crispdm", "api", "environments", "no such %2F thing"))
    assert (error["status"], error["code"]) == (404, "not_found")
    error = await refused(
        jp_fetch("crispdm", "api", "environments", "nobody", "kernel", method="POST", body="")
    )
    assert error["status"] == 404


@pytest.mark.proves("http.environments-list")
async def test_a_bad_query_is_a_400(crispdm: CrispdmApp, jp_fetch: Fetch) -> None:
    error = await refused(jp_fetch("crispdm", "api", "environments", params={"refresh": "maybe"}))
    assert (error["status"], "refresh" in error["message"]) == (400, True)


@pytest.mark.proves("card.kernel-per-environment", "http.environments-kernel")
async def test_a_kernel_that_was_made_runs_in_the_server(
    crispdm: CrispdmApp, jp_fetch: Fetch, jp_serverapp: ServerApp, project: Path
) -> None:
    identity = (await listed(jp_fetch))["project"]["id"]
    response = await jp_fetch("crispdm", "api", "environments", identity, "kernel", method="POST", body="")
    kernel = json.loads(response.body)["kernel"]
    assert kernel["ready"] is True
    specs = json.loads((await jp_fetch("api", "kernelspecs")).body)["kernelspecs"]
    assert specs[kernel["name"]]["spec"]["language"] == "python"
    body = json.dumps({"name": kernel["name"]})
    started = json.loads((await jp_fetch("api", "kernels", method="POST", body=body)).body)
    client: Any = jp_serverapp.kernel_manager.get_kernel(started["id"]).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        code = "import sys, crispdm; assert sys.prefix.endswith('project/.venv'), sys.prefix"
        reply = await client.execute_interactive(code, timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]
    finally:
        client.stop_channels()
        await jp_fetch("api", "kernels", started["id"], method="DELETE")


async def test_a_removed_environment_leaves_the_launcher(
    crispdm: CrispdmApp, jp_fetch: Fetch, project: Path
) -> None:
    add_ipykernel(project)
    name = (await listed(jp_fetch))["project"]["kernel"]["name"]

    async def offered() -> bool:
        return name in json.loads((await jp_fetch("api", "kernelspecs")).body)["kernelspecs"]

    assert await offered()
    shutil.rmtree(project)

    async def gone() -> bool:
        return not await offered()

    await eventually(gone)
