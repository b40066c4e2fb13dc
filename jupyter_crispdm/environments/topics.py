"""What can be followed live of environments, and where the facts come from."""

from __future__ import annotations

from jupyter_crispdm.base.live.families import Shown
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.topic import Kind, Topic

from .manager import EnvironmentManager
from .types import EnvironmentsFact
from .view import narrowed_fact

ENVIRONMENTS = Topic(
    "environments", Kind.value, EnvironmentsFact, "environments", "Every environment that was found on this machine."
)
TOPICS = [ENVIRONMENTS]


def offer(hub: Hub, environments: EnvironmentManager) -> None:
    """Tell what the manager finds."""
    value = hub.value(ENVIRONMENTS, environments.snapshot, shown=Shown(narrowed_fact))
    environments.on_change(value.changed)
