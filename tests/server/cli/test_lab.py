"""What `jupyter crispdm lab` refuses to start with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.cli.conftest import jupyter_in


@pytest.mark.proves("cli.lab-refuses", "door.open-server")
@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("--ServerApp.disable_check_xsrf=True", "disable_check_xsrf"),
        ("--ServerApp.authorizer_class=jupyter_server.auth.AllowAllAuthorizer", "authorizer_class"),
    ],
)
def test_an_open_door_is_refused(option: str, named: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jupyter_crispdm", "lab", "--no-browser", "--allow-root", option]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **jupyter_in(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "does not start" in done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
