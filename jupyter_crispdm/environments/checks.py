"""Whether jobs and kernels can run in the environments of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jupyter_crispdm.base.rooms.checks import Check, Verdict

from .manager import EnvironmentManager
from .settings import EnvironmentSettings
from .types import Environment, EnvironmentKind

OLDEST_KERNEL = (3, 8)


async def look(settings: EnvironmentSettings) -> list[Check]:
    """Each environment that a server started here would find, and whether it would offer images."""
    environments = EnvironmentManager(Path.cwd(), settings.data_directory, settings.environment_paths)
    found = await environments.all(refresh=True)
    return [images(found, environments.notes), *map(environment, found)]


def images(found: Sequence[Environment], notes: Sequence[str]) -> Check:
    """Whether jobs can run in images of Docker or Podman."""
    if notes:
        repair = "Nothing, unless jobs shall run in images: start Docker or Podman, and have its program on PATH."
        return Check("images", Verdict.limited, " ".join(notes), repair)
    count = sum(one.kind is EnvironmentKind.docker for one in found)
    return Check("images", Verdict.ok, f"{count} with a Python")


def environment(found: Environment) -> Check:
    """Whether jobs and kernels can run in an environment."""
    part = f"environment {found.name}"
    if not found.usable:
        repair = f"Make the environment anew, or delete {found.prefix}."
        return Check(part, Verdict.broken, found.reason, repair)
    if found.kind is EnvironmentKind.docker:
        return Check(part, Verdict.ok, f"jobs only. {found.kernel.reason}")
    if not found.kernel.ready:
        old = tuple(map(int, found.version.split(".")[:2])) < OLDEST_KERNEL
        repair = "Make one with a newer Python." if old else f"jupyter crispdm envs --kernel {found.id}"
        return Check(part, Verdict.limited, f"Jobs only. {found.kernel.reason}", repair)
    if found.kernel.old:
        reason = "The ipykernel that was lent to it is older than the server's."
        return Check(part, Verdict.limited, reason, "jupyter crispdm envs refresh")
    return Check(part, Verdict.ok, f"Python {found.version}, jobs and kernels")
