"""A machine made of directories: environments of every kind without installing one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.environments.discovery import FoundEnvironment, Search, Surroundings
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.environments.topics import offer

INTERPRETER = os.path.realpath(sys.executable)
VERSION = ".".join(str(number) for number in sys.version_info[:3])
MINOR = ".".join(str(number) for number in sys.version_info[:2])


def make_venv(prefix: Path, version: str = VERSION, *, tool: str = "", shared: bool = False) -> Path:
    """What `python -m venv` leaves, as far as it is read."""
    minor = ".".join(version.split(".")[:2])
    _make_python(prefix, minor)
    lines = [f"home = {Path(INTERPRETER).parent}", f"include-system-site-packages = {str(shared).lower()}"]
    lines += [f"{tool} = 0.13.9", f"version_info = {version}"] if tool else [f"version = {version}"]
    (prefix / "pyvenv.cfg").write_text("\n".join(lines) + "\n")
    return prefix


def make_conda(prefix: Path, version: str = VERSION, *, python: bool = True) -> Path:
    """What conda leaves, as far as it is read."""
    records = prefix / "conda-meta"
    records.mkdir(parents=True)
    (records / "history").touch()
    (records / "python_abi-3.11-4_cp311.json").write_text("{}")
    (records / "libfoo-1.2.3-h1_0.json").write_text("{}")
    if python:
        _make_python(prefix, ".".join(version.split(".")[:2]))
        (records / f"python-{version}-h955ad1f_0.json").write_text("{}")
    return prefix


def _make_python(prefix: Path, minor: str) -> None:
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    (prefix / "bin" / "python").symlink_to(INTERPRETER if minor == MINOR else _base(prefix, minor))
    (prefix / "bin" / "python3").symlink_to("python")
    site_packages(prefix, minor).mkdir(parents=True)


def _base(prefix: Path, minor: str) -> Path:
    """What stands for an interpreter of another version; nothing runs it."""
    python = prefix / ".base" / "bin" / f"python{minor}"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"\x7fELF")
    python.chmod(0o755)
    return python


def site_packages(prefix: Path, minor: str = MINOR) -> Path:
    """Where the packages of a prefix lie."""
    return prefix / "lib" / f"python{minor}" / "site-packages"


def install(prefix: Path, name: str, version: str, minor: str = MINOR) -> None:
    """An empty package with its metadata."""
    folder = site_packages(prefix, minor)
    (folder / name).mkdir()
    (folder / f"{name}-{version}.dist-info").mkdir()


def write_script(prefix: Path, name: str, text: str) -> Path:
    """An activation script of a conda environment."""
    folder = prefix / "etc" / "conda" / "activate.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def write_spec(directory: Path, name: str, argv: list[str]) -> None:
    """A kernel specification that somebody else made."""
    (directory / name).mkdir(parents=True)
    spec = {"argv": argv, "display_name": name, "language": "python"}
    (directory / name / "kernel.json").write_text(json.dumps(spec))


class Machine:
    """A home, a root directory and a data directory of its own; nothing of the real machine is seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.root = folder / "root"
        self.data = folder / "data"
        for path in (self.home, self.root, self.data):
            path.mkdir()
        self.environ: dict[str, str] = {"PATH": "/nowhere", "HOME": str(self.home)}
        self.paths: tuple[str, ...] = ()

    def around(self) -> Surroundings:
        """What discovery is told of this machine."""
        return Surroundings(home=str(self.home), root=str(self.root), paths=self.paths, environ=self.environ)

    def find(self) -> list[FoundEnvironment]:
        """The environments on it, apart from the server's own."""
        return Search(self.around()).find()[1:]

    def only(self) -> FoundEnvironment:
        """The one environment on it."""
        (found,) = self.find()
        return found

    def manager(self, hub: Hub | None = None, clock: Clock | None = None) -> EnvironmentManager:
        """A manager of this machine's environments."""
        manager = EnvironmentManager(self.root, self.data, clock=clock, around=self.around())
        if hub is not None:
            offer(hub, manager)
        return manager


def described(found: list[FoundEnvironment]) -> Mapping[str, str]:
    """The label and kind of each."""
    return {item.label: item.kind.value for item in found}
