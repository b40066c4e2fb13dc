"""No test waits on its event loop for ever: what is not over in time is cancelled and says where it waited.

So it lets go of what it holds. A signal that breaks into the loop leaves sockets, tasks and threads to later tests.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

ANSWER_SECONDS = 120.0  # for one answer of a server
SECONDS = 200.0  # before pytest-timeout breaks into the loop; what lasts longer says so by `pytest.mark.timeout`


def bound(loop: asyncio.AbstractEventLoop, seconds: float = SECONDS) -> None:
    """Have `run_until_complete` of a loop raise an AssertionError after so long."""
    run = loop.run_until_complete

    def run_until_complete(coming: Awaitable[Any]) -> Any:
        if loop.is_closed() or loop.is_running():  # which it says itself
            return run(coming)
        work = asyncio.ensure_future(coming, loop=loop)
        is_late = False

        def cancel() -> None:
            nonlocal is_late
            is_late = work.cancel()

        timer = loop.call_later(seconds, cancel)
        try:
            return run(work)
        except asyncio.CancelledError as error:
            if not is_late:
                raise
            raise AssertionError(f"It was not over within {seconds:g} s. It waited where this came from.") from error
        finally:
            timer.cancel()

    loop.run_until_complete = run_until_complete  # type: ignore[assignment, method-assign]
