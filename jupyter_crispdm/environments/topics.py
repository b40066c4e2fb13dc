"""What can be followed live of environments."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import EnvironmentsFact

ENVIRONMENTS = Topic(
    "environments", Kind.value, EnvironmentsFact, "environments", "Every environment that was found on this machine."
)
TOPICS = [ENVIRONMENTS]
