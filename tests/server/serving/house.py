"""The rooms of models and serving, wired as the application does it, with an inference server of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.manager import ModelManager
from jupyter_crispdm.models.store import ModelStore
from jupyter_crispdm.models.types import ModelVersion, Registration
from jupyter_crispdm.serving.manager import DeploymentManager
from jupyter_crispdm.serving.process import InferenceProcess
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.serving.types import Deployment
from tests.support import eventually

CONFIG = {"classes": ["a", "b"], "width": 4, "depth": 2}
METADATA = {"algorithm": "unet", "dataset": "digits", "config": CONFIG}


@dataclass(frozen=True)
class ServerEnvironment:
    """The environment the tests run in."""

    id: str = "server"
    python: str = sys.executable


class Environments:
    """Knows one environment."""

    async def get(self, key: str) -> ServerEnvironment:
        if key != "server":
            raise NotFound(f"There is no environment '{key}'.")
        return ServerEnvironment()

    async def activation(self, environment: ServerEnvironment) -> dict[str, str]:
        return dict(os.environ)


@dataclass
class Told:
    """A feed that counts."""

    changes: int = 0

    def changed(self) -> None:
        self.changes += 1


class House:
    """A server's models and deployments; opened again on its data, it is the server after a restart."""

    def __init__(self, home: Path) -> None:
        self.home, self.root, self.told, clock = home, home / "root", Told(), SystemClock()
        self.root.mkdir(exist_ok=True)
        self.database, self.watcher = Database.in_directory(home / "data"), Watcher()
        nobody: Any = None
        files = ModelFiles(home / "data" / "models")
        self.models = ModelManager(ModelStore(self.database), files, nobody, self.root, clock, Told())
        serving = home / "data" / "serving"
        self.process = InferenceProcess(serving, self.watcher, port=0)
        self.deployments = DeploymentManager(
            DeploymentStore(self.database), self.models, Environments(), self.process, serving,
            self.watcher, clock,
            self.told,
        )  # fmt: skip

    async def open(self) -> House:
        """Start, as the server does."""
        await self.database.start()
        await self.models.start()
        await self.deployments.start()
        return self

    async def close(self, *, stop: bool = True) -> None:
        """End, in order or (stop=False) so that predictions go on."""
        await self.deployments.close(stop=stop)
        await self.models.close()
        await self.watcher.close()
        await self.database.close()

    async def register(self, name: str = "unet_digits", change: Callable[[Any], None] | None = None) -> ModelVersion:
        """Register a real, untrained model; `change` may spoil its weights."""
        import torch  # what only switches aliases does not wait for it
        from crispdm.algorithms import unet

        weights = unet.build(CONFIG).state_dict()
        if change:
            change(weights)
        torch.save(weights, self.root / "model.pt")
        request = Registration(name=name, path="model.pt", task="segmentation", metadata=METADATA, environment="server")
        return await self.models.register(request)

    async def becomes(self, id: str, state: str) -> Deployment:
        """Wait until a deployment is in a state."""

        async def there() -> Deployment | None:
            deployment = await self.deployments.get(id)
            return deployment if deployment.state == state else None

        found = await eventually(there, 60)
        assert isinstance(found, Deployment)
        return found
