"""A server's models and deployments as a process that may be killed: `python -m tests.server.serving.keeper HOME`.

Each line that it reads is a version: the alias `champion` of the model `lamp` means that from then on.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from .house import House


async def keep(home: Path) -> None:
    """Keep the deployments until nobody writes lines any more."""
    house = await House(home).open()
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        await house.models.aliases.point("lamp", "champion", int(line))
    await house.close()


if __name__ == "__main__":
    asyncio.run(keep(Path(sys.argv[1])))
