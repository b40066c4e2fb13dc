"""What a conda environment that was active when the server started leaves in the other environments: nothing."""

from __future__ import annotations

import json

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_crispdm.environments.activation import Activator
from jupyter_crispdm.environments.discovery import FoundEnvironment
from tests.unit.environments.machine import Machine, install, make_conda, make_venv, write_script


def active_base(machine: Machine) -> None:
    """Let the server have been started in an activated conda environment with scripts and variables."""
    prefix = make_conda(machine.folder / "base")
    write_script(prefix, "gdal.sh", 'export GDAL_DATA="$CONDA_PREFIX/share/gdal"\nexport PATH="/scripted:$PATH"\n'
                                    'export LD_LIBRARY_PATH="$CONDA_PREFIX/lib:$LD_LIBRARY_PATH"\n')
    folder = prefix / "etc" / "conda" / "env_vars.d"
    folder.mkdir(parents=True)
    (folder / "proj.json").write_text('{"PROJ_DATA": "base-proj", "OMP_NUM_THREADS": "1"}')
    (prefix / "conda-meta" / "state").write_text('{"env_vars": {"STAGE": "base"}}')
    machine.environ |= {
        "CONDA_PREFIX": str(prefix), "CONDA_SHLVL": "1", "CONDA_DEFAULT_ENV": "base",
        "PATH": f"{prefix}/bin:/usr/bin:/bin", "GDAL_DATA": f"{prefix}/share/gdal", "PROJ_DATA": "base-proj",
        "STAGE": "base", "OMP_NUM_THREADS": "4", "LD_LIBRARY_PATH": f"{prefix}/lib:/cuda/lib",
        "__CONDA_SHLVL_0_STAGE": "outside", "CONDA_PREFIX_1": "/opt/outer", "MINE": "kept",
    }  # fmt: skip


def named(machine: Machine, label: str) -> FoundEnvironment:
    return next(found for found in machine.find() if found.label == label)


@pytest.mark.proves("environments.inherited")
def test_a_venv_has_nothing_of_it(machine: Machine) -> None:
    active_base(machine)
    make_venv(machine.root / "work")
    variables = Activator(machine.environ).activated(named(machine, "work"))
    assert {"GDAL_DATA", "PROJ_DATA", "CONDA_PREFIX", "CONDA_PREFIX_1", "__CONDA_SHLVL_0_STAGE"}.isdisjoint(variables)
    assert variables["STAGE"] == "outside"  # what it was before, as conda itself would set it back
    assert variables["LD_LIBRARY_PATH"] == "/cuda/lib"
    assert variables["MINE"] == "kept"


def test_what_somebody_changed_since_stays(machine: Machine) -> None:
    active_base(machine)
    make_venv(machine.root / "work")
    assert Activator(machine.environ).activated(named(machine, "work"))["OMP_NUM_THREADS"] == "4"


@pytest.mark.proves("environments.inherited")
def test_another_conda_environment_has_its_own_only(machine: Machine) -> None:
    active_base(machine)
    other = make_conda(machine.root / "other")
    (other / "conda-meta" / "state").write_text('{"env_vars": {"PROJ_DATA": "other-proj"}}')
    variables = Activator(machine.environ).activated(named(machine, "other"))
    assert variables["PROJ_DATA"] == "other-proj"
    assert variables["CONDA_PREFIX"] == str(other)
    assert "GDAL_DATA" not in variables


def test_a_server_that_inherited_nothing_asks_no_shell(machine: Machine) -> None:
    make_venv(machine.root / "work")
    assert Activator(machine.environ).inherited == []


def test_an_active_environment_that_is_gone_harms_nobody(machine: Machine) -> None:
    machine.environ |= {"CONDA_PREFIX": "/gone", "CONDA_SHLVL": "9" * 500}
    make_venv(machine.root / "work")
    assert "CONDA_PREFIX" not in Activator(machine.environ).activated(named(machine, "work"))


@pytest.mark.proves("environments.inherited")
async def test_kernels_have_nothing_of_it_either(machine: Machine) -> None:
    active_base(machine)
    install(make_venv(machine.root / "work"), "ipykernel", "7.0")
    manager = machine.manager()
    specs = KernelSpecManager()
    manager.install_into(specs)
    name = (await manager.get("work")).kernel.name
    argv = specs.get_kernel_spec(name).argv
    unset = argv[argv.index("--unset") + 1].split(",")
    assert {"GDAL_DATA", "PROJ_DATA"} <= set(unset)
    assert "MINE" not in unset
    assert json.dumps(argv)
    await manager.close()
