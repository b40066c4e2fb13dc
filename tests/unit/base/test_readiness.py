"""Who calls while a server starts waits for it; who commands one that ends is refused."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_crispdm.base.errors import NotReady
from jupyter_crispdm.base.readiness import Readiness, Stage
from tests.support import soon

EITHER = pytest.mark.parametrize("command", [False, True], ids=["reads", "commands"])


async def waiting(readiness: Readiness, *, command: bool) -> asyncio.Task[None]:
    """A call that has begun to wait."""
    call = asyncio.create_task(readiness.wait(command=command))
    await asyncio.sleep(0)
    assert not call.done()
    return call


@EITHER
async def test_a_call_waits_until_the_rooms_have_started(command: bool) -> None:
    readiness = Readiness()
    call = await waiting(readiness, command=command)
    readiness.stage = Stage.READY
    await soon(call)
    await readiness.wait(command=command)


async def test_a_command_that_waits_is_refused_when_the_server_ends_before_it_was_ready() -> None:
    readiness = Readiness()
    reads, commands = await waiting(readiness, command=False), await waiting(readiness, command=True)
    readiness.stage = Stage.STOPPING
    await soon(reads)
    with pytest.raises(NotReady, match="The server is stopping"):
        await soon(commands)


@EITHER
async def test_nothing_is_told_of_a_server_whose_rooms_did_not_start(command: bool) -> None:
    readiness = Readiness()
    call = await waiting(readiness, command=command)
    readiness.stage = Stage.FAILED
    with pytest.raises(NotReady, match=r"did not start\. The server's log says why"):
        await soon(call)


@EITHER
async def test_patience_has_an_end_and_the_caller_is_told_when_to_ask_again(command: bool) -> None:
    with pytest.raises(NotReady, match="The server is starting") as refused:
        await Readiness(patience=0).wait(command=command)
    assert refused.value.details["retry_after"] == 1


async def test_a_server_that_starts_once_more_is_waited_for_once_more() -> None:
    readiness = Readiness()
    readiness.stage = Stage.READY
    readiness.stage = Stage.STARTING
    call = await waiting(readiness, command=True)
    readiness.stage = Stage.READY
    await soon(call)
