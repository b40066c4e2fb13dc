"""The API of a real server, and what the tests of environments do with it."""

from __future__ import annotations

import json
import os
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


class Api:
    """Calls the server; each call answers the decoded body, or raises with the error's status and message."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch

    async def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        sent = None if method in ("GET", "DELETE") else json.dumps({} if body is None else body)
        parts = ("crispdm", "api", *path.split("/"))
        params = {name: str(value) for name, value in query.items()}
        try:
            answer = await self.fetch(*parts, method=method, body=sent, params=params)
        except HTTPClientError as error:
            body = json.loads(error.response.body) if error.response else {"message": str(error), "details": {}}
            raise Refused(error.code, body) from None
        kind = answer.headers.get("Content-Type", "")
        return json.loads(answer.body) if "json" in kind else answer.body.decode()

    async def environments(self) -> dict[str, dict[str, Any]]:
        """All environments by name, read anew."""
        listed = await self("GET", "environments", refresh=1)
        return {item["name"]: item for item in listed["environments"]}

    async def ended(self, job: str) -> dict[str, Any]:
        """A job, when it is over."""

        async def over() -> Any:
            found = await self("GET", f"jobs/{job}")
            return found if found["ended"] else None

        return dict(await eventually(over))

    async def log(self, job: str) -> str:
        """All that a job wrote."""
        return str(await self("GET", f"jobs/{job}/log"))

    async def ran(self, **submission: Any) -> str:
        """The log of a job that must succeed."""
        job = await self.ended((await self("POST", "jobs", submission))["id"])
        log = await self.log(job["id"])
        assert job["state"] == "succeeded", (job["reason"], job["exit_code"], log)
        return log


class Refused(Exception):
    """The server said no."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status}: {body['message']}")
        self.status = status
        self.message: str = body["message"]
        self.details: dict[str, Any] = body["details"]


@pytest.fixture(autouse=True)
def no_python_path(jp_environ: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of these tests, which other Pythons could not use, goes to no job and no kernel."""
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def api(crispdm: CrispdmApp, jp_fetch: Fetch) -> Api:
    return Api(jp_fetch)


@pytest.fixture
def run_cell(jp_serverapp: ServerApp, jp_fetch: Fetch) -> Callable[[str, str], Coroutine[Any, Any, str]]:
    """Runs code in a new kernel of a name, by Jupyter's own client; answers what it printed. Input is "Ada"."""

    async def run(kernel: str, code: str) -> str:
        body = json.dumps({"name": kernel, "path": "/"})
        started = json.loads((await jp_fetch("api", "kernels", method="POST", body=body)).body)
        client: Any = jp_serverapp.kernel_manager.get_kernel(started["id"]).client()
        client.start_channels()
        printed: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            printed.append(content.get("text", "") + "\n".join(content.get("traceback", [])))

        try:
            await client.wait_for_ready(timeout=90)
            reply = await client.execute_interactive(
                code, output_hook=hear, allow_stdin=True, stdin_hook=lambda _: client.input("Ada"), timeout=90
            )
            assert reply["content"]["status"] == "ok", printed
        finally:
            client.stop_channels()
            await jp_fetch("api", "kernels", started["id"], method="DELETE")
        return "".join(printed)

    return run


RunCell = Callable[[str, str], Coroutine[Any, Any, str]]


def interpreters() -> dict[str, Path]:
    """The interpreters that pyenv has built here, by their minor version, and the one of these tests."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = {".".join(path.name.split(".")[:2]): path / "bin" / "python" for path in sorted(versions.glob("3.*"))}
    own = ".".join(str(number) for number in sys.version_info[:2])
    return {own: Path(os.path.realpath(sys.executable)), **found}
