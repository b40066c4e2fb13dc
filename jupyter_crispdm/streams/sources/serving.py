"""What the prediction service logs of its requests: a sample for each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

import msgspec

from .files import FileSource
from .port import Message


class _Line(msgspec.Struct, frozen=True):
    model: str = ""


class ServingSource(FileSource):
    """Follows the service's log; with `model` only the requests to one."""

    def __init__(self, log: Path, directory: Path, model: str = "", **more: object) -> None:
        super().__init__(log, directory, "jsonl", **more)  # type: ignore[arg-type]
        self._model = model

    async def read(self) -> AsyncGenerator[Sequence[Message], None]:
        """Requests as they are logged."""
        async with aclosing(super().read()) as reader:
            async for messages in reader:
                if wanted := [message for message in messages if self._wants(message)]:
                    yield wanted

    def _wants(self, message: Message) -> bool:
        if not self._model or not isinstance(message.payload, bytes):
            return True
        try:
            return msgspec.json.decode(message.payload, type=_Line).model == self._model
        except msgspec.DecodeError:
            return False
