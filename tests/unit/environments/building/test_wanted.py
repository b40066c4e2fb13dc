"""Packages by address, and other ways around the index, are an administrator's to allow."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Unprocessable
from jupyter_crispdm.environments.building import creation
from jupyter_crispdm.environments.building.creation import CommandLines
from jupyter_crispdm.environments.building.wanted import RequirementsCheck
from jupyter_crispdm.environments.types import Creation
from tests.unit.environments.machine import Machine, install, make_venv

ELSEWHERE = [
    "evil @ https://example.org/evil.whl",
    "evil @ git+https://example.org/evil",
    "https://example.org/evil.whl",
    "git+ssh://example.org/evil",
    "--index-url https://example.org/simple",
    "--extra-index-url=https://example.org/simple",
    "-f https://example.org/",
    "--find-links /tmp/x",
    "--trusted-host example.org",
    "-r https://example.org/requirements.txt",
    "evil \\\n @ https://example.org/evil.whl",
    "-e git+https://example.org/evil",
]


@pytest.mark.proves("settings.package-urls", "environments.by-url")
def test_a_package_by_address_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    named = "evil @ http://example.org/evil.whl"
    with pytest.raises(Unprocessable, match=r"'evil' is given by address.*package_urls"):
        RequirementsCheck(tmp_path).packages(["numpy", named])
    assert RequirementsCheck(tmp_path, urls=True).packages([named])


@pytest.mark.proves("environments.by-url")
@pytest.mark.parametrize("line", ELSEWHERE)
def test_a_file_that_leads_elsewhere_is_refused_unless_it_is_allowed(line: str, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"numpy>=1.26  # see https://numpy.org\n{line}\n")
    with pytest.raises(Unprocessable, match=r"requirements\.txt"):
        RequirementsCheck(tmp_path).check_file(file)
    RequirementsCheck(tmp_path, urls=True).check_file(file)


def test_a_plain_file_passes_with_those_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("scipy\n")
    file = tmp_path / "requirements.txt"
    file.write_text("# https://example.org\n-r base.txt\n--pre\n-e .\nnumpy ; python_version > '3.8'\n")
    RequirementsCheck(tmp_path).check_file(file)
    (tmp_path / "base.txt").write_text("-i https://example.org\n")
    with pytest.raises(Unprocessable, match=r"base\.txt"):
        RequirementsCheck(tmp_path).check_file(file)


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside.txt", "requirements.txt", "gone.txt"])
def test_a_file_that_names_itself_or_one_outside_is_refused(name: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.txt").write_text("numpy\n")
    file = root / "requirements.txt"
    file.write_text(f"-r {name}\n")
    with pytest.raises(Unprocessable):
        RequirementsCheck(root).check_file(file)


@pytest.mark.parametrize(
    "content",
    [
        "channels: ['https://example.org/conda']\n",
        "dependencies: [python, {pip: ['evil @ https://example.org/e.whl']}]\n",
        "dependencies: ['https://example.org/conda::evil']\n",
        "dependencies: [{pip: ['--index-url https://example.org']}]\n",
        "a: [",
        "date: 2026-99-99",
    ],
)
def test_an_environment_file_is_looked_through(content: str, tmp_path: Path) -> None:
    file = tmp_path / "environment.yml"
    file.write_text(content)
    with pytest.raises(Unprocessable):
        RequirementsCheck(tmp_path).check_file(file)


def test_aliases_cannot_multiply_an_environment_file(tmp_path: Path) -> None:
    file = tmp_path / "environment.yml"
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60))]
    file.write_text("\n".join(lines))
    RequirementsCheck(tmp_path).check_file(file)


@pytest.mark.parametrize("content", ["x = [", "project = 3", "[project]\ndependencies = ['e @ https://example.org']"])
def test_a_project_file_is_looked_through(content: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(content)
    with pytest.raises(CrispdmError, match=r"dependencies|address"):
        RequirementsCheck(tmp_path).project_packages(file)


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "requirements.txt")
    with pytest.raises(Unprocessable, match="cannot be read"):
        RequirementsCheck(tmp_path).check_file(tmp_path / "requirements.txt")


def test_a_venv_without_pip_is_filled_by_the_servers(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "find_uv", lambda _: None)
    prefix = make_venv(machine.root / "work")
    lines = CommandLines(machine.around())
    assert f"--program={sys.executable}" in lines.install(machine.only(), ["numpy"])
    monkeypatch.setattr(creation, "find_spec", lambda _: None)
    with pytest.raises(Unprocessable, match="'work' has no pip, nor has the server"):
        lines.install(machine.only(), ["numpy"])
    monkeypatch.setattr(creation, "find_spec", lambda _: ModuleSpec("pip", None))
    install(prefix, "pip", "24.0")
    assert not any(word.startswith("--program") for word in lines.install(machine.only(), ["numpy"]))


def test_a_shim_is_no_interpreter_to_make_an_environment_of(machine: Machine, tmp_path: Path) -> None:
    shim = tmp_path / "shims" / "python3.12"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\nexec false\n")
    shim.chmod(0o755)
    wish = Creation(name="work", python=str(shim))
    with pytest.raises(Unprocessable, match="is not an interpreter"):
        CommandLines(machine.around()).create(wish, tmp_path / "p", tmp_path / "m", None, [])


@pytest.mark.proves("environments.odd-names")
def test_an_option_in_disguise_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="not a requirement"):
        RequirementsCheck(tmp_path).packages(["--index-url=https://example.org"])
