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
)
ALIAS = NameRule("[A-Za-z][A-Za-z0-9_-]{0,49}", "1 to 50 of A-Z, a-z, digits, '_' and '-', the first a letter")
ModelName = Annotated[str, MODEL_NAME.meta]
Alias = Annotated[str, ALIAS.meta]
VersionNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
LATEST = "latest"


class ModelFormat(str, Enum):
    """How a model's file is written; all of them can be loaded without running code."""

    torch = "torch"
    safetensors = "safetensors"
    onnx = "onnx"
    skops = "skops"


class ModelVersion(Wire, frozen=True):
    """One trained model: a file that never changes, and what is known about it."""

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


class ModelList(Wire, frozen=True):
    """Every model of the registry."""

    models: list[Model]


class ModelsFact(Wire, frozen=True):
    """What the topic `models` tells: every model of the registry."""

    models: list[Model]


class Registration(Body, frozen=True):
    """A request to register a file as the next version of a model."""

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


class AliasTarget(Body, frozen=True):
    """The version an alias shall point to."""

    version: int


class Reference(Wire, frozen=True):
    """A model as people write it: `name`, `name/3` or `name@alias`."""

    name: str
    version: int | None = None
    alias: str | None = None


def parse_reference(text: str) -> Reference:
    """Read `name`, `name/3` or `name@alias`. Raises BadRequest."""
    name, slash, number = text.partition("/")
    if slash:
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise BadRequest("'model' must be NAME, NAME/VERSION or NAME@ALIAS.", field="model")
        return Reference(MODEL_NAME.check(name, "model"), version=int(number))
    name, at, alias = text.partition("@")
    return Reference(MODEL_NAME.check(name, "model"), alias=ALIAS.check(alias, "alias") if at else None)
