"""What the server writes for the inference server: a file for each deployed version, and the routes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from jupyter_crispdm.base.files.atomic import write_atomic

from ..types import DeploymentSpec, Routes


class ServingFiles:
    """The files of a serving directory that are the server's."""

    def __init__(self, directory: Path) -> None:
        self.root = directory
        self._specs = directory / "deployments"

    async def open(self) -> None:
        """Make the directory."""
        await asyncio.to_thread(self._specs.mkdir, parents=True, exist_ok=True, mode=0o700)

    async def present(self) -> set[str]:
        """The names of the specifications that are there."""
        return {path.stem for path in await asyncio.to_thread(lambda: list(self._specs.glob("[!.]*.json")))}

    async def write(self, spec: DeploymentSpec) -> None:
        """Write a specification. Raises StorageFull."""
        path = self._specs / f"{spec.id}.json"
        await asyncio.to_thread(write_atomic, path, msgspec.json.encode(spec), 0o600)

    async def remove(self, id: str) -> None:
        """Take a specification back."""
        await asyncio.to_thread((self._specs / f"{id}.json").unlink, missing_ok=True)

    async def write_routes(self, routes: Routes) -> None:
        """Write where requests go. Raises StorageFull."""
        await asyncio.to_thread(write_atomic, self.root / "routes.json", msgspec.json.encode(routes), 0o600)

    def log(self, id: str) -> Path:
        """Where the messages of what runs a version lie."""
        return self.root / "logs" / f"{id}.log"
