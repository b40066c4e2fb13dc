"""A deployment manager with registry, environments and inference server played, and one that follows an alias."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, cast

import msgspec

from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound, Unavailable
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.models.types import ModelFormat, ModelVersion
from jupyter_crispdm.serving.manager import DeploymentManager
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.serving.types import (
    DeploymentRequest,
    DeploymentSpec,
    DeploymentState,
    DeploymentStatus,
    InferenceState,
)
from tests.support import FakeClock, Told, eventually

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


def wish(model: str = "unet_digits/1", **more: Any) -> DeploymentRequest:
    """What somebody asks for."""
    return DeploymentRequest(model, **more)


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
