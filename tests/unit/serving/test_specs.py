"""Specifications: what runs a version, made of what registry and environments know; and what cannot be served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from jupyter_crispdm.base.errors import NotFound, Unprocessable
from jupyter_crispdm.models.types import ModelFormat, ModelVersion, Trust
from jupyter_crispdm.serving.deployments.specs import SpecMaker, check
from jupyter_crispdm.serving.types import DeploymentSpec
from tests.support import FakeClock
from tests.unit.serving.test_plan import wanted

WHEN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def version(number: int = 1, **more: Any) -> ModelVersion:
    fields: dict[str, Any] = {
        "name": "m", "format": ModelFormat.torch, "task": "detection", "classes": ["a"], "signature": {"inputs": []},
        "metadata": {"algorithm": "unet", "dataset": "digits"}, "job": None, "environment": "torch", "created": WHEN,
        "size": 1, "sha256": "0",
    }  # fmt: skip
    return ModelVersion(**{**fields, "version": number, **more})


class Environment(NamedTuple):
    id: str
    python: str


class House:
    """A registry and environments, both small."""

    def __init__(self, *versions: ModelVersion) -> None:
        self._versions = {f"{one.name}/{one.version}": one for one in versions}
        self._environments = {id: Environment(id, f"/{id}/python") for id in ("e", "torch", "server")}

    async def resolve(self, reference: str) -> ModelVersion:
        if reference not in self._versions:
            raise NotFound(f"There is no {reference}.")
        return self._versions[reference]

    def path(self, version: ModelVersion) -> Path:
        return Path(f"/models/{version.name}/{version.version}/model")

    def script_path(self, version: ModelVersion) -> Path | None:
        return None if version.script is None else self.path(version).with_name(version.script)

    def guard(self, used_by: Any) -> None:
        """Nothing is deleted here."""

    def on_alias(self, callback: Any) -> None:
        """No alias moves here."""

    async def get(self, key: str) -> Environment:
        if key not in self._environments:
            raise NotFound(f"There is no environment {key}.")
        return self._environments[key]

    async def activation(self, environment: Environment) -> Mapping[str, str]:
        return {"VIRTUAL_ENV": f"/{environment.id}"}


async def made(one: ModelVersion, number: int | None = None, **wish: Any) -> DeploymentSpec:
    house = House(one)
    clock = FakeClock()
    return await SpecMaker(house, house, clock).make(wanted(**wish), number or one.version)


async def test_a_specification_holds_all_that_a_worker_needs() -> None:
    one = version(script="model.py", format=ModelFormat.script, trust=Trust(["a.B"], "ada", WHEN, "mine"))
    spec = await made(one, alias="", environment="e", workers=3, batch=8, idle_seconds=60.0, sample=0.5)
    assert (spec.id, spec.model, spec.version, spec.created) == ("d1", "m", 1, 1.0)
    assert (spec.path, spec.script) == ("/models/m/1/model", "/models/m/1/model.py")
    assert (spec.python, spec.environ) == ("/e/python", {"VIRTUAL_ENV": "/e"})
    assert (spec.workers, spec.batch, spec.idle_seconds, spec.sample) == (3, 8, 60.0, 0.5)
    assert (spec.format, spec.task, spec.trusted, spec.classes) == ("script", "detection", ["a.B"], ["a"])
    assert msgspec.json.decode(msgspec.json.encode(spec), type=DeploymentSpec) == spec


@pytest.mark.parametrize(
    ("metadata", "algorithm", "dataset"),
    [({"algorithm": "mine", "dataset": "iris"}, "mine", "iris"), ({}, "onnx", "m"), ({"dataset": ""}, "onnx", "m")],
)
async def test_a_format_that_names_no_architecture_goes_by_its_own_name(
    metadata: dict[str, Any], algorithm: str, dataset: str
) -> None:
    spec = await made(version(format=ModelFormat.onnx, metadata=metadata))
    assert (spec.algorithm, spec.dataset) == (algorithm, dataset)
    assert spec.weight == f"{algorithm}_{dataset}1"


@pytest.mark.parametrize(
    ("trained", "wish", "number", "python"),
    [
        ("torch", {"alias": "", "environment": "e"}, 1, "/e/python"),
        ("torch", {"environment": "e"}, 1, "/e/python"),
        ("torch", {"environment": "e"}, 2, "/e/python"),
        ("torch", {"environment": "e", "moves": True}, 1, "/e/python"),
        ("torch", {"environment": "e", "moves": True}, 2, "/torch/python"),
        (None, {"environment": "e", "moves": True}, 2, "/server/python"),
    ],
    ids=["one version", "an alias", "it went on", "it moves and has not", "it moved", "trained nobody knows where"],
)
async def test_where_it_runs(trained: str | None, wish: dict[str, Any], number: int, python: str) -> None:
    spec = await made(version(number, environment=trained), **wish)
    assert spec.python == python


async def test_a_version_that_an_alias_comes_to_is_as_new_as_the_switch() -> None:
    """The newest that is ready answers where nothing is named: what was just started is newer than its wish."""
    spec = await made(version(2), alias="champion")
    assert spec.id == "d1.2"
    assert spec.created == FakeClock().now() != 1.0
    assert (await made(version(2), alias="")).created == 1.0


async def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NotFound, match="no m/7"):
        await made(version(), 7)
    with pytest.raises(NotFound, match="no environment gone"):
        await made(version(), environment="gone")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"metadata": {"dataset": "d"}}, "'m' version 1 was registered without 'metadata.algorithm'"),
        ({"metadata": {"algorithm": "unet"}}, "without 'metadata.dataset'"),
        ({"metadata": {"algorithm": "", "dataset": "d"}, "format": ModelFormat.safetensors}, "'metadata.algorithm'"),
        ({"types": ["os.system"], "format": ModelFormat.skops}, "would run os.system when it is loaded; an admin"),
        ({"types": ["a.A", "b.B"], "trust": Trust(["a.A"], "ada", WHEN, "")}, "would run b.B when"),
        ({"types": list("abcdefg"), "format": ModelFormat.pickle}, "would run a, b, c, d, e when"),
    ],
)
async def test_what_cannot_be_served_is_refused_by_the_model(more: dict[str, Any], message: str) -> None:
    with pytest.raises(Unprocessable, match=message) as refused:
        await made(version(**more))
    assert refused.value.details == {"field": "model"}


@pytest.mark.parametrize("format", sorted({*ModelFormat} - {ModelFormat.torch, ModelFormat.safetensors}))
def test_only_weights_need_the_name_of_an_architecture(format: ModelFormat) -> None:
    check(version(format=format, metadata={}))
    check(version(format=format, metadata={}, types=["a.A"], trust=Trust(["a.A", "b.B"], "ada", WHEN, "")))
