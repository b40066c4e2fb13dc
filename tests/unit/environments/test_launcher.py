"""The launcher, run by the oldest and the newest interpreter at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.environments.kernels.overlay import LAUNCHER

_PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
_INTERPRETERS = [Path(sys.executable), *(path / "bin" / "python" for path in _PYENV.glob("3.8.*"))]
_FAKE = """
import json, os, sys
if __name__ == "__main__":
    print(json.dumps({"argv": sys.argv[1:], "path": sys.path, "environ": dict(os.environ)}))
"""


@pytest.fixture(params=_INTERPRETERS, ids=str)
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fake_kernel(tmp_path: Path) -> Path:
    """An ipykernel that only says what it was given."""
    (tmp_path / "ipykernel").mkdir()
    (tmp_path / "ipykernel" / "__init__.py").touch()
    (tmp_path / "ipykernel" / "kernelapp.py").touch()
    (tmp_path / "ipykernel_launcher.py").write_text(_FAKE)
    return tmp_path


def launch(python: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-S", str(LAUNCHER), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_the_overlay_goes_last_and_the_recorder_first(python: str, fake_kernel: Path) -> None:
    site = str(LAUNCHER.parent / "site")
    result = launch(
        python,
        "--overlay",
        str(fake_kernel),
        "--unset",
        "A,B,ABSENT",
        "-f",
        "c.json",
        A="",
        B="2",
        PYTHONPATH="/mine",
    )
    told = json.loads(result.stdout)
    assert told["argv"] == ["-f", "c.json"]
    assert (told["path"][0], told["path"][-1]) == (site, str(fake_kernel))
    assert str(LAUNCHER.parent) not in told["path"]
    assert told["environ"]["PYTHONPATH"] == f"{site}{os.pathsep}/mine"
    assert not {"A", "B"} & set(told["environ"])


def test_check_tells_whether_a_kernel_could_start(python: str, fake_kernel: Path) -> None:
    assert "kernel ready" in launch(python, "--overlay", str(fake_kernel), "--check").stdout
    refused = launch(python, "--check")
    assert refused.returncode != 0
    assert "No module named 'ipykernel'" in refused.stderr
