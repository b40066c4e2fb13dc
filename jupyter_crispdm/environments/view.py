"""What those see of environments who may see dashboards only: names and packages, and not where they lie."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from .types import Environment, EnvironmentsFact

_E = TypeVar("_E", bound=Environment)


def narrowed(environment: _E) -> _E:
    """An environment without the paths of its files and of what is wrong with them."""
    kernel = msgspec.structs.replace(environment.kernel, reason="")
    return msgspec.structs.replace(environment, prefix="", python="", reason="", kernel=kernel)


def narrowed_fact(fact: EnvironmentsFact) -> EnvironmentsFact:
    """What a viewer is told of a list of environments."""
    return EnvironmentsFact([narrowed(environment) for environment in fact.environments])
