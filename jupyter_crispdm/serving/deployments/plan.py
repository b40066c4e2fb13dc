"""Which versions run for a deployment, and where requests go. Nothing here waits or writes.

A deployment of one version runs that. One of an alias runs the version that the alias means, and the one that has
answered so far until the inference server says that the new one does; and what is tried out beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..store import Wanted
from ..types import DeploymentState, ModelRoutes, Routes

PREFERRED = "champion"


def part_id(wanted: Wanted, version: int) -> str:
    """The name of what runs a version for a deployment."""
    return f"{wanted.id}.{version}" if wanted.alias else wanted.id


def versions(wanted: Wanted, target: int) -> set[int]:
    """The versions that run: `target` is what is meant now, `wanted.version` what answered last."""
    if not wanted.alias:
        return {wanted.version}
    tried = {wanted.canary.version} if wanted.canary else set()
    return {wanted.version, target} | tried


def parts(every: Iterable[Wanted], targets: Mapping[str, int]) -> dict[str, tuple[Wanted, int]]:
    """All that runs: by its name, for which deployment and which version."""
    return {
        part_id(wanted, version): (wanted, version)
        for wanted in every
        for version in versions(wanted, targets.get(wanted.id, wanted.version))
    }


def routes(every: Iterable[Wanted], targets: Mapping[str, int]) -> Routes:
    """Where requests go that name a model or an alias of it."""
    found: dict[str, ModelRoutes] = {}
    for wanted in sorted(every, key=lambda one: (one.alias != PREFERRED, one.created, one.id)):
        if not wanted.alias:
            continue
        known = found.get(wanted.model, ModelRoutes(default=wanted.alias))
        found[wanted.model] = ModelRoutes(
            aliases={**known.aliases, wanted.alias: targets.get(wanted.id, wanted.version)},
            default=known.default,
            canary={**known.canary, **({wanted.alias: wanted.canary} if wanted.canary else {})},
        )
    return found


def answers_now(wanted: Wanted, target: int, told: Mapping[str, int]) -> int:
    """The version that answers, by what the inference server told; the last known one where it told nothing."""
    said = told.get(f"{wanted.model}@{wanted.alias}")
    return said if said in versions(wanted, target) else wanted.version


def explain(wanted: Wanted, target: int, state: DeploymentState, reason: str) -> str:
    """Why an alias's deployment still answers with another version than the alias means."""
    if target == wanted.version:
        return ""
    if state is DeploymentState.failed:
        return f"Version {target} does not answer: {reason} Version {wanted.version} goes on."
    return f"Version {target} is being started; version {wanted.version} answers until then."
