"""Server processes without a web server, one after another: each is killed, and the next one takes over.

``python -m tests.server.jobs.generations DIR`` imports everything once. For each line of ids on its standard
input it forks a process that takes up what is in DIR, submits a job of each id, says so for each, and goes on until
it is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from tests.unit.jobs.fakes import House

SCRIPT = "i=0; while [ $i -lt 30 ]; do echo line $i; i=$((i+1)); sleep 0.02; done; exit {code}"


def open_house(path: Path) -> House:
    """The jobs room of all generations."""
    return House(path, LocalExecutor(Watcher()), max_running=20)


async def submit(house: House, id: str) -> None:
    """Submit a job, or hear that it was submitted before."""
    await house.submit(command=["sh", "-c", SCRIPT.format(code=int(id) % 4)], id=id)


async def live(path: Path, ids: list[str]) -> None:
    house = await open_house(path).open()
    print("pid", os.getpid(), flush=True)
    for id in ids:
        await submit(house, id)
        print(id, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(live(Path(sys.argv[1]), line.split()))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
