from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.environments import activation
from jupyter_crispdm.environments.activation import Activator
from tests.unit.environments.machine import Machine, make_conda, make_venv, write_script


def activated(machine: Machine) -> dict[str, str]:
    return Activator(machine.environ).activated(machine.find()[0])


@pytest.mark.proves("environments.venv")
def test_a_venv_is_activated_without_a_process(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activation, "run_briefly", None)
    prefix = make_venv(machine.root / "work")
    machine.environ |= {
        "PYTHONHOME": "/wrong",
        "LD_LIBRARY_PATH": "/cuda",
        "CONDA_SHLVL": "1",
        "PYENV_VERSION": "x",
    }
    assert activated(machine) == {
        "HOME": str(machine.home),
        "LD_LIBRARY_PATH": "/cuda",
        "PATH": f"{prefix}/bin:/nowhere",
        "VIRTUAL_ENV": str(prefix),
        "VIRTUAL_ENV_PROMPT": "work",
    }


def test_the_servers_own_activation_is_left(machine: Machine, tmp_path: Path) -> None:
    prefix = make_venv(machine.root / "work")
    machine.environ |= {"VIRTUAL_ENV": "/srv/venv", "PATH": "/usr/bin:/srv/venv/bin:/bin"}
    variables = activated(machine)
    assert variables["PATH"] == f"{prefix}/bin:/usr/bin:/bin"
    assert variables["VIRTUAL_ENV"] == str(prefix)


def test_path_is_not_prolonged_by_activating_twice(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    machine.environ["PATH"] = f"{prefix}/bin:/usr/bin"
    assert activated(machine)["PATH"] == f"{prefix}/bin:/usr/bin"


@pytest.mark.proves("environments.pyenv")
def test_a_pyenv_version_is_chosen_for_its_shims_too(machine: Machine) -> None:
    prefix = machine.home / ".pyenv" / "versions" / "3.12.1"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to(sys.executable)
    machine.environ["VIRTUAL_ENV"] = "/srv/venv"
    variables = activated(machine)
    assert (variables["PYENV_VERSION"], "VIRTUAL_ENV" in variables) == ("3.12.1", False)


def test_secrets_of_the_server_are_not_handed_on(machine: Machine) -> None:
    make_venv(machine.root / "work")
    secret = ["JUPYTER_TOKEN", "CRISPDM_TOKEN", "RAY_AUTH_TOKEN", "CRISPDM_DATABASE_URL", "HF_TOKEN"]
    machine.environ |= {**dict.fromkeys(secret, "s"), "JUPYTER_PATH": "/x"}
    variables = activated(machine)
    assert not set(variables) & set(secret)
    assert variables["JUPYTER_PATH"] == "/x"


@pytest.mark.proves("environments.activation")
def test_a_conda_environment_without_scripts_needs_no_process(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activation, "run_briefly", None)
    prefix = make_conda(machine.home / "miniconda3" / "envs" / "torch")
    (prefix / "conda-meta" / "state").write_text('{"env_vars": {"A": "1", "B": "***unset***", "C": 7}}')
    (prefix / "etc" / "conda" / "env_vars.d").mkdir(parents=True)
    (prefix / "etc" / "conda" / "env_vars.d" / "pkg.json").write_text('{"A": "0", "D": "4"}')
    (prefix / "etc" / "conda" / "env_vars.d" / "bad.json").write_text("{")
    machine.environ["VIRTUAL_ENV"] = "/srv/venv"
    assert activated(machine) == {
        "A": "1",
        "D": "4",
        "HOME": str(machine.home),
        "PATH": f"{prefix}/bin:/nowhere",
        "CONDA_PREFIX": str(prefix),
        "CONDA_DEFAULT_ENV": "torch",
        "CONDA_SHLVL": "1",
        "CONDA_PROMPT_MODIFIER": "(torch) ",
    }


@pytest.mark.proves("environments.activation")
def test_scripts_of_conda_packages_are_sourced_in_order(machine: Machine) -> None:
    prefix = make_conda(machine.root / 'it\'s a "$HOME" prefix')
    write_script(prefix, "b.sh", 'export SECOND="$FIRST-2"; echo noise; unset HOME\n')
    write_script(prefix, "a.sh", 'export FIRST="$CONDA_PREFIX"; PATH="/extra:$PATH"; LOCAL=1\nfalse\n')
    write_script(prefix, "c.fish", "exit 1\n")
    machine.environ |= {"PATH": os.environ["PATH"], "MULTI": "one\ntwo=3\n", "LD_LIBRARY_PATH": "/cuda"}
    variables = activated(machine)
    assert variables["SECOND"] == f"{prefix}-2"
    assert variables["PATH"].startswith(f"/extra:{prefix}/bin:")
    assert (variables["MULTI"], variables["LD_LIBRARY_PATH"]) == ("one\ntwo=3\n", "/cuda")
    assert not {"HOME", "LOCAL", "_", "SHLVL", "PWD"} & set(variables)


@pytest.mark.proves("environments.activation")
def test_scripts_are_run_once_until_one_changes(machine: Machine) -> None:
    prefix = make_conda(machine.root / "work")
    script = write_script(prefix, "a.sh", f'echo run >> "{machine.folder}/runs"; export VALUE=1\n')
    activator = Activator(machine.environ)
    machine.environ["PATH"] = os.environ["PATH"]
    runs = machine.folder / "runs"
    found = machine.find()[0]
    first = activator.activated(found)
    first["VALUE"] = "changed by a caller"
    assert activator.activated(found)["VALUE"] == "1"
    # the scripts' own output is discarded, not what they write elsewhere
    assert runs.read_text() == "run\n"
    os.utime(script, (1, 1))
    activator.activated(found)
    assert runs.read_text() == "run\nrun\n"


@pytest.mark.parametrize(
    ("script", "reason"), [("exit 3\n", "ended the shell"), ("sleep 60\n", "did not end")]
)
def test_a_broken_script_is_an_error_that_names_the_environment(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    monkeypatch.setattr(activation, "_PATIENCE", 0.3)
    machine.environ["PATH"] = os.environ["PATH"]
    write_script(make_conda(machine.root / "work"), "a.sh", script)
    with pytest.raises(Unavailable, match=f"'work'.*{reason}"):
        activated(machine)
