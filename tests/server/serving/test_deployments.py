"""Deployments of real torch models, through restarts of the server."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, Unavailable, Unprocessable
from jupyter_crispdm.models import files
from jupyter_crispdm.models.formats.seen import Seen
from jupyter_crispdm.models.types import Registration
from jupyter_crispdm.serving.types import DeploymentRequest
from tests.support import eventually
from tests.unit.serving.inference.pictures import picture, text

from .house import House

IMAGE = {"images": [text(picture(64, 48))]}
ROIS = "rois [y_min, x_min, y_max, x_max]"


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    house = House(tmp_path)
    jp_asyncio_loop.run_until_complete(house.open())
    yield house
    jp_asyncio_loop.run_until_complete(house.close())


async def predict(house: House) -> httpx.Response:
    async with httpx.AsyncClient(base_url=house.deployments.address, timeout=60) as client:
        return await client.post("/predict", json=IMAGE)


@pytest.mark.proves("http.deployments", "http.deployments-workers", "live.topic-deployments")
async def test_one_click_from_registry_to_prediction(house: House) -> None:
    await house.register()
    deployment = await house.deployments.deploy(DeploymentRequest(model="unet_digits"), "ada")
    assert (deployment.state, deployment.version, deployment.owner) == ("starting", 1, "ada")
    ready = await house.becomes(deployment.id, "ready")
    assert ready.url.endswith("/v2/models/unet_digits/versions/1")
    assert house.told.changes > 1
    assert (await house.deployments.snapshot()).deployments == [ready]
    answer = await predict(house)
    assert set(answer.json()["Responses"][0][0]["results"]) == {"class_name", "scores", ROIS}
    spec = house.home / "data" / "serving" / "deployments" / f"{deployment.id}.json"
    assert stat.S_IMODE(spec.stat().st_mode) == 0o600


@pytest.mark.proves("settings.serving-outlives")
async def test_predictions_go_on_while_the_server_is_gone(house: House) -> None:
    await house.register()
    deployment = await house.deployments.deploy(DeploymentRequest(model="unet_digits@latest"), "ada")
    await house.becomes(deployment.id, "ready")
    address = house.deployments.address
    await house.close(stop=False)
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        assert (await client.post("/predict", json=IMAGE)).status_code == 200
    again = await House(house.home).open()
    try:
        assert (await again.becomes(deployment.id, "ready")).url.startswith(address)
        with pytest.raises(Conflict, match=deployment.id):
            await again.models.delete_version("unet_digits", 1)
        await again.deployments.delete(deployment.id)
        await again.models.delete_version("unet_digits", 1)
        with pytest.raises(NotFound):
            await again.deployments.get(deployment.id)
    finally:
        await again.close()
    assert not again.process.alive()


async def test_an_inference_server_that_was_killed_comes_back_with_its_deployments(house: House) -> None:
    await house.register()
    deployment = await house.deployments.deploy(DeploymentRequest(model="unet_digits/1"), "ada")
    await house.becomes(deployment.id, "ready")
    pid = house.process._told()["pid"]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: house.process._told().get("pid") not in (None, pid), 60)
    await house.becomes(deployment.id, "ready")
    assert (await predict(house)).status_code == 200


async def test_deployments_come_back_after_an_orderly_restart(house: House) -> None:
    await house.register()
    deployment = await house.deployments.deploy(DeploymentRequest(model="unet_digits"), "ada")
    await house.close()
    assert not house.process.alive()
    again = await House(house.home).open()
    await again.becomes(deployment.id, "ready")
    await again.close()


def floats(weights: dict[str, Any]) -> str:
    return next(name for name, tensor in weights.items() if tensor.dtype.is_floating_point)


def spoil(weights: dict[str, Any]) -> None:
    weights[floats(weights)] *= float("nan")


def drop(weights: dict[str, Any]) -> None:
    del weights[floats(weights)]


def retype(weights: dict[str, Any]) -> None:
    weights[floats(weights)] = weights[floats(weights)].double()


def inflate(weights: dict[str, Any]) -> None:
    weights[floats(weights)] = torch.zeros(1).expand(1 << 40)


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize("change", [spoil, inflate])
async def test_nan_and_giants_are_refused_when_they_are_registered(house: House, change: Any) -> None:
    with pytest.raises(Unprocessable, match=r"hold NaN|promises a tensor"):
        await house.register(change=change)
    assert (await house.models.all()).models == []


@pytest.mark.proves("models.wrong")
async def test_bad_weights_fail_and_the_old_version_keeps_serving(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.register()
    monkeypatch.setattr(files, "inspect", lambda path, form: Seen())  # as if registered before that was looked at
    old = await house.deployments.deploy(DeploymentRequest(model="unet_digits/1"), "ada")
    for number, change in enumerate((spoil, drop, retype, inflate), 2):
        await house.register(change=change)
        new = await house.deployments.deploy(DeploymentRequest(model=f"unet_digits/{number}"), "ada")
        assert "cannot be loaded" in (await house.becomes(new.id, "failed")).reason
    await house.becomes(old.id, "ready")
    assert (await predict(house)).status_code == 200
    replaced = await house.deployments.deploy(DeploymentRequest(model="unet_digits/5"), "ada")
    known = [item.id for item in (await house.deployments.all()).deployments]
    assert (len(known), known[-1]) == (5, replaced.id)


async def test_requests_that_cannot_be(house: House) -> None:
    version = await house.register()
    await house.models.register(Registration(name="plain", path="model.pt"))
    for model, error in (
        ("nothing", NotFound), ("../x", BadRequest), ("unet_digits/9", NotFound), ("plain", Unprocessable),
    ):  # fmt: skip
        with pytest.raises(error):
            await house.deployments.deploy(DeploymentRequest(model=model), "ada")
    for workers in (0, 17):
        with pytest.raises(BadRequest, match="'workers'"):
            await house.deployments.deploy(DeploymentRequest(model=version.name, workers=workers), "ada")
    with pytest.raises(NotFound):
        await house.deployments.deploy(DeploymentRequest(model=version.name, environment="/usr/bin/python"), "ada")
    with pytest.raises(Unavailable, match="nothing is deployed"):
        _ = house.deployments.address
    with pytest.raises(NotFound):
        await house.deployments.delete("nothing")
    deployed = await house.deployments.deploy(DeploymentRequest(model=version.name), "ada")
    with pytest.raises(Conflict):
        await house.deployments.deploy(DeploymentRequest(model=version.name), "ada")
    await house.deployments.delete(deployed.id)
    assert list((house.home / "data" / "serving" / "deployments").iterdir()) == []
