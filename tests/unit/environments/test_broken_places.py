"""One bad name, link, file or specification spoils nothing but itself."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_crispdm.base.errors import Unprocessable
from tests.unit.environments.machine import (
    INTERPRETER,
    Machine,
    install,
    make_conda,
    make_venv,
    site_packages,
    write_spec,
)


@pytest.mark.proves("lists.one-bad")
async def test_a_folder_whose_name_is_no_text_is_listed_and_says_so(machine: Machine) -> None:
    odd = Path(os.fsdecode(os.fsencode(machine.root) + b"/r\xe9sum\xe9"))
    make_venv(odd / ".venv")
    make_venv(machine.root / "good")
    environments = (await machine.manager().all())[1:]
    assert [one.usable for one in sorted(environments, key=lambda one: one.usable)] == [False, True]
    broken = next(one for one in environments if not one.usable)
    assert "UTF-8" in broken.reason
    assert msgspec.json.encode(environments)


@pytest.mark.proves("lists.one-bad")
def test_a_link_that_leads_to_itself_hides_nothing(machine: Machine) -> None:
    loop = machine.root / "loop"
    loop.symlink_to(loop)
    (machine.root / "nowhere").symlink_to(machine.root / "gone")
    make_venv(machine.root / "good")
    assert [found.label for found in machine.find()] == ["good"]


@pytest.mark.parametrize("content", [b"\0", b"[" * 100_000, b"envs_dirs: 2026-99-99", b"- !!python/object:os.system x"])
def test_a_bad_settings_file_of_conda_hides_nothing(content: bytes, machine: Machine) -> None:
    (machine.home / ".condarc").write_bytes(content)
    make_conda(machine.root / "good")
    assert [found.label for found in machine.find()] == ["good"]


def test_a_pipe_in_the_place_of_a_settings_file_holds_nobody_up(machine: Machine) -> None:
    prefix = make_venv(machine.root / "odd")
    (prefix / "pyvenv.cfg").unlink()
    os.mkfifo(prefix / "pyvenv.cfg")
    os.mkfifo(machine.home / ".condarc")
    make_venv(machine.root / "good")
    assert [found.label for found in machine.find()] == ["good"]


async def test_a_specification_that_is_nested_without_end_hides_nothing(machine: Machine) -> None:
    directory = machine.folder / "jupyter" / "kernels"
    write_spec(directory, "deep", [INTERPRETER])
    (directory / "deep" / "kernel.json").write_text("[" * 100_000)
    install(make_venv(machine.root / "good"), "ipykernel", "7.0")
    assert (await machine.manager().get("good")).kernel.ready


@pytest.mark.proves("environments.moved")
@pytest.mark.parametrize("link", [True, False])
def test_a_venv_whose_python_became_another_version_is_broken(link: bool, machine: Machine) -> None:
    prefix = make_venv(machine.root / "work", "3.12.4")
    other = prefix / ".base" / "bin" / "python3.13"
    os.rename(prefix / ".base" / "bin" / "python3.12", other)
    python = prefix / "bin" / "python"
    python.unlink()
    if link:
        python.symlink_to(other)
        assert "was made for Python 3.12, but its interpreter is Python 3.13" in machine.only().reason
    else:
        assert "no interpreter" in machine.only().reason


def test_a_venv_whose_base_is_gone_is_broken_also_when_its_interpreter_is_a_copy(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    config = (prefix / "pyvenv.cfg").read_text().replace(str(Path(INTERPRETER).parent), "/usr/lib/no-such-python/bin")
    (prefix / "pyvenv.cfg").write_text(config)
    assert "/usr/lib/no-such-python/bin" in machine.only().reason


@pytest.mark.proves("kernels.foreign-specs")
async def test_the_servers_kernel_is_its_own_although_a_users_python3_is_another(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(machine.folder / "jupyter"))
    other = make_venv(machine.root / "other")
    install(other, "ipykernel", "7.0")
    directory = machine.folder / "jupyter" / "kernels"
    write_spec(directory, "python3", [str(other / "bin" / "python"), "-m", "ipykernel_launcher"])
    manager = machine.manager()
    specs = KernelSpecManager()
    manager.install_into(specs)
    server, found = await manager.all()
    assert found.kernel.name == "python3"
    assert server.kernel.name == "crispdm-server"
    assert server.kernel.ready
    assert specs.get_kernel_spec("crispdm-server").argv[0] == server.python
    await manager.close()


@pytest.mark.proves("kernels.foreign-specs")
async def test_a_specification_whose_ipykernel_is_gone_makes_nothing_ready(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    install(prefix, "ipykernel", "7.0")
    directory = machine.folder / "jupyter" / "kernels"
    write_spec(directory, "mine", [str(prefix / "bin" / "python"), "-m", "ipykernel_launcher"])
    manager = machine.manager()
    assert (await manager.get("work")).kernel.name == "mine"
    (site_packages(prefix) / "ipykernel").rmdir()
    await manager.all(refresh=True)
    kernel = (await manager.get("work")).kernel
    assert not kernel.ready
    assert "no ipykernel" in kernel.reason
    made = (await manager.make_kernel("work")).kernel
    assert made.ready
    assert made.name.startswith("crispdm-")


@pytest.mark.proves("kernels.foreign-specs")
@pytest.mark.parametrize(
    "argv",
    [
        ["{prefix}/bin/gone", "-m", "ipykernel_launcher"],
        ["{prefix}/bin/python", "{prefix}/gone.py"],
        ["{prefix}/bin/python", "-m", "xeus_that_is_gone"],
    ],
)
async def test_a_specification_that_cannot_start_is_not_taken(argv: list[str], machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    install(prefix, "ipykernel", "7.0")
    words = [word.replace("{prefix}", str(prefix)) for word in argv]
    write_spec(machine.folder / "jupyter" / "kernels", "stale", words)
    kernel = (await machine.manager().get("work")).kernel
    assert kernel.name.startswith("crispdm-")
    assert kernel.ready


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("XDG_CACHE_HOME", "pypoetry/virtualenvs"),
        ("XDG_CACHE_HOME", "uv/environments-v2"),
        ("XDG_DATA_HOME", "virtualenvs"),
        ("XDG_DATA_HOME", "pdm/venvs"),
        ("XDG_DATA_HOME", "pipx/venvs"),
        ("POETRY_VIRTUALENVS_PATH", ""),
    ],
)
def test_tools_that_keep_their_environments_elsewhere_are_followed(
    variable: str, folder: str, machine: Machine
) -> None:
    moved = machine.folder / "elsewhere"
    machine.environ[variable] = str(moved)
    make_venv(moved / folder / "work-AbCd1234-py3.11")
    assert machine.only().label.startswith("work")


@pytest.mark.proves("machine.environment-gone")
async def test_a_broken_environment_is_refused_by_name(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    (prefix / "pyvenv.cfg").write_text("home = /no/such/python/bin\nversion = 3.11.7\n")
    manager = machine.manager()
    with pytest.raises(Unprocessable, match=r"'work' cannot be used.*/no/such/python/bin"):
        await manager.activation(await manager.get("work"))


