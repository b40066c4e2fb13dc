"""Kernels in environments of every Python at hand, without our package and without ipykernel in them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Api, Refused, RunCell, interpreters

_UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
_AT_HAND = interpreters()
_OLD = {"3.6", "3.7"}
_CELL = """
import sys, crispdm
crispdm.params({"name": input("who? ")})
crispdm.log(loss=0.5, step=3)
crispdm.progress(1, 2)
print(sys.prefix, "%d.%d" % sys.version_info[:2])
"""


def make(prefix: Path, python: Path) -> Path:
    """A bare environment, by uv where it knows this Python."""
    prefix.parent.mkdir()
    by_uv = subprocess.run([_UV, "venv", "--quiet", "--python", python, prefix], capture_output=True, check=False)
    if by_uv.returncode != 0:
        subprocess.run([python, "-m", "venv", "--without-pip", prefix], check=True)
    return prefix


@pytest.mark.proves("environments.versions")
@pytest.mark.parametrize("version", sorted(set(_AT_HAND) - _OLD, key=lambda text: int(str(text).partition(".")[2])))
async def test_a_kernel_starts(version: str, api: Api, run_cell: RunCell, jp_root_dir: Path) -> None:
    prefix = make(jp_root_dir / "study" / ".venv", _AT_HAND[version])
    found = (await api.environments())["study"]
    assert found["version"].startswith(f"{version}.")
    made = await api("POST", f"environments/{found['id']}/kernel")
    assert await run_cell(made["kernel"]["name"], _CELL) == f"{prefix} {version}\n"
    [run] = (jp_root_dir / "crispdm-runs").iterdir()
    assert (run / "metrics").stat().st_size > 0
    assert not (next(prefix.glob("lib/*/site-packages")) / "ipykernel").exists()


@pytest.mark.proves("environments.versions")
@pytest.mark.parametrize("version", sorted(_OLD & set(_AT_HAND)))
async def test_an_old_python_says_that_it_is_too_old(version: str, api: Api, jp_root_dir: Path) -> None:
    make(jp_root_dir / "study" / ".venv", _AT_HAND[version])
    found = (await api.environments())["study"]
    assert found["usable"]
    with pytest.raises(Refused, match=f"Python {version} is too old for a kernel; 3.8 is the oldest"):
        await api("POST", f"environments/{found['id']}/kernel")
    log = await api.ran(command=["python", "-c", "import sys; print(sys.prefix)"], environment="study")
    assert log == f"{jp_root_dir}/study/.venv\n"
