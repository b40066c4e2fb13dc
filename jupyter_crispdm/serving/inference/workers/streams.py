"""An answer that a worker makes piece by piece, as whoever reads it sees it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

AHEAD = 16
"""Pieces that a worker may make before they are read: who reads slowly holds the work, and nobody's memory."""


class Stream:
    """Pieces in their order, an end, and perhaps why it came early."""

    def __init__(
        self, parameters: Mapping[str, Any], caller: str, deadline: float, left: Callable[[Stream], None]
    ) -> None:
        self.parameters, self.caller, self.deadline = parameters, caller, deadline
        self.room = AHEAD
        """Pieces that the worker may still make."""

        self.since = asyncio.get_running_loop().time()
        """Since when there is room for the next piece."""

        self.more: Callable[[int], None] = lambda _: None
        self._left = left
        self._pieces: deque[dict[str, Any]] = deque()
        self._taken = 0
        self._ended, self._error = False, None
        self._came = asyncio.Event()

    @property
    def frame(self) -> dict[str, Any]:
        """What the worker is told."""
        return {"do": "stream", "parameters": self.parameters, "room": AHEAD}

    def came(self, piece: dict[str, Any]) -> None:
        """The worker made a piece."""
        self.room -= 1
        self._pieces.append(piece)
        self._came.set()

    def end(self, error: Exception | None = None) -> None:
        """No more pieces come."""
        if not self._ended:
            self._ended, self._error = True, error  # type: ignore[assignment]
            self._came.set()

    async def next(self) -> dict[str, Any] | None:
        """The next piece; None at the end. Raises why the stream ended early, after the pieces that were made."""
        while not self._pieces:
            if self._error is not None:
                raise self._error
            if self._ended:
                return None
            self._came.clear()
            await self._came.wait()
        self._taken += 1
        if self._taken == AHEAD // 2:
            self._grant()
        return self._pieces.popleft()

    def leave(self) -> None:
        """Nobody reads on."""
        if not self._ended:
            self._left(self)

    def _grant(self) -> None:
        if not self.room:
            self.since = asyncio.get_running_loop().time()
        self.room += self._taken
        self.more(self._taken)
        self._taken = 0
