"""The demo's simulated line: made once, started again, and no reason to stop the demo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jupyter_crispdm.cli.demonstration import line
from jupyter_crispdm.cli.demonstration.project import dashboards
from jupyter_crispdm.cli.server import demo
from jupyter_crispdm.client import connect
from tests.unit.cli.conftest import ScriptedServer, refusal

PATH = f"streams/{line.ID}"
STREAM: dict[str, Any] = {
    "id": line.ID, "name": line.NAME, "source": {"kind": "simulated", "rate": 20.0}, "state": "running",
    "created": "2026-11-21T12:00:00Z",
}  # fmt: skip


@pytest.mark.proves("monitor.demo")
def test_the_line_is_made_where_it_is_not_there_yet(server: ScriptedServer) -> None:
    server.put("POST", "streams", httpx.Response(201, json=STREAM))
    assert line.ensure(connect()).id == line.ID
    [(path, body)] = server.sent("POST")
    assert (path, body["id"], body["source"]["kind"], body["shared"]) == ("streams", line.ID, "simulated", True)


def test_one_that_runs_is_left_alone(server: ScriptedServer) -> None:
    server.put("GET", PATH, STREAM)
    line.ensure(connect())
    assert server.sent("POST") == []


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_one_that_rests_is_started_again(server: ScriptedServer, state: str) -> None:
    server.put("GET", PATH, {**STREAM, "state": state})
    server.put("POST", f"{PATH}/start", STREAM)
    line.ensure(connect())
    assert server.sent("POST") == [(f"{PATH}/start", None)]


def test_without_a_line_the_demo_goes_on_and_says_so(
    server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.put("POST", "streams", refusal(422, "unprocessable", "There are 100 streams already."))
    demo.begin_line(connect())
    assert "The simulated line was not started: There are 100 streams already." in capsys.readouterr().err


@pytest.mark.proves("monitor.demo")
def test_the_monitors_notebook_comes_with_the_demo_and_shows_that_line() -> None:
    [notebook] = [file for file in dashboards() if file.name == Path(demo.MONITOR).name]
    content = json.loads(notebook.read_text())
    source = "".join(line for cell in content["cells"] for line in cell["source"])
    assert f'LiveMonitor(stream="{line.ID}"' in source
    card = content["metadata"]["crispdm"]
    assert card["title"]
    assert notebook.with_name(card["picture"]).is_file()
