"""What can be followed live of shared values."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import StateValue

STATE = Topic(
    "state/{key}", Kind.value, StateValue, "state",
    "A shared value; its version is 0 where there is none. Observers are told when `notified` has grown.",
    by_role=True,
)  # fmt: skip
TOPICS = [STATE]
