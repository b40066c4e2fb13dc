"""Where the streams of the pages come from; each function yields a line for each thing that comes."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from phases import project

from jupyter_crispdm.base.errors import Forbidden
from jupyter_crispdm.client.client import trust
from jupyter_crispdm.client.discovery import locate
from jupyter_crispdm.client.errors import refusal
from jupyter_crispdm.files.types import Access
from jupyter_crispdm.streaming import Stream

TORN = 7
"""Bytes of a piece, so that no object comes in one."""

MEASUREMENTS = 40
PAUSE = 0.15
SIZE, PIECE = 16 * 2**20, 2**20
FILE = "streamed.bin"


async def lines() -> AsyncGenerator[str, None]:
    """Measurements as lines of JSON, cut anywhere on their way, and put together again."""
    async for item in Stream(_torn(Stream(_measured()).ndjson())).json():
        yield msgspec.json.encode(item).decode()


async def _measured() -> AsyncGenerator[dict[str, object], None]:
    for number in range(MEASUREMENTS):
        yield {"number": number, "value": round(math.sin(number / 5), 3), "unit": "µm"}
        await asyncio.sleep(PAUSE)


async def _torn(source: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    async for piece in source:
        for start in range(0, len(piece), TORN):
            yield piece[start : start + TORN]


async def events() -> AsyncGenerator[str, None]:
    """What the server tells of jobs, as events."""
    async with asked("GET", "crispdm/api/live?topic=jobs", Accept="text/event-stream") as answer:
        async for event in Stream(answer.aiter_bytes()).events():
            yield f"{event.id}  {event.data[:300]}"


async def upstream() -> AsyncGenerator[str, None]:
    """What another service streams, passed on by this server, message by message."""
    async with asked("GET", "crispdm/serving/v1/models") as answer:
        models = msgspec.json.decode(await answer.aread())["data"]
    if not models:
        raise ValueError("No model that writes is deployed. Train one on the last page, and deploy it.")
    name = models[0]["id"]
    service = next(one.url for one in project.client().deployments.list() if one.model == name).partition("/v2/")[0]
    wanted = {
        "url": f"{service}/v2/models/{name}/generate_stream", "method": "POST", "accept": "sse",
        "json": {"text_input": "The ", "parameters": {"max_tokens": 200, "temperature": 0.7}},
    }  # fmt: skip
    try:
        async with asked("POST", "crispdm/api/proxy", wanted) as answer:
            async for message in Stream(answer.aiter_bytes()).json():
                yield msgspec.json.encode(message).decode()
    except Forbidden as error:
        if "field" not in error.details:  # it is the person who may not, whatever the server allows
            raise
        how = f"Whoever runs the server allows it: c.CrispdmApp.proxy_allow = ['{service}']"
        raise ValueError(f"{error} {how}") from error


async def file() -> AsyncGenerator[str, None]:
    """A large file, sent up in pieces and read back piece by piece, with a break in the middle."""
    folder = await asyncio.to_thread(_place)
    path = await asyncio.to_thread(_sent, folder)
    try:
        came = 0
        for end in (SIZE // 2, SIZE):  # the second time it goes on where it was cut
            async with asked("GET", f"files/{path}", Range=f"bytes={came}-{end - 1}") as answer:
                async for piece in answer.aiter_bytes(PIECE):
                    came += len(piece)
                    yield f"{came / PIECE:.0f} of {SIZE / PIECE:.0f} MiB"
            yield f"{answer.status_code} {answer.headers.get('Content-Range', '')}"
    finally:
        await asyncio.shield(asyncio.to_thread(project.client().files.trash, path, forever=True))


def _place() -> str:
    """A folder in which this person may write. Raises ValueError where there is none."""
    folders = project.client().files.folders().folders
    writable = next((folder for folder in folders if folder.access is Access.WRITE), None)
    if writable is None:
        raise ValueError("You have no folder to write in.")
    return writable.path


def _sent(folder: str) -> str:
    with tempfile.NamedTemporaryFile() as made:
        made.truncate(SIZE)
        return project.client().files.upload(Path(made.name), to=folder, name=FILE, rename=True)


@asynccontextmanager
async def asked(method: str, path: str, body: Any = None, **headers: str) -> AsyncIterator[httpx.Response]:
    """An answer of the server, read while it comes. Raises what the server refuses with."""
    address = locate()
    known = {"Authorization": f"token {address.token}", **headers}
    client = httpx.AsyncClient(verify=trust(), trust_env=False, headers=known, timeout=None)
    async with client, client.stream(method, address.url + path, json=body) as answer:
        if not answer.is_success:
            raise refusal(answer.status_code, await answer.aread(), address.url)
        yield answer
