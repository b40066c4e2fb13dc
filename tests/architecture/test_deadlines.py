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

#: Seconds that a fact which comes may need on the slowest machine: a wait that ends sooner fails there alone.
PATIENT = 60.0
#: How calls wait, by the end of their names: which argument says for how long.
WAITS = {"wait_for": 1, "eventually": 1, "eventually_sync": 1, "ends": 1, "join": 0}
#: Calls whose `timeout` is a limit of what they begin, by their ends.
LIMITS = ("submit", "Submission", "start_job", "spec_of")
HTTPX = frozenset({"get", "head", "post", "put", "patch", "delete", "request", "stream", "Client", "AsyncClient"})
#: What is waited for in vain, and asked again or meant to come to nothing.
IMPATIENT = {
    "architecture/test_deadlines.py": "shows what becomes of a thread that goes on",
    "brokers/program.py": "asks a server that starts again and again",
    "brokers/redis_server.py": "asks a server that starts again and again",
    "ui/server.py": "asks a server that starts again and again",
    "server/serving/inference/test_triton_client.py": "is meant to come too late",
    "server/serving/inference/rpc/test_calls.py": "is meant to come too late",
    "server/serving/inference/rpc/test_triton.py": "is meant to come too late",
    "server/auth/test_sessions.py": "a socket that stays open",
    "unit/client/test_live.py": "by a clock of its own, which runs out",
    "ui/training.py": "a program of the tests, which looks for input now and then",
}

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


def least_patience(name: str, call: ast.Call) -> float:
    """For how many seconds a call waits for what comes, where it says so as a number; httpx has 5 where it does not."""
    end = name.rpartition(".")[2]
    named = {one.arg: one.value for one in call.keywords}
    said = named.get("timeout", named.get("request_timeout"))
    if said is None and end in WAITS and len(call.args) > WAITS[end]:
        said = call.args[WAITS[end]]
    if isinstance(said, ast.Constant) and isinstance(said.value, (int, float)):
        return said.value
    silent = said is None and name.startswith("httpx.") and "transport" not in named
    return 5.0 if silent and end in HTTPX else PATIENT


@pytest.mark.proves("tests.no-clock")
def test_whoever_waits_for_a_fact_waits_as_long_as_the_slowest_machine_needs() -> None:
    """A job's own limit is no wait: `submit(…, timeout=…)`."""
    found = {
        path
        for path, module in modules(ROOT / "tests")
        for name, call in calls(module)
        if least_patience(name, call) < PATIENT and not name.endswith(LIMITS)
    }
    assert found == set(IMPATIENT), "wait for a minute: only what never comes needs so long"
