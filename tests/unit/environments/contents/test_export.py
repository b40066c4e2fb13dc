"""An environment as a file: what is named, how exactly, and what is nobody else's business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_crispdm.environments.contents.export import (
    conda_file,
    origins,
    requirements,
    requirements_file,
    without_login,
)
from jupyter_crispdm.environments.discovery import FoundEnvironment
from jupyter_crispdm.environments.types import EnvironmentKind
from tests.unit.environments.machine import VERSION, make_conda, make_venv, site_packages

SECRET = "hunter2"


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return make_venv(tmp_path / "venv")


def found(prefix: Path, kind: EnvironmentKind = EnvironmentKind.venv) -> FoundEnvironment:
    """The environment as the search finds it."""
    return FoundEnvironment(kind, str(prefix), str(prefix / "bin/python"), VERSION, prefix.name)


def install(prefix: Path, name: str, version: str, installer: str = "pip", **origin: Any) -> None:
    """What an installer leaves of a package, as far as it is read."""
    folder = site_packages(prefix) / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    (folder / "INSTALLER").write_text(f"{installer}\n")
    if origin:
        (folder / "direct_url.json").write_text(json.dumps(origin))


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        ({}, "fit==1.2"),
        ({"url": "https://host.test/fit-1.2.whl", "archive_info": {}}, "fit @ https://host.test/fit-1.2.whl"),
        ({"url": "file:///home/ada/fit", "dir_info": {"editable": True}}, "-e /home/ada/fit"),
        ({"url": "file:///home/ada/fit", "dir_info": {}}, "fit @ file:///home/ada/fit"),
        (
            {"url": "https://host.test/fit.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "fit @ git+https://host.test/fit.git@abc",
        ),
    ],
)
def test_a_package_is_named_by_where_it_came_from(origin: dict[str, Any], line: str, venv: Path) -> None:
    install(venv, "fit", "1.2", **origin)
    assert requirements(found(venv)) == [line]
    assert origins(found(venv)) == ([line] if origin else [])


@pytest.mark.parametrize("origin", ["", "no json", "[]", '{"url": 3}', "{}", '{"url": "x", "dir_info": 5}'])
def test_an_origin_that_cannot_be_read_is_none(origin: str, venv: Path) -> None:
    install(venv, "fit", "1.2")
    (site_packages(venv) / "fit-1.2.dist-info/direct_url.json").write_text(origin)
    assert requirements(found(venv)) == ["fit==1.2"]


@pytest.mark.parametrize(
    "address",
    [
        f"https://ada:{SECRET}@host.test/x",
        f"https://{SECRET}@host.test/x",
        f"https://ada@corp.test:{SECRET}@host.test/x",
        f"https://{SECRET}:@host.test/x",
        f"git+https://oauth2:{SECRET}@host.test/x",
        f"HTTPS://ada:{SECRET}@host.test/x",
        f"ssh+git://ada:{SECRET}@host.test/x",
    ],
)
def test_no_login_leaves_with_an_address(address: str) -> None:
    shown = without_login(address)
    assert SECRET not in shown
    assert shown.lower().endswith("://host.test/x")


@pytest.mark.parametrize("address", ["https://host.test/a@b", "https://host.test/x", "file:///home/a@b/x", "defaults"])
def test_what_is_no_login_stays(address: str) -> None:
    assert without_login(address) == address


def test_the_tools_of_the_environment_itself_are_left_out(venv: Path) -> None:
    for name in ("pip", "setuptools", "wheel", "numpy"):
        install(venv, name, "1.0")
    assert requirements(found(venv)) == ["numpy==1.0"]


def test_the_lines_are_sorted_whatever_the_disk_says(venv: Path) -> None:
    for name in ("zarr", "attrs", "numpy"):
        install(venv, name, "1.0")
    assert requirements_file(found(venv)) == f"# Python {VERSION}\nattrs==1.0\nnumpy==1.0\nzarr==1.0\n"


def test_an_environment_without_packages_still_says_its_python(venv: Path) -> None:
    assert requirements_file(found(venv)) == f"# Python {VERSION}\n"
    assert yaml.safe_load(conda_file(found(venv), "x")) == {
        "name": "x", "channels": ["conda-forge"], "dependencies": [f"python={VERSION}"],
    }  # fmt: skip


@pytest.fixture
def conda(tmp_path: Path) -> Path:
    return make_conda(tmp_path / "conda")


def record(prefix: Path, name: str, version: str, channel: str) -> None:
    """What conda notes of a package."""
    told = {"name": name, "version": version, "channel": channel}
    (prefix / "conda-meta" / f"{name}-{version}-0.json").write_text(json.dumps(told))


def exported(prefix: Path) -> Any:
    """What a program reads in the file."""
    return yaml.safe_load(conda_file(found(prefix, EnvironmentKind.conda), "again"))


def test_condas_packages_come_with_their_channels_and_pips_below(conda: Path) -> None:
    record(conda, "numpy", "2.1", "https://conda.anaconda.org/conda-forge/linux-64")
    record(conda, "pytorch", "2.9", f"https://ada:{SECRET}@channels.test/gpu/noarch")
    install(conda, "numpy", "2.1", installer="conda")
    install(conda, "mine", "0.1")
    assert exported(conda) == {
        "name": "again",
        "channels": ["conda-forge", "https://channels.test/gpu"],
        "dependencies": ["numpy=2.1", "pytorch=2.9", "pip", {"pip": ["mine==0.1"]}],
    }


def test_pip_is_asked_for_once(conda: Path) -> None:
    record(conda, "pip", "25.0", "conda-forge")
    install(conda, "mine", "0.1")
    assert exported(conda)["dependencies"] == ["pip=25.0", {"pip": ["mine==0.1"]}]


@pytest.mark.parametrize("content", ["", "{", '{"name": 3}', "[]", '{"version": "1"}'])
def test_one_record_that_cannot_be_read_spoils_no_other(content: str, conda: Path) -> None:
    record(conda, "numpy", "2.1", "conda-forge")
    (conda / "conda-meta/bad-1-0.json").write_text(content)
    assert exported(conda)["dependencies"] == ["numpy=2.1"]


def test_a_name_that_means_something_in_yaml_is_a_name() -> None:
    missing = found(Path("/nowhere"))
    for name in ("yes", "1.0", "a: b", "- x", "#", "'"):
        assert yaml.safe_load(conda_file(missing, name))["name"] == name


@pytest.mark.proves("runs.again-environment")
def test_of_a_conda_environment_all_that_pip_installed_is_told_apart(tmp_path: Path) -> None:
    prefix = make_conda(tmp_path / "c")
    install(prefix, "fit", "1.2")
    install(prefix, "numpy", "1.26.4", installer="conda")
    assert origins(found(prefix, EnvironmentKind.conda)) == ["fit==1.2"]
