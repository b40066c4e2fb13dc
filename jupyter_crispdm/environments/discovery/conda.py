"""conda, mamba, micromamba and pixi environments: a prefix with a conda-meta."""

from __future__ import annotations

import os
from collections.abc import Iterator

import yaml

from ..types import EnvironmentKind
from .directories import Directories, small_text
from .found import FoundEnvironment, Surroundings, interpreter_in, trimmed_version

_INSTALLATIONS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda")


def read_conda(look: Directories, prefix: str) -> FoundEnvironment | None:
    """The environment at a prefix; None when it is not conda's, or has no Python."""
    version = look.read(os.path.join(prefix, "conda-meta"), _python_version)
    if not version:
        return None
    python, reason = interpreter_in(prefix)
    return FoundEnvironment(
        kind=EnvironmentKind.conda,
        prefix=prefix,
        python=python,
        version=version,
        label="base" if os.path.isdir(os.path.join(prefix, "condabin")) else os.path.basename(prefix),
        reason=reason,
    )


def _python_version(conda_meta: str) -> str:
    for record in os.listdir(conda_meta):
        if record.startswith("python-") and record.endswith(".json"):
            name, _, build = record.removesuffix(".json").rpartition("-")
            name, _, version = name.rpartition("-")
            if name == "python" and build:
                return trimmed_version(version)
    return ""


def conda_environments(look: Directories, around: Surroundings) -> Iterator[FoundEnvironment]:
    """Those that conda has on record, and those in the usual directories."""
    for prefix in _registered(look, around):
        yield from _present(read_conda(look, prefix))
    for root in _roots(around):
        yield from _present(read_conda(look, root))
        yield from _below(look, os.path.join(root, "envs"))
    for holder in _holders(look, around):
        yield from _below(look, holder)


def pixi_environments(look: Directories, project: str) -> Iterator[FoundEnvironment]:
    """The environments of a pixi project."""
    for found in _below(look, os.path.join(project, ".pixi", "envs")):
        name = os.path.basename(project)
        plain = found.label in ("default", "base")
        yield found.with_kind(EnvironmentKind.pixi, name if plain else f"{name}-{found.label}")


def _registered(look: Directories, around: Surroundings) -> list[str]:
    record = look.text(os.path.join(around.home, ".conda", "environments.txt")) or ""
    return [line.strip() for line in record.splitlines() if os.path.isabs(line.strip())]


def _roots(around: Surroundings) -> Iterator[str]:
    executable = around.environ.get("CONDA_EXE")
    if executable:
        yield os.path.dirname(os.path.dirname(executable))
    if around.environ.get("MAMBA_ROOT_PREFIX"):
        yield around.environ["MAMBA_ROOT_PREFIX"]
    for name in _INSTALLATIONS:
        yield os.path.join(around.home, name)
    yield os.path.join(around.home, ".local", "share", "mamba")
    yield "/opt/conda"
    yield "/opt/miniconda3"
    yield "/opt/miniforge3"


def _holders(look: Directories, around: Surroundings) -> Iterator[str]:
    for variable in ("CONDA_ENVS_PATH", "CONDA_ENVS_DIRS"):
        yield from filter(None, around.environ.get(variable, "").split(os.pathsep))
    configured = look.read(os.path.join(around.home, ".condarc"), _configured_holders) or ()
    yield from (os.path.join(around.home, holder.removeprefix("~/")) for holder in configured)


def _configured_holders(path: str) -> tuple[str, ...]:
    try:
        settings = yaml.safe_load(small_text(path))
    except (yaml.YAMLError, ValueError, RecursionError):  # a date that is none, too deep
        return ()
    holders = settings.get("envs_dirs") if isinstance(settings, dict) else None
    return tuple(item for item in holders if isinstance(item, str)) if isinstance(holders, list) else ()


def _below(look: Directories, holder: str) -> Iterator[FoundEnvironment]:
    for name in look.folders(holder):
        yield from _present(read_conda(look, os.path.join(holder, name)))


def _present(found: FoundEnvironment | None) -> Iterator[FoundEnvironment]:
    if found is not None:
        yield found
