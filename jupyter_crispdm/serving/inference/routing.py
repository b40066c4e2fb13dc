"""Who answers: which deployment serves a name, and which of two versions gets a request. Nothing here waits or reads.

A name is `model`, `model@alias` or `model/3`. An alias means a version; the deployment of another version goes on
answering until that one can, so that there is always one who can if there is any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from jupyter_crispdm.serving.types import DeploymentState, ModelRoutes, Routes

_GOLDEN = 0x9E3779B97F4A7C15
_WHOLE = 1 << 64


class Fitness(IntEnum):
    """How near a deployment is to an answer."""

    failed = 0
    stopped = 1
    starting = 2
    idle = 3
    ready = 4


@dataclass(frozen=True)
class Candidate:
    """A deployment that may answer; `alias` is the one that it follows."""

    id: str
    model: str
    version: int
    alias: str
    created: float
    fitness: Fitness

    @property
    def able(self) -> bool:
        """Whether it can answer, at once or as soon as it is woken."""
        return self.fitness >= Fitness.idle


def fitness(state: DeploymentState) -> Fitness:
    """How fit a state is."""
    return Fitness[state.value]


def choose(candidates: Sequence[Candidate], routes: Routes, before: Mapping[str, str]) -> dict[str, str]:
    """Who answers for each name, by id; `before` is who did so far."""
    chosen: dict[str, str] = {}
    by_model: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_model.setdefault(candidate.model, []).append(candidate)
    for model, mine in by_model.items():
        known = routes.get(model, ModelRoutes())
        for version in {one.version for one in mine}:
            chosen[f"{model}/{version}"] = _best(one for one in mine if one.version == version).id
        for alias, target in known.aliases.items():
            name = f"{model}@{alias}"
            found = _of_alias(mine, alias, target, known, before.get(name))
            if found is not None:
                chosen[name] = found.id
        default = chosen.get(f"{model}@{known.default}")
        chosen[model] = default or _best(_in_earnest(mine, known)).id
    return chosen


def _of_alias(
    mine: Sequence[Candidate], alias: str, target: int, routes: ModelRoutes, before: str | None
) -> Candidate | None:
    """Who answers for an alias: the version it means as soon as that can, until then whoever can."""
    wanted = [one for one in mine if one.version == target]
    trial = routes.canary.get(alias)
    others = [
        one
        for one in mine
        if one.alias == alias and one.version != target and (trial is None or one.version != trial.version)
    ]
    able = [one for one in wanted if one.able]
    if able:
        return _best(able)
    able = [one for one in others if one.able]
    same = [one for one in able if one.id == before]
    if able:
        return (same or [_best(able)])[0]
    return _best(wanted or others) if wanted or others else None


def _in_earnest(mine: Sequence[Candidate], routes: ModelRoutes) -> Sequence[Candidate]:
    """Those that are not only tried out; all of them where there are no others."""
    tried = {trial.version for trial in routes.canary.values()}
    return [one for one in mine if one.version not in tried] or mine


def _best(candidates: Iterable[Candidate]) -> Candidate:
    """The fittest, of those the newest."""
    return max(candidates, key=lambda one: (one.able, one.fitness, one.created, one.id))


def is_chosen(number: int, share: float) -> bool:
    """Whether request `number` belongs to a share: evenly, so that of any that follow each other the share is right."""
    return (number * _GOLDEN) % _WHOLE < share * _WHOLE
