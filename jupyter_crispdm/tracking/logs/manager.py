"""Looks into logs: any range of lines at once, and searches in a process of their own, a part at a time."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from jupyter_crispdm.base.errors import BadRequest, NotFound, TooManyRequests, Unavailable, Unprocessable
from jupyter_crispdm.base.files.disk import on_disk
from jupyter_crispdm.base.secrets import without_secrets
from jupyter_crispdm.base.tasks import within
from jupyter_crispdm.worker.output import scan

from ..logfile import LogSource
from ..logtimes import LogTimes
from .lines import lines_around
from .types import ErrorsQuery, LinesQuery, LogError, LogErrors, LogLines, LogMatch, LogMatches, SearchQuery

MOST_LINES = 5000
LONGEST_TEXT = 1000
_LARGEST = 2**53
_MOST_FOUND = 1000
_TOGETHER = 2
_WAITING = 20
_MOST_ANSWER = 8 << 20


class _Answer(msgspec.Struct):
    found: list[dict[str, Any]] = []
    next: int | None = None
    whole: int = 0
    error: str = ""


class LogManager:
    """What the HTTP routes ask of logs. A search takes `seconds` and is then gone on with by the caller."""

    def __init__(self, seconds: float = 0.5, patience: float = 5.0) -> None:
        self._seconds, self._patience = seconds, patience
        self._turns = asyncio.Semaphore(_TOGETHER)
        self._waiting = 0

    async def lines(self, log: Path, query: LinesQuery) -> LogLines:
        """Lines around a place. Raises BadRequest, and NotFound for what is no file."""
        _check("at", query.at or 0, 0, _LARGEST)
        _check("before", query.before, 0, MOST_LINES)
        _check("after", query.after, 0, MOST_LINES)
        return await on_disk(log.parent, _lines, log, query)

    async def search(self, log: Path, query: SearchQuery) -> LogMatches:
        """Lines that hold a text or a pattern. Raises BadRequest, Unprocessable, TooManyRequests, NotFound."""
        if not 1 <= len(query.q) <= LONGEST_TEXT or "\n" in query.q:
            raise BadRequest(f"'q' must be 1 to {LONGEST_TEXT} characters of one line.", field="q")
        asked = {"do": "search", "text": query.q, "regex": query.regex, "case": query.case}
        answer, size = await self._scan(log, asked, query.begin, query.limit)
        if answer.error:
            raise BadRequest(f"'q' is no pattern: {answer.error}.", field="q")
        matches = [msgspec.convert(one, LogMatch) for one in answer.found]
        return LogMatches(matches, answer.next, answer.whole, size)

    async def errors(self, log: Path, query: ErrorsQuery) -> LogErrors:
        """Errors that a log tells of. Raises BadRequest, TooManyRequests, NotFound."""
        answer, size = await self._scan(log, {"do": "errors"}, query.begin, query.limit)
        return LogErrors([msgspec.convert(one, LogError) for one in answer.found], answer.next, answer.whole, size)

    async def _scan(self, log: Path, asked: dict[str, Any], begin: int, limit: int) -> tuple[_Answer, int]:
        _check("begin", begin, 0, _LARGEST)
        _check("limit", limit, 1, _MOST_FOUND)
        if self._waiting >= _WAITING:
            raise TooManyRequests("Too many logs are searched at once. Try again in a moment.", retry_after=2)
        self._waiting += 1
        try:
            async with self._turns:
                file, size = await on_disk(log.parent, _open, log)
                if file is None:
                    return _Answer(), 0
                asked |= {"begin": begin, "end": size, "limit": limit, "seconds": self._seconds}
                try:
                    return await self._ask(file, asked), size
                finally:
                    os.close(file)
        finally:
            self._waiting -= 1

    async def _ask(self, file: int, asked: dict[str, Any]) -> _Answer:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", str(Path(scan.__file__)), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
            pass_fds=[file], limit=_MOST_ANSWER, env=without_secrets(os.environ),
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(msgspec.json.encode(asked | {"file": file}) + b"\n")
            line = await within(process.stdout.readline(), self._patience)
        except (asyncio.TimeoutError, ConnectionError):
            line = b""
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if line:
            return msgspec.json.decode(line, type=_Answer)
        if asked.get("regex"):
            raise Unprocessable("The pattern takes too long on a line of this log. Make it simpler.", field="q")
        raise Unavailable("The log could not be searched. Try again in a moment.", retry_after=2)


def _lines(log: Path, query: LinesQuery) -> LogLines:
    source = LogSource(log)
    try:
        size = _look(source)
        at = size if query.at is None else query.at
        return lines_around(source, size, LogTimes(log), at, query.before, query.after)
    finally:
        source.close()


def _open(log: Path) -> tuple[int | None, int]:
    """A descriptor for another process, and the size."""
    source = LogSource(log)
    try:
        size = _look(source)
        return source.handed_on(), size
    finally:
        source.close()


def _look(source: LogSource) -> int:
    """The size of a log, 0 where there is none yet. Raises NotFound for what cannot be read."""
    state = source.look(False)
    if state.trouble:
        raise NotFound(state.trouble, field="id")
    return state.end


def _check(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadRequest(f"'{field}' must be {least} to {most}.", field=field)
