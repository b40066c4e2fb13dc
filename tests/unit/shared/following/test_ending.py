"""A program that ends while its connection is being made."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import asyncio, atexit, contextlib, threading
from concurrent.futures import thread
from jupyter_crispdm.shared.following.connection import Connection, Follower

dialing = threading.Event()

@contextlib.asynccontextmanager
async def dial(address):
    dialing.set()
    while not thread._shutdown:  # the program has begun to end
        await asyncio.sleep(0)
    await asyncio.to_thread(int)
    yield

connection = Connection(lambda: None, dial)
atexit.register(connection.close)
connection.follow(Follower("state/k", print))
dialing.wait()
"""


def test_it_ends_without_a_word() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
