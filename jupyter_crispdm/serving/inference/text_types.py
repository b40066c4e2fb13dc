"""What travels between the inference server and those who want text: as the Open Inference Protocol has it, and OpenAI.

What a request of OpenAI's clients has beyond these fields is left alone, as they expect.
"""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_crispdm.base.wire import Body, Wire

EVENTS = "text/event-stream"
EVENT_HEADERS = {"Content-Type": f"{EVENTS}; charset=utf-8", "X-Accel-Buffering": "no"}
"""Of an answer that comes as events: whatever lies in between shall hand them on at once."""


class GenerateRequest(Body, frozen=True):
    """A text to go on with. `parameters` are the model's own: `max_tokens`, `temperature`, `stop`, `seed` and more."""

    text_input: str = ""
    id: str = ""
    parameters: dict[str, Any] = {}


class GenerateDetails(Wire, frozen=True):
    """How a text ended, `stop` or `length`, and how many tokens were read and written, where the model tells."""

    finish_reason: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class GenerateReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text, or a piece of one; the last piece has the details."""

    model_name: str
    model_version: str
    text_output: str
    details: GenerateDetails | None = None
    id: str = ""


class StreamOptions(msgspec.Struct, frozen=True):
    """What a streamed answer tells besides its text."""

    include_usage: bool | None = None


class TextRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What completions and chats may be asked alike. None is as if it were not said."""

    model: str
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    user: str | None = None


class CompletionRequest(TextRequest, frozen=True, kw_only=True):
    """A text to go on with."""

    prompt: str | list[str] = ""
    best_of: int | None = None
    echo: bool | None = None
    logprobs: int | None = None
    suffix: str | None = None


class ContentPart(msgspec.Struct, frozen=True):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class ChatMessage(msgspec.Struct, frozen=True):
    """What somebody said."""

    role: str
    content: str | list[ContentPart] | None = None


class ChatRequest(TextRequest, frozen=True, kw_only=True):
    """A conversation to go on with."""

    messages: list[ChatMessage]
    max_completion_tokens: int | None = None
    logprobs: bool | None = None
    tools: list[Any] | None = None
    response_format: dict[str, Any] | None = None


class Usage(Wire, frozen=True):
    """How many tokens were read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionChoice(Wire, frozen=True):
    """A text, or a piece of one."""

    text: str
    index: int = 0
    logprobs: None = None
    finish_reason: str | None = None


class Completion(Wire, frozen=True):
    """The answer to a CompletionRequest; in a stream one for each piece, the last of which may tell the usage."""

    id: str
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: Usage | None = None
    object: str = "text_completion"


class ChatAnswer(Wire, frozen=True):
    """What the model said."""

    content: str
    role: str = "assistant"
    refusal: None = None


class ChatChoice(Wire, frozen=True):
    """An answer."""

    message: ChatAnswer
    finish_reason: str
    index: int = 0
    logprobs: None = None


class ChatCompletion(Wire, frozen=True):
    """The answer to a ChatRequest."""

    id: str
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage
    object: str = "chat.completion"


class ChatDelta(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a piece adds to an answer."""

    role: str | None = None
    content: str | None = None


class ChatChunkChoice(Wire, frozen=True):
    """A piece of an answer."""

    delta: ChatDelta
    index: int = 0
    logprobs: None = None
    finish_reason: str | None = None


class ChatCompletionChunk(Wire, frozen=True):
    """A piece of the answer to a ChatRequest that wants a stream."""

    id: str
    created: int
    model: str
    choices: list[ChatChunkChoice]
    usage: Usage | None = None
    object: str = "chat.completion.chunk"


class TextModel(Wire, frozen=True):
    """A deployed model that writes text."""

    id: str
    created: int
    owned_by: str = "crispdm"
    object: str = "model"


class TextModels(Wire, frozen=True):
    """Every deployed model that writes text."""

    data: list[TextModel]
    object: str = "list"


class ErrorTold(Wire, frozen=True):
    """What was wrong, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorReply(Wire, frozen=True):
    """An error as OpenAI's clients read it, `error`, and as all others do."""

    error: ErrorTold
    message: str
    reason: str
    code: str
    details: dict[str, Any]
