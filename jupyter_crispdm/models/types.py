"""What travels about models."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

MODEL_NAME = NameRule(
    r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,99}",
    "1 to 100 of the letters A-Z, a-z, digits, '_', '-' and single dots, the first a letter or a digit",
    reserved=("import",),
)
ALIAS = NameRule("[A-Za-z][A-Za-z0-9_-]{0,49}", "1 to 50 of A-Z, a-z, digits, '_' and '-', the first a letter")
ModelName = Annotated[str, MODEL_NAME.meta]
Alias = Annotated[str, ALIAS.meta]
VersionNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
LATEST = "latest"


class ModelFormat(str, Enum):
    """How a model's file is written.

    `torch` (a state dict), `safetensors` and `onnx` hold nothing that could run. `skops` builds objects of types that
    somebody trusts. `torchscript` and `exported` (torch.export) hold a program of torch's own operators. `pickle` runs
    whatever it holds: an admin decides about each. `script` is a file that only the script beside it can read, or the
    script itself.
    """

    torch = "torch"
    safetensors = "safetensors"
    onnx = "onnx"
    skops = "skops"
    torchscript = "torchscript"
    exported = "exported"
    pickle = "pickle"
    script = "script"


class Code(Wire, frozen=True):
    """The code that made a model: the script's name below the server's root and its hash, and the git checkout."""

    script: str | None = None
    sha256: str | None = None
    commit: str | None = None
    dirty: bool | None = None


class Lineage(Wire, frozen=True):
    """Where a version came from; what nobody knows is None.

    `parameters` are those of the job, `parameters_hash` the SHA-256 of their JSON with sorted keys. `data` names what
    it was trained on, `data_hash` is its SHA-256. `lock_hash` is that of the list of packages of the environment.
    """

    job: str | None = None
    run: str | None = None
    parameters: dict[str, Any] = {}
    parameters_hash: str | None = None
    data: str | None = None
    data_hash: str | None = None
    environment: str | None = None
    lock_hash: str | None = None
    code: Code = Code()


class Trust(Wire, frozen=True):
    """An admin's decision that a version may be loaded although it builds these types; `pickle`: whatever it likes."""

    types: list[str]
    by: str
    when: datetime
    reason: str


class ModelVersion(Wire, frozen=True):
    """One trained model: a file that never changes, and what is known about it.

    `types` are those that its file would build beyond what everybody trusts, `pickle` where nobody can tell.
    `script` is the name of the user's code that was registered with it.
    """

    name: str
    version: int
    format: ModelFormat
    task: str
    classes: list[str]
    signature: dict[str, Any]
    metadata: dict[str, Any]
    job: str | None
    environment: str | None
    created: datetime
    size: int
    sha256: str
    aliases: list[str] = []
    owner: str = ""
    note: str = ""
    metrics: dict[str, float] = {}
    input_example: Any = None
    script: str | None = None
    script_sha256: str | None = None
    types: list[str] = []
    trust: Trust | None = None
    lineage: Lineage = Lineage()

    @property
    def trusted(self) -> list[str]:
        """The types beyond everybody's that an admin has trusted for this version."""
        return [] if self.trust is None else self.trust.types

    @property
    def untrusted(self) -> list[str]:
        """The types that nobody has trusted yet: while there are any, it must not be loaded."""
        return [name for name in self.types if name not in self.trusted]

    @property
    def algorithm(self) -> str:
        """The architecture, as the serving calls name it; empty when nobody said."""
        return str(self.metadata.get("algorithm", ""))

    @property
    def dataset(self) -> str:
        """The data set it was trained on: the serving calls' `Model_path`."""
        return str(self.metadata.get("dataset", ""))

    @property
    def weight(self) -> str:
        """Its name in the serving calls: `<algorithm>_<dataset><version>`."""
        return f"{self.algorithm}_{self.dataset}{self.version}"


class Model(Wire, frozen=True):
    """A name with its versions, newest first."""

    name: str
    latest: int
    aliases: dict[str, int]
    versions: list[ModelVersion]


class SpanStart(str, Enum):
    """How a version came to bear an alias: `known` is what was there before the history was kept."""

    set = "set"
    rollback = "rollback"
    known = "known"


class SpanEnd(str, Enum):
    """How it ceased to: the alias went to another version, or was removed, or the version was deleted."""

    moved = "moved"
    rollback = "rollback"
    removed = "removed"
    deleted = "deleted"


class AliasSpan(Wire, frozen=True):
    """A version bore an alias from `since` until `until` (UTC), which is None while it does."""

    alias: str
    version: int
    since: datetime
    by: str
    how: SpanStart
    until: datetime | None = None
    ended_by: str | None = None
    ending: SpanEnd | None = None


class AliasHistory(Wire, frozen=True):
    """Which version of a model bore which alias from when until when, newest first.

    `back` says for each alias to which version a roll back would lead.
    """

    name: str
    history: list[AliasSpan]
    back: dict[str, int]


class ModelList(Wire, frozen=True):
    """Every model of the registry."""

    models: list[Model]


class ModelsFact(Wire, frozen=True):
    """What the topic `models` tells: every model of the registry."""

    models: list[Model]


class Registration(Body, frozen=True):
    """A request to register a file as the next version of a model.

    `script` is the user's code that serves it: a path as `path` is one, or an artifact as `artifact` is one. `data`
    names what it was trained on; a file of that path below the root is hashed where `data_hash` is not given.
    `reason` is why an admin registers a pickle. Of `format` `mlflow`, `path` or `artifact` is a folder with an MLmodel.
    """

    name: str
    job: str | None = None
    artifact: str | None = None
    path: str | None = None
    format: str = "torch"
    task: str = ""
    classes: list[str] = []
    signature: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    environment: str | None = None
    metrics: dict[str, float] = {}
    input_example: Any = None
    note: str = ""
    script: str | None = None
    run: str | None = None
    data: str | None = None
    data_hash: str | None = None
    code: Code = Code()
    reason: str = ""


class AliasTarget(Body, frozen=True):
    """The version an alias shall point to."""

    version: int


class ComparisonRow(Wire, frozen=True):
    """One field of versions, in the order in which they were asked for; null where one does not have it."""

    group: str
    field: str
    values: list[Any]
    differs: bool


class Comparison(Wire, frozen=True):
    """Versions of a model beside each other."""

    name: str
    versions: list[int]
    rows: list[ComparisonRow]


class CompareQuery(Body, frozen=True):
    """Which versions to compare: `1,2`."""

    versions: str


class ImportQuery(Body, frozen=True):
    """The model that an import becomes a version of, if not the one it was."""

    name: str | None = None


class RollBack(Body, frozen=True):
    """Which version the alias bears, as far as the caller knows: somebody may have moved it meanwhile."""

    if_version: int | None = None


class TrustDecision(Body, frozen=True):
    """An admin's decision to trust types that a version's file would build, and why."""

    types: list[str]
    reason: str


class TrustReport(Wire, frozen=True):
    """What a version's file would build beyond what everybody trusts, and what of it is not trusted yet.

    `imports` are what a pickle imports, as far as that can be read.
    """

    types: list[str]
    untrusted: list[str]
    imports: list[str]
    trust: Trust | None


class Reference(Wire, frozen=True):
    """A model as people write it: `name`, `name/3` or `name@alias`."""

    name: str
    version: int | None = None
    alias: str | None = None

    def __str__(self) -> str:
        if self.alias is not None:
            return f"{self.name}@{self.alias}"
        return self.name if self.version is None else f"{self.name}/{self.version}"


def parse_reference(text: str) -> Reference:
    """Read `name`, `name/3` or `name@alias`. Raises BadRequest."""
    name, slash, number = text.partition("/")
    if slash:
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise BadRequest("'model' must be NAME, NAME/VERSION or NAME@ALIAS.", field="model")
        return Reference(MODEL_NAME.check(name, "model"), version=int(number))
    name, at, alias = text.partition("@")
    return Reference(MODEL_NAME.check(name, "model"), alias=ALIAS.check(alias, "alias") if at else None)
