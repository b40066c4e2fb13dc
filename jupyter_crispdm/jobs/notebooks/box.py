"""What a cell asks for, by `input()` or `getpass()`: read from the job's standard input, line by line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

END = "\x04"
"""What a kernel takes for the end of the input."""
_LONGEST = 1 << 20
_UNSEEN = "········"


class InputBox:
    """Answers a kernel's questions. `show` is given the question, and the answer as it may be seen."""

    def __init__(self, show: Callable[[str], None], asked: Callable[[str, bool], None]) -> None:
        self._show = show
        self._asked = asked
        self._lines: asyncio.StreamReader | None = None

    async def answer(self, client: AsyncKernelClient) -> None:
        """Answer as long as the kernel asks."""
        while True:
            message: dict[str, Any] = await client.stdin_channel.get_msg(timeout=None)
            if message.get("msg_type") != "input_request":
                continue
            content = message.get("content", {})
            prompt, secret = str(content.get("prompt", "")), bool(content.get("password"))
            self._asked(prompt, secret)
            self._show(prompt)
            text = await self._line()
            self._show("\n" if text is None else f"{_UNSEEN if secret else text}\n")
            client.input(END if text is None else text)

    async def _line(self) -> str | None:
        """The next line of the input; None at its end."""
        if self._lines is None:
            self._lines = await _standard_input()
        try:
            line = await self._lines.readuntil(b"\n")
        except asyncio.IncompleteReadError as rest:
            line = rest.partial
        except asyncio.LimitOverrunError as long:
            line = await self._lines.readexactly(long.consumed)
        return line.decode("utf-8", "replace").rstrip("\r\n") if line else None


async def _standard_input() -> asyncio.StreamReader:
    lines = asyncio.StreamReader(limit=_LONGEST)
    protocol = asyncio.StreamReaderProtocol(lines)
    try:
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    except (ValueError, OSError):  # no pipe: nobody can send anything
        lines.feed_eof()
    return lines
