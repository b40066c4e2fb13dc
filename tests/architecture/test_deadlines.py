"""No test waits for ever: whatever does not come, the test fails with a word and leaves nothing to later ones."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import Iterator

import pytest

from tests import deadline
from tests.architecture.source import ROOT, calls, modules
from tests.support import ends


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_what_does_not_come_fails_where_it_is_waited_for_and_lets_go_of_what_it_holds(
    loop: asyncio.AbstractEventLoop,
) -> None:
    told: list[str] = []

    async def waits_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            told.append("let go")

    deadline.bound(loop, 0.01)
    with pytest.raises(AssertionError, match=r"not over within 0\.01 s") as raised:
        loop.run_until_complete(waits_for_ever())
    assert told == ["let go"]
    cause = raised.value.__cause__
    assert isinstance(cause, asyncio.CancelledError)
    assert "waits_for_ever" in [frame.name for frame in pytest.ExceptionInfo.from_exception(cause).traceback]


def test_what_comes_is_handed_on_and_so_is_what_fails(loop: asyncio.AbstractEventLoop) -> None:
    async def answers() -> int:
        return 7

    async def fails() -> None:
        raise KeyError("x")

    async def gives_up() -> None:
        raise asyncio.CancelledError

    deadline.bound(loop)
    assert loop.run_until_complete(answers()) == 7
    with pytest.raises(KeyError):
        loop.run_until_complete(fails())
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(gives_up())


async def test_tests_run_on_such_a_loop(jp_asyncio_loop: asyncio.AbstractEventLoop) -> None:
    assert asyncio.get_running_loop() is jp_asyncio_loop
    assert "run_until_complete" in vars(jp_asyncio_loop)


def test_a_thread_that_goes_on_is_said() -> None:
    goes_on = threading.Event()
    thread = threading.Thread(target=goes_on.wait, args=(60,), name="the long one")
    thread.start()
    with pytest.raises(AssertionError, match="the long one"):
        ends(thread, 0.01)
    goes_on.set()
    ends(thread)


def waits_for_ever(name: str, call: ast.Call) -> bool:
    """Whether this call waits for a thread or a process without an end."""
    return name.endswith((".join", ".communicate")) and not call.args and not call.keywords


def test_threads_and_processes_are_waited_for_within_a_time() -> None:
    found = {path for path, module in modules(ROOT / "tests") if any(waits_for_ever(*one) for one in calls(module))}
    assert found == set(), "use support.ends(thread), communicate(timeout=…)"
