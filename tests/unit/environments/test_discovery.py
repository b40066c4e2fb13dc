from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.environments.discovery import Search, Surroundings
from tests.unit.environments.machine import INTERPRETER, VERSION, Machine, described, make_conda, make_venv


def test_the_servers_own_environment_comes_first(machine: Machine) -> None:
    make_venv(machine.root / "work" / ".venv")
    server = Search(machine.around()).find()[0]
    assert (server.kind.value, server.prefix, server.python) == ("server", sys.prefix, sys.executable)
    assert VERSION.startswith(server.version)
    assert server.version


def test_the_servers_own_environment_is_listed_once(machine: Machine) -> None:
    machine.paths = (sys.prefix,)
    machine.environ["VIRTUAL_ENV"] = sys.prefix
    machine.environ["PATH"] = str(Path(sys.executable).parent)
    assert [found.prefix for found in Search(machine.around()).find()].count(sys.prefix) == 1


@pytest.mark.proves("environments.venv")
@pytest.mark.parametrize("folder", [".venv", "venv", "env", "torch-cpu"])
@pytest.mark.parametrize("depth", [0, 1])
def test_an_environment_in_a_project_is_found(machine: Machine, folder: str, depth: int) -> None:
    project = machine.root.joinpath(*["work"] * depth)
    make_venv(project / folder, "3.12.4")
    found = machine.only()
    assert found.label == ("torch-cpu" if folder == "torch-cpu" else project.name)
    assert (found.kind.value, found.version, found.reason) == ("venv", "3.12.4", "")
    assert found.python == str(project / folder / "bin" / "python")


def test_the_usual_folder_is_found_one_level_deeper(machine: Machine) -> None:
    make_venv(machine.root / "team" / "project" / ".venv")
    make_venv(machine.root / "team" / "group" / "project" / ".venv")
    assert [found.prefix for found in machine.find()] == [str(machine.root / "team" / "project" / ".venv")]


def test_the_root_itself_may_be_an_environment(machine: Machine) -> None:
    make_venv(machine.root)
    assert machine.only().prefix == str(machine.root)


@pytest.mark.parametrize("folder", ["node_modules", "__pycache__", ".git"])
def test_folders_that_hold_no_projects_are_not_searched(machine: Machine, folder: str) -> None:
    make_venv(machine.root / folder / "project")
    assert machine.find() == []


@pytest.mark.proves("environments.venv", "environments.uv")
def test_uv_and_virtualenv_write_their_version_differently(machine: Machine) -> None:
    make_venv(machine.root / "a", "3.11.7", tool="uv")
    make_venv(machine.root / "b", "3.11.7.final.0", tool="virtualenv")
    assert described(machine.find()) == {"a": "uv", "b": "venv"}
    assert {found.version for found in machine.find()} == {"3.11.7"}


def test_without_a_version_in_its_file_the_library_folder_tells(machine: Machine) -> None:
    prefix = make_venv(machine.root / "old", "3.9.1")
    (prefix / "pyvenv.cfg").write_bytes(b"home = /usr/bin\xff\xfe\nnonsense\n= = =\n")
    assert machine.only().version == "3.9"


@pytest.mark.proves("settings.environment-paths")
def test_a_configured_path_may_be_an_environment_or_hold_some(machine: Machine, tmp_path: Path) -> None:
    make_venv(tmp_path / "one")
    make_venv(tmp_path / "many" / "two")
    make_conda(tmp_path / "many" / "three")
    make_venv(tmp_path / "many" / "project" / ".venv")
    machine.paths = (str(tmp_path / "one"), str(tmp_path / "many"), str(tmp_path / "absent"))
    assert described(machine.find()) == {"one": "venv", "two": "venv", "three": "conda", "project": "venv"}


@pytest.mark.proves("settings.environment-paths")
def test_a_path_may_start_with_a_tilde(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(machine.home))
    make_venv(machine.home / "envs" / "one")
    machine.paths = ("~/envs",)
    assert machine.only().label == "one"


def test_the_folders_of_the_tools_are_searched(machine: Machine) -> None:
    make_venv(machine.home / ".virtualenvs" / "wrapped")
    make_venv(machine.home / ".cache" / "pypoetry" / "virtualenvs" / "thesis-AbCd-12_-py3.11")
    make_venv(machine.home / ".local" / "share" / "virtualenvs" / "survey-AbCd_123")
    make_venv(machine.home / ".local" / "share" / "uv" / "tools" / "linter", tool="uv")
    assert described(machine.find()) == {
        "wrapped": "venv",
        "thesis": "poetry",
        "survey": "venv",
        "linter": "uv",
    }


def test_pixi_environments_bear_their_projects_name(machine: Machine) -> None:
    make_conda(machine.root / "vision" / ".pixi" / "envs" / "default")
    make_conda(machine.root / "vision" / ".pixi" / "envs" / "cuda")
    assert described(machine.find()) == {"vision": "pixi", "vision-cuda": "pixi"}


def test_conda_environments_are_found_where_conda_says_so(machine: Machine, tmp_path: Path) -> None:
    (machine.home / ".conda").mkdir()
    registered = make_conda(tmp_path / "far" / "registered", "3.10.2")
    record = machine.home / ".conda" / "environments.txt"
    record.write_text(f"{registered}\n{tmp_path}/gone\n\nrelative/path\n")
    make_conda(machine.home / "miniconda3")
    (machine.home / "miniconda3" / "condabin").mkdir()
    make_conda(machine.home / "miniconda3" / "envs" / "torch")
    make_conda(tmp_path / "shared" / "team")
    (machine.home / ".condarc").write_text(f"envs_dirs:\n  - {tmp_path}/shared\n  - 7\n")
    found = machine.find()
    assert described(found) == {"registered": "conda", "base": "conda", "torch": "conda", "team": "conda"}
    assert found[0].version == "3.10.2"


def test_a_broken_condarc_hides_nothing(machine: Machine) -> None:
    make_conda(machine.home / "miniforge3" / "envs" / "torch")
    (machine.home / ".condarc").write_text("envs_dirs: [\n")
    assert machine.only().label == "torch"


def test_a_conda_environment_without_python_is_left_out(machine: Machine) -> None:
    make_conda(machine.root / "r-only", python=False)
    assert machine.find() == []


@pytest.mark.proves("environments.pyenv")
def test_pyenv_versions_and_their_virtualenvs_are_found(machine: Machine) -> None:
    versions = machine.home / ".pyenv" / "versions"
    _install_python(versions / "3.12.1")
    make_venv(versions / "3.12.1" / "envs" / "nested")
    (versions / "nested").symlink_to(versions / "3.12.1" / "envs" / "nested")
    found = machine.find()
    assert described(found) == {"Python 3.12.1": "pyenv", "nested": "venv"}
    assert found[0].version == "3.12.1"


@pytest.mark.proves("environments.uv")
def test_uv_interpreters_are_found_once(machine: Machine) -> None:
    holder = machine.home / ".local" / "share" / "uv" / "python"
    _install_python(holder / "cpython-3.13.2-linux-x86_64-gnu")
    (holder / "cpython-3.13-linux-x86_64-gnu").symlink_to(holder / "cpython-3.13.2-linux-x86_64-gnu")
    assert described(machine.find()) == {"Python 3.13.2": "system"}


def test_interpreters_on_path_are_found_without_shims(machine: Machine, tmp_path: Path) -> None:
    installed = _install_python(tmp_path / "usr")
    (installed / "include" / "python3.9").mkdir(parents=True)
    (installed / "include" / "python3.9" / "patchlevel.h").write_text('#define PY_VERSION \t"3.9.18+"\n')
    (installed / "bin" / "python").rename(installed / "bin" / "python3.9")
    (installed / "bin" / "python3").symlink_to("python3.9")
    script = tmp_path / "scripts" / "python3"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nexec python3.9\n")
    script.chmod(0o755)
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "python3").symlink_to(installed / "bin" / "python3.9")
    machine.environ["PATH"] = os.pathsep.join([str(shims), str(script.parent), "bin", str(installed / "bin")])
    found = machine.only()
    assert (found.kind.value, found.version, found.label) == ("system", "3.9.18", "Python 3.9.18")


def test_an_environment_on_path_or_active_is_found_as_such(machine: Machine, tmp_path: Path) -> None:
    machine.environ["PATH"] = f"{make_venv(tmp_path / 'onpath')}/bin"
    machine.environ["CONDA_PREFIX"] = str(make_conda(tmp_path / "active"))
    assert described(machine.find()) == {"onpath": "venv", "active": "conda"}


def test_two_ways_to_one_environment_make_one_entry(machine: Machine, tmp_path: Path) -> None:
    prefix = make_venv(machine.root / "project" / ".venv")
    (tmp_path / "link").symlink_to(prefix)
    machine.paths = (str(tmp_path / "link"), str(prefix))
    assert machine.only().prefix == str(prefix)


def test_a_venv_whose_interpreter_is_gone_says_so(machine: Machine) -> None:
    prefix = make_venv(machine.root / "broken")
    (prefix / "bin" / "python").unlink()
    (prefix / "bin" / "python").symlink_to("/gone/python3.4")
    assert machine.only().reason == "Its interpreter is gone: /gone/python3.4."
    (prefix / "bin" / "python").unlink()
    assert "no interpreter" in machine.only().reason


def test_a_folder_that_may_not_be_read_hides_only_itself(machine: Machine) -> None:
    make_venv(machine.root / "good")
    (machine.root / "file").write_text("not a directory")
    (machine.root / "loop").symlink_to(machine.root)
    (machine.root / "dangling").symlink_to("/gone")
    assert described(machine.find()) == {"good": "venv"}


@pytest.mark.proves("files.traversal", "environments.odd-names")
def test_odd_folder_names_are_only_names(machine: Machine) -> None:
    make_venv(machine.root / 'quo\'te "x" $(touch pwned)\nline')
    assert machine.only().label == 'quo\'te "x" $(touch pwned)\nline'


def test_what_this_machine_really_has_is_found() -> None:
    around = Surroundings.of_this_machine(Path("/nowhere"), ())
    found = Search(around).find()
    assert found[0].prefix == sys.prefix
    assert all(item.version and os.path.isabs(item.python) for item in found)


def _install_python(prefix: Path) -> Path:
    """An interpreter of its own: a file, not a link to ours."""
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").write_bytes(b"\x7fELF")
    (prefix / "bin" / "python").chmod(0o755)
    assert os.access(INTERPRETER, os.X_OK)
    return prefix
