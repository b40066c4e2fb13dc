"""What other rooms know about how a model came to be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.tracking import read_run


class RoomFacts:
    """Asks the environments what is installed, and reads what a run has logged."""

    def __init__(self, environments: EnvironmentManager) -> None:
        self._environments = environments

    async def lock(self, environment: str) -> str | None:
        """The packages of an environment, as a requirements.txt. Raises NotFound, Unprocessable."""
        _, text = await self._environments.export(environment)
        return text

    async def metrics(self, directory: Path) -> Mapping[str, float]:
        """The newest finite value of each metric of a run."""
        return await on_disk(directory, _newest, directory)


def _newest(directory: Path) -> dict[str, float]:
    newest = {name: float(series.value[-1]) for name, series in read_run(directory).items() if len(series)}
    return {name: value for name, value in newest.items() if math.isfinite(value)}
