"""What saving and restoring a page costs, as ratios to `GET health` of the same server in the same run, and two hundred
kills in the middle of saving.

Calls of all kinds take turns, so that all of them meet the same machine. The aim is that a page of 50 fields is there
within 100 ms, and that every process finds the old page or the new one, at no lower a revision.

Run: python -m benchmarks.bench_snapshots [KILLS] [ROUNDS]
"""

from __future__ import annotations

import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jupyter_crispdm.client import Client, connect
from tests.server.snapshots.killing import Judge, generations, live_and_die

AIM_SECONDS = 0.1
TOKEN = "a-token-of-the-benchmark"
_LARGE = "x" * 200_000
_MOST_STEPS = 150  # a little more than seven saves take

Call = Callable[[int], object]


def main(kills: int = 200, rounds: int = 200) -> int:
    """Measure, then kill; the exit code is 1 where an aim was missed."""
    print(f"load of the machine   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    restored = _costs(rounds)
    _killed(kills)
    return int(restored > AIM_SECONDS)


# -- what calls cost


def serve(pipe: Connection, folder: str) -> None:
    """A server with our extension, which tells its port."""
    from jupyter_server.serverapp import ServerApp

    os.environ.update(JUPYTER_DATA_DIR=f"{folder}/jupyter", JUPYTER_CONFIG_DIR=f"{folder}/config", HOME=folder)
    server = ServerApp.instance()
    server.initialize([
        "--ServerApp.jpserver_extensions={'jupyter_crispdm': True}", f"--CrispdmApp.data_dir={folder}/data",
        f"--IdentityProvider.token={TOKEN}", "--no-browser", "--ServerApp.port=0", "--ServerApp.allow_root=True",
        f"--ServerApp.root_dir={folder}", "--CrispdmApp.serving_port=0", "--ServerApp.log_level=ERROR",
    ])  # fmt: skip
    server.io_loop.add_callback(pipe.send, server.port)
    server.start()


def _costs(rounds: int) -> float:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, folder), daemon=True)
        process.start()
        try:
            with connect(f"http://127.0.0.1:{here.recv()}/", TOKEN) as client:
                return _told(_measured(_calls(client), rounds))
        finally:
            process.kill()
            process.join()


def _calls(client: Client) -> dict[str, Call]:
    """What is measured; the first is what the others are compared with."""
    snapshots = client.snapshots
    small: dict[str, Any] = {f"page/field {number}": number / 7 for number in range(50)}
    snapshots.put("fifty", small)
    snapshots.put("large", {**small, "picture": _LARGE})
    snapshots.put("many", {str(number): number for number in range(1000)})
    snapshots.save("fifty", "work")
    return {
        "GET health": lambda _: client.health(),
        "restore 50 fields": lambda _: snapshots.get("fifty"),
        "restore 50 and 200 kB": lambda _: snapshots.get("large"),
        "restore 1000 fields": lambda _: snapshots.get("many"),
        "save a field of 50": lambda n: snapshots.patch("fifty", {"page/field 3": n}),
        "save 200 kB": lambda n: snapshots.patch("large", {"picture": f"{n}{_LARGE}"}),
        "save 50 fields whole": lambda n: snapshots.put("fifty", {**small, "page/field 4": n}),
        "save work by name": lambda _: snapshots.save("fifty", "work"),
    }


def _measured(calls: dict[str, Call], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds):
        for name, call in calls.items():
            began = time.perf_counter()
            call(number)
            taken[name].append(time.perf_counter() - began)
    return taken


def _told(taken: dict[str, list[float]]) -> float:
    """Print all, and answer what restoring 50 fields took in most cases."""
    floor = statistics.median(taken["GET health"])
    for name, seconds in taken.items():
        ordered = sorted(seconds)
        middle, late = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
        print(f"{name:<21} p50 {middle * 1e3:6.2f} ms, p95 {late * 1e3:6.2f} ms, {middle / floor:5.2f} of GET health")
    restored = sorted(taken["restore 50 fields"])
    return restored[int(0.95 * (len(restored) - 1))]


# -- kills


def _killed(kills: int) -> None:
    """Half of the processes end at one of their steps on the disk, half are killed from outside."""
    chance: Any = random.Random(9)
    judge, began = Judge(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, generations(Path(folder)) as mother:
        for number in range(kills):
            by_itself = number % 2 == 0
            steps = chance.randint(1, _MOST_STEPS) if by_itself else 0
            live_and_die(mother, judge, steps, 0 if by_itself else chance.randint(1, 30))
        live_and_die(mother, judge, 1, 0)
    print(
        f"kills -9              {kills} in {time.monotonic() - began:.0f} s, {judge.done} saves; found {judge.old} old "
        f"pages and {judge.new} new ones, no other, and no revision went back"
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
