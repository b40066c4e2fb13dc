"""A real Ray cluster for tests: a head and a second machine, each with a network, name and process table of its own.

It needs to be root of a network that belongs to nobody else, and so does no harm to this machine's own:

    unshare --user --map-root-user --net --pid --mount --fork --kill-child --mount-proc COMMAND…

makes such a place, without being root. Whatever was started in there ends with it.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

_NEW_MACHINE = ("unshare", "--net", "--uts", "--pid", "--mount", "--fork", "--kill-child=KILL", "--mount-proc")
# The machine says that it is there, and waits until it has its network.
_BOOT = """
echo here; read -r go || exit 1
hostname "$1"; shift
ip link set lo up
mount -t tmpfs tmpfs /dev/shm
mkdir -p /tmp/ray && mount -t tmpfs tmpfs /tmp/ray
exec "$@" >&2
"""
CPUS, GPUS = 32, 2  # what each machine, and what the second one, is said to have
GIVE_UP_SECONDS = 40  # after which Ray fails a job that waits; 15 minutes where nobody says so
_GATE = "10.77.0.1"
_GCS_PORT, _DASHBOARD_PORT = 6379, 8265
_START_SECONDS = 240.0
_STORE_BYTES = 80_000_000  # the least that Ray takes


class Machine:
    """A machine that is no other but for its disk: its own network, name, processes and shared memory."""

    def __init__(self, name: str, address: str, log: Path, env: dict[str, str]) -> None:
        self.name = name
        self.address = address
        self._log = log
        self._env = env
        self._process: subprocess.Popen[str] | None = None
        self._command: Sequence[str] = ()

    def start(self, command: Sequence[str]) -> None:
        """Start it, to run one command for as long as it lives."""
        self._command = command
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [*_NEW_MACHINE, "sh", "-c", _BOOT, "sh", self.name, *command],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=self._env,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "here\n", self.said()
        self._connect(self._process.pid)
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """Pull its plug: no process of it gets to say anything."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            # The kernel would do that too, but only when it comes to it.
            subprocess.run(["ip", "link", "delete", f"to-{self.name}"], stderr=subprocess.DEVNULL)

    def revive(self) -> None:
        """Start it again if its command has given up."""
        if self._process is not None and self._process.poll() is not None:
            self.kill()
            self.start(self._command)

    def said(self) -> str:
        """What its command has printed."""
        return self._log.read_text()

    def _connect(self, pid: int) -> None:
        plug, inside = f"to-{self.name}", ["nsenter", f"--net=/proc/{pid}/ns/net"]
        _run("ip", "link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        _run("ip", "link", "set", plug, "master", "switch", "up")
        _run(*inside, "ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        _run(*inside, "ip", "link", "set", "eth0", "up")


class RayCluster:
    """A head and a second machine of so many cores, with the token asked for; the second has the (pretended) GPUs.

    Examples
    --------
    >>> with RayCluster("/opt/ray/bin/ray", folder) as cluster:
    ...     connect(cluster.url, cluster.token_file)
    """

    url = f"http://10.77.0.2:{_DASHBOARD_PORT}"

    def __init__(self, ray: str, folder: Path, cpus: int = CPUS) -> None:
        self.token = secrets.token_hex(20)
        self.token_file = folder / "token"
        self.token_file.write_text(self.token)
        self.token_file.chmod(0o600)
        self._ray, self._cpus = ray, cpus
        env = {
            "PATH": f"{Path(ray).parent}:{os.defpath}:/usr/sbin:/sbin",
            "HOME": str(folder),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self.token_file),
            "RAY_JOB_START_TIMEOUT_SECONDS": str(GIVE_UP_SECONDS),
            "RAY_health_check_period_ms": "1000",
            "RAY_DASHBOARD_STARTUP_TIMEOUT_S": str(int(_START_SECONDS)),
        }
        self.head = Machine("head", "10.77.0.2", folder / "head.log", env)
        self.worker = Machine("worker", "10.77.0.3", folder / "worker.log", env)

    def __enter__(self) -> RayCluster:
        """Start both machines and wait until both are there."""
        make_network()
        self.start_head()
        self.start_worker()
        return self

    def __exit__(self, *_: object) -> None:
        """Switch both off."""
        self.worker.kill()
        self.head.kill()
        _run("ip", "link", "delete", "switch")

    def start_head(self) -> None:
        """Start the head and wait until it takes jobs."""
        self.head.start([
            *self._start(self.head), "--head", f"--port={_GCS_PORT}", f"--num-cpus={self._cpus}",
            f"--dashboard-host={self.head.address}", f"--dashboard-port={_DASHBOARD_PORT}", "--include-dashboard=true",
        ])
        self._until(lambda: self.nodes() >= {"head"}, self.head)

    def start_worker(self) -> None:
        """Start the second machine and wait until the head knows it."""
        address = f"{self.head.address}:{_GCS_PORT}"
        has = [f"--num-cpus={self._cpus}", f"--num-gpus={GPUS}"]
        self.worker.start([*self._start(self.worker), f"--address={address}", *has])
        self._until(lambda: self.nodes() >= {"head", "worker"}, self.worker)

    def nodes(self) -> set[str]:
        """The names of the machines that are alive, as the head sees it."""
        found = self.ask("/nodes?view=summary")["data"]["summary"]
        return {node["hostname"] for node in found if node["raylet"].get("state") == "ALIVE"}

    def jobs(self) -> list[dict[str, Any]]:
        """All jobs that the cluster knows."""
        answer: list[dict[str, Any]] = self.ask("/api/jobs/")
        return answer

    def ask(self, path: str) -> Any:
        """What the cluster answers to a GET. Raises httpx.HTTPError."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.get(self.url + path, headers=headers, timeout=60, trust_env=False).raise_for_status().json()

    def post(self, path: str, body: object = None) -> None:
        """POST something. Raises httpx.HTTPError."""
        headers = {"Authorization": f"Bearer {self.token}"}
        httpx.post(self.url + path, json=body, headers=headers, timeout=60, trust_env=False).raise_for_status()

    def cut(self) -> None:
        """Let the head be out of our reach; the machines still see each other."""
        _run("ip", "route", "add", "unreachable", self.head.address)
        _run("ss", "--kill", "dst", self.head.address)

    def mend(self) -> None:
        """Let us reach it again."""
        _run("ip", "route", "delete", "unreachable", self.head.address)

    def _start(self, machine: Machine) -> list[str]:
        return [
            self._ray, "start", "--block", "--disable-usage-stats", f"--node-ip-address={machine.address}",
            f"--object-store-memory={_STORE_BYTES}",
        ]

    def _until(self, fact: Callable[[], bool], machine: Machine) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                if fact():
                    return
            except (httpx.HTTPError, KeyError):
                pass
            assert time.monotonic() < deadline, machine.said()
            machine.revive()  # Ray does not wait for long for its own parts, on a busy machine too short
            time.sleep(0.1)


def make_network() -> None:
    """Make the wire between the machines and us."""
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "link", "add", "switch", "type", "bridge")
    _run("ip", "address", "add", f"{_GATE}/24", "dev", "switch")
    _run("ip", "link", "set", "switch", "up")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main(ray: str, folder: str) -> None:
    """Run a cluster until Enter is pressed, for trying things by hand."""
    with RayCluster(ray, Path(folder)) as cluster:
        print(cluster.url, cluster.token_file, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
