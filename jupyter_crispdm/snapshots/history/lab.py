"""How history hears of files that are saved, and how it saves them: by Jupyter's contents manager."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server import CallContext
from tornado import web

from jupyter_crispdm.base.errors import Conflict
from jupyter_crispdm.base.http.request import Request

from .manager import HistoryManager

_PATIENCE = 3.0
"""Seconds for what is being noted when the server ends."""
EVENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class LabContents:
    """Files as Jupyter saves them, so that its rules hold and Lab sees the change."""

    def __init__(self, contents_manager: Any) -> None:
        self._contents = contents_manager

    async def save(self, path: str, content: bytes) -> None:
        """Replace a file. Raises Conflict where Jupyter does not save it."""
        model = {"type": "file", "format": "base64", "content": b64encode(content).decode()}
        try:
            await ensure_async(self._contents.save(model, path))
        except web.HTTPError as error:
            raise Conflict(f"'{path}' was not saved: {error.log_message or error.reason}", field="path") from error


class Listener:
    """Takes note of what is saved and renamed, and of what is opened for the first time.

    What a file was before its first change is worth most, and nobody has saved it.
    """

    def __init__(self, history: HistoryManager) -> None:
        self._history = history
        self._hearing: set[asyncio.Task[Any]] = set()

    def attach(self, event_logger: Any) -> None:
        """Hear of what happens to files from now on."""
        event_logger.add_listener(schema_id=EVENTS, listener=self.hear)

    async def close(self, event_logger: Any) -> None:
        """Hear no more, and wait for what is being noted: Jupyter, whose tasks these are, does not."""
        event_logger.remove_listener(schema_id=EVENTS, listener=self.hear)
        if self._hearing:
            await asyncio.wait(self._hearing, timeout=_PATIENCE)

    async def hear(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Take note of one event, in a task of its own."""
        task = asyncio.current_task()
        assert task is not None
        self._hearing.add(task)
        task.add_done_callback(self._hearing.discard)
        await self._note(data)

    async def _note(self, data: dict[str, Any]) -> None:
        action, path = data["action"], str(data["path"])
        if action == "rename":
            await self._history.moved(str(data["source_path"]), path)
        elif action in {"save", "get"}:
            await self._history.note(path, _who(), only_first=action == "get")


def _who() -> str:
    """Whoever saves, or whose program does."""
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    if handler is None or getattr(handler, "current_user", None) is None:
        return ""
    return Request(handler, handler.current_user, getattr(handler, "base_url", "/")).owner
