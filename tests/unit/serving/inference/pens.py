"""Deployed models that write what a test wants them to, and count what they are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from jupyter_crispdm.base.errors import NotFound
from jupyter_crispdm.serving.inference.protocols.generation import Writers
from jupyter_crispdm.serving.inference.workers.repository import ModelRepository

SEEDED = {"inputs": [{"name": "prompt"}, {"name": "written"}]}
"""The signature of a model that can be told what it has written."""


@dataclass(frozen=True)
class Spec:
    model: str = "pen"
    version: int = 3
    created: float = 1700000000.5


@dataclass
class Pen:
    """Writes the letters of a text; `breaks` is raised after so many of them."""

    text: str = "abcdefgh"
    spec: Spec = field(default_factory=Spec)
    breaks: tuple[int, Exception] | None = None
    tells_usage: bool = True
    signature: Mapping[str, Any] = field(default_factory=lambda: SEEDED)
    streams: bool = True
    ready: bool = True
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    written: int = 0
    open: int = 0

    @property
    def description(self) -> dict[str, Any]:
        return {"classes": [], "signature": self.signature, "streams": self.streams}

    async def stream(self, parameters: Mapping[str, Any], caller: str) -> AsyncGenerator[dict[str, Any], None]:
        self.asked.append({**parameters, "caller": caller})
        before = len(parameters.get("written", ""))
        self.open += 1
        try:
            for place in range(before, len(self.text) + 1):
                await asyncio.sleep(0)
                if self.breaks and place == self.breaks[0]:
                    raise self.breaks[1]
                if place < len(self.text):
                    self.written += 1
                    yield {"text": self.text[place]}
            if self.tells_usage:
                usage = {"prompt_tokens": len(parameters["prompt"]), "completion_tokens": len(self.text)}
                yield {"text": "", "finish_reason": "length", "usage": usage}
        finally:
            self.open -= 1


class Desk:
    """The models that are deployed."""

    def __init__(self, *pens: Pen) -> None:
        self.pools = list(pens)

    def of_model(self, model: str, version: int | None = None) -> Pen:
        for pen in self.pools:
            if pen.spec.model == model and version in (None, pen.spec.version):
                return pen
        raise NotFound(f"Nothing is deployed for model '{model}'.")


def writers(*pens: Pen) -> Writers:
    return Writers(cast("ModelRepository", Desk(*pens)))
