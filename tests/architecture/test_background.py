"""Nothing runs in the background but what `base/tasks.py` watches over, and all of it can be ended."""

from __future__ import annotations

import pytest

from tests.architecture.source import PACKAGE, calls, modules

STARTERS = ("create_task", "ensure_future", "PeriodicCallback", "spawn_callback")
#: Where a task is started otherwise, and why nothing of it can end in silence.
ALLOWED = {
    "app.py": "the start of all rooms, awaited where it is made, and ended with the server",
    "auth/jupyter/bodies.py": "tornado's callback logs and goes on",
    "auth/jupyter/identity.py": "tornado's callback logs and goes on",
    "auth/jupyter/kernels/manager.py": "tornado's callback logs and goes on",
    "base/http/flowing.py": "one answer and what may end it, ended where they are made",
    "base/http/streamed.py": "one verb and one wait, whose error its caller is told",
    "base/live/channel.py": "one reading of a topic's truth, whose error its readers are told",
    "base/live/follower.py": "one task a log, whose error its readers are told",
    "base/live/socket.py": "the watch over one connection's session, awaited where it ends",
    "base/live/stream.py": "one wait, awaited where it is made",
    "base/tasks.py": "the place itself",
    "cli/demo_project/dashboards/forms/shown.py": "one stream at a time behind its buttons, which say how it ended",
    "cli/demo_project/dashboards/phases/parts.py": "one action of a button, which says what went wrong beside it",
    "jobs/queue/dispatch.py": "one task a job, which is logged and followed again",
    "jobs/notebooks/box.py": "one line, awaited where it is asked for, in a program of its own",
    "jobs/notebooks/client.py": "part of a program of its own",
    "shared/following/connection.py": "both halves of a conversation, awaited where they are made",
    "state/locks.py": "two waits of one caller, ended where they are made",
    "streaming/waits.py": "one item, awaited where it is asked for",
    "serving/passing.py": "one answer, awaited where it is asked for",
}


@pytest.mark.proves("tasks.background")
def test_tasks_are_started_in_one_place() -> None:
    found = {
        path
        for path, module in modules(PACKAGE)
        for name, _ in calls(module)
        if name.rpartition(".")[2] in STARTERS and not path.startswith("serving/inference/")  # a process of its own
    }
    assert found == set(ALLOWED)


@pytest.mark.proves("tasks.background")
def test_no_wait_forgets_that_it_was_cancelled() -> None:
    """`asyncio.wait_for` does before Python 3.12, see `within`."""
    found = [(path, name) for path, module in modules(PACKAGE) for name, _ in calls(module)]
    assert [path for path, name in found if name == "asyncio.wait_for"] == []
