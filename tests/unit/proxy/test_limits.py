"""How much callers may have passed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack

import pytest

from jupyter_crispdm.base.errors import TooLarge, TooManyRequests
from jupyter_crispdm.proxy import limits as module
from jupyter_crispdm.proxy.errors import UpstreamTimeout
from jupyter_crispdm.proxy.limits import ProxyLimits
from tests.support import FakeClock


async def pieces(clock: FakeClock, *sizes: int, seconds: float = 0) -> AsyncGenerator[bytes, None]:
    for size in sizes:
        clock.advance(seconds)
        yield b"x" * size


async def total(limits: ProxyLimits, source: AsyncGenerator[bytes, None]) -> int:
    return sum([len(piece) async for piece in limits.within("ada", source)])


def test_a_caller_has_only_so_many_open() -> None:
    limits = ProxyLimits(10, 100, FakeClock())
    with ExitStack() as stack:
        for _ in range(module._AT_ONCE):
            stack.enter_context(limits.turn("ada"))
        with pytest.raises(TooManyRequests, match="close one"):
            stack.enter_context(limits.turn("ada"))
        stack.enter_context(limits.turn("bob"))
    with limits.turn("ada"):
        pass


def test_a_caller_asks_only_so_often() -> None:
    clock = FakeClock()
    limits = ProxyLimits(10, 100, clock)
    for _ in range(int(module._BURST)):
        with limits.turn("ada"):
            pass
    with pytest.raises(TooManyRequests, match="too often"), limits.turn("ada"):
        pass
    with limits.turn("bob"):
        pass
    clock.advance(1 / module._A_SECOND)
    with limits.turn("ada"):
        pass


async def test_an_answer_has_only_so_many_bytes() -> None:
    clock = FakeClock()
    limits = ProxyLimits(10, 100, clock)
    assert await total(limits, pieces(clock, 60, 40)) == 100
    with pytest.raises(TooLarge, match="more than 100 bytes"):
        await total(limits, pieces(clock, 60, 41))


async def test_an_answer_takes_only_so_long() -> None:
    clock = FakeClock()
    with pytest.raises(UpstreamTimeout, match="longer than 10 s"):
        await total(ProxyLimits(10, 100, clock), pieces(clock, 1, 1, 1, seconds=4))


async def test_a_caller_who_takes_too_much_is_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, slept = FakeClock(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    size = module._BYTES_A_SECOND
    assert await total(ProxyLimits(100, 10 * size, clock), pieces(clock, size, size, size, size)) == 4 * size
    assert slept == [1.0, 1.0]
