"""The wheel alone is enough: Lab and the server find the extension, training code finds `crispdm`."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, with the browser side that was built before."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, and what it depends on borrowed from here."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    site = next(home.glob("lib/python3*/site-packages"))
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", f"--prefix={home}", "--ignore-installed"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, timeout=300)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def _run(home: Path, *arguments: str) -> str:
    environ = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_CONFIG_DIR": str(home / "config"),
               "JUPYTER_DATA_DIR": str(home / "data"), "JUPYTER_PLATFORM_DIRS": "1"}
    done = subprocess.run(
        [str(home / "bin/python"), *arguments], capture_output=True, text=True, env=environ, timeout=120, cwd=home
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.proves("house.installed")
@pytest.mark.parametrize("name", [
    "crispdm/__init__.py",
    "crispdm/algorithms/unet.py",
    "jupyter_crispdm/worker/site/crispdm/__init__.py",
    "jupyter_crispdm/notebooks/training.ipynb",
    "jupyter_crispdm/cli/demo_project/train.py",
    "jupyter_crispdm/base/migrations/versions/0001_auth.py",
    "data/etc/jupyter/jupyter_server_config.d/jupyter_crispdm.json",
    "data/share/jupyter/labextensions/jupyter-crispdm/package.json",
    "data/share/jupyter/labextensions/jupyter-crispdm/install.json",
])
def test_the_wheel_holds(name: str, wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    assert any(entry == name or entry.partition("/")[2] == name for entry in held)


def test_the_wheel_holds_no_tests_and_no_sources_of_the_browser_side(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    assert [entry for entry in held if entry.startswith(("tests/", "src/", "node_modules/"))] == []


@pytest.mark.proves("house.installed")
def test_lab_and_server_say_enabled_and_ok(installed: Path) -> None:
    lab = _run(installed, "-m", "jupyterlab.labextensions", "list")
    server = _run(installed, "-m", "jupyter_server.extension.serverextension", "list")
    (line,) = [line for line in lab.splitlines() if "jupyter-crispdm" in line]
    assert "enabled" in line
    assert "OK" in line
    assert str(installed) in lab
    assert [line for line in server.splitlines() if "jupyter_crispdm " in line and "enabled" in line]
    assert [line for line in server.splitlines() if "jupyter_crispdm " in line and "OK" in line]


@pytest.mark.proves("crispdm.anywhere")
def test_training_code_finds_what_it_imports(installed: Path) -> None:
    where = _run(installed, "-c", "import crispdm, jupyter_crispdm; print(crispdm.__file__, jupyter_crispdm.__file__)")
    assert all(path.startswith(str(installed)) for path in where.split())
