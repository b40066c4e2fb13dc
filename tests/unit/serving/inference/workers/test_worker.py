"""How much a model is asked at once, and for how long it has been at what it was asked; nothing is started."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_crispdm.base.errors import CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.workers.worker import NotBegun, Worker, refusal


def worker() -> Worker:
    nothing: Any = None
    return Worker(nothing, nothing, nothing)


def send(asked: Worker, number: int, begun: float = 0.0) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    asked._waiting[number] = future, begun
    asked._only_brief = True
    return future


async def learn(asked: Worker, seconds: float, times: int) -> None:
    for number in range(times):
        future = send(asked, number)
        asked._hand_over({"id": number, "seconds": seconds}, b"")
        await future


async def test_a_model_is_asked_for_more_at_once_the_quicker_it_is() -> None:
    asked = worker()
    assert (asked.depth, asked.accepts(True), asked.accepts(False)) == (1, True, True)
    send(asked, 1000)
    assert not asked.accepts(True)
    del asked._waiting[1000]
    await learn(asked, 0.0001, 100)
    assert asked.depth > 8
    send(asked, 1000)
    assert asked.accepts(True)
    assert not asked.accepts(False)
    del asked._waiting[1000]
    await learn(asked, 1.0, 100)
    assert asked.depth == 1


async def test_one_stall_tells_little_about_a_quick_model() -> None:
    asked = worker()
    await learn(asked, 0.0001, 100)
    before = asked.depth
    await learn(asked, 30.0, 1)
    assert asked.depth > before // 2


@pytest.mark.proves("serving.healthy-worker")
async def test_time_in_line_is_no_time_at_work() -> None:
    asked = worker()
    assert asked.busy_for(100.0) == 0
    first, second = send(asked, 1, begun=10.0), send(asked, 2, begun=10.0)
    assert asked.busy_for(15.0) == 5.0
    asked._hand_over({"id": 1}, b"")
    now = asyncio.get_running_loop().time()
    assert asked.busy_for(now) < now - 10.0
    asked._hand_over({"id": 2, "not_begun": True}, b"")
    assert (await first)[0] == {"id": 1}
    with pytest.raises(NotBegun):
        await second


async def test_a_process_s_end_loses_the_first_and_hands_back_the_others() -> None:
    asked = worker()
    first, second = send(asked, 1), send(asked, 2)
    asked._abandon("ended")
    assert "ended while it worked on this" in str(first.exception())
    assert isinstance(second.exception(), NotBegun)


@pytest.mark.parametrize(
    ("told", "kind", "details"),
    [
        ({"message": "no"}, Unprocessable, {}),
        ({"message": "no", "field": "mode"}, Unprocessable, {"field": "mode"}),
        ({"message": "much", "status": 413}, TooLarge, {}),
        ({"message": "no", "status": 500}, Unprocessable, {}),
    ],
)
def test_what_a_model_refuses(told: dict[str, object], kind: type[CrispdmError], details: dict[str, str]) -> None:
    error = refusal(told)
    assert type(error) is kind
    assert error.details == details
