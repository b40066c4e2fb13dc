"""A machine with the programs that make environments."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.unit.environments.machine import Machine


@pytest.fixture
def tools(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with uv and conda on PATH, and none beside the server's interpreter."""
    folder = machine.folder / "tools"
    folder.mkdir()
    for name in ("uv", "conda"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    machine.environ["PATH"] = str(folder)
    monkeypatch.setattr(sys, "executable", str(machine.folder / "server/bin/python"))
    return folder
