"""Server processes without a web server, one after another: each is killed, and the next one takes over.

``python generations.py DIR JOBS`` imports everything once. For each line on its standard input it forks a
process that takes up what is in DIR, submits JOBS jobs, says so, and goes on until it is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from jupyter_crispdm.base.watch import Watcher
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from tests.unit.jobs.fakes import House

SCRIPT = "i=0; while [ $i -lt 30 ]; do echo line $i; i=$((i+1)); sleep 0.02; done; exit {code}"


async def live(path: Path, generation: int, jobs: int) -> None:
    house = await House(path, LocalExecutor(Watcher()), max_running=20).open()
    for number in range(jobs):
        command = ["sh", "-c", SCRIPT.format(code=number % 4)]
        await house.submit(command=command, id=f"{generation:02}-{number:02}")
    print(os.getpid(), flush=True)
    await asyncio.Event().wait()


def main() -> None:
    path, jobs = Path(sys.argv[1]), int(sys.argv[2])
    for generation, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            asyncio.run(live(path, generation, jobs))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
