"""A process that counts in a shared value: under the lock, by compare-and-set, or by increment.

Run: python -m tests.server.state.counting URL KEY WAY TIMES, with the token in CRISPDM_TOKEN. With the way `hold` it
takes the lock for TIMES seconds, says so, and holds it until it is killed.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from typing_extensions import Self

ROOT = Path(__file__).parents[3]
WAYS = ("lock", "compare", "increment")
Server = tuple[str, str]
"""The address of a server and the token that it takes."""


class Counter:
    """One value, as a program with a token reaches it."""

    def __init__(self, url: str, token: str, key: str) -> None:
        self._address = f"{url.rstrip('/')}/crispdm/api/state/{key}"
        self._http = httpx.Client(timeout=700, trust_env=False, headers={"Authorization": f"token {token}"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(self, method: str, path: str = "", **body: Any) -> tuple[int, Any]:
        """A verb, asked again by the same name for as long as the caller is told to come later."""
        name = {"Idempotency-Key": uuid.uuid4().hex}
        while True:
            answer = self._http.request(method, self._address + path, json=body or None, headers=name)
            if answer.status_code not in (429, 503):
                return answer.status_code, answer.json() if answer.content else None
            time.sleep(0.2)

    def value(self) -> Any:
        """What the value is; None where there is none."""
        code, found = self.call("GET")
        return found["value"] if code == 200 else None

    def under_lock(self) -> None:
        """Read, add and write, while nobody else may."""
        code, lease = self.call("POST", "/lock", seconds=30, wait=600)
        assert code == 200, lease
        value = lease["value"]["value"] if lease["value"] else 0
        assert self.call("PUT", value=value + 1, lock=lease["lock"])[0] == 200
        assert self.call("DELETE", f"/lock/{lease['lock']}")[0] == 204

    def by_compare(self) -> None:
        """Write only over what was read, and begin anew where somebody was faster."""
        code, current = self.call("GET")
        value, version = (current["value"], current["version"]) if code == 200 else (0, 0)
        while True:
            code, answer = self.call("PUT", value=value + 1, if_version=version)
            if code == 200:
                return
            current = answer["details"]["current"]
            value, version = current["value"] or 0, current["version"]
            time.sleep(random.random() * 0.02)

    def by_increment(self) -> None:
        """Let the server add."""
        assert self.call("POST", "/increment", by=1)[0] == 200


def count_in_processes(servers: Sequence[Server], key: str, way: str, processes: int, times: int) -> Any:
    """Let processes count, each at one of the servers in turn: what the value is when all are done."""
    running = [started(servers[number % len(servers)], key, way, times) for number in range(processes)]
    for process in running:
        process.communicate(timeout=600)
        assert process.returncode == 0
    with Counter(*servers[0], key) as counter:
        return counter.value()


def started(server: Server, key: str, way: str, times: float) -> subprocess.Popen[bytes]:
    """One process that counts."""
    url, token = server
    environ = {**os.environ, "CRISPDM_TOKEN": token, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.server.state.counting", url, key, way, str(times)]
    return subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE)


@contextmanager
def holder(server: Server, key: str, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the lock."""
    with started(server, key, "hold", seconds) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def main(url: str, key: str, way: str, times: str) -> None:
    """Count."""
    with Counter(url, os.environ["CRISPDM_TOKEN"], key) as counter:
        if way == "hold":
            assert counter.call("POST", "/lock", seconds=float(times), wait=0)[0] == 200
            print("held", flush=True)
            time.sleep(600)
        ways: dict[str, Callable[[], None]] = {
            "lock": counter.under_lock, "compare": counter.by_compare, "increment": counter.by_increment}
        for _ in range(int(times)):
            ways[way]()


if __name__ == "__main__":
    main(*sys.argv[1:])
