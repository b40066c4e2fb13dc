"""What can be followed live of snapshots."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import SnapshotFact

SNAPSHOT = Topic(
    "snapshots/{page}", Kind.value, SnapshotFact, "snapshots", "The newest revision of the caller's own page.",
    personal=True,
)
TOPICS = [SNAPSHOT]
