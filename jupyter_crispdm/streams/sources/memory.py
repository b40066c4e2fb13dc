"""What a source remembers of how far it is, in the stream's directory: written at most once a second."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.files.atomic import write_atomic
from jupyter_crispdm.base.files.regular import Unreadable, read_regular

_T = TypeVar("_T")
_WRITE_SECONDS = 1.0


class Memory:
    """A place that moves often. One that is written late only makes some samples come twice."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._written = clock.monotonic()
        self._newest: Any = None

    def read(self, kind: type[_T]) -> _T | None:
        """What was remembered; None where nothing was, or where it is broken."""
        try:
            return msgspec.json.decode(read_regular(self._path), type=kind)
        except (FileNotFoundError, Unreadable, msgspec.DecodeError):
            return None

    async def keep(self, place: Any) -> None:
        """Remember a place, soon."""
        self._newest = place
        if self._clock.monotonic() - self._written >= _WRITE_SECONDS:
            await self.close()

    async def close(self) -> None:
        """Write down what was kept last."""
        place, self._newest = self._newest, None
        if place is not None:
            self._written = self._clock.monotonic()
            await asyncio.to_thread(write_atomic, self._path, msgspec.json.encode(place))
