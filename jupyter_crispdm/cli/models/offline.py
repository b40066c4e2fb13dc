"""The registry and the environments of a data directory, for commands that need no running server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..settings import data_directory

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp
    from jupyter_crispdm.environments.manager import EnvironmentManager
    from jupyter_crispdm.models.manager import ModelManager


class Offline(NamedTuple):
    """What a server left behind, or shares with us now."""

    models: ModelManager
    environments: EnvironmentManager
    data: Path


@asynccontextmanager
async def opened(app: CrispdmApp) -> AsyncIterator[Offline]:
    """The registry, only to be read: no jobs stand behind it, and nobody listens."""
    from jupyter_crispdm.base.clock import SystemClock
    from jupyter_crispdm.base.database import Database
    from jupyter_crispdm.environments.manager import EnvironmentManager
    from jupyter_crispdm.models.files import ModelFiles
    from jupyter_crispdm.models.manager import ModelManager
    from jupyter_crispdm.models.store import ModelStore

    data, nobody = data_directory(app), _nobody()
    database = Database(app.database_url) if app.database_url else Database.in_directory(data)
    environments = EnvironmentManager(Path.cwd(), data, app.environment_paths)
    files = ModelFiles(data / "models")
    try:
        await database.start()
        models = ModelManager(ModelStore(database), files, nobody, Path.cwd(), SystemClock(), nobody)
        yield Offline(models, environments, data)
    finally:
        await environments.close()
        await database.close()


def _nobody() -> Any:
    """Where a server has its jobs and its listeners."""
    return None
