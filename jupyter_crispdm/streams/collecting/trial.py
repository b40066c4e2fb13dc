"""Trying a source before a stream is made of it: by a child with a deadline, which may break alone."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import TooManyRequests
from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.base.tasks import within

from ..types import Source, Trial
from .collectors import PACKAGES, python

_MOST_BYTES = 4 << 20
_STARTING_SECONDS = 15.0
_AT_ONCE = 2
_WAITING = 10


class Trials:
    """Tries sources, two at a time. A child gets what it needs through its input: nothing of it is seen by `ps`."""

    def __init__(self, seconds: float, root_dir: Path) -> None:
        self._seconds, self._root_dir = seconds, root_dir
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def run(self, source: Source, place: str, passwords: dict[str, str]) -> Trial:
        """The first messages of a source, and columns for them; or why there are none. Raises TooManyRequests."""
        if self._waiting >= _WAITING:
            raise TooManyRequests("Too many sources are tried at the moment. Try again.", retry_after=5)
        self._waiting += 1
        try:
            async with self._turn:
                with tempfile.TemporaryDirectory(prefix="crispdm-trial-", ignore_cleanup_errors=True) as directory:
                    order = {"source": source, "place": place, "passwords": passwords, "seconds": self._seconds,
                             "directory": directory}  # fmt: skip
                    return await self._ask(order)
        finally:
            self._waiting -= 1

    async def _ask(self, order: dict[str, Any]) -> Trial:
        process = await asyncio.create_subprocess_exec(
            *python("jupyter_crispdm.streams.collecting.trying"),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True, limit=_MOST_BYTES, cwd=self._root_dir,
            env={**without_secrets(os.environ), "PYTHONPATH": PACKAGES},
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(order))
            process.stdin.write_eof()
            line = await within(process.stdout.readline(), self._seconds + _STARTING_SECONDS)
            return msgspec.json.decode(line, type=Trial)
        except asyncio.TimeoutError:
            return Trial([], [], f"The source did not answer within {self._seconds + _STARTING_SECONDS:.0f} seconds.")
        except (ValueError, OSError):  # no answer, or one beyond the limit: it broke
            return Trial([], [], "The source could not be tried: what it sends broke the attempt.")
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            process.stdin.close()
