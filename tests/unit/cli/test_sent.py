"""What is typed reaches the server as what it means."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli import main

SERVER = {
    "id": "server", "name": "server", "kind": "server", "prefix": "/opt/x", "python": "/opt/x/bin/python",
    "version": "3.12.1", "usable": True, "kernel": {"name": "python3", "ready": True, "reason": ""},
}  # fmt: skip
DEPLOYMENT = {
    "id": "d1", "model": "m", "version": 1, "state": "starting", "workers": 2, "environment": "server",
    "owner": "ada", "created": "2026-11-21T12:00:00Z", "reason": "", "url": "http://127.0.0.1:8503",
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "environments": {"environments": [SERVER]},
    "deployments": DEPLOYMENT,
    "jobs": {"jobs": []},
}
ACCEPTED = {"job": "j1", "id": "x-1", "environment": "x", "prefix": "/opt/x"}

Sent = list[tuple[str, str, Any]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Method, path with query, and body of all that is asked."""
    asked: Sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("/crispdm/api/")[2]
        asked.append((request.method, path, json.loads(request.content) if request.content else None))
        noun = path.partition("?")[0]
        if request.method != "GET" and noun.startswith("environments"):
            return httpx.Response(202, json=ACCEPTED)
        return httpx.Response(200, json=ANSWERS[noun])

    transport = httpx.MockTransport(answer)
    monkeypatch.setattr("jupyter_crispdm.client.client._http", lambda: httpx.Client(transport=transport))
    monkeypatch.setenv("CRISPDM_URL", "http://here.test/")
    monkeypatch.setenv("CRISPDM_TOKEN", "secret")
    return asked


@pytest.mark.proves("cli.envs-make")
@pytest.mark.parametrize(("words", "method", "path", "body"), [
    (["create", "x", "numpy", "torch>=2", "--python", "3.12", "--kind", "uv"], "POST", "environments",
     {"name": "x", "packages": ["numpy", "torch>=2"], "python": "3.12", "kind": "uv"}),
    (["create", "x", "--file", "requirements.txt"], "POST", "environments", {"name": "x", "file": "requirements.txt"}),
    (["clone", "server", "y", "--kind", "venv"], "POST", "environments",
     {"name": "y", "clone": "server", "kind": "venv"}),
    (["install", "server", "numpy"], "POST", "environments/server/packages", {"packages": ["numpy"]}),
    (["delete", "server"], "DELETE", "environments/server", None),
])  # fmt: skip
def test_environments_are_made_as_asked(
    words: list[str], method: str, path: str, body: Any, sent: Sent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["envs", *words]) == 0
    assert sent[-1][:2] == (method, path)
    given = sent[-1][2]
    assert (given and {name: value for name, value in given.items() if value not in (None, [], "")}) == body
    assert capsys.readouterr().out == "j1\n"


@pytest.mark.proves("cli.envs-look")
def test_environments_are_looked_for_as_asked(sent: Sent) -> None:
    assert main(["envs", "--refresh", "--package", "torch>=2.4"]) == 0
    path = httpx.URL("http://x/" + sent[-1][1])
    assert (path.path, dict(path.params)) == ("/environments", {"refresh": "1", "package": "torch>=2.4"})


@pytest.mark.proves("cli.deploy")
def test_a_model_is_deployed_as_asked(sent: Sent, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "m@champion", "--workers", "2", "--env", "/opt/x", "--no-wait"]) == 0
    assert sent[-1] == ("POST", "deployments", {"model": "m@champion", "workers": 2, "environment": "server"})
    assert capsys.readouterr().out == "d1\n"


@pytest.mark.proves("cli.jobs-filters")
def test_jobs_are_filtered_as_asked(sent: Sent) -> None:
    assert main(["jobs", "--state", "queued,running", "--owner", "ada", "--limit", "7", "--json"]) == 0
    path = httpx.URL("http://x/" + sent[-1][1])
    assert dict(path.params) == {"state": "queued,running", "owner": "ada", "limit": "7"}


@pytest.mark.proves("cli.serve")
def test_a_service_listens_and_serves_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep_signals: None
) -> None:
    begun: list[Any] = []
    wished: list[Any] = []

    async def wanted(app: Any, references: list[str], workers: int) -> list[Any]:
        wished.append((app.data_dir, references, workers))
        return []

    monkeypatch.setattr("jupyter_crispdm.cli.models.serve.wanted", wanted)
    monkeypatch.setattr("jupyter_crispdm.cli.models.serve.announce", lambda *_: None)
    monkeypatch.setattr("jupyter_crispdm.serving.inference.main.run", begun.append)
    monkeypatch.setattr("jupyter_crispdm.base.secrets.close_process", lambda: None)
    monkeypatch.setattr("jupyter_crispdm.base.files.modes.keep_private", lambda: None)
    monkeypatch.setenv("CRISPDM_SERVING_TOKEN", "secret")
    options = ["--host", "0.0.0.0", "--port", "9000", "--workers", "3", "--data-dir", str(tmp_path)]
    assert main(["serve", *options, "m@champion", "n/2"]) == 0
    assert wished == [(str(tmp_path), ["m@champion", "n/2"], 3)]
    assert (begun[0].host, begun[0].port, begun[0].token) == ("0.0.0.0", 9000, "secret")
    main(["serve", "--data-dir", str(tmp_path)])
    assert (begun[1].host, begun[1].port, wished[1]) == ("127.0.0.1", 8503, (str(tmp_path), [], 1))


@pytest.fixture
def keep_signals() -> Iterator[None]:
    """What the command sets for its own process is undone."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
