"""`serve NAME@ALIAS`: services without a server, which share a registry and go along with its aliases."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from jupyter_crispdm.models.types import Registration
from tests.brokers.nginx import Nginx
from tests.support import eventually, eventually_sync, words_of

from .house import House
from .test_no_answer_lost import MODEL, ROOT

pytestmark = pytest.mark.timeout(240)
QUESTION = {"inputs": [{"name": "x", "datatype": "INT64", "shape": [1], "data": [7]}]}
CLIENTS = 4


@asynccontextmanager
async def shared_registry(home: Path) -> AsyncIterator[House]:
    """A registry with two versions of a model that says which it is."""
    house = House(home)
    (house.root / "serve.py").write_text(MODEL)
    await house.database.start()
    await house.models.start()
    for number in (1, 2):
        (house.root / "weights.txt").write_text(str(number))
        program = Registration(
            name="lamp", path="weights.txt", format="script", script="serve.py", environment="server"
        )
        await house.models.register(program)
    await house.models.aliases.point("lamp", "champion", 1)
    try:
        yield house
    finally:
        await house.models.close()
        await house.watcher.close()
        await house.database.close()


class Service:
    """`jupyter crispdm serve`, as somebody starts it."""

    def __init__(self, home: Path, name: str) -> None:
        environ = {**os.environ, "JUPYTER_CONFIG_PATH": "", "JUPYTER_CONFIG_DIR": str(home / "config")}
        self.log = home / f"{name}.log"
        words = ["serve", "lamp@champion", "--port", "0", "--data-dir", str(home / "data")]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_crispdm", *words], env=environ, cwd=ROOT, stdout=log, stderr=log
            )

    def said_address(self) -> str:
        """Where it listens, as it says."""
        found = eventually_sync(lambda: re.search(r"Serving .* on (\S+)", self.log.read_text()), 60)
        assert found is not None
        return str(found[1])

    def follower(self) -> list[psutil.Process]:
        """The process that follows the aliases."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if any("following" in word for word in words_of(child))]

    def end(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


@contextmanager
def service(home: Path, name: str = "one") -> Iterator[Service]:
    started = Service(home, name)
    try:
        yield started
    finally:
        started.end()


async def answered_by(http: httpx.AsyncClient) -> str:
    """The version that answers."""
    answer = await http.post("/v2/models/lamp@champion/infer", json=QUESTION)
    answer.raise_for_status()
    told = {output["name"]: output["data"][0] for output in answer.json()["outputs"]}
    assert (answer.json()["model_version"], told["product"]) == (str(told["version"]), 7 * told["version"])
    return str(answer.json()["model_version"])


async def ready(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:

        async def answers() -> bool:
            return (await http.get("/v2/health/ready")).status_code == 200

        await eventually(answers, 60)


@pytest.mark.proves("serving.alone-follows")
async def test_services_behind_nginx_go_along_with_an_alias_and_lose_no_answer(tmp_path: Path) -> None:
    async with shared_registry(tmp_path) as house:
        with service(tmp_path, "one") as one, service(tmp_path, "two") as two:
            addresses = [await asyncio.to_thread(each.said_address) for each in (one, two)]
            for address in addresses:
                await ready(address)
            ports = [urlsplit(address).port or 0 for address in addresses]
            with Nginx(tmp_path / "nginx", ports) as nginx:
                seen, over = Counter[str](), asyncio.Event()

                async def ask() -> None:
                    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{nginx.port}", timeout=60) as http:
                        while not over.is_set():
                            seen[await answered_by(http)] += 1

                clients = [asyncio.ensure_future(ask()) for _ in range(CLIENTS)]
                await eventually(lambda: seen["1"] > CLIENTS)
                await house.models.aliases.point("lamp", "champion", 2)
                for address in addresses:
                    await becomes(address, "2")
                over.set()
                await asyncio.gather(*clients)
            assert set(seen) == {"1", "2"}


async def becomes(address: str, version: str) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:

        async def is_there() -> bool:
            return await answered_by(http) == version

        await eventually(is_there, 60)


@pytest.mark.proves("serving.alone-follows")
async def test_who_follows_is_replaced_when_killed_and_ends_with_the_service(tmp_path: Path) -> None:
    async with shared_registry(tmp_path) as house:
        with service(tmp_path) as alone:
            address = await asyncio.to_thread(alone.said_address)
            await ready(address)
            [follower] = alone.follower()
            follower.kill()
            await eventually(lambda: [one.pid for one in alone.follower()] not in ([], [follower.pid]), 60)
            await house.models.aliases.point("lamp", "champion", 2)
            await becomes(address, "2")
            [follower] = alone.follower()
        assert not follower.is_running()
        assert "Traceback" not in alone.log.read_text()
