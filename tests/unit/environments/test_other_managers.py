"""Beside nb_venv_kernels itself: what it offers is not offered twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from tests.unit.environments.machine import INTERPRETER, Machine

_UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
_OTHER = "nb_venv_kernels"


@pytest.fixture
def other_manager(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[KernelSpecManager]:
    """Their manager, from their package; it is in no environment, or it would configure every server there."""
    target = tmp_path / "theirs"
    command = [_UV, "pip", "install", "--quiet", "--no-deps", "--target", str(target), _OTHER]
    subprocess.run(command, check=True)
    monkeypatch.syspath_prepend(str(target))
    monkeypatch.setenv("HOME", str(machine.home))
    for name in [name for name in sys.modules if name.partition(".")[0] == _OTHER]:
        monkeypatch.delitem(sys.modules, name)
    manager: type[KernelSpecManager] = import_module(f"{_OTHER}.manager").VEnvKernelSpecManager
    return manager


def make_with_kernel(prefix: Path) -> Path:
    """An environment in which ipykernel was installed, as far as it is read."""
    subprocess.run([_UV, "venv", "--quiet", "--python", INTERPRETER, prefix], check=True)
    (next(prefix.glob("lib/*/site-packages")) / "ipykernel").mkdir()
    spec = prefix / "share" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        '{"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],'
        ' "display_name": "Python 3", "language": "python"}'
    )
    return prefix


@pytest.mark.proves("kernels.nb-venv")
async def test_nb_venv_kernels_keeps_its_kernels_and_shows_ours(
    machine: Machine, other_manager: type[KernelSpecManager]
) -> None:
    theirs = make_with_kernel(machine.root / "theirs" / ".venv")
    ours = make_with_kernel(machine.root / "ours" / ".venv")
    registry = machine.home / ".venv" / "environments.txt"
    registry.parent.mkdir()
    registry.write_text(f"{theirs}\n")

    specs: Any = other_manager()
    manager = machine.manager()
    manager.install_into(specs)
    found = {one.name: one.kernel for one in await manager.all()}
    assert found["theirs"].ready
    assert found["theirs"].name.startswith("venv-")
    assert found["ours"].name.startswith("crispdm-ours")

    offered = specs.get_all_specs()
    assert {found["theirs"].name, found["ours"].name} <= set(offered)
    starting = [name for name, item in offered.items() if str(theirs) in str(item["spec"]["argv"])]
    assert starting == [found["theirs"].name]
    assert str(ours) in str(offered[found["ours"].name]["spec"]["argv"])
    await manager.close()
