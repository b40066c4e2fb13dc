"""The curves of a run that no job made, on a real socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from .conftest import Api

_LOGS = "import crispdm\nfor step in range(3): crispdm.log({'loss': 1 / (1 + step)}, step=step)\n"


def ended(message: bytes | str) -> bool:
    """Whether it tells of curves that they come to their end; rows of the table have ended, too."""
    if isinstance(message, bytes):
        return False
    told = json.loads(message)
    return bool(told["topic"].endswith("/metrics") and told["data"].get("ended"))


@pytest.mark.proves("runs.live")
async def test_the_curves_of_a_merged_run_come_live_as_those_of_jobs(api: Api, jp_ws_fetch: Any) -> None:
    ids = [await api.job(_LOGS) for _ in range(2)]
    for id in ids:
        await api.run(id, points=3)
    code, merged = await api("POST", "runs/merge", {"ids": ids, "name": "whole"})
    assert code == 201
    socket = await jp_ws_fetch("crispdm", "api", "live")
    told: list[bytes | str] = []
    await socket.write_message(json.dumps({"subscribe": "runs"}))
    await socket.write_message(json.dumps({"subscribe": f"runs/{merged['id']}/metrics", "packed": True}))
    await socket.write_message(json.dumps({"subscribe": f"jobs/{ids[0]}/metrics", "packed": True}))
    while sum(ended(one) for one in told) < 2:
        message = await asyncio.wait_for(socket.read_message(), 60)
        assert message is not None, "the server hung up"
        told.append(message)
    assert any(isinstance(one, bytes) and b"loss" in one for one in told)
    socket.close()


async def test_a_run_that_is_not_there_is_refused_and_the_connection_stays(api: Api, jp_ws_fetch: Any) -> None:
    socket = await jp_ws_fetch("crispdm", "api", "live")
    for topic in ("runs/nobody/metrics", "runs/nobody/system"):
        await socket.write_message(json.dumps({"subscribe": topic}))
        refused = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        assert (refused["topic"], refused["error"]["code"]) == (topic, "not_found")
    socket.close()
