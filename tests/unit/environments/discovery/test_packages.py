from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_crispdm.environments.discovery.directories import Directories
from jupyter_crispdm.environments.discovery.packages import installed
from tests.unit.environments.machine import MINOR, Machine, install, make_conda, make_venv, site_packages


def names(machine: Machine) -> dict[str, str]:
    listed = installed(Directories(), machine.only(), str(machine.home))
    return {package.name: package.version for package in listed}


@pytest.mark.proves("environments.packages")
def test_packages_are_read_from_directory_names(machine: Machine) -> None:
    prefix = make_venv(machine.root / "work")
    install(prefix, "jupyter_client", "8.10.0")
    install(prefix, "Zope.Interface", "6.1+local.1")
    (site_packages(prefix) / "old_style-1.5-py3.11.egg-info").mkdir()
    (site_packages(prefix) / "stray.txt").touch()
    assert names(machine) == {"jupyter-client": "8.10.0", "old-style": "1.5", "zope-interface": "6.1+local.1"}


def test_conda_adds_what_python_does_not_know(machine: Machine) -> None:
    prefix = make_conda(machine.root / "work", "3.11.9")
    install(prefix, "numpy", "2.4.6", "3.11")
    assert names(machine) == {"libfoo": "1.2.3", "numpy": "2.4.6", "python": "3.11.9", "python-abi": "3.11"}


def test_a_venv_may_share_the_packages_of_its_base(machine: Machine, tmp_path: Path) -> None:
    base = tmp_path / "base"
    site_packages(base).mkdir(parents=True)
    install(base, "shared", "1.0")
    prefix = make_venv(machine.root / "work", shared=True)
    config = prefix / "pyvenv.cfg"
    config.write_text(f"home = {base}/bin\ninclude-system-site-packages = true\nversion = {MINOR}.1\n")
    assert names(machine) == {"shared": "1.0"}
    config.write_text(config.read_text().replace("true", "false"))
    assert names(machine) == {}
