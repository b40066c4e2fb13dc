"""What travels about models."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import Any

from jupyter_crispdm.base.errors import BadRequest
from jupyter_crispdm.base.wire import Body, Wire

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,99}")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,49}")
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
        return Reference(check_name(name, "model"), version=int(number))
    name, at, alias = text.partition("@")
    return Reference(check_name(name, "model"), alias=check_alias(alias) if at else None)


def check_name(name: str, field: str = "name") -> str:
    """Refuse a name that could be mistaken for a path or markup. Raises BadRequest."""
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"'{field}' must be 1 to 100 of the letters A-Z, a-z, digits, '_', '-' and single dots, "
            "and begin with a letter or digit.",
            field=field,
        )
    return name


def check_alias(alias: str) -> str:
    """Refuse what is no alias. Raises BadRequest."""
    if not _ALIAS.fullmatch(alias):
        raise BadRequest(
            "'alias' must begin with a letter and be 1 to 50 of A-Z, a-z, digits, '_' and '-'.", field="alias"
        )
    return alias
