"""What can be followed live of who is here."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import PresenceFact

PRESENCE = Topic("presence", Kind.table, PresenceFact, "presence", "Who is here, then each who comes, moves or leaves.")
TOPICS = [PRESENCE]
