"""What is installed in an environment, read from directory names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from ..types import Package
from . import FoundEnvironment
from .directories import Directories


def site_directories(found: FoundEnvironment, home: str = "") -> list[str]:
    """Where an environment's packages lie; `home` adds what `pip install --user` put there."""
    directories = _of_prefix(found.prefix, found.minor)
    if found.base:
        directories += _of_prefix(found.base, found.minor)
    if home and not found.isolated:
        directories.append(os.path.join(home, ".local", "lib", f"python{found.minor}", "site-packages"))
    return directories


def _of_prefix(prefix: str, minor: str) -> list[str]:
    library = os.path.join(prefix, "lib", f"python{minor}" if minor else "python3")
    directories = [os.path.join(library, "site-packages")]
    if prefix == "/usr":
        local = os.path.join("/usr/local/lib", f"python{minor}", "dist-packages")
        directories += [local, "/usr/lib/python3/dist-packages"]
    return directories


def has_module(directories: Sequence[str], name: str) -> bool:
    """Whether one of the directories holds a package, or a module, of this name."""
    return any(_is_module(os.path.join(directory, name)) for directory in directories)


def _is_module(path: str) -> bool:
    return os.path.isdir(path) or os.path.isfile(f"{path}.py")


def installed(look: Directories, found: FoundEnvironment, home: str = "") -> list[Package]:
    """Names and versions of all packages, sorted; conda's own names stand where Python knows none."""
    packages: dict[str, Package] = {}
    for directory in site_directories(found, home):
        for package in look.read(directory, python_packages) or ():
            packages.setdefault(package.name, package)
    for package in look.read(os.path.join(found.prefix, "conda-meta"), conda_packages) or ():
        packages.setdefault(package.name, package)
    return [packages[name] for name in sorted(packages)]


def conda_builds(found: FoundEnvironment) -> list[str]:
    """Conda's own packages of an environment, each exact to its build as `name=version=build`; none elsewhere."""
    folder = os.path.join(found.prefix, "conda-meta")
    records = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    parts = [record.removesuffix(".json").rsplit("-", 2) for record in records if record.endswith(".json")]
    return ["=".join(part) for part in parts if len(part) == 3]


def installed_distributions(
    found: FoundEnvironment, directories: Sequence[str] | None = None
) -> Iterator[tuple[Package, str]]:
    """The Python packages of an environment's own, or of some directories, each with the directory of its metadata."""
    known = set()
    for directory in _of_prefix(found.prefix, found.minor) if directories is None else directories:
        for entry in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
            package = _package(entry)
            if package is not None and package.name not in known:
                known.add(package.name)
                yield package, os.path.join(directory, entry)


def python_packages(directory: str) -> tuple[Package, ...]:
    """What `*.dist-info` and `*.egg-info` name in a site-packages directory."""
    return tuple(_python_packages(directory))


def _python_packages(directory: str) -> Iterator[Package]:
    for entry in os.listdir(directory):
        package = _package(entry)
        if package is not None:
            yield package


def _package(entry: str) -> Package | None:
    stem, suffix = os.path.splitext(entry)
    if suffix not in (".dist-info", ".egg-info"):
        return None
    name, _, rest = stem.partition("-")
    version = rest.partition("-")[0] if suffix == ".egg-info" else rest
    return Package(_normal(name), version)


def conda_packages(conda_meta: str) -> tuple[Package, ...]:
    """What the records of a conda-meta directory name: `name-version-build.json`."""
    records = (entry.removesuffix(".json") for entry in os.listdir(conda_meta) if entry.endswith(".json"))
    parts = (record.rsplit("-", 2) for record in records)
    return tuple(Package(_normal(part[0]), part[1]) for part in parts if len(part) == 3)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
