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
    idle = "idle"


class Canary(Body, frozen=True):
    """A version that is tried out beside the one that an alias means.

    It gets `share` of the requests, 0 to 1. With `shadow` it is asked too, and its answers are only compared.
    """

    version: int
    share: float = 0.1
    shadow: bool = False


class ModelRoutes(Wire, frozen=True):
    """Which version of a model each alias means, and which alias is meant when a request names no version."""

    aliases: dict[str, int] = {}
    default: str | None = None
    canary: dict[str, Canary] = {}


Routes = dict[str, ModelRoutes]
"""What `serving/routes.json` holds, by the model's name."""


class SideNumbers(Wire, frozen=True):
    """What is known of one side of a comparison; `p50` and `p99` are milliseconds."""

    version: int
    requests: int = 0
    errors: int = 0
    p50: float | None = None
    p99: float | None = None


class Comparison(Wire, frozen=True):
    """Two versions on the same requests, or on shares of them.

    `agreement` is how often both put the same class first, `difference` the mean of the absolute differences of their
    numbers; both are None until both have answered the same requests, `compared` of them, as a shadow does.
    """

    main: SideNumbers
    other: SideNumbers
    share: float
    shadow: bool
    compared: int = 0
    agreement: float | None = None
    difference: float | None = None


class Deployment(Wire, frozen=True):
    """A model version that answers predictions, or tries to; one of an alias follows it to another version.

    `rate` is requests a second, `p50` and `p99` are milliseconds, all of the last minute; `queue` is how many wait.
    `cpu_percent` and `memory_bytes` are those of its processes, None while they are not known.
    """

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
    alias: str = ""
    coming: int | None = None
    canary: Canary | None = None
    idle_seconds: float | None = None
    sample: float = 0.0
    rate: float = 0.0
    p50: float | None = None
    p99: float | None = None
    queue: int = 0
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    requests: int = 0
    errors: int = 0
    comparison: Comparison | None = None


class DeploymentList(Wire, frozen=True):
    """Every deployment."""

    deployments: list[Deployment]


class DeploymentsFact(Wire, frozen=True):
    """What the topic `deployments` tells: every deployment."""

    deployments: list[Deployment]


class DeploymentRequest(Body, frozen=True):
    """A request to deploy `name`, `name/3` or `name@alias`, which is then followed.

    `environment` None means where it was trained. After `idle_seconds` without a request its processes end until the
    next one; None means never. `batch` is the most rows that the model works on at once. `sample` is the share of the
    requests, 0 to 1, that is kept with its answers.
    """

    model: str
    workers: int = 1
    environment: str | None = None
    idle_seconds: float | None = None
    batch: int = 32
    sample: float = 0.0


class DeploymentChange(Body, frozen=True):
    """What to change of a deployment; what is not named stays. `canary` null ends the trial."""

    workers: int | msgspec.UnsetType = msgspec.UNSET
    canary: Canary | msgspec.UnsetType | None = msgspec.UNSET
    idle_seconds: float | msgspec.UnsetType | None = msgspec.UNSET
    sample: float | msgspec.UnsetType = msgspec.UNSET


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
    """What its processes are expected to take; None is what they took last."""

    alias: str = ""
    """The alias that this deployment follows; empty where it is of one version."""

    sample: float = 0.0

    @property
    def weight(self) -> str:
        """The version's name in the four calls."""
        return f"{self.algorithm}_{self.dataset}{self.version}"


class DeploymentNumbers(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a deployment does, in the units of `Deployment`."""

    rate: float = 0.0
    p50: float | None = None
    p99: float | None = None
    queue: int = 0
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    requests: int = 0
    errors: int = 0


class DeploymentStatus(msgspec.Struct, frozen=True):
    """How far the inference server is with one deployment."""

    state: DeploymentState
    reason: str = ""


class InferenceState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the inference server tells in `serving/state.json`: itself and every deployment it knows.

    `answering` says which version answers for `model@alias` now, `comparisons` what a trial beside it showed.
    """

    pid: int
    address: str
    deployments: dict[str, DeploymentStatus]
    numbers: dict[str, DeploymentNumbers] = {}
    answering: dict[str, int] = {}
    comparisons: dict[str, Comparison] = {}
