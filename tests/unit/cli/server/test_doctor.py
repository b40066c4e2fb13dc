"""Each check: what is well, what is not, and what repairs it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.rooms.checks import Check, Verdict
from jupyter_crispdm.cli import main
from jupyter_crispdm.cli.server import checks
from jupyter_crispdm.client.discovery import Address
from jupyter_crispdm.environments.checks import environment as environment_check
from jupyter_crispdm.environments.checks import images
from jupyter_crispdm.environments.types import Environment, EnvironmentKind, KernelInfo
from jupyter_crispdm.jobs.executors.checks import this_machine
from jupyter_crispdm.serving.checks import serving_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def an_environment(**changes: object) -> Environment:
    facts: dict[str, object] = {
        "id": "e-1",
        "name": "e",
        "kind": EnvironmentKind.venv,
        "prefix": "/e",
        "python": "/e/bin/python",
        "version": "3.12.1",
        "kernel": KernelInfo("k", True),
    }
    return Environment(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.proves("doctor.all")
def test_a_data_directory_that_can_be_written(tmp_path: Path) -> None:
    assert checks.data_files(tmp_path / "new").verdict is Verdict.ok
    assert this_machine(tmp_path / "new").verdict is Verdict.ok


def test_a_data_directory_that_cannot(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for check in (checks.data_files(tmp_path / "file" / "data"), this_machine(tmp_path / "file" / "data")):
        assert check.verdict is Verdict.broken
        assert "data_dir" in check.repair


def test_a_full_disk_is_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE", 10**18)
    check = checks.data_files(tmp_path)
    assert (check.verdict, check.repair) == (Verdict.limited, "Free some space.")


@pytest.mark.proves("doctor.all")
def test_a_serving_port_that_is_taken(taken: int, tmp_path: Path) -> None:
    check = serving_port(taken, tmp_path)
    assert check.verdict is Verdict.broken
    assert "serving_port" in check.repair


def test_a_serving_port_that_our_own_service_has(taken: int, tmp_path: Path) -> None:
    (tmp_path / "serving").mkdir()
    (tmp_path / "serving" / "front.json").write_text("{}")
    assert serving_port(taken, tmp_path).verdict is Verdict.ok
    assert serving_port(0, tmp_path / "elsewhere").verdict is Verdict.ok


def test_jupyters_port_that_is_taken_is_only_a_limit(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    assert checks.port(taken).verdict is Verdict.limited


def test_no_server_is_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    assert checks.server().repair == "jupyter crispdm lab"


@pytest.mark.proves("cli.doctor", "doctor.all")
@pytest.mark.parametrize(
    ("environment", "verdict", "repair"),
    [
        (an_environment(), Verdict.ok, ""),
        (
            an_environment(kernel=KernelInfo("k", False, "No ipykernel.")),
            Verdict.limited,
            "envs --kernel e-1",
        ),
        (
            an_environment(version="3.6.15", kernel=KernelInfo("k", False, "Old.")),
            Verdict.limited,
            "newer Python",
        ),
        (an_environment(kernel=KernelInfo("k", True, old=True)), Verdict.limited, "envs refresh"),
        (an_environment(usable=False, reason="Its interpreter is gone."), Verdict.broken, "/e"),
    ],
)
def test_environments(environment: Environment, verdict: Verdict, repair: str) -> None:
    check = environment_check(environment)
    assert check.verdict is verdict
    assert repair in check.repair


def test_images_that_are_not_offered_are_a_limit_with_its_sentence() -> None:
    check = images([an_environment()], ["Images are not offered: no engine."])
    assert (check.verdict, check.reason) == (Verdict.limited, "Images are not offered: no engine.")
    image = an_environment(kind=EnvironmentKind.docker, version="", kernel=KernelInfo("k", False, "No kernels."))
    assert images([image], []).reason == "1 with a Python"
    assert environment_check(image).verdict is Verdict.ok


def test_an_installation_that_jupyter_does_not_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(tmp_path)])
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(tmp_path)])
    check = checks.installation()
    assert check.verdict is Verdict.broken
    assert "panel" in check.reason
    assert "server extension" in check.reason


@pytest.mark.proves("cli.doctor")
def test_doctor_prints_findings_and_exits_with_1_when_something_is_broken(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATA", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    config = tmp_path / "config"
    config.mkdir()
    settings = {"CrispdmApp": {"data_dir": str(tmp_path / "crispdm"), "serving_port": taken}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings))
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "--json"]) == 1
    found = {check["part"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert found["serving port"]["verdict"] == "broken"
    assert found["login"]["repair"].startswith("jupyter crispdm user add")
    assert "environment server" in found
    assert main(["doctor"]) == 1
    assert f"Another program listens on {taken}." in capsys.readouterr().out


def test_a_projects_settings_are_taken_only_when_it_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_crispdm.cli.settings import use_project

    data = tmp_path / ".crispdm"
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/elsewhere")
    use_project(tmp_path)
    assert os.environ["JUPYTER_CONFIG_PATH"] == "/elsewhere"
    data.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    use_project(tmp_path)
    assert os.environ["JUPYTER_CONFIG_PATH"] == "/elsewhere"
    monkeypatch.undo()
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/elsewhere")
    use_project(tmp_path)
    use_project(tmp_path)
    assert os.environ["JUPYTER_CONFIG_PATH"] == f"{data}{os.pathsep}/elsewhere"


def details(*loops: dict[str, object], stuck: int = 0) -> httpx.MockTransport:
    """A server that tells of its loops."""
    told = {"loops": loops, "stuck_reads": stuck, "over_budget": {}}
    return httpx.MockTransport(lambda _: httpx.Response(200, json=told))


@pytest.mark.proves("tasks.background")
@pytest.mark.parametrize(
    ("transport", "verdict", "reason"),
    [
        (details({"name": "a", "state": "running"}), Verdict.ok, "1 tasks run"),
        (details({"name": "a", "state": "running", "failures": 2, "error": "x"}), Verdict.ok, "2 failures"),
        (details({"name": "a", "state": "pausing", "error": "OSError: x"}), Verdict.limited, "'a' failed"),
        (details(stuck=3), Verdict.limited, "3 reads of files hang"),
        (httpx.MockTransport(lambda _: httpx.Response(403, json={})), Verdict.ok, "not looked at"),
    ],
)
def test_the_background_of_a_server_is_looked_at(
    transport: httpx.MockTransport, verdict: Verdict, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_crispdm.client.client._http", lambda: httpx.Client(transport=transport))
    check = checks.background(Address("http://127.0.0.1:1/", "secret"))
    assert check.verdict is verdict
    assert reason in check.reason


def test_where_no_server_runs_there_is_no_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("CRISPDM_URL", raising=False)
    assert "not looked at" in checks.background().reason


@pytest.mark.proves("files.modes")
def test_privacy_says_what_other_accounts_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "a b"
    data.mkdir(mode=0o700)
    (data / "crispdm.db").write_text("hashes")
    (data / "crispdm.db").chmod(0o644)
    data.chmod(0o755)
    found = checks.privacy(data)
    assert (found.verdict, found.repair) == (Verdict.broken, f"chmod -R go-rwx '{data}'")
    assert "crispdm.db" in found.reason
    data.chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert checks.privacy(data).verdict is Verdict.ok
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert checks.privacy(data).verdict is Verdict.limited
    assert checks.privacy(tmp_path / "nowhere").verdict is Verdict.broken


async def test_a_room_that_cannot_look_hides_no_other() -> None:
    async def look(settings: object) -> list[Check]:
        raise OSError("the disk hangs")

    [check] = await checks.looked("jobs", look, CrispdmApp())
    assert (check.part, check.verdict) == ("jobs", Verdict.broken)
    assert "the disk hangs" in check.reason


async def test_every_room_is_looked_at_and_the_long_list_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    found = [check.part for check in await checks.everything(CrispdmApp(data_dir=str(tmp_path / "data")))]
    assert found[:3] == ["installation", "data directory", "privacy"]
    assert {"login", "executor", "serving port", "images"} < set(found)
    assert found.index("images") > max(found.index(name) for name in ("login", "executor", "serving port", "port"))
