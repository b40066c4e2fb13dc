"""From the wish for an environment to what is run: what is chosen, what is handed on, what is refused by its field."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Unprocessable
from jupyter_crispdm.environments.building import build
from jupyter_crispdm.environments.building.build import BuildFailed
from jupyter_crispdm.environments.building.creation import CommandLines
from jupyter_crispdm.environments.discovery import FoundEnvironment
from jupyter_crispdm.environments.types import Creation, EnvironmentKind
from tests.unit.environments.machine import VERSION, Machine, install, make_conda, make_venv

PREFIX, MARKER = Path("/made/one"), Path("/made/.one.building")


def given(argv: list[str]) -> dict[str, Any]:
    """The options of a job's command line, its action, packages and flags apart."""
    python, isolated, script, action, *words = argv
    assert (python, isolated, script) == (sys.executable, "-I", build.__file__)
    named = dict(word[2:].split("=", 1) for word in words if "=" in word and not word.startswith("--package="))
    packages = [word.removeprefix("--package=") for word in words if word.startswith("--package=")]
    return {"action": action, "packages": packages, "flags": [word for word in words if "=" not in word], **named}


def written(machine: Machine, wish: Creation, source: FoundEnvironment | None = None) -> dict[str, Any]:
    """What a wish becomes."""
    lines = CommandLines(machine.around())
    return given(lines.create(wish, PREFIX, MARKER, source, machine.find()))


def found(machine: Machine, label: str) -> FoundEnvironment:
    """An environment of the machine by its name."""
    return next(one for one in machine.find() if one.label == label)


def refused(machine: Machine, wish: Creation, source: FoundEnvironment | None = None) -> CrispdmError:
    """Why a wish is not granted."""
    with pytest.raises(CrispdmError) as raised:
        written(machine, wish, source)
    return raised.value


def test_the_best_tool_that_is_there_is_taken(machine: Machine, tools: Path) -> None:
    made = written(machine, Creation(name="one", packages=["numpy"]))
    assert (made["action"], made["with"], made["program"]) == ("create", "uv", str(tools / "uv"))
    assert (made["prefix"], made["marker"], made["packages"]) == (str(PREFIX), str(MARKER), ["numpy"])
    (tools / "uv").unlink()
    made = written(machine, Creation(name="one"))
    assert made["with"] == "venv"
    assert "program" not in made


def test_what_was_asked_for_is_not_replaced_by_something_better(machine: Machine, tools: Path) -> None:
    assert written(machine, Creation(name="one", kind="venv"))["with"] == "venv"
    (tools / "uv").unlink()
    error = refused(machine, Creation(name="one", kind="uv"))
    assert (type(error), error.details["field"]) == (Unprocessable, "kind")
    assert "uv was not found on this machine" in str(error)


def test_conda_that_is_not_there_is_said(machine: Machine, tools: Path) -> None:
    (tools / "conda").unlink()
    error = refused(machine, Creation(name="one", kind="conda"))
    assert error.details["field"] == "kind"
    assert "Neither conda, mamba nor micromamba" in str(error)


@pytest.mark.parametrize("name", ["environment.yml", "other.yaml"])
def test_a_file_of_conda_is_for_conda(name: str, machine: Machine, tools: Path) -> None:
    (machine.root / name).write_text("dependencies: [python]\n")
    made = written(machine, Creation(name="one", file=name))
    assert (made["with"], made["file"]) == ("conda", str(machine.root / name))
    error = refused(machine, Creation(name="one", file=name, kind="venv"))
    assert (type(error), error.details["field"]) == (Unprocessable, "kind")


def test_packages_stand_beside_a_file_of_requirements(machine: Machine, tools: Path) -> None:
    (machine.root / "requirements.txt").write_text("numpy\n")
    made = written(machine, Creation(name="one", file="requirements.txt", packages=["torch"]))
    assert (made["file"], made["packages"]) == (str(machine.root / "requirements.txt"), ["torch"])


@pytest.mark.parametrize(
    ("file", "kind", "words"),
    [
        ("../outside.txt", BadRequest, "must stay below"),
        ("/etc/passwd", BadRequest, "must stay below"),
        ("gone.txt", Unprocessable, "There is no file 'gone.txt'"),
        (".", Unprocessable, "There is no file"),
        ("a\x00b.txt", BadRequest, "not a usable path"),
        ("notes.md", Unprocessable, "must be a requirements .txt"),
    ],
)
def test_a_file_that_cannot_be_one_is_refused(
    file: str, kind: type[CrispdmError], words: str, machine: Machine, tools: Path
) -> None:
    (machine.root / "notes.md").write_text("numpy\n")
    (machine.root.parent / "outside.txt").write_text("numpy\n")
    error = refused(machine, Creation(name="one", file=file))
    assert (type(error), error.details["field"]) == (kind, "file")
    assert words in str(error)


def test_a_link_does_not_lead_out_of_the_root(machine: Machine, tools: Path) -> None:
    (machine.root.parent / "outside.txt").write_text("numpy\n")
    (machine.root / "inside.txt").symlink_to(machine.root.parent / "outside.txt")
    assert refused(machine, Creation(name="one", file="inside.txt")).details["field"] == "file"


def test_the_servers_python_is_taken_where_none_is_named(machine: Machine, tools: Path) -> None:
    assert written(machine, Creation(name="one"))["python"] == str(machine.folder / "server/bin/python")


@pytest.mark.parametrize("python", ["/nowhere/python3", "/bin/sh", "/etc"])
def test_a_path_that_is_no_interpreter_is_refused(python: str, machine: Machine, tools: Path) -> None:
    error = refused(machine, Creation(name="one", python=python))
    assert (type(error), error.details["field"]) == (Unprocessable, "python")


def test_uv_looks_for_a_version_itself_and_venv_must_have_it(machine: Machine, tools: Path) -> None:
    assert written(machine, Creation(name="one", python="3.99"))["python"] == "3.99"
    error = refused(machine, Creation(name="one", kind="venv", python="3.99"))
    assert error.details["field"] == "python"
    assert str(error).startswith("There is no Python 3.99 on this machine. There are: ")


def test_a_clone_has_the_very_packages_and_nothing_that_they_need(machine: Machine, tools: Path) -> None:
    install(make_venv(machine.root / "work"), "numpy", "2.1")
    made = written(machine, Creation(name="one", clone="work"), found(machine, "work"))
    assert (made["packages"], made["flags"]) == (["numpy==2.1"], ["--exact"])
    assert written(machine, Creation(name="one", packages=["numpy"]))["flags"] == []


def test_a_clone_of_conda_is_made_by_conda(machine: Machine, tools: Path) -> None:
    prefix = make_conda(machine.root / "base")
    made = written(machine, Creation(name="one", clone="base"), found(machine, "base"))
    assert (made["with"], made["clone"]) == ("conda", str(prefix))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Creation(name="one", clone="x", packages=["numpy"]), "clone"),
        (Creation(name="one", clone="x", file="requirements.txt"), "clone"),
        (Creation(name="one", python="three"), "python"),
        (Creation(name="one", python="3"), "python"),
        (Creation(name="one", python="/a\nb"), "python"),
        (Creation(name="a/b"), "name"),
        (Creation(name="x" * 65), "name"),
        (Creation(name="one", packages=["--index-url=https://x.test"]), "packages"),
        (Creation(name="one", packages=["x @ https://x.test/x.whl"]), "packages"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(wish: Creation, field: str, machine: Machine, tools: Path) -> None:
    assert refused(machine, wish).details["field"] == field


def test_conda_takes_packages_or_a_file(machine: Machine, tools: Path) -> None:
    (machine.root / "environment.yml").write_text("dependencies: [python]\n")
    error = refused(machine, Creation(name="one", file="environment.yml", packages=["numpy"]))
    assert (type(error), error.details["field"]) == (BadRequest, "packages")


def test_packages_are_installed_by_what_the_environment_has(machine: Machine, tools: Path) -> None:
    lines = CommandLines(machine.around())
    install(make_venv(machine.root / "work"), "pip", "25.0")
    make_conda(machine.root / "base")
    by_uv = given(lines.install(found(machine, "work"), ["numpy >=2"]))
    assert (by_uv["action"], by_uv["with"], by_uv["packages"]) == ("install", "uv", ["numpy>=2"])
    by_conda = given(lines.install(found(machine, "base"), ["numpy"]))
    assert (by_conda["with"], by_conda["program"]) == ("conda", str(tools / "conda"))
    (tools / "uv").unlink()
    by_pip = given(lines.install(found(machine, "work"), ["numpy"]))
    assert by_pip["with"] == "venv"
    assert "program" not in by_pip


def test_an_environment_without_pip_is_lent_the_servers(machine: Machine, tools: Path) -> None:
    (tools / "uv").unlink()
    make_venv(machine.root / "bare")
    lent = given(CommandLines(machine.around()).install(found(machine, "bare"), ["numpy"]))
    assert lent["program"] == sys.executable


def test_a_server_without_pip_says_what_to_do(
    machine: Machine, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools / "uv").unlink()
    make_venv(machine.root / "bare")
    monkeypatch.setattr("jupyter_crispdm.environments.building.creation.find_spec", lambda _: None)
    with pytest.raises(Unprocessable, match="has no pip, nor has the server; install uv") as raised:
        CommandLines(machine.around()).install(found(machine, "bare"), ["numpy"])
    assert raised.value.details["field"] == "packages"


def test_nothing_to_install_is_refused(machine: Machine, tools: Path) -> None:
    make_venv(machine.root / "work")
    with pytest.raises(BadRequest, match="must name what to install"):
        CommandLines(machine.around()).install(found(machine, "work"), [])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EnvironmentKind.docker, "it is not an environment of its own"),
        (EnvironmentKind.server, "the server itself runs in"),
    ],
)
def test_what_nobody_may_change_is_not_filled(
    kind: EnvironmentKind, words: str, machine: Machine, tools: Path
) -> None:
    prefix = make_venv(machine.root / "work")
    other = FoundEnvironment(kind, str(prefix), str(prefix / "bin/python"), VERSION, "it")
    with pytest.raises(Unprocessable, match=words):
        CommandLines(machine.around()).install(other, ["numpy"])


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"md5": "0ab"}', "null"])
def test_a_record_of_conda_that_says_nothing_is_named(content: str, tmp_path: Path) -> None:
    record = tmp_path / "libfoo-1.2.3-h1_0.json"
    record.write_text(content)
    with pytest.raises(BuildFailed, match=r"libfoo-1\.2\.3-h1_0\.json does not say which package it stands for"):
        build._explicit(record)
