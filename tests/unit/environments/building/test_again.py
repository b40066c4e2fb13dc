"""From a lock to the command line that makes the environment again, or the sentence why none does."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Unprocessable
from jupyter_crispdm.environments.building import again, build
from jupyter_crispdm.environments.building.again import made_again
from jupyter_crispdm.environments.building.creation import CommandLines
from jupyter_crispdm.environments.types import Lock
from tests.unit.environments.machine import VERSION, Machine, make_conda, make_venv

from .test_creation import MARKER, PREFIX, given

LOCK = Lock("venv", VERSION, ["numpy==1.26.4", "pip==24.0"])
CONDA = Lock("conda", VERSION, ["numpy==1.26.4"], ["numpy=1.26.4=py312_0", "python=3.12.1=h1"], ["tqdm==4.66.1"])


def written(machine: Machine, lock: Lock, *, urls: bool = False) -> dict[str, Any]:
    return given(made_again(CommandLines(machine.around(), urls), lock, PREFIX, MARKER, machine.find()))


def refused(machine: Machine, lock: Lock, *, urls: bool = False) -> CrispdmError:
    with pytest.raises(CrispdmError) as raised:
        written(machine, lock, urls=urls)
    return raised.value


@pytest.mark.proves("runs.again-environment")
def test_just_the_packages_of_the_lock_are_installed(machine: Machine, tools: Path) -> None:
    make_venv(machine.root / "there")
    made = written(machine, LOCK)
    assert (made["action"], made["with"], made["program"]) == ("create", "uv", str(tools / "uv"))
    assert (made["packages"], made["flags"]) == (["numpy==1.26.4", "pip==24.0"], ["--exact"])
    (tools / "uv").unlink()
    made = written(machine, LOCK)
    assert (made["with"], made["program"]) == ("venv", sys.executable)  # its own pip would be none of the lock


@pytest.mark.proves("runs.again-environment")
def test_it_stands_on_the_very_release_of_python_that_it_had(machine: Machine, tools: Path) -> None:
    there = make_venv(machine.root / "there")
    assert written(machine, LOCK)["python"] == str((there / "bin" / "python").resolve())
    assert written(machine, msgspec.structs.replace(LOCK, python="3.7.99"))["python"] == "3.7.99"  # uv looks for it
    (tools / "uv").unlink()
    assert "There is no Python 3.7.99" in str(refused(machine, msgspec.structs.replace(LOCK, python="3.7.99")))


@pytest.mark.proves("runs.again-environment")
def test_conda_makes_its_packages_to_the_build_and_pip_the_others(machine: Machine, tools: Path) -> None:
    argv = made_again(CommandLines(machine.around()), CONDA, PREFIX, MARKER, [])
    assert [word for word in argv if word.startswith("--conda=")] == [f"--conda={one}" for one in CONDA.conda]
    assert {"--with=conda", f"--program={tools / 'conda'}", "--exact", "--package=tqdm==4.66.1"} <= set(argv)
    (tools / "conda").unlink()
    assert "Neither conda, mamba nor micromamba" in str(refused(machine, CONDA))


@pytest.mark.proves("runs.again-environment")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": ""}, "not where they came from"),
        ({"kind": "docker"}, "was an image"),
        ({"python": ""}, "Its Python was not noted"),
        ({"python": "3.12"}, "or is no release: '3.12'"),
        ({"origins": ["-e /home/ada/net"]}, "came from a folder, whose code may be another by now: -e /home/ada/net"),
        ({"origins": ["net @ file:///home/ada/net"]}, "net @ file:///home/ada/net"),
        ({"origins": ["numpy @ https://example.org/numpy-1.26.4.whl"]}, "'numpy' is given by address"),
        ({"conda": ["--file=/etc/passwd"]}, "is no package of conda's"),
    ],
)
def test_what_cannot_be_made_as_it_was_is_said(
    machine: Machine, tools: Path, fields: dict[str, Any], words: str
) -> None:
    error = refused(machine, msgspec.structs.replace(LOCK, **fields))
    assert type(error) is Unprocessable
    assert words in str(error)


def test_a_package_that_is_an_option_is_none(machine: Machine, tools: Path) -> None:
    make_venv(machine.root / "there")
    assert type(refused(machine, msgspec.structs.replace(LOCK, packages=["--index-url=x"]))) is BadRequest


@pytest.mark.proves("runs.again-environment")
def test_an_archive_and_a_commit_come_from_where_they_came_where_addresses_are_allowed(
    machine: Machine, tools: Path
) -> None:
    make_venv(machine.root / "there")
    origins = ["numpy @ file:///wheels/numpy-1.26.4.whl", "pip @ git+https://example.org/pip@0a1b2c"]
    assert written(machine, msgspec.structs.replace(LOCK, origins=origins), urls=True)["packages"] == origins


def test_without_uv_the_pip_of_the_server_is_needed(
    machine: Machine, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools / "uv").unlink()
    monkeypatch.setattr(again, "find_spec", lambda name: None)
    assert "pip install uv" in str(refused(machine, LOCK))


@pytest.mark.proves("runs.again-environment")
def test_the_job_makes_a_bare_environment_for_a_pip_that_is_lent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = commands(monkeypatch)
    options = ["--with=venv", "--program=/server/python", "--python=/usr/python", "--exact", "--package=numpy==1"]
    assert create(tmp_path, *options) == 0
    prefix = str(tmp_path / "one")
    assert ran[0] == ["/usr/python", "-m", "venv", "--without-pip", prefix]
    python = f"{prefix}/bin/python"
    assert ran[1] == ["/server/python", "-m", "pip", "--python", python, "install", "--no-deps", "numpy==1"]


@pytest.mark.proves("runs.again-environment")
def test_the_job_of_conda_has_pip_install_what_is_not_condas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = commands(monkeypatch)
    options = ["--with=conda", "--program=/opt/mamba", "--conda=a=1=b", "--conda=c=2=d", "--exact", "--package=t==1"]
    assert create(tmp_path, *options) == 0
    prefix = str(tmp_path / "one")
    assert ran[0] == ["/opt/mamba", "create", "--yes", "--prefix", prefix, "a=1=b", "c=2=d"]
    assert ran[1] == [f"{prefix}/bin/python", "-m", "pip", "install", "--no-deps", "t==1"]


def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the job would run."""
    ran: list[list[str]] = []
    monkeypatch.setattr(build, "run", ran.append)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    return ran


def create(folder: Path, *options: str) -> int:
    return build.main(["create", f"--prefix={folder / 'one'}", f"--marker={folder / '.one.building'}", *options])


@pytest.mark.proves("runs.again-environment")
async def test_the_lock_of_a_conda_environment_tells_its_builds(machine: Machine) -> None:
    prefix = make_conda(machine.root / "c")
    records = prefix / "conda-meta"
    (records / "numpy-1.26.4-py312_0.json").write_text("{}")
    (records / "odd.json").write_text("{}")
    lock = await machine.manager().lock(str(prefix))
    assert (lock.kind, lock.python) == ("conda", VERSION)
    assert "numpy=1.26.4=py312_0" in lock.conda
    assert "numpy==1.26.4" in lock.packages
