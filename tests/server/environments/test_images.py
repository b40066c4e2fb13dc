"""Images as environments. No engine is needed: one is played by a small server on a Unix socket, and its client
program by a script that runs the command on this machine with what the container would have been given.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.environments.images.engine import LABEL
from tests.support import eventually

from .conftest import Api, Refused

_IMAGES = [
    {"Id": "sha256:a", "RepoTags": ["python:3.12-slim", "lab/vision:1"], "Labels": None},
    {"Id": "sha256:b", "RepoTags": ["postgres:16"], "Labels": {}},
    {"Id": "sha256:c", "RepoTags": None, "Labels": None},
    {"Id": "sha256:d", "RepoTags": ["r-and-python:1"], "Labels": {"org.jupyter-crispdm.python": "/opt/py/bin/python3"}},
]
_DETAILS = {
    "sha256:a": {"Config": {"Env": ["PATH=/usr/local/bin", "PYTHON_VERSION=3.12.7"]}},
    "sha256:b": {"Config": {"Env": ["PG_VERSION=16"]}},
    "sha256:d": {"Config": {"Env": None}},
}
_CLIENT = f"""#!{sys.executable} -I
import json, os, subprocess, sys
action, *words = sys.argv[1:]
with open({{told!r}}, "a") as told:
    print(json.dumps(sys.argv[1:]), file=told)
if action == "kill":
    sys.exit(0)
options = []
while words[0].startswith("-"):
    options.append(words.pop(0))
image, *command = words
variables = [one.partition("=")[2] for one in options if one.startswith("--env=")]
given = dict(one.split("=", 1) if "=" in one else (one, os.environ.get(one, "")) for one in variables)
where = next(one.partition("=")[2] for one in options if one.startswith("--workdir="))
if command[0] == "python":
    command[0] = sys.executable
os.chdir(where)
os.execvpe(command[0], command, {{{{"PATH": os.environ["PATH"], "IMAGE": image, **given}}}})
"""


class FakeEngine:
    """What an engine answers, and what it was told to kill."""

    def __init__(self) -> None:
        self.containers: list[dict[str, Any]] = []
        self.killed: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        method, target, _ = (await reader.readline()).decode().split(" ")
        while (await reader.readline()).strip():
            continue
        body = json.dumps(self._answer(method, target.partition("?")[0])).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str) -> Any:
        if path == "/images/json":
            return _IMAGES
        if path == "/containers/json":
            return self.containers
        if method == "POST":
            self.killed.append(path)
            return {}
        return _DETAILS[path.split("/")[2]]


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


@pytest.fixture
def listens_at() -> Iterator[Path]:
    """Where the engine listens. The address of a socket is short, and a test's own folder may be deep down."""
    with TemporaryDirectory(prefix="engine-", dir="/tmp") as folder:
        yield Path(folder) / "engine.sock"


@pytest.fixture
def client_program(
    tmp_path: Path, listens_at: Path, told: Path, jp_environ: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`docker` on PATH, and where its engine listens; before the server starts."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(_CLIENT.format(told=str(told)).replace("{{", "{").replace("}}", "}"))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{listens_at}")


@pytest.fixture
def engine(
    listens_at: Path, client_program: None, crispdm: CrispdmApp, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[FakeEngine]:
    fake = FakeEngine()
    listening = asyncio.start_unix_server(fake.serve, listens_at)
    server = jp_asyncio_loop.run_until_complete(listening)
    yield fake
    server.close()
    jp_asyncio_loop.run_until_complete(server.wait_closed())


def heard(told: Path) -> list[list[str]]:
    """The arguments of every call of the client program."""
    return [json.loads(line) for line in told.read_text().splitlines()]


async def offered(api: Api) -> dict[str, dict[str, Any]]:
    async def there() -> dict[str, dict[str, Any]]:
        found = await api.environments()
        return {name: one for name, one in found.items() if one["kind"] == "docker"}

    return dict(await eventually(there))


@pytest.mark.proves("environments.images")
async def test_images_with_a_python_are_environments(engine: FakeEngine, api: Api) -> None:
    images = await offered(api)
    assert set(images) == {"python:3.12-slim", "lab/vision:1", "r-and-python:1"}
    one = images["python:3.12-slim"]
    assert (one["version"], one["python"], one["usable"], one["removable"]) == ("3.12.7", "python", True, False)
    assert one["kernel"]["reason"] == "Kernels do not run in images; jobs do."
    assert images["r-and-python:1"]["python"] == "/opt/py/bin/python3"
    assert (await api("GET", "environments"))["notes"] == []
    with pytest.raises(Refused, match="Kernels do not run in images"):
        await api("POST", f"environments/{one['id']}/kernel")
    with pytest.raises(Refused, match="Docker or Podman, which manage it"):
        await api("DELETE", f"environments/{one['id']}")


async def running(api: Api, job: str) -> None:
    async def on() -> bool:
        return bool((await api("GET", f"jobs/{job}"))["state"] == "running")

    await eventually(on)


@pytest.mark.proves("environments.images")
async def test_a_job_runs_in_a_container(engine: FakeEngine, api: Api, jp_root_dir: Path, told: Path) -> None:
    image = (await offered(api))["python:3.12-slim"]["id"]
    (jp_root_dir / "train.py").write_text(
        "import os, crispdm\ncrispdm.log(loss=1.0, step=1)\n"
        "print(os.environ['IMAGE'], os.environ['MINE'], input(), os.getcwd(), 'SECRET' in os.environ)\n"
    )
    submission = {"script": "train.py", "environment": image, "env": {"MINE": "it's mine"}, "memory": 10**9}
    job = await api("POST", "jobs", submission)
    await running(api, job["id"])
    await api("POST", f"jobs/{job['id']}/input", {"text": "hello\n"})
    ended = await api.ended(job["id"])
    log = await api.log(job["id"])
    assert (ended["state"], log) == ("succeeded", f"python:3.12-slim it's mine hello {jp_root_dir} False\n")
    assert (await api("GET", f"jobs/{job['id']}/metrics"))["series"]["loss"]["value"] == [1.0]
    [run] = heard(told)
    assert {"--rm", "--init", "--interactive", "--memory=1000000000", f"--name=crispdm-{job['id']}"} <= set(run)
    assert not any("it's mine" in word for word in run)


async def test_what_does_not_heed_a_stop_is_killed_in_its_container(
    engine: FakeEngine, api: Api, told: Path
) -> None:
    image = (await offered(api))["python:3.12-slim"]["id"]
    code = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; print('on'); time.sleep(600)"
    job = await api("POST", "jobs", {"command": ["python", "-uc", code], "environment": image})

    async def on() -> bool:
        return "on" in await api.log(job["id"])

    await eventually(on)
    await api("POST", f"jobs/{job['id']}/stop", {"grace": [0.1, 30.0]})
    await eventually(lambda: ["kill", f"crispdm-{job['id']}"] in heard(told))
    await api("POST", f"jobs/{job['id']}/stop", {"grace": [0.0, 0.0]})
    assert (await api.ended(job["id"]))["state"] == "stopped"


async def test_a_container_whose_job_is_over_is_killed(engine: FakeEngine, api: Api, tmp_path: Path) -> None:
    (tmp_path / "alive").mkdir()
    engine.containers = [
        {"Id": "left", "Labels": {LABEL: str(tmp_path / "gone")}},
        {"Id": "used", "Labels": {LABEL: str(tmp_path / "alive")}},
    ]
    await offered(api)
    await eventually(lambda: engine.killed)
    assert set(engine.killed) == {"/containers/left/kill"}


@pytest.mark.proves("environments.images")
async def test_one_sentence_says_that_there_is_no_engine(client_program: None, api: Api) -> None:
    async def noted() -> list[str]:
        return list((await api("GET", "environments", refresh=1))["notes"])

    assert await eventually(noted) == ["Images are not offered: no Docker or Podman engine answers on this machine."]


async def test_an_engine_that_talks_rubbish_hides_nothing(
    listens_at: Path, client_program: None, api: Api
) -> None:
    async def rubbish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"what?\r\n\r\n")
        writer.close()

    server = await asyncio.start_unix_server(rubbish, listens_at)

    async def noted() -> str:
        answer = await api("GET", "environments", refresh=1)
        assert answer["environments"]
        return " ".join(answer["notes"])

    assert "does not answer" in await eventually(noted)
    server.close()
    await server.wait_closed()
