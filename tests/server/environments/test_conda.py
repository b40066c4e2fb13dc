"""A real conda prefix: found, activated as a shell does it, and used by a kernel, a job and `jupyter execute`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rattler import Subdir
from rattler.shell import ActivationVariables, Shell, activate

from jupyter_crispdm.app import CrispdmApp
from tests.condaprefix import GREETER, NAME, VERSION, conda_prefix

from .conftest import Api, RunCell

_NOT_RUN: dict[str, object] = {"execution_count": None, "outputs": []}
_TELL = "import json, os, sys; print(json.dumps([sys.prefix, dict(os.environ)]))"


@pytest.fixture(scope="module")
def prefix() -> Path:
    return conda_prefix()


@pytest.fixture(autouse=True)
def registered(prefix: Path, jp_environ: None) -> None:
    """On conda's own record, as `conda create` leaves it; before the server starts."""
    record = Path.home() / ".conda" / "environments.txt"
    record.parent.mkdir(parents=True)
    record.write_text(f"{prefix}\n")


@pytest.fixture
def weather(registered: None, crispdm: CrispdmApp) -> str:
    return NAME


def activated_by_a_shell(prefix: Path) -> dict[str, str]:
    """The variables of a shell in which this environment is active; the script is another program's."""
    script = activate(prefix, ActivationVariables(), Shell.bash, Subdir.current()).script
    plain = {**os.environ, "CONDA_DEFAULT_ENV": NAME}  # conda sets it, rattler leaves it out
    output = subprocess.run(["bash", "-c", f"{script}\nenv -0"], env=plain, capture_output=True, check=True).stdout
    pairs = (item.partition("=") for item in output.decode().split("\0") if item)
    return {name: value for name, _, value in pairs}


@pytest.mark.proves("environments.conda", "environments.real-conda")
async def test_it_is_found_with_its_packages(weather: str, api: Api, prefix: Path) -> None:
    found = (await api.environments())[weather]
    assert (found["kind"], found["prefix"], found["version"]) == ("conda", str(prefix), VERSION)
    assert found["usable"]
    packages = (await api("GET", f"environments/{found['id']}"))["packages"]
    assert {"name": "greeter", "version": GREETER} in packages


@pytest.mark.proves("environments.chosen", "environments.conda", "environments.real-conda")
async def test_a_job_has_the_variables_of_a_shell(weather: str, api: Api, prefix: Path) -> None:
    log = await api.ran(command=["python", "-c", _TELL], environment=weather)
    used, variables = json.loads(log)
    assert used == str(prefix)
    shell = activated_by_a_shell(prefix)
    names = [name for name in shell if name.startswith(("GREET", "CONDA_", "LD_"))]
    assert len(names) > 5
    assert {name: variables.get(name) for name in names} == {name: shell[name] for name in names}
    first = [entry for entry in variables["PATH"].split(os.pathsep) if entry.startswith(str(prefix))]
    assert first == [f"{prefix}/share/greeter/bin", f"{prefix}/bin"]
    assert variables["CONDA_SHLVL"] == "1"


async def test_a_program_of_the_environment_is_found_by_its_name(weather: str, api: Api) -> None:
    assert await api.ran(command=["greet"], environment=weather) == f"hello from {NAME}\n"


@pytest.mark.proves("card.kernel-per-environment", "environments.real-conda")
async def test_a_kernel_runs_activated_in_it(weather: str, api: Api, prefix: Path, run_cell: RunCell) -> None:
    found = (await api.environments())[weather]
    assert "ipykernel" in found["kernel"]["reason"]
    made = await api("POST", f"environments/{found['id']}/kernel")
    assert made["kernel"]["ready"], made
    code = "import greeter, os, sys; print(sys.prefix, greeter.greet(), os.environ['GREETER_UNITS'])"
    assert await run_cell(made["kernel"]["name"], code) == f"{prefix} hello from {NAME} metric\n"


@pytest.mark.proves("environments.real-conda", "kernels.everywhere")
@pytest.mark.parametrize("program", ["execute", "nbconvert", "papermill"])
async def test_programs_of_jupyter_run_notebooks_in_it(
    weather: str, api: Api, prefix: Path, jp_root_dir: Path, program: str
) -> None:
    identity = (await api.environments())[weather]["id"]
    kernel = (await api("POST", f"environments/{identity}/kernel"))["kernel"]["name"]
    write_notebook(jp_root_dir / "hello.ipynb", "import greeter, sys\nprint(sys.prefix, greeter.greet())")
    options = {
        "execute": ["jupyter", "execute", f"--kernel_name={kernel}", "--inplace"],
        "nbconvert": [
            "jupyter", "nbconvert", "--execute", "--inplace", "--to=notebook",
            f"--ExecutePreprocessor.kernel_name={kernel}",
        ],
        "papermill": ["papermill", f"--kernel={kernel}", "--no-progress-bar", "hello.ipynb"],
    }  # fmt: skip
    await api.ran(command=[sys.executable, "-m", *options[program], "hello.ipynb"])
    assert output_of(jp_root_dir / "hello.ipynb") == f"{prefix} hello from {NAME}\n"


@pytest.mark.proves("environments.real-conda")
async def test_a_notebook_job_runs_in_it(weather: str, api: Api, prefix: Path, jp_root_dir: Path) -> None:
    write_notebook(jp_root_dir / "hello.ipynb", "import greeter, sys\nprint(sys.prefix, greeter.greet())")
    log = await api.ran(notebook="hello.ipynb", environment=weather)
    assert f"{prefix} hello from {NAME}" in log


def write_notebook(path: Path, code: str) -> None:
    cell: dict[str, object] = {"cell_type": "code", "id": "a", "metadata": {}, "source": code, **_NOT_RUN}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))


def output_of(path: Path) -> str:
    [output] = json.loads(path.read_text())["cells"][0]["outputs"]
    return "".join(output["text"])
