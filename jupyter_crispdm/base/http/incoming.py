"""The body of a request as it comes in: piece by piece, at the pace of who reads it, to its end or its cut."""

from __future__ import annotations

import asyncio

from jupyter_crispdm.base.tasks import comes

from ..errors import RequestTimeout

STALL_SECONDS = 60.0
#: Bytes that may wait for their reader before the sender is made to wait.
HELD = 2 * 1024 * 1024
_LOOKS = 60


class BodyCut(RequestTimeout):
    """The body ends before its end: the sender has gone or stalls, or somebody broke it off."""


class Incoming:
    """Iterating over it yields lists of pieces, all that have come since the last. Raises BodyCut after the last one.

    The sender waits until somebody asks for the body, and again when more than `HELD` bytes lie here.
    """

    def __init__(self, announced: int | None, *, stall_seconds: float = STALL_SECONDS) -> None:
        self.announced = announced
        """The bytes that the headers promise; None when they do not say."""
        self.asked = asyncio.Event()
        """Set once somebody wants the body."""
        self._stall_seconds = stall_seconds
        self._pieces: list[bytes] = []
        self._held = 0
        self._ended = False
        self._why_cut = ""
        self._news = asyncio.Event()
        self._space: asyncio.Future[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._ended or bool(self._why_cut)

    def feed(self, piece: bytes) -> asyncio.Future[None] | None:
        """Take a piece that has come; what is returned is waited for before the next one is read."""
        if self.is_over:
            return None
        self._pieces.append(piece)
        self._held += len(piece)
        self._news.set()
        if self._held < HELD:
            return None
        if self._space is None or self._space.done():
            self._space = asyncio.get_running_loop().create_future()
        return self._space

    def end(self) -> None:
        """The whole body has come."""
        self._ended = self._ended or not self._why_cut
        self._news.set()

    def cut(self, why: str) -> None:
        """Nothing more is taken; nothing happens where it is over already."""
        if not self.is_over:
            self._why_cut = why
            self._news.set()
            self._let_go()

    def __aiter__(self) -> Incoming:
        return self

    async def __anext__(self) -> list[bytes]:
        self.asked.set()
        while not self._pieces:
            if self._why_cut:
                raise BodyCut(self._why_cut)
            if self._ended:
                raise StopAsyncIteration
            await self._wait()
        pieces, self._pieces, self._held = self._pieces, [], 0
        self._let_go()
        return pieces

    async def _wait(self) -> None:
        """Wait in looks: one in which this server itself stands still counts as one, however long it takes."""
        self._news.clear()
        for _ in range(_LOOKS):
            if await comes(self._news, self._stall_seconds / _LOOKS):
                return
        self.cut(f"Nothing has come for {self._stall_seconds:g} seconds.")

    def _let_go(self) -> None:
        if self._space is not None and not self._space.done():
            self._space.set_result(None)
