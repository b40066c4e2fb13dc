"""No answer is lost, given twice or mixed while processes are killed and an alias is switched all the time.

Two minutes here; `make serving` makes ten of them (CRISPDM_TEST_SERVING_SECONDS).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from jupyter_crispdm.base.files.atomic import read_json
from jupyter_crispdm.models.types import Registration
from jupyter_crispdm.serving.types import DeploymentRequest

from .house import House

SECONDS = float(os.environ.get("CRISPDM_TEST_SERVING_SECONDS", "120"))
CLIENTS = 16
KILL_EVERY, SWITCH_EVERY = 2.0, 1.0
VERSIONS = 3
ROOT = Path(__file__).parents[3]

MODEL = """
import os
import numpy as np

class Model:
    '''Says which version it is, and in each answer a number that no other has.'''

    signature = {"inputs": [{"name": "x", "datatype": "INT64", "shape": [-1]}], "outputs": []}

    def load(self, path, metadata):
        self.version = int(open(path).read())

    def predict(self, inputs):
        nonce = int.from_bytes(os.urandom(7), "little")
        return {"version": np.array([self.version]), "product": inputs["x"] * self.version, "nonce": np.array([nonce])}
"""


@dataclass
class Findings:
    """What the clients saw."""

    answers: int = 0
    retries: int = 0
    repeated: int = 0
    failed: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    versions: Counter[int] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0


@dataclass
class Client:
    """Asks without a pause; has one retry for each question."""

    address: str
    findings: Findings
    chance: random.Random
    asked: int = 0
    """Questions that are over, answered or not."""

    async def ask_until(self, end: float) -> None:
        """Ask, and some questions once more after they were answered."""
        async with httpx.AsyncClient(base_url=self.address, timeout=60) as http:
            while time.monotonic() < end:
                key, number = str(uuid.uuid4()), self.chance.randrange(1000)
                begun = time.monotonic()
                answer = await self.answered(http, key, number)
                self.findings.slowest = max(self.findings.slowest, time.monotonic() - begun)
                if answer is not None:
                    self.look_at(answer, number)
                    if self.chance.random() < 0.1:
                        self.compare(key, answer, await self.answered(http, key, number))

    async def answered(self, http: httpx.AsyncClient, key: str, number: int) -> Any:
        """An answer, at the second try at the latest; None when there was none."""
        try:
            return await self._answered(http, key, number)
        finally:
            self.asked += 1

    async def _answered(self, http: httpx.AsyncClient, key: str, number: int) -> Any:
        why = ""
        for attempt in range(2):
            try:
                answer = await http.post(
                    "/v2/models/lamp@champion/infer",
                    json={"inputs": [{"name": "x", "datatype": "INT64", "shape": [1], "data": [number]}]},
                    headers={"Idempotency-Key": key},
                )
            except httpx.HTTPError as error:
                why, pause = f"{why} {type(error).__name__}: {error}", 0.0
            else:
                if answer.status_code == 200:
                    return answer.json()
                why, pause = f"{why} {answer.status_code} {answer.text}", float(answer.headers.get("retry-after", 0))
            if attempt == 0:
                self.findings.retries += 1
                await asyncio.sleep(pause)
        self.findings.failed.append(why)
        return None

    async def get_through(self, end: float) -> None:
        """Wait until the question that is asked now is over, or the end."""
        now = self.asked
        while self.asked == now and time.monotonic() < end:  # noqa: ASYNC110 - many wait for it
            await asyncio.sleep(0.01)

    def look_at(self, answer: Any, number: int) -> None:
        """An answer is all of one version."""
        told = {output["name"]: output["data"][0] for output in answer["outputs"]}
        self.findings.answers += 1
        self.findings.versions[told["version"]] += 1
        if (str(told["version"]), told["product"]) != (answer["model_version"], number * told["version"]):
            self.findings.mixed.append(str(answer))

    def compare(self, key: str, answer: Any, again: Any) -> None:
        """A key has one answer."""
        self.findings.repeated += 1
        if again is not None and again != answer:
            self.findings.doubled.append(f"{key}: {answer} and {again}")


@dataclass
class Keeper:
    """The server, as a process that is killed and started anew."""

    home: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        command = [sys.executable, "-m", "tests.server.serving.keeper", str(self.home)]
        with (self.home / "keeper.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log, cwd=ROOT, bufsize=0)

    def kill(self) -> None:
        """Kill it, and start the next."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self._close()
        self.start()

    def switch(self, version: int) -> None:
        """Let the alias mean another version, if somebody is there to do it."""
        assert self.process is not None
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(b"%d\n" % version)

    def end(self) -> None:
        """End it in order."""
        self._close()
        assert self.process is not None
        self.process.wait(60)

    def _close(self) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()


@contextmanager
def keeper(home: Path) -> Iterator[Keeper]:
    kept = Keeper(home)
    kept.start()
    try:
        yield kept
    finally:
        kept.end()


async def prepared(home: Path) -> str:
    """Register the versions, deploy what `champion` means, and leave that running without a server."""
    house = House(home)
    (house.root / "serve.py").write_text(MODEL)
    await house.open()
    for version in range(1, VERSIONS + 1):
        (house.root / "weights.txt").write_text(str(version))
        script = Registration(
            name="lamp", path="weights.txt", format="script", script="serve.py", environment="server"
        )
        await house.models.register(script)
    await house.models.aliases.point("lamp", "champion", 1)
    made = await house.deployments.deploy(DeploymentRequest(model="lamp@champion"), "ada")
    await house.becomes(made.id, "ready")
    address = house.deployments.address
    await house.close(stop=False)
    return address


def kill_one(home: Path, kept: Keeper, chance: random.Random) -> str:
    """Kill a model's process, the front, or the server; in a word which."""
    victim = chance.choice(["worker", "front", "server"])
    if victim == "server":
        kept.kill()
        return victim
    front = int(read_json(home / "data" / "serving" / "front.json")["front"])
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        workers = psutil.Process(front).children()
        pid = chance.choice(workers).pid if victim == "worker" and workers else front
        os.kill(pid, signal.SIGKILL)
    return victim


async def disturb(home: Path, kept: Keeper, clients: list[Client], chance: random.Random, end: float) -> None:
    """Kill and switch, each at its pace; but nobody's question is hit by two kills, for it has one retry."""
    findings = clients[0].findings
    through: asyncio.Future[Any] = asyncio.gather()
    kill_at, switch_at = time.monotonic() + KILL_EVERY, time.monotonic() + SWITCH_EVERY
    while time.monotonic() < end:
        if time.monotonic() >= kill_at and through.done():
            findings.killed[await asyncio.to_thread(kill_one, home, kept, chance)] += 1
            through = asyncio.gather(*(client.get_through(end) for client in clients))
            kill_at = time.monotonic() + KILL_EVERY
        if time.monotonic() >= switch_at:
            kept.switch(chance.randint(1, VERSIONS))
            switch_at += SWITCH_EVERY
        await asyncio.sleep(0.05)
    await through


@pytest.mark.timeout(SECONDS + 240)
@pytest.mark.proves("serving.no-answer-lost")
async def test_no_answer_is_lost_doubled_or_mixed(tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    chance, findings = random.Random(seed), Findings()
    address = await prepared(tmp_path)
    with keeper(tmp_path) as kept:
        end = time.monotonic() + SECONDS
        clients = [Client(address, findings, random.Random(chance.random())) for _ in range(CLIENTS)]
        disturbing = disturb(tmp_path, kept, clients, chance, end)
        await asyncio.gather(disturbing, *(client.ask_until(end) for client in clients))
    print(f"seed {seed}: {findings}")
    assert (findings.failed, findings.doubled, findings.mixed) == ([], [], []), f"seed {seed}"
    assert findings.answers > SECONDS
    assert len(findings.versions) > 1, "no version was ever switched to"
    assert findings.retries
    assert findings.repeated
