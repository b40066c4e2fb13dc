"""An inference server in the test's own process, so that its patience and limits are the test's."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn

from jupyter_crispdm.serving.inference.http.app import Beside, InferenceServer, build
from jupyter_crispdm.serving.inference.main import _config
from jupyter_crispdm.serving.inference.settings import InferenceSettings
from jupyter_crispdm.serving.inference.workers.pool import WorkerPool
from tests.support import eventually

from .conftest import SITE, wanted

KEY = "k" * 32


@dataclass
class Inside:
    """An inference server, where it listens, and its clients."""

    directory: Path
    inference: InferenceServer
    port: int
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, person: str = "", address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """Somebody who is logged in, or (without a name) a program at an address of this machine."""
        known = {"x-crispdm-key": KEY, "x-crispdm-user": person} if person else {}
        client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", timeout=60, headers={**known, **headers},
            transport=httpx.AsyncHTTPTransport(local_address=address),
        )  # fmt: skip
        self.clients.append(client)
        return client

    async def deploy(self, id: str = "a", **changes: Any) -> WorkerPool:
        """Deploy the fake algorithm and wait until it is ready."""
        await asyncio.to_thread(wanted, self.directory, id, **changes)

        def ready() -> WorkerPool | None:
            return next((pool for pool in self.inference.repository.pools if pool.spec.id == id and pool.ready), None)

        pool = await eventually(ready)
        assert isinstance(pool, WorkerPool)
        return pool

    async def connect(
        self, sent: bytes, address: str = "127.0.0.1"
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection that has sent something."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))
        writer.write(sent)
        await writer.drain()
        return reader, writer


async def configure(client: httpx.AsyncClient, **config: Any) -> httpx.Response:
    """Send a configuration."""
    return await client.post("/configs", files={"file": ("config.json", msgspec.json.encode(config))})


@asynccontextmanager
async def inside(tmp_path: Path, beside: Beside | None = None, **changes: Any) -> AsyncIterator[Inside]:
    """Run an inference server with these settings, and another way to its models beside it."""
    directory = tmp_path / "serving"
    await asyncio.to_thread((directory / "deployments").mkdir, parents=True, exist_ok=True)
    settings = InferenceSettings(directory, site=SITE, key=KEY, **changes)
    inference = build(settings, beside)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(_config(inference, settings))
    serving = asyncio.create_task(server.serve([listening]))
    await eventually(lambda: server.started)
    running = Inside(directory, inference, listening.getsockname()[1])
    try:
        yield running
    finally:
        for client in running.clients:
            await client.aclose()
        server.should_exit = True
        await serving
        listening.close()
