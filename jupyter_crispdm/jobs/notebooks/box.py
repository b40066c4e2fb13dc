"""What a cell asks for, by `input()` or `getpass()`: read from the job's standard input, line by line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

END = "\x04"
"""What a kernel takes for the end of the input."""
_LONGEST = 1 << 20
_AT_ONCE_SECONDS = 0.2
_UNSEEN = "········"


@dataclass(frozen=True)
class Question:
    """What a cell asks; a secret's answer is not to be seen."""

    prompt: str
    secret: bool


class InputBox:
    """Answers a kernel's questions.

    `show` is given a question, and its answer as it may be seen; `waiting` a question that nobody has answered yet,
    and None when somebody has.
    """

    def __init__(self, show: Callable[[str], None], waiting: Callable[[Question | None], None]) -> None:
        self._show = show
        self._waiting = waiting
        self._lines: asyncio.StreamReader | None = None

    async def answer(self, client: AsyncKernelClient) -> None:
        """Answer as long as the kernel asks."""
        while True:
            message: dict[str, Any] = await client.stdin_channel.get_msg(timeout=None)
            if message.get("msg_type") != "input_request":
                continue
            content = message.get("content", {})
            question = Question(str(content.get("prompt", "")), bool(content.get("password")))
            self._show(question.prompt)
            text = await self._answer_to(question)
            self._show("\n" if text is None else f"{_UNSEEN if question.secret else text}\n")
            client.input(END if text is None else text)

    async def _answer_to(self, question: Question) -> str | None:
        line = asyncio.ensure_future(self._line())
        try:
            await asyncio.wait({line}, timeout=_AT_ONCE_SECONDS)
            if line.done():
                return line.result()
            self._waiting(question)
            text = await line
            self._waiting(None)
            return text
        finally:
            line.cancel()

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
