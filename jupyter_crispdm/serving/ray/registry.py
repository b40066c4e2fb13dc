"""The registry, read from its files alone: it is another server's, whose database need not be within reach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.types import ModelVersion, parse_reference


class SharedRegistry:
    """What serving asks of a registry; nothing is written, and moved aliases are seen when somebody asks."""

    def __init__(self, directory: Path) -> None:
        self._files = ModelFiles(directory)

    async def resolve(self, reference: str) -> ModelVersion:
        """The version that a reference means now. Raises BadRequest, NotFound."""
        parsed = parse_reference(reference)
        return await asyncio.to_thread(self._files.find, parsed.name, parsed.alias or parsed.version)

    def path(self, version: ModelVersion) -> Path:
        """Where its file lies."""
        return self._files.path(version)

    def script_path(self, version: ModelVersion) -> Path | None:
        """Where the program lies that was registered with it."""
        return self._files.script_path(version)

    def guard(self, used_by: Any) -> None:
        """Nobody deletes a version by this registry."""

    def on_alias(self, callback: Callable[[str, str, int | None], None]) -> None:
        """Nobody moves an alias by this registry."""
