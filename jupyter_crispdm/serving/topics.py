"""What can be followed live of deployments."""

from __future__ import annotations

from jupyter_crispdm.base.live.topic import Kind, Topic

from .types import DeploymentsFact

DEPLOYMENTS = Topic("deployments", Kind.value, DeploymentsFact, "deployments", "Every deployment and how far it is.")
TOPICS = [DEPLOYMENTS]
