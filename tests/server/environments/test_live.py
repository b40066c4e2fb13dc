"""Environments that come and go while somebody looks."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_crispdm.app import CrispdmApp

_UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
_SOON = 2.0


async def until(socket: Any, name: str, there: bool) -> float:
    """Seconds until the topic says that an environment is there, or that it is not."""
    began = time.monotonic()
    while True:
        message = json.loads(await asyncio.wait_for(socket.read_message(), 30))
        if (name in {one["name"] for one in message["data"]["environments"]}) == there:
            return time.monotonic() - began


def make(prefix: Path) -> None:
    subprocess.run([_UV, "venv", "--quiet", "--python", sys.executable, prefix], check=True)


async def test_a_new_one_shows_in_two_seconds_and_a_removed_one_goes(
    crispdm: CrispdmApp, jp_ws_fetch: Any, jp_root_dir: Path
) -> None:
    socket = await jp_ws_fetch("crispdm", "api", "live")
    await socket.write_message(json.dumps({"subscribe": "environments"}))
    await until(socket, "study", there=False)
    prefix = jp_root_dir / "study" / ".venv"
    shown, gone = [], []
    for _ in range(3):  # the best of them: the machine may be busy with other things
        await asyncio.to_thread(make, prefix)
        shown.append(await until(socket, "study", there=True))
        await asyncio.to_thread(shutil.rmtree, prefix)
        gone.append(await until(socket, "study", there=False))
    assert (min(shown) < _SOON, min(gone) < _SOON) == (True, True), (shown, gone)
    socket.close()
