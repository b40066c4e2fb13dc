"""What `doctor` says of settings, extensions and ports that open a door of their own."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.rooms.checks import Verdict
from jupyter_crispdm.cli.server import checks, doors
from jupyter_crispdm.client.discovery import RunningServer


@pytest.fixture
def config_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's configuration, empty; nothing here reads the machine's own."""
    monkeypatch.setattr(doors, "jupyter_config_path", lambda: [str(tmp_path)])
    monkeypatch.setattr(doors, "running_servers", list)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jupyter_server_config.d").mkdir()
    return tmp_path


def enable(folder: Path, extension: str) -> None:
    said = {"ServerApp": {"jpserver_extensions": {extension: True}}}
    (folder / f"jupyter_server_config.d/{extension}.json").write_text(json.dumps(said))


def test_nothing_to_say(config_dir: Path) -> None:
    enable(config_dir, "voila")
    assert checks.doors(CrispdmApp()).verdict is Verdict.ok


@pytest.mark.proves("doctor.all")
def test_a_setting_that_keeps_the_server_from_starting(config_dir: Path) -> None:
    (config_dir / "voila.json").write_text('{"VoilaConfiguration": {"file_allowlist": [".*"]}}')
    check = checks.doors(CrispdmApp())
    assert check.verdict is Verdict.broken
    assert "VoilaConfiguration.file_allowlist" in check.reason
    config = Config({"VoilaConfiguration": {"template": "reveal"}})
    (config_dir / "voila.json").unlink()
    assert "VoilaConfiguration.template" in checks.doors(CrispdmApp(config=config)).reason


@pytest.mark.proves("door.other-extensions")
def test_an_extension_with_a_door_of_its_own(config_dir: Path) -> None:
    enable(config_dir, "jupyter_server_mcp")
    check = checks.doors(CrispdmApp())
    assert check.verdict is Verdict.limited
    assert "port 3001 without a login" in check.reason


def test_a_port_that_a_server_opened_beside_its_own() -> None:
    with socket.socket() as own, socket.socket() as other:
        for listener in (own, other):
            listener.bind(("127.0.0.1", 0))
            listener.listen()
        server = RunningServer(f"http://127.0.0.1:{own.getsockname()[1]}/base/", os.getpid())
        said = doors.own_ports([server])
        assert [text for text in said if f"127.0.0.1:{other.getsockname()[1]}" in text]
        assert not [text for text in said if f"127.0.0.1:{own.getsockname()[1]}:" in text]
    assert doors.own_ports([RunningServer("http://127.0.0.1:1/", 2**30)]) == []
