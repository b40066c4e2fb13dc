"""The routes of text: as the Open Inference Protocol has them, and OpenAI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_crispdm.base.http.route import JSON, Reply, Routes, route

from ...text_types import (
    EVENT_HEADERS,
    EVENTS,
    ChatCompletion,
    ChatRequest,
    Completion,
    CompletionRequest,
    GenerateReply,
    GenerateRequest,
    TextModel,
    TextModels,
)

if TYPE_CHECKING:
    from ...protocols.generation import Generation
    from ...protocols.openai import OpenAI
    from ..call import Call

_MODEL = "v2/models/{model}"
_VERSION = "v2/models/{model}/versions/{version}"
_LIMIT = 2**20


class GenerationRoutes(Routes):
    """Text by the Open Inference Protocol's extension for it."""

    prefix = ""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    @route(
        "POST", f"{_MODEL}/generate", body=GenerateRequest, limit=_LIMIT, answer=GenerateReply, resource="serving"
    )
    async def generate(self, call: Call, model: str, body: GenerateRequest) -> GenerateReply:
        """Let a model write on from a text."""
        return await self._generation.generate(body, model, None, call.caller.name)

    @route(
        "POST", f"{_VERSION}/generate", body=GenerateRequest, limit=_LIMIT, answer=GenerateReply, resource="serving"
    )
    async def version_generate(self, call: Call, model: str, version: int, body: GenerateRequest) -> GenerateReply:
        """Let a version of a model write on from a text."""
        return await self._generation.generate(body, model, version, call.caller.name)

    @route(
        "POST",
        f"{_MODEL}/generate_stream",
        body=GenerateRequest,
        limit=_LIMIT,
        answer=GenerateReply,
        answer_as=(EVENTS,),
        resource="serving",
    )
    async def generate_stream(self, call: Call, model: str, body: GenerateRequest) -> Reply:
        """Let a model write on from a text, as events; 'Last-Event-ID' goes on with a stream that was cut."""
        asked = self._generation.stream(body, model, None, call.caller.name, call.last_event_id)
        return Reply(await asked, headers=EVENT_HEADERS)

    @route(
        "POST",
        f"{_VERSION}/generate_stream",
        body=GenerateRequest,
        limit=_LIMIT,
        answer=GenerateReply,
        answer_as=(EVENTS,),
        resource="serving",
    )
    async def version_generate_stream(self, call: Call, model: str, version: int, body: GenerateRequest) -> Reply:
        """Let a version of a model write on from a text, as events, or go on with a stream that was cut."""
        asked = self._generation.stream(body, model, version, call.caller.name, call.last_event_id)
        return Reply(await asked, headers=EVENT_HEADERS)


class OpenAIRoutes(Routes):
    """Text as OpenAI's clients ask for it."""

    prefix = ""

    def __init__(self, calls: OpenAI) -> None:
        self._calls = calls

    @route("GET", "v1/models", answer=TextModels, resource="serving")
    async def text_models(self, call: Call) -> TextModels:
        """List the models that write text."""
        return self._calls.models()

    @route("GET", "v1/models/{model}", answer=TextModel, resource="serving")
    async def text_model(self, call: Call, model: str) -> Reply:
        """Describe a model that writes text."""
        return self._calls.model(model)

    @route(
        "POST",
        "v1/completions",
        body=CompletionRequest,
        raw=True,
        limit=_LIMIT,
        answer=Completion,
        answer_as=(JSON, EVENTS),
        resource="serving",
    )
    async def completions(self, call: Call, body: bytes) -> Reply:
        """Go on with a text; with 'stream' piece by piece, as events."""
        return await self._calls.completions(body, call.caller.name)

    @route(
        "POST",
        "v1/chat/completions",
        body=ChatRequest,
        raw=True,
        limit=_LIMIT,
        answer=ChatCompletion,
        answer_as=(JSON, EVENTS),
        resource="serving",
    )
    async def chat_completions(self, call: Call, body: bytes) -> Reply:
        """Go on with a conversation; with 'stream' piece by piece, as events."""
        return await self._calls.chat(body, call.caller.name)
