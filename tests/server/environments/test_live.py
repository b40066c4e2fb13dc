"""Environments that come and go while somebody looks."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_crispdm.app import CrispdmApp
from tests.support import soon

_UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")


async def until(socket: Any, name: str, there: bool) -> None:
    """The topic says by itself that an environment is there, or that it is not."""
    while True:
        message = json.loads(await soon(socket.read_message()))
        if (name in {one["name"] for one in message["data"]["environments"]}) == there:
            return


def make(prefix: Path) -> None:
    subprocess.run([_UV, "venv", "--quiet", "--python", sys.executable, prefix], check=True)


@pytest.mark.proves("live.topic-environments", "environments.watched")
async def test_a_new_one_shows_by_itself_and_a_removed_one_goes(
    crispdm: CrispdmApp, jp_ws_fetch: Any, jp_root_dir: Path
) -> None:
    socket = await jp_ws_fetch("crispdm", "api", "live")
    await socket.write_message(json.dumps({"subscribe": "environments"}))
    await until(socket, "study", there=False)
    prefix = jp_root_dir / "study" / ".venv"
    for _ in range(3):
        await asyncio.to_thread(make, prefix)
        await until(socket, "study", there=True)
        await asyncio.to_thread(shutil.rmtree, prefix)
        await until(socket, "study", there=False)
    socket.close()
