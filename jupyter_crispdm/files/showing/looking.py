"""The other side of `look_inside`: starts it, waits no longer than it may take, and believes only whole answers."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.files.regular import open_regular
from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.base.tasks import within

from ..folders import Person, Place
from ..turns import Turns
from . import look_inside

PATIENCE = 20.0
MEMORY = 4 << 30
_MOST_BYTES = 8 << 20


class Looker:
    """Looks into files for everybody, two at a time."""

    def __init__(self, patience: float = PATIENCE, memory: int = MEMORY) -> None:
        self._patience = patience
        self._memory = memory
        self._turns = Turns("previews", together=2, each=1, waiting=20)

    async def table(self, person: Person, place: Place, rows: int) -> dict[str, Any]:
        """The first rows of a parquet file, or `error`. Raises OSError, TooManyRequests."""
        return await self._look(person, place, "table", str(rows))

    async def picture(self, person: Person, place: Place) -> dict[str, Any]:
        """The size of a picture, or `error`. Raises OSError, TooManyRequests."""
        return await self._look(person, place, "picture")

    async def _look(self, person: Person, place: Place, *arguments: str) -> dict[str, Any]:
        async with self._turns.of(person):
            descriptor = await on_disk(place.below, _open, place)
            try:
                return await self._run(descriptor, *arguments)
            finally:
                os.close(descriptor)

    async def _run(self, descriptor: int, *arguments: str) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(Path(look_inside.__file__)), str(self._memory), *arguments,
            stdin=descriptor, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
            limit=_MOST_BYTES, env=without_secrets(os.environ))
        assert process.stdout is not None
        try:
            line = await within(process.stdout.readline(), self._patience)
        except asyncio.TimeoutError:
            return {"error": "It takes too long to be shown."}
        except ValueError:  # a line beyond the limit
            return {"error": "It is too much to be shown."}
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return _answer(line)


def _open(place: Place) -> int:
    return open_regular(place.real, below=place.below)


def _answer(line: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:  # it was ended by its limits, or broke
        return {"error": "It needs too much memory or time to be shown, or it is broken."}
    return found
