"""Keys of a terminal, one by one, without waiting for a line."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

_KEYS = {
    b"q": "quit", b"\x1b": "quit", b"\x03": "quit", b" ": "pause", b"j": "down", b"k": "up",
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1bOA": "up", b"\x1bOB": "down",
}  # fmt: skip
_LONGEST = 32


@contextmanager
def single_keys() -> Iterator[int | None]:
    """The descriptor of keys while they come one by one; None where nobody types."""
    if not sys.stdin.isatty():
        yield None
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor)
    try:
        yield descriptor
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def wait_for_key(descriptor: int | None, seconds: float) -> str:
    """What a key means that comes within so many seconds: up, down, pause, quit; empty for none and for any other."""
    ready, _, _ = select.select([] if descriptor is None else [descriptor], [], [], seconds)
    if not ready or descriptor is None:
        return ""
    typed = os.read(descriptor, _LONGEST)
    return "quit" if not typed else _KEYS.get(typed, "")
