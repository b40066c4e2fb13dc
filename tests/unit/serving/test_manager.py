"""Deployments, with registry, environments and inference server played: what is written, kept and told."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest, Conflict, NotFound, StorageFull, Unavailable, Unprocessable
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.models.types import ModelFormat, ModelVersion
from jupyter_crispdm.serving.deployments import files as files_module
from jupyter_crispdm.serving.manager import DeploymentManager
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.serving.types import (
    Canary,
    Comparison,
    DeploymentChange,
    DeploymentNumbers,
    DeploymentRequest,
    DeploymentSpec,
    DeploymentState,
    DeploymentStatus,
    InferenceState,
    SideNumbers,
)
from tests.support import FakeClock, eventually

READY = DeploymentStatus(DeploymentState.ready)


def version(name: str = "unet_digits", number: int = 1, **more: Any) -> ModelVersion:
    """A version as the registry knows it."""
    whole = ModelVersion(
        name=name, version=number, format=ModelFormat.torch, task="segmentation", classes=["0"], signature={},
        metadata={"algorithm": "unet", "dataset": "digits"}, job="j1", environment="venv-1",
        created=datetime(2026, 11, 21, tzinfo=timezone.utc), size=3, sha256="0" * 64,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **more)


class FakeModels:
    """A registry of some versions."""

    def __init__(self, *versions: ModelVersion) -> None:
        self.known = {f"{one.name}/{one.version}": one for one in versions}
        self.asked: Any = None
        self.told: Any = lambda *_: None

    async def resolve(self, reference: str) -> ModelVersion:
        if reference not in self.known:
            raise NotFound(f"There is no model '{reference}'.", field="model")
        return self.known[reference]

    def path(self, version: ModelVersion) -> Path:
        return Path(f"/models/{version.name}/{version.version}/model.pt")

    def script_path(self, version: ModelVersion) -> Path | None:
        return None

    def guard(self, used_by: Any) -> None:
        self.asked = used_by

    def on_alias(self, callback: Any) -> None:
        self.told = callback

    def point(self, alias: str, number: int | None, name: str = "unet_digits") -> None:
        """Let an alias mean a version."""
        if number is None:
            self.known.pop(f"{name}@{alias}", None)
        else:
            self.known[f"{name}@{alias}"] = self.known[f"{name}/{number}"]
        self.told(name, alias, number)


@dataclass(frozen=True)
class FakeEnvironment:
    id: str
    python: str = "/env/bin/python"


class FakeEnvironments:
    """All environments but one that is gone."""

    async def get(self, key: str) -> FakeEnvironment:
        if key == "gone":
            raise NotFound("There is no environment 'gone'.", field="environment")
        return FakeEnvironment(key)

    async def activation(self, environment: Any) -> dict[str, str]:
        return {"PATH": f"/{environment.id}/bin"}


@dataclass
class FakeProcess:
    """An inference server that says that it lives, and what it answers for."""

    directory: Path
    address: str = ""
    key: str = "key"
    trouble: str = ""
    started: int = 0
    stopped: int = 0

    def alive(self) -> bool:
        return bool(self.address)

    async def ensure(self) -> str:
        if self.trouble:
            raise Unavailable(self.trouble)
        self.started += 1
        self.address = "http://127.0.0.1:8503"
        return self.address

    async def stop(self) -> None:
        self.stopped += 1
        self.address = ""

    def tell(self, states: dict[str, DeploymentStatus], **more: Any) -> None:
        """Write what the inference server would."""
        state = InferenceState(1, self.address, states, **more)
        (self.directory / "state.json").write_bytes(msgspec.json.encode(state))


@dataclass
class Told:
    changes: int = 0

    def changed(self) -> None:
        self.changes += 1


@dataclass
class House:
    """A deployment manager and all that it stands on."""

    path: Path
    database: Database
    models: FakeModels
    told: Told = field(default_factory=Told)
    managers: list[DeploymentManager] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = self.path / "serving"
        self.directory.mkdir()
        self.process = FakeProcess(self.directory)
        self.watcher = Watcher()

    async def open(self) -> DeploymentManager:
        """A manager as a server that starts has it."""
        manager = DeploymentManager(
            DeploymentStore(self.database), self.models, FakeEnvironments(), cast(Any, self.process), self.directory,
            self.watcher, FakeClock(), self.told,
        )  # fmt: skip
        await manager.start()
        self.managers.append(manager)
        return manager

    def specs(self) -> dict[str, DeploymentSpec]:
        """What the inference server is told to serve."""
        files = (self.directory / "deployments").glob("*.json")
        return {file.stem: msgspec.json.decode(file.read_bytes(), type=DeploymentSpec) for file in files}


@pytest.fixture
def house(tmp_path: Path, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[House]:
    database = Database.in_directory(tmp_path)
    database.start_sync()
    house = House(tmp_path, database, FakeModels(version(), version(number=2)))
    yield house
    for manager in house.managers:
        jp_asyncio_loop.run_until_complete(manager.close())
    jp_asyncio_loop.run_until_complete(house.watcher.close())
    jp_asyncio_loop.run_until_complete(database.close())


def wish(model: str = "unet_digits/1", **more: Any) -> DeploymentRequest:
    """What somebody asks for."""
    return DeploymentRequest(model, **more)


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


class Following:
    """A deployment of `unet_digits@champion`, which answers with version 1."""

    def __init__(self, house: House, manager: DeploymentManager, id: str) -> None:
        self.house, self.manager, self.id = house, manager, id

    def tell(self, answering: int, **states: DeploymentStatus) -> None:
        """What the inference server says: which version answers, and how each does, as `v2=READY`."""
        told = {f"{self.id}.{number[1:]}": status for number, status in states.items()}
        self.house.process.tell(told, answering={"unet_digits@champion": answering})

    async def shown(self, **fields: Any) -> Any:
        """The deployment once it is shown like that."""

        async def there() -> Any:
            shown = await self.manager.get(self.id)
            return shown if all(getattr(shown, name) == value for name, value in fields.items()) else None

        return await eventually(there)

    def routed(self) -> Any:
        content = msgspec.json.decode((self.house.directory / "routes.json").read_bytes())
        return content["unet_digits"]["aliases"]["champion"]


async def following(house: House) -> Following:
    house.models.point("champion", 1)
    manager = await house.open()
    made = await manager.deploy(wish("unet_digits@champion"), "ada")
    await eventually(lambda: house.process.started == 1)
    found = Following(house, manager, made.id)
    found.tell(1, v1=READY)
    await found.shown(state=DeploymentState.ready)
    return found


@pytest.mark.proves("serving.alias-follows")
async def test_an_alias_is_followed_and_the_old_version_goes_when_the_new_one_answers(house: House) -> None:
    found = await following(house)
    assert (found.routed(), set(house.specs())) == (1, {f"{found.id}.1"})
    house.models.point("champion", 2)
    shown = await found.shown(coming=2)
    assert (shown.version, shown.state) == (1, DeploymentState.ready)
    assert shown.reason == "Version 2 is being started; version 1 answers until then."
    await eventually(lambda: found.routed() == 2)
    assert set(house.specs()) == {f"{found.id}.1", f"{found.id}.2"}
    found.tell(2, v1=READY, v2=READY)
    await found.shown(version=2, coming=None, reason="")
    await eventually(lambda: set(house.specs()) == {f"{found.id}.2"})
    assert [wanted.version for wanted in await DeploymentStore(house.database).all()] == [2]


@pytest.mark.proves("serving.alias-fails")
async def test_a_version_that_does_not_load_leaves_the_old_one_answering_and_is_said(house: House) -> None:
    found = await following(house)
    house.models.point("champion", 2)
    await found.shown(coming=2)
    found.tell(1, v1=READY, v2=DeploymentStatus(DeploymentState.failed, "The model cannot be loaded: torn."))
    why = "Version 2 does not answer: The model cannot be loaded: torn. Version 1 goes on."
    shown = await found.shown(reason=why)
    assert (shown.version, shown.state, shown.coming) == (1, DeploymentState.ready, 2)
    house.models.point("champion", 1)  # one click back
    await found.shown(coming=None, reason="")
    await eventually(lambda: set(house.specs()) == {f"{found.id}.1"})


async def test_a_version_whose_environment_is_gone_leaves_the_old_one_answering(house: House) -> None:
    found = await following(house)
    house.models.known["unet_digits/3"] = version(number=3, environment="gone")
    house.models.point("champion", 3)
    why = "Version 3 does not answer: There is no environment 'gone'. Version 1 goes on."
    assert (await found.shown(reason=why)).state is DeploymentState.ready


async def test_each_version_runs_where_it_was_trained_unless_one_was_named(house: House) -> None:
    house.models.known["unet_digits/2"] = version(number=2, environment="venv-2")
    found = await following(house)
    house.models.point("champion", 2)
    await eventually(lambda: found.routed() == 2)
    assert house.specs()[f"{found.id}.2"].environ == {"PATH": "/venv-2/bin"}
    found.tell(2, v2=READY)
    assert (await found.shown(version=2)).environment == "venv-2"


async def test_an_alias_that_is_gone_means_what_it_meant(house: House) -> None:
    found = await following(house)
    house.models.point("champion", None)
    house.models.point("other", 2)
    await found.manager._find_targets()
    assert (await found.manager.get(found.id)).version == 1
    assert found.routed() == 1


async def test_an_alias_is_deployed_once_and_beside_a_version_of_its_own(house: House) -> None:
    found = await following(house)
    with pytest.raises(Conflict, match="The alias 'champion' of 'unet_digits' is deployed already"):
        await found.manager.deploy(wish("unet_digits@champion"), "bo")
    await found.manager.deploy(wish("unet_digits/1"), "bo")
    house.models.point("newest", 1)
    await found.manager.deploy(wish("unet_digits@newest"), "bo")
    assert len((await found.manager.all()).deployments) == 3


async def test_a_new_server_goes_on_where_a_switch_stood(house: House) -> None:
    found = await following(house)
    house.models.point("champion", 2)
    await found.shown(coming=2)
    await found.manager.close(stop=False)
    found.tell(2, v1=READY, v2=READY)
    found.manager = await house.open()
    await found.shown(version=2, coming=None)
    await eventually(lambda: set(house.specs()) == {f"{found.id}.2"})


async def test_what_an_alias_may_come_to_is_not_deleted(house: House) -> None:
    found = await following(house)
    house.models.point("champion", 2)
    await found.shown(coming=2)
    assert found.id in house.models.asked(version())
    assert found.id in house.models.asked(version(number=2))


async def test_workers_are_changed_while_it_answers(house: House) -> None:
    found = await following(house)
    changed = await found.manager.change(found.id, DeploymentChange(workers=4, idle_seconds=60.0))
    assert (changed.workers, changed.idle_seconds) == (4, 60.0)
    spec = house.specs()[f"{found.id}.1"]
    assert (spec.workers, spec.idle_seconds) == (4, 60.0)
    assert (await found.manager.change(found.id, DeploymentChange(idle_seconds=None))).idle_seconds is None
    assert house.specs()[f"{found.id}.1"].workers == 4


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("workers", DeploymentChange(workers=0)),
        ("idle_seconds", DeploymentChange(idle_seconds=0.0)),
        ("idle_seconds", DeploymentChange(idle_seconds=float("nan"))),
        ("sample", DeploymentChange(sample=1.5)),
        ("canary.share", DeploymentChange(canary=Canary(2, 1.1))),
        ("canary.version", DeploymentChange(canary=Canary(1))),
    ],
)
async def test_a_change_that_cannot_be_is_refused_by_its_field(
    house: House, field: str, change: DeploymentChange
) -> None:
    found = await following(house)
    before = house.specs()
    with pytest.raises(BadRequest) as refused:
        await found.manager.change(found.id, change)
    assert refused.value.details["field"] == field
    assert house.specs() == before


@pytest.mark.proves("serving.canary-patch")
async def test_a_version_is_tried_out_beside_the_one_that_answers(house: House) -> None:
    found = await following(house)
    await found.manager.change(found.id, DeploymentChange(canary=Canary(2, 0.25)))
    assert set(house.specs()) == {f"{found.id}.1", f"{found.id}.2"}
    routes = msgspec.json.decode((house.directory / "routes.json").read_bytes())["unet_digits"]
    assert routes["canary"] == {"champion": {"version": 2, "share": 0.25, "shadow": False}}
    assert routes["default"] == "champion"
    with pytest.raises(NotFound, match="no request came yet"):
        await found.manager.comparison(found.id)
    shown = Comparison(SideNumbers(1, 3), SideNumbers(2, 1), 0.25, shadow=False)
    found.house.process.tell({}, comparisons={"unet_digits@champion": shown})
    await eventually(lambda: found.manager._facts.told.comparisons)
    assert await found.manager.comparison(found.id) == shown
    await found.manager.change(found.id, DeploymentChange(canary=None))
    await eventually(lambda: set(house.specs()) == {f"{found.id}.1"})


async def test_a_version_of_its_own_has_no_trial(house: House) -> None:
    manager = await house.open()
    made = await manager.deploy(wish(), "ada")
    with pytest.raises(BadRequest, match="Only beside a deployment of an alias"):
        await manager.change(made.id, DeploymentChange(canary=Canary(2)))


async def test_the_numbers_that_are_told_are_shown(house: House) -> None:
    found = await following(house)
    numbers = DeploymentNumbers(rate=2.5, p50=1.0, p99=9.0, queue=3, cpu_percent=50.0, memory_bytes=9, requests=7)
    house.process.tell({}, numbers={f"{found.id}.1": numbers})
    shown = await found.shown(requests=7)
    assert (shown.rate, shown.p50, shown.p99, shown.queue, shown.errors) == (2.5, 1.0, 9.0, 3, 0)


@pytest.mark.proves("serving.deployment-log")
async def test_the_log_is_that_of_the_version_that_answers(house: House) -> None:
    found = await following(house)
    with pytest.raises(NotFound, match="has said nothing yet"):
        await found.manager.log(found.id)
    log = house.directory / "logs" / f"{found.id}.1.log"
    log.parent.mkdir()
    log.write_text("loaded")
    assert await found.manager.log(found.id) == log
