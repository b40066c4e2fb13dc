"""Deployments of versions, with all around them played: what is written, kept and told."""

from __future__ import annotations

import stat
from typing import Any

import pytest

from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, StorageFull, Unavailable, Unprocessable
from jupyter_crispdm.models.types import ModelFormat
from jupyter_crispdm.serving.deployments import files as files_module
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.serving.types import DeploymentRequest, DeploymentState, DeploymentStatus
from tests.support import eventually

from .deploying import READY, House, version, wish


async def test_what_is_deployed_is_written_for_the_inference_server_alone(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(workers=3), "ada")
    assert (made.model, made.version, made.state, made.owner) == ("unet_digits", 1, DeploymentState.starting, "ada")
    [(id, spec)] = house.specs().items()
    assert id == made.id
    assert (spec.path, spec.python, spec.workers) == ("/models/unet_digits/1/model.pt", "/env/bin/python", 3)
    assert (spec.algorithm, spec.dataset, spec.environ) == ("unet", "digits", {"PATH": "/venv-1/bin"})
    file = house.directory / "deployments" / f"{id}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert house.told.changes > 0


async def test_the_environment_is_that_of_the_training_unless_another_is_named(house: House) -> None:
    manager = await house.open()
    house.models.known["plain/1"] = version("plain", environment=None)
    assert (await manager.deploy(wish(), "ada")).environment == "venv-1"
    assert (await manager.deploy(wish("unet_digits/2", environment="other"), "ada")).environment == "other"
    assert (await manager.deploy(wish("plain/1"), "ada")).environment == "server"


@pytest.mark.parametrize("workers", [0, -1, 17])
async def test_too_many_workers_and_none_are_refused_by_the_field(workers: int, house: House) -> None:
    manager = await house.open()
    with pytest.raises(BadRequest, match="'workers' must be 1 to 16") as raised:
        await manager.deploy(wish(workers=workers), "ada")
    assert raised.value.details["field"] == "workers"
    assert house.specs() == {}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"format": ModelFormat.skops, "types": ["evil.Thing"]}, "would run evil.Thing when it is loaded"),
        ({"metadata": {"dataset": "digits"}}, "without 'metadata.algorithm'"),
        ({"metadata": {"algorithm": "unet"}}, "without 'metadata.dataset'"),
    ],
)
async def test_what_no_worker_can_load_is_refused_before_anything_is_kept(
    more: dict[str, Any], words: str, house: House
) -> None:
    manager = await house.open()
    house.models.known["odd/1"] = version("odd", **more)
    with pytest.raises(Unprocessable, match=words):
        await manager.deploy(wish("odd/1"), "ada")
    assert (await manager.all()).deployments == []
    assert house.specs() == {}


@pytest.mark.parametrize("request_", [wish("nobody/1"), wish(environment="gone")])
async def test_what_is_not_there_deploys_nothing(request_: DeploymentRequest, house: House) -> None:
    manager = await house.open()
    with pytest.raises(NotFound):
        await manager.deploy(request_, "ada")
    assert house.specs() == {}


async def test_a_version_is_deployed_once_and_its_spec_stays(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    with pytest.raises(Conflict):
        await manager.deploy(wish(), "bo")
    assert list(house.specs()) == [made.id]
    assert [one.owner for one in (await manager.all()).deployments] == ["ada"]


@pytest.mark.parametrize(
    "name", ["a" * 28 + "." + "b" * 30, "a" * 28 + "-" + "b" * 30, "x" * 100, "a" + "." * 60 + "b", "v" + "-" * 40]
)
async def test_the_id_of_a_long_name_is_no_hidden_file_and_no_option(name: str, house: House) -> None:
    manager = await house.open()
    for offset in range(12):
        long = version(name + "y" * offset)
        house.models.known |= {"long/1": long, f"{long.name}/1": long}
        made = await manager.deploy(wish("long/1"), "ada")
        assert made.id[0].isalnum(), made.id
        assert len(made.id) <= 40
        assert (await manager.get(made.id)).model == name + "y" * offset


async def test_a_full_disk_keeps_nothing_half(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise StorageFull("The disk is full.")

    manager = await house.open()
    monkeypatch.setattr(files_module, "write_atomic", full)
    with pytest.raises(StorageFull):
        await manager.deploy(wish(), "ada")
    assert (await manager.all()).deployments == []
    assert await DeploymentStore(house.database).all() == []
    monkeypatch.undo()
    assert (await manager.deploy(wish(), "ada")).model == "unet_digits"


async def test_one_that_is_withdrawn_is_gone_everywhere(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    await manager.delete(made.id)
    assert house.specs() == {}
    assert (await manager.all()).deployments == []
    for act in (manager.get, manager.delete):
        with pytest.raises(NotFound):
            await act(made.id)


async def test_the_state_is_what_the_inference_server_says(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    await eventually(lambda: house.process.started == 1)
    house.process.tell({made.id: READY, "somebody-elses": READY})
    await eventually(lambda: manager._facts.status(made.id).state is DeploymentState.ready)
    shown = await manager.get(made.id)
    assert shown.url == "http://127.0.0.1:8503/v2/models/unet_digits/versions/1"
    assert [one.id for one in (await manager.all()).deployments] == [made.id]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"deployments": 3}'])
async def test_a_state_that_cannot_be_read_is_none(content: bytes, house: House) -> None:
    (house.directory / "state.json").write_bytes(content)
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    await eventually(lambda: house.process.started == 1)
    assert (await manager.get(made.id)).state is DeploymentState.starting
    house.process.tell({made.id: READY})
    await eventually(lambda: manager._facts.status(made.id).state is DeploymentState.ready)


async def test_a_new_try_of_one_that_failed_takes_its_place(house: House) -> None:
    manager = await house.open()
    first = await manager.deploy(wish(), "ada")
    await eventually(lambda: house.process.started == 1)
    house.process.tell({first.id: DeploymentStatus(DeploymentState.failed, "torch is missing")})
    await eventually(lambda: manager._facts.status(first.id).reason == "torch is missing")
    second = await manager.deploy(wish(), "bo")
    assert second.id != first.id
    assert list(house.specs()) == [second.id]


async def test_an_inference_server_that_does_not_start_is_the_reason_of_all(house: House) -> None:
    house.process.trouble = "The port 8503 is taken."
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    await eventually(lambda: manager._facts.status(made.id).state is DeploymentState.failed)
    assert (await manager.get(made.id)).reason == "The port 8503 is taken."
    with pytest.raises(Unavailable, match="The port 8503 is taken"):
        _ = manager.address
    house.process.trouble = ""
    await eventually(lambda: manager._facts.status(made.id).state is DeploymentState.starting)
    assert manager.address == "http://127.0.0.1:8503"


async def test_without_a_deployment_no_inference_server_is_started(house: House) -> None:
    manager = await house.open()
    with pytest.raises(Unavailable, match="nothing is deployed"):
        _ = manager.address
    assert house.process.started == 0


async def test_a_new_server_finds_what_was_deployed_and_leaves_its_specs(house: House) -> None:
    first = await house.open()
    made = await first.deploy(wish(), "ada")
    file = house.directory / "deployments" / f"{made.id}.json"
    before = file.stat().st_ino
    await first.close(stop=False)
    again = await house.open()
    assert [one.id for one in (await again.all()).deployments] == [made.id]
    assert file.stat().st_ino == before


async def test_a_new_server_mends_the_specs(house: House) -> None:
    first = await house.open()
    made = await first.deploy(wish(), "ada")
    lost = await first.deploy(wish("unet_digits/2"), "ada")
    await first.close(stop=False)
    (house.directory / "deployments" / f"{made.id}.json").unlink()
    (house.directory / "deployments" / f"{lost.id}.json").unlink()
    (house.directory / "deployments" / "nobodys.json").write_text("{}")
    del house.models.known["unet_digits/2"]
    again = await house.open()
    assert list(house.specs()) == [made.id]
    told = {one.id: (one.state, one.reason) for one in (await again.all()).deployments}
    assert told[lost.id] == (DeploymentState.failed, "There is no model 'unet_digits/2'.")


async def test_the_end_takes_the_inference_server_along_unless_it_shall_go_on(house: House) -> None:
    manager = await house.open()
    await manager.close(stop=False)
    assert house.process.stopped == 0
    await manager.close()
    assert house.process.stopped == 1


async def test_the_registry_is_told_which_version_is_in_use(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    assert made.id in house.models.asked(version())
    assert house.models.asked(version(number=2)) is None
    await manager.delete(made.id)
    assert house.models.asked(version()) is None
