"""What can be followed live of the registry."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import ModelsFact

MODELS = Topic("models", Kind.value, ModelsFact, "models", "Every model of the registry with its versions.")
TOPICS = [MODELS]
