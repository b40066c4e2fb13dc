"""What can be followed live of shared text."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import TextFact

TEXT = Topic(
    "state/{key}/text", Kind.log, TextFact, "state",
    "What people write into a shared text, as updates of a Yjs document; the cursor is their number.",
    by_role=True,
)  # fmt: skip
TOPICS = [TEXT]
