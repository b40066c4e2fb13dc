from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_crispdm.environments.kernels.kernelspecs import SpecFiles
from tests.unit.environments.machine import (
    INTERPRETER,
    MINOR,
    Machine,
    install,
    make_conda,
    make_venv,
    write_script,
    write_spec,
)


def kernel_files(machine: Machine) -> list[str]:
    folder = machine.data / "kernels" / "share" / "jupyter" / "kernels"
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


async def test_an_environment_with_ipykernel_is_a_kernel(machine: Machine) -> None:
    prefix = make_venv(machine.root / "co$t")
    install(prefix, "ipykernel", "7.0")
    manager = machine.manager()
    environment = await manager.get("co$t")
    assert (environment.kernel.ready, environment.kernel.name) == (True, f"crispdm-{environment.id}")
    specs = KernelSpecManager()
    manager.install_into(specs)
    spec = specs.get_kernel_spec(environment.kernel.name)
    assert spec.display_name == f"co$t (Python {MINOR}, venv)"
    assert spec.argv[0] == str(prefix / "bin" / "python")
    assert spec.env["VIRTUAL_ENV"] == str(prefix).replace("$", "$$")
    assert spec.env["PATH"] == str(prefix).replace("$", "$$") + "/bin:${PATH}"
    assert spec.metadata["crispdm"] == {"environment": environment.id, "prefix": str(prefix)}
    assert (Path(spec.resource_dir) / "logo-svg.svg").is_file()
    await manager.close()


async def test_one_without_ipykernel_is_not_and_says_why(machine: Machine) -> None:
    make_venv(machine.root / "work")
    kernel = (await machine.manager().get("work")).kernel
    assert (kernel.ready, "no ipykernel" in kernel.reason) == (False, True)
    assert kernel_files(machine) == []


async def test_an_old_python_is_no_kernel(machine: Machine) -> None:
    install(make_venv(machine.root / "work", "3.7.16"), "ipykernel", "6.16", "3.7")
    kernel = (await machine.manager().get("work")).kernel
    assert (kernel.ready, kernel.reason) == (False, "Python 3.7 is too old for a kernel; 3.8 is the oldest.")


async def test_a_removed_environment_takes_its_kernel_along(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    install(prefix, "ipykernel", "7.0")
    manager = machine.manager()
    name = (await manager.get("work")).kernel.name
    folder = machine.data / "kernels" / "share" / "jupyter" / "kernels"
    (folder / "somebody-else").mkdir()
    assert kernel_files(machine) == sorted([name, "somebody-else"])
    (prefix / "pyvenv.cfg").unlink()
    await manager.all(refresh=True)
    assert kernel_files(machine) == ["somebody-else"]


async def test_a_spoilt_specification_is_written_again(machine: Machine) -> None:
    install(make_venv(machine.root / "work"), "ipykernel", "7.0")
    manager = machine.manager()
    name = (await manager.get("work")).kernel.name
    file = machine.data / "kernels" / "share" / "jupyter" / "kernels" / name / "kernel.json"
    file.write_text("{")
    await manager.all(refresh=True)
    assert json.loads(file.read_text())["language"] == "python"


async def test_a_specification_that_cannot_be_written_is_the_reason(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(make_venv(machine.root / "work"), "ipykernel", "7.0")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SpecFiles, "_write", full)
    manager = machine.manager()
    kernel = (await manager.get("work")).kernel
    assert (kernel.ready, "No space left" in kernel.reason) == (False, True)
    monkeypatch.undo()
    assert (await manager.all(refresh=True))[1].kernel.ready


async def test_an_environment_that_has_a_kernel_already_gets_no_second(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    install(prefix, "ipykernel", "7.0")
    directory = machine.folder / "jupyter" / "kernels"
    write_spec(directory, "mine", [str(prefix / "bin" / "python3"), "-m", "ipykernel_launcher"])
    manager = machine.manager()
    kernel = (await manager.get("work")).kernel
    assert (kernel.name, kernel.ready, kernel_files(machine)) == ("mine", True, [])


async def test_the_servers_kernel_is_not_that_of_its_base_interpreter(machine: Machine) -> None:
    machine.environ["PATH"] = str(Path(INTERPRETER).parent)
    directory = machine.folder / "jupyter" / "kernels"
    write_spec(directory, "python3", ["python", "-m", "ipykernel_launcher"])
    write_spec(directory, "absolute", [sys.executable, "-m", "ipykernel_launcher"])
    write_spec(directory, "r", ["R"])
    environments = await machine.manager().all()
    assert environments[0].kernel.name in ("python3", "absolute")
    if sys.prefix != sys.base_prefix:
        assert all(item.kernel.name.startswith("crispdm-") for item in environments[1:])


class CondaKernelSpecManager(KernelSpecManager):
    """Like nb_conda_kernels: makes specifications up, with the prefix as an argument of its runner."""

    prefix = ""

    def get_all_specs(self) -> dict[str, Any]:
        runner = ["python", "-m", "nb_conda_kernels.runner", "/opt/conda", self.prefix, "python"]
        made = {"argv": runner, "language": "python", "display_name": "Python [conda env:work]"}
        return {"conda-env-work-py": {"resource_dir": "/", "spec": made}}


@pytest.mark.proves("card.nb-conda-kernels")
async def test_kernels_of_nb_conda_kernels_are_not_doubled(machine: Machine) -> None:
    prefix = make_conda(machine.root / "work")
    install(prefix, "ipykernel", "7.0")
    manager = machine.manager()
    specs = CondaKernelSpecManager()
    specs.prefix = str(prefix)
    manager.install_into(specs)
    kernel = (await manager.get("work")).kernel
    assert (kernel.name, kernel.ready, kernel_files(machine)) == ("conda-env-work-py", True, [])
    await manager.close()


class BrokenKernelSpecManager(KernelSpecManager):
    """One whose program is gone."""

    def get_all_specs(self) -> dict[str, Any]:
        raise RuntimeError("conda is not here")


async def test_a_manager_that_fails_hides_nothing(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    make_venv(machine.root / "work")
    manager = machine.manager()
    manager.install_into(BrokenKernelSpecManager())
    assert (await manager.get("work")).usable
    assert "conda is not here" in caplog.text
    await manager.close()


async def test_a_conda_kernel_sources_its_scripts_when_it_starts(machine: Machine) -> None:
    prefix = make_conda(machine.root / "work")
    install(prefix, "ipykernel", "7.0")
    write_script(prefix, "a.sh", "export A=1\n")
    manager = machine.manager()
    specs = KernelSpecManager()
    manager.install_into(specs)
    argv = specs.get_kernel_spec((await manager.get("work")).kernel.name).argv
    assert argv[3:5] == [f"{prefix}/etc/conda/activate.d", f"{prefix}/bin/python"]
    assert str(prefix) not in argv[2]
    await manager.close()


@pytest.mark.proves("kernels.everywhere")
async def test_programs_started_by_the_server_see_the_kernels(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", "/first")
    ours = str(machine.data / "kernels" / "share" / "jupyter")
    manager = machine.manager()
    specs = KernelSpecManager()
    before = list(specs.kernel_dirs)
    manager.install_into(specs)
    assert os.environ["JUPYTER_PATH"] == f"/first:{ours}"
    assert specs.kernel_dirs == [*before, f"{ours}/kernels"]
    make_venv(machine.root / "work")
    variables = await manager.activation(await manager.get("work"))
    assert variables["JUPYTER_PATH"] == ours
    await manager.close()
    assert (os.environ["JUPYTER_PATH"], specs.kernel_dirs) == ("/first", before)


async def test_what_was_asked_for_is_remembered_and_rubbish_forgiven(machine: Machine) -> None:
    make_venv(machine.root / "work")
    identity = (await machine.manager().get("work")).id
    made = machine.data / "kernels" / "made.json"
    (machine.data / "kernels" / "overlays" / f"py{MINOR}").mkdir(parents=True)
    made.write_text(json.dumps([identity]))
    assert (await machine.manager().get("work")).kernel.ready
    made.write_text("{rubbish")
    assert not (await machine.manager().get("work")).kernel.ready
