"""Curves of a job on a real socket, in few bytes and as JSON."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from tests.support import eventually


@pytest.fixture
def submitted(crispdm: CrispdmApp, jp_fetch: Any) -> Callable[..., Awaitable[str]]:
    """Runs a script until it has ended; answers the id of its job."""

    async def run(script: str) -> str:
        body = json.dumps({"script": script})
        id = json.loads((await jp_fetch("crispdm", "api", "jobs", method="POST", body=body)).body)["id"]

        async def is_over() -> bool:
            job = json.loads((await jp_fetch("crispdm", "api", "jobs", id)).body)
            return bool(job["state"] == "succeeded")

        await eventually(is_over)
        return str(id)

    return run


async def _until_ended(socket: Any, **command: Any) -> list[bytes | str]:
    """What comes of a topic until its end."""
    await socket.write_message(json.dumps(command))
    told: list[bytes | str] = []
    while not (told and isinstance(told[-1], str) and "ended" in told[-1]):
        told.append(await asyncio.wait_for(socket.read_message(), 60))
    return told


@pytest.mark.proves("columns.wire")
async def test_curves_come_as_bytes_to_who_asks_for_them(
    submitted: Callable[..., Awaitable[str]], jp_root_dir: Path, jp_ws_fetch: Any
) -> None:
    (jp_root_dir / "train.py").write_text("import crispdm\ncrispdm.log({'train/accuracy': 0.5}, step=7)\n")
    topic = f"jobs/{await submitted('train.py')}/metrics"
    socket = await jp_ws_fetch("crispdm", "api", "live")
    packed = await _until_ended(socket, subscribe=topic, packed=True)
    assert [type(one) for one in packed] == [bytes, str]
    data = packed[0]
    assert isinstance(data, bytes)
    assert len(data) <= 62, "and two of the frame"
    assert data[2:6] == zlib.crc32(topic.encode()).to_bytes(4, "little")
    assert b"train/accuracy" in data
    text = await _until_ended(socket, subscribe=topic)
    first = json.loads(text[0])
    assert first["data"]["series"]["train/accuracy"]["value"] == [0.5]
    assert (first["seq"], int(first["epoch"], 16)) == (1, int.from_bytes(data[6:12], "little"))
    by_epoch = await _until_ended(socket, subscribe=topic, period="epoch")
    assert [json.loads(one) for one in by_epoch] == [json.loads(one) for one in text]
    socket.close()


async def test_a_period_that_is_none_is_refused(crispdm: CrispdmApp, jp_ws_fetch: Any) -> None:
    socket = await jp_ws_fetch("crispdm", "api", "live")
    for period in ("hourly", -1):
        await socket.write_message(json.dumps({"subscribe": "jobs", "period": period}))
        answer = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        assert answer["error"]["code"] == "bad_request"
    socket.close()
