"""The parts of the demo that need no server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.cli import demo
from jupyter_crispdm.cli.demonstration import environment, project
from jupyter_crispdm.cli.demonstration.environment import EnvironmentFailed, lines_of
from jupyter_crispdm.cli.demonstration.project import Project
from jupyter_crispdm.cli.demonstration.road import service_of
from jupyter_crispdm.cli.demonstration.server import DemoServer, ServerGone, alive
from jupyter_crispdm.serving.types import Deployment


def test_the_project_is_written_and_the_users_changes_stay(tmp_path: Path) -> None:
    demo_project = Project(tmp_path / "demo")
    demo_project.write()
    script = demo_project.folder / "train.py"
    assert script.is_file()
    script.write_text("mine")
    demo_project.write()
    assert script.read_text() == "mine"
    assert (demo_project.folder / "requirements.txt").is_file()


def test_its_server_keeps_everything_in_the_folder(tmp_path: Path) -> None:
    demo_project = Project(tmp_path)
    demo_project.write(Path("/elsewhere/env"))
    settings = json.loads(demo_project.settings.read_text())
    assert settings["ServerApp"]["root_dir"] == str(tmp_path)
    assert settings["CrispdmApp"]["data_dir"] == str(tmp_path / ".crispdm")
    assert settings["CrispdmApp"]["environment_paths"] == ["/elsewhere/env"]
    assert demo_project.data.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("free", "ours", "port"), [(True, False, 8503), (False, True, 8503), (False, False, 0)]
)
def test_the_serving_port_is_the_usual_one_unless_another_program_has_it(
    free: bool, ours: bool, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "is_free", lambda _: free)
    if ours:
        (tmp_path / ".crispdm" / "serving").mkdir(parents=True)
        (tmp_path / ".crispdm" / "serving" / "front.json").write_text("{}")
    demo_project = Project(tmp_path)
    demo_project.write()
    assert json.loads(demo_project.settings.read_text())["CrispdmApp"]["serving_port"] == port


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def make(prefix: Path, requirements: Path) -> list[str]:
        made.append(prefix)
        python = environment.python_of(prefix)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()
        return ["creating"]

    monkeypatch.setattr(environment, "make", make)
    demo_project = Project(tmp_path)
    demo_project.write()
    for _ in range(2):
        assert environment.ensure(demo_project) == tmp_path / ".venv"
    assert len(made) == 1
    (tmp_path / "requirements.txt").write_text("something else")
    environment.ensure(demo_project)
    assert len(made) == 2


def test_a_program_that_fails_leaves_its_last_words(capsys: pytest.CaptureFixture[str]) -> None:
    code = "print('one'); print('no such package'); raise SystemExit(3)"
    with pytest.raises(EnvironmentFailed, match="code 3"):
        list(lines_of([sys.executable, "-c", code]))
    assert "no such package" in capsys.readouterr().err


def test_a_process_that_has_ended_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not alive(child.pid)
    assert alive(os.getpid())


def test_a_server_that_has_ended_is_said_to_have(tmp_path: Path) -> None:
    with pytest.raises(ServerGone, match="start it again"):
        DemoServer(Project(tmp_path), None).address()


def test_the_measurement_tells_all(tmp_path: Path) -> None:
    report = {"digits": 200, "found": 0.95, "found_and_named": 0.9, "mean_iou": 0.87654, "false_positives": 7}
    words = demo.measured(report)
    for number in ("200 digits", "accuracy 0.900", "mean IoU 0.877", "found 0.950", "7 false"):
        assert number in words


def test_the_service_is_where_the_deployment_is(make_deployment: Deployment) -> None:
    assert service_of(make_deployment) == "http://127.0.0.1:8503"


@pytest.fixture
def make_deployment() -> Deployment:
    import msgspec

    facts = {
        "id": "d",
        "model": "m",
        "version": 1,
        "environment": "e",
        "workers": 1,
        "state": "ready",
        "reason": "",
        "url": "http://127.0.0.1:8503/v2/models/m/versions/1",
        "owner": "ada",
        "created": "2026-11-21T12:00:00Z",
    }
    return msgspec.convert(facts, Deployment)
