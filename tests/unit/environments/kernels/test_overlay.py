"""Real kernels in real environments that have no ipykernel."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from jupyter_crispdm.base.errors import Unprocessable
from jupyter_crispdm.environments.kernels import overlay
from jupyter_crispdm.environments.manager import EnvironmentManager
from tests.unit.environments.machine import INTERPRETER, MINOR, Machine, make_conda, make_venv, write_script

_UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
_PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
_OTHERS = sorted(_PYENV.glob("3.8.*")) + sorted(_PYENV.glob("3.13.*"))


def real_venv(prefix: Path, python: str = INTERPRETER) -> Path:
    subprocess.run([_UV, "venv", "--quiet", "--python", python, str(prefix)], check=True)
    return prefix


@asynccontextmanager
async def running(manager: EnvironmentManager, name: str) -> AsyncIterator[AsyncKernelClient]:
    """A kernel that a stock Jupyter manager starts from the file that we wrote."""
    specs = KernelSpecManager()
    manager.install_into(specs)
    kernel = AsyncKernelManager(kernel_name=name, kernel_spec_manager=specs)
    await kernel.start_kernel()
    client = kernel.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)
        await manager.close()


async def evaluate(client: AsyncKernelClient, expression: str) -> str:
    printed: list[str] = []

    def keep(message: dict[str, object]) -> None:
        content = message["content"]
        assert isinstance(content, dict)
        assert message["msg_type"] != "error", content["traceback"]
        if message["msg_type"] == "stream":
            printed.append(content["text"])

    await client.execute_interactive(f"print({expression}, end='')", timeout=60, output_hook=keep)
    return "".join(printed)


@pytest.mark.proves("kernels.one-click")
async def test_an_environment_without_ipykernel_becomes_a_kernel(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlay.Overlays, "_install", None)
    monkeypatch.setenv("CONDA_PREFIX", "/opt/conda")
    prefix = real_venv(machine.root / "work" / ".venv")
    manager = machine.manager()
    first, second = await asyncio.gather(manager.make_kernel("work"), manager.make_kernel("work"))
    assert first == second
    assert (first.kernel.ready, first.kernel.reason) == (True, "")
    assert not list(prefix.glob("lib/*/site-packages/ipykernel"))
    async with running(manager, first.kernel.name) as client:
        assert await evaluate(client, "__import__('sys').prefix") == str(prefix)
        environ = await evaluate(client, "dict(__import__('os').environ)")
        assert f"'VIRTUAL_ENV': '{prefix}'" in environ
        assert f"'PATH': '{prefix}/bin:" in environ
        assert "CONDA_PREFIX" not in environ
        path = (await evaluate(client, "__import__('sys').path")).split(",")
        assert path[-1].strip(" ]'").endswith(f"overlays/py{MINOR}-{version('ipykernel')}")
        site = Path(overlay.LAUNCHER).parent / "site"
        assert (await evaluate(client, "__import__('os').environ['PYTHONPATH']")).startswith(str(site))


@pytest.mark.parametrize("python", _OTHERS, ids=lambda path: path.name)
async def test_other_python_versions_become_kernels(machine: Machine, python: Path) -> None:
    prefix = real_venv(machine.root / "other", str(python / "bin" / "python"))
    machine.environ |= os.environ
    manager = machine.manager()
    environment = await manager.make_kernel("other")
    async with running(manager, environment.kernel.name) as client:
        assert await evaluate(client, "__import__('sys').prefix") == str(prefix)


async def test_a_conda_kernel_starts_with_its_scripts_sourced(machine: Machine) -> None:
    prefix = make_conda(machine.root / "with 'quotes' $HOME")
    write_script(prefix, "a.sh", 'export FROM_SCRIPT="$CONDA_PREFIX"; echo noise\n')
    machine.environ["PATH"] = os.environ["PATH"]
    manager = machine.manager()
    environment = await manager.make_kernel(str(prefix))
    async with running(manager, environment.kernel.name) as client:
        assert await evaluate(client, "__import__('os').environ['FROM_SCRIPT']") == str(prefix)


@pytest.mark.proves("kernels.everywhere")
async def test_jupyter_execute_started_by_the_server_uses_the_kernel(machine: Machine) -> None:
    prefix = real_venv(machine.root / "work")
    manager = machine.manager()
    name = (await manager.make_kernel("work")).kernel.name
    source = "import sys; print(sys.prefix)"
    cell: dict[str, Any] = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": source}
    cell["execution_count"] = None
    path = machine.root / "note.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    variables = await manager.activation(await manager.server())
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", f"--kernel_name={name}", str(path)]
    process = await asyncio.create_subprocess_exec(*command, env={**variables, "HOME": str(machine.home)})
    assert await process.wait() == 0
    (output,) = json.loads(path.read_text())["cells"][0]["outputs"]
    assert "".join(output["text"]) == f"{prefix}\n"


@pytest.mark.proves("kernels.one-click")
async def test_why_it_could_not_be_made_usable_is_said_and_kept(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_venv(machine.root / "work")

    def refuse(*_: object) -> None:
        raise overlay.OverlayError("ipykernel could not be installed: no route to the index")

    monkeypatch.setattr(overlay, "copy_own_kernel", refuse)
    monkeypatch.setattr(overlay.Overlays, "_install", refuse)
    manager = machine.manager()
    with pytest.raises(Unprocessable, match=r"'work' cannot be a kernel: .*no route"):
        await manager.make_kernel("work")
    assert "no route" in (await manager.get("work")).kernel.reason
    assert list((machine.data / "kernels" / "overlays").iterdir()) == []


async def test_an_environment_that_clashes_with_ipykernel_says_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlay.Overlays, "_install", None)
    clashing = real_venv(machine.root / "clashing")
    (site,) = clashing.glob("lib/*/site-packages")
    (site / "traitlets.py").write_text("VERSION = 'very old'\n")
    real_venv(machine.root / "fine")
    manager = machine.manager()
    await manager.make_kernel("fine")
    with pytest.raises(Unprocessable, match="traitlets"):
        await manager.make_kernel("clashing")
    kernels = {item.name: item.kernel.ready for item in await manager.all()}
    assert (kernels["fine"], kernels["clashing"]) == (True, False)


async def test_a_ready_kernel_is_left_as_it_is(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay.Overlays, "prepare", None)
    prefix = real_venv(machine.root / "work")
    (site,) = prefix.glob("lib/*/site-packages")
    (site / "ipykernel").mkdir()
    manager = machine.manager()
    assert (await manager.make_kernel("work")).kernel.ready
    assert (await manager.make_kernel("server")).id == "server"


async def test_a_python_that_is_too_old_is_refused(machine: Machine) -> None:
    make_venv(machine.root / "work", "3.6.15")
    with pytest.raises(Unprocessable, match=r"Python 3\.6 is too old"):
        await machine.manager().make_kernel("work")


async def test_an_old_overlay_serves_until_it_is_made_anew(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlay.Overlays, "_install", None)
    real_venv(machine.root / "work" / ".venv")
    made = (await machine.manager().make_kernel("work")).kernel
    assert not made.old
    overlays = machine.data / "kernels" / "overlays"
    [current] = overlays.iterdir()
    current.rename(overlays / f"py{MINOR}-6.0.0")

    manager = machine.manager()
    kernel = (await manager.get("work")).kernel
    assert (kernel.ready, kernel.old) == (True, True)
    async with running(manager, kernel.name) as client:
        assert "py" + MINOR + "-6.0.0" in await evaluate(client, "__import__('ipykernel').__file__")

    manager = machine.manager()
    assert not (await manager.make_kernel("work")).kernel.old
    assert {path.name for path in overlays.iterdir()} == {f"py{MINOR}-6.0.0", current.name}
    assert not (await machine.manager().get("work")).kernel.old
    assert list(overlays.iterdir()) == [current]
