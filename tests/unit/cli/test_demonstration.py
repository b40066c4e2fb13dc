"""The parts of the demo that need no server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from jupyter_crispdm.cli.demonstration import environment, project
from jupyter_crispdm.cli.demonstration.environment import EnvironmentFailed, lines_of
from jupyter_crispdm.cli.demonstration.progress import Step
from jupyter_crispdm.cli.demonstration.project import Project
from jupyter_crispdm.cli.demonstration.road import service_of
from jupyter_crispdm.cli.demonstration.server import DemoServer, ServerGone, alive
from jupyter_crispdm.cli.server import demo
from jupyter_crispdm.jobs.types import Job
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


@pytest.mark.proves("cli.demo-dir", "settings.data-dir")
@pytest.mark.proves("shared.cards")
def test_every_notebook_comes_with_the_picture_of_its_card(tmp_path: Path) -> None:
    Project(tmp_path).write()
    folder = tmp_path / "dashboards"
    for name in ("analysis", "chat", "counter", "shared-model", "whiteboard"):
        card = json.loads((folder / f"{name}.ipynb").read_text())["metadata"]["crispdm"]
        assert card["title"]
        assert card["description"]
        assert (folder / card["picture"]).is_file()


def test_its_server_keeps_everything_in_the_folder(tmp_path: Path) -> None:
    demo_project = Project(tmp_path)
    demo_project.write(Path("/elsewhere/env"))
    settings = json.loads(demo_project.settings.read_text())
    assert settings["ServerApp"]["root_dir"] == str(tmp_path)
    assert settings["CrispdmApp"]["data_dir"] == str(tmp_path / ".crispdm")
    assert settings["CrispdmApp"]["environment_paths"] == ["/elsewhere/env"]
    assert demo_project.data.stat().st_mode & 0o077 == 0


@pytest.mark.proves("serving.port", "cli.demo-serving-port")
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


@pytest.mark.proves("cli.demo-env")
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


def test_a_server_that_has_ended_is_said_to_have_with_the_command_that_starts_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(ServerGone, match="Start it again") as gone:
        DemoServer(Project(tmp_path / "a folder"), 8891).address()
    command = str(gone.value).splitlines()[-1].strip()
    assert command.startswith(f"cd '{tmp_path}/a folder' && {sys.executable} -m jupyter_crispdm lab")
    assert "--port=8891" in command
    assert "--allow-root" in command


def test_only_root_is_told_to_allow_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "--allow-root" not in DemoServer(Project(tmp_path), None).again()


@pytest.mark.proves("demo.signs-of-life")
def test_a_long_step_gives_signs_of_life(capsys: pytest.CaptureFixture[str]) -> None:
    with Step("Waiting", silence=0.001) as step:
        step.tell("downloading\nmuch")
        told = ""
        while "downloading much" not in told:
            told += capsys.readouterr().out
    assert told.startswith("Waiting …\n  ")
    assert "done in" in capsys.readouterr().out


def test_a_step_that_fails_is_not_said_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError), Step("Waiting"):
        raise OSError
    assert "done" not in capsys.readouterr().out


@pytest.mark.proves("cli.demo-no-browser", "demo.lab-open")
@pytest.mark.parametrize("address", ["http://127.0.0.1:8888/", "http://127.0.0.1:8888/base/"])
def test_the_dashboard_is_opened_and_lab_on_the_training(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    job = SimpleNamespace(id="20261121-abc")
    server = SimpleNamespace(address=lambda: SimpleNamespace(url=address))
    demo.show_training(cast("DemoServer", server), cast("Job", job), silently=False)
    assert opened == [f"{address}{demo.APPLICATION}", f"{address}lab?job=20261121-abc"]
    assert opened[1] in capsys.readouterr().out


@pytest.mark.proves("house.accuracy")
def test_the_measurement_tells_all(tmp_path: Path) -> None:
    report = {"digits": 200, "found": 0.95, "found_and_named": 0.9, "mean_iou": 0.87654, "false_positives": 7}
    words = demo.measured(report)
    for number in ("200 digits", "accuracy 0.900", "mean IoU 0.877", "found 0.950", "7 false"):
        assert number in words


@pytest.mark.proves("serving.port")
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
