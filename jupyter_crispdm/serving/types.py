"""What travels about deployments, between browser and server and between server and inference server."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import msgspec

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

DeploymentId = Annotated[str, NameRule("[A-Za-z0-9_.-]{1,100}", "1 to 100 letters, digits, '_', '.' or '-'").meta]


class DeploymentState(str, Enum):
    """How far a deployment is."""

    starting = "starting"
    ready = "ready"
    failed = "failed"
    stopped = "stopped"


class Deployment(Wire, frozen=True):
    """A model version that answers predictions, or tries to."""

    id: str
    model: str
    version: int
    environment: str
    workers: int
    state: DeploymentState
    reason: str
    url: str
    owner: str
    created: datetime


class DeploymentList(Wire, frozen=True):
    """Every deployment."""

    deployments: list[Deployment]


class DeploymentsFact(Wire, frozen=True):
    """What the topic `deployments` tells: every deployment."""

    deployments: list[Deployment]


class DeploymentRequest(Body, frozen=True):
    """A request to deploy `name`, `name/3` or `name@alias`; `environment` None means where it was trained."""

    model: str
    workers: int = 1
    environment: str | None = None


class DeploymentSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment as the server writes it for the inference server: all that is needed to run its workers.

    Written 0600 to `serving/deployments/<id>.json`: the environment may hold what is nobody else's business.
    """

    id: str
    model: str
    version: int
    algorithm: str
    dataset: str
    path: str
    classes: list[str]
    metadata: dict[str, Any]
    python: str
    environ: dict[str, str]
    created: float
    workers: int = 1
    format: str = "torch"
    task: str = ""
    script: str = ""
    """Where the model's own program lies, where its format is one; else empty."""

    trusted: list[str] = []
    """The types that may be made while the file is loaded; "pickle" where an admin allowed a pickle."""

    signature: dict[str, Any] = {}
    batch: int = 32
    """The most rows that the model works on at once."""

    idle_seconds: float | None = None
    """After how long without a request its workers end until the next one; None is never."""

    memory_bytes: int | None = None
    """What a worker is expected to take; None is what the last one took."""

    @property
    def weight(self) -> str:
        """The version's name in the four calls."""
        return f"{self.algorithm}_{self.dataset}{self.version}"


class DeploymentStatus(msgspec.Struct, frozen=True):
    """How far the inference server is with one deployment."""

    state: DeploymentState
    reason: str = ""


class InferenceState(msgspec.Struct, frozen=True):
    """What the inference server tells in `serving/state.json`: itself and every deployment it knows."""

    pid: int
    address: str
    deployments: dict[str, DeploymentStatus]
