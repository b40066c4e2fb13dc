"""Text as OpenAI's clients ask for it: models, completions and chats, whole or as a stream."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from jupyter_crispdm.base.errors import BadRequest, CrispdmError, NotFound
from jupyter_crispdm.base.http.decode import decode_body
from jupyter_crispdm.base.http.route import Reply
from jupyter_crispdm.base.wire import Wire, encode
from jupyter_crispdm.streaming import Stream

from ..text_types import (
    EVENT_HEADERS,
    ChatAnswer,
    ChatChoice,
    ChatChunkChoice,
    ChatCompletion,
    ChatCompletionChunk,
    ChatDelta,
    ChatRequest,
    Completion,
    CompletionChoice,
    CompletionRequest,
    ErrorReply,
    ErrorTold,
    GenerateDetails,
    TextModel,
    TextModels,
    TextRequest,
    Usage,
)
from ..workers.pool import WorkerPool
from .generation import HEARTBEAT, Piece, Writers, begun, pieces, whole

_DONE = "[DONE]"
_INVALID, _USUAL_TOKENS, _NOT_HERE = "invalid_request_error", 16, 422
_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error", 503: "server_error"}
_HANDED_ON = ("temperature", "top_p", "top_k", "stop", "seed")
_ONLY: dict[str, tuple[Any, ...]] = {
    "n": (None, 1),
    "best_of": (None, 1),
    "echo": (None, False),
    "logprobs": (None, False, 0),
    "suffix": (None, ""),
    "tools": (None, []),
    "response_format": (None, {"type": "text"}),
}
"""What of OpenAI's fields is understood, and can be followed only as it usually is."""


class OpenAI:
    """What the calls of OpenAI's clients do. Their errors have the shape that those clients read."""

    def __init__(self, writers: Writers) -> None:
        self._writers = writers

    def models(self) -> TextModels:
        """The models that write text."""
        return TextModels([_described(pool) for pool in self._writers.all()])

    def model(self, name: str) -> Reply:
        """One of them."""
        try:
            return Reply(_described(self._writers.find(name)))
        except CrispdmError as error:
            return refused(error)

    async def completions(self, body: bytes, caller: str) -> Reply:
        """Go on with a text."""
        try:
            asked: CompletionRequest = decode_body(body, CompletionRequest)
            limit = _USUAL_TOKENS if asked.max_tokens is None else asked.max_tokens
            parameters = {"prompt": _prompt_of(asked), **_parameters(asked, limit)}
            return await _answer(_Completion(*self._begin(asked, parameters, caller)))
        except CrispdmError as error:
            return refused(error)

    async def chat(self, body: bytes, caller: str) -> Reply:
        """Go on with a conversation."""
        try:
            asked: ChatRequest = decode_body(body, ChatRequest)
            limit = asked.max_completion_tokens or asked.max_tokens
            messages = [{"role": message.role, "content": text} for message, text in _said(asked)]
            prompt = "\n\n".join(message["content"] for message in messages)
            parameters = {"prompt": prompt, "messages": messages, **_parameters(asked, limit)}
            return await _answer(_Chat(*self._begin(asked, parameters, caller)))
        except CrispdmError as error:
            return refused(error)

    def _begin(
        self, asked: TextRequest, parameters: dict[str, Any], caller: str
    ) -> tuple[TextRequest, WorkerPool, dict[str, Any], str]:
        for name, followed in _ONLY.items():
            if getattr(asked, name, None) not in followed:
                raise BadRequest(f"'{name}' cannot be chosen here; leave it out.", field=name)
        return asked, self._writers.find(asked.model), parameters, caller


def _described(pool: WorkerPool) -> TextModel:
    return TextModel(pool.spec.model, int(pool.spec.created))


def _parameters(asked: TextRequest, limit: int | None) -> dict[str, Any]:
    """What a model is told, by the names that the models know."""
    chosen = {name: getattr(asked, name) for name in _HANDED_ON}
    return {name: value for name, value in {**chosen, "max_tokens": limit}.items() if value is not None}


def _prompt_of(asked: CompletionRequest) -> str:
    if isinstance(asked.prompt, str):
        return asked.prompt
    if len(asked.prompt) != 1:
        raise BadRequest("'prompt' must be one text; ask once for each.", field="prompt")
    return asked.prompt[0]


def _said(asked: ChatRequest) -> list[tuple[Any, str]]:
    """The messages with their texts. Raises BadRequest for what is no text."""
    if not asked.messages:
        raise BadRequest("'messages' must hold at least one message.", field="messages")
    said = []
    for index, message in enumerate(asked.messages):
        content = message.content
        if isinstance(content, list):
            if any(part.type != "text" for part in content):
                raise BadRequest(f"'messages[{index}].content' may hold only text.", field=f"messages[{index}].content")
            content = "".join(part.text for part in content)
        said.append((message, content or ""))
    return said


class _Completion:
    """A completion: whole, or piece by piece."""

    prefix = "cmpl"

    def __init__(self, asked: TextRequest, pool: WorkerPool, parameters: Mapping[str, Any], caller: str) -> None:
        self.asked, self.pool, self.parameters, self.caller = asked, pool, parameters, caller
        name = f"{self.prefix}-{secrets.token_hex(12)}"
        self._bears: dict[str, Any] = {"id": name, "created": int(time.time()), "model": asked.model}

    def whole(self, text: str, details: GenerateDetails) -> Wire:
        """The answer."""
        choice = CompletionChoice(text, finish_reason=details.finish_reason)
        return Completion(**self._bears, choices=[choice], usage=_usage(details))

    def opening(self) -> list[Wire]:
        """What comes before the first piece."""
        return []

    def piece(self, piece: Piece) -> list[Wire]:
        """A piece of the answer."""
        ended = piece.details.finish_reason if piece.details else None
        return [Completion(**self._bears, choices=[CompletionChoice(piece.text, finish_reason=ended)])]

    def count(self, details: GenerateDetails) -> Wire:
        """What comes last, where it is wanted."""
        return Completion(**self._bears, choices=[], usage=_usage(details))


class _Chat(_Completion):
    """The answer in a conversation: whole, or piece by piece."""

    prefix = "chatcmpl"

    def whole(self, text: str, details: GenerateDetails) -> Wire:
        """The answer."""
        choice = ChatChoice(ChatAnswer(text), details.finish_reason)
        return ChatCompletion(**self._bears, choices=[choice], usage=_usage(details))

    def opening(self) -> list[Wire]:
        """Who speaks."""
        return [self._chunk(ChatDelta("assistant", ""))]

    def piece(self, piece: Piece) -> list[Wire]:
        """A piece of the answer, and how it ended."""
        said = [self._chunk(ChatDelta(content=piece.text))] if piece.text else []
        return [*said, self._chunk(ChatDelta(), piece.details.finish_reason)] if piece.details else said

    def count(self, details: GenerateDetails) -> Wire:
        """What comes last, where it is wanted."""
        return ChatCompletionChunk(**self._bears, choices=[], usage=_usage(details))

    def _chunk(self, delta: ChatDelta, ended: str | None = None) -> Wire:
        return ChatCompletionChunk(**self._bears, choices=[ChatChunkChoice(delta, finish_reason=ended)])


async def _answer(given: _Completion) -> Reply:
    """The answer to a request. Raises NotFound, Unavailable, Unprocessable."""
    if not given.asked.stream:
        text, details = await whole(given.pool, given.parameters, given.caller)
        return Reply(given.whole(text, details))
    told = await begun(Stream(pieces(given.pool, given.parameters, given.caller)))
    return Reply(Stream(_chunks(given, told), close=told.aclose).sse(heartbeat=HEARTBEAT), headers=EVENT_HEADERS)


async def _chunks(given: _Completion, told: Stream[Piece]) -> AsyncGenerator[str, None]:
    """The answer's pieces as they are sent, and what says that there are no more."""
    options, details = given.asked.stream_options, GenerateDetails("stop")
    try:
        for chunk in given.opening():
            yield encode(chunk).decode()
        async for piece in told:
            details = piece.details or details
            for chunk in given.piece(piece):
                yield encode(chunk).decode()
    except CrispdmError as error:
        yield encode(_error(error)).decode()
        return
    if options and options.include_usage:
        yield encode(given.count(details)).decode()
    yield _DONE


def _usage(details: GenerateDetails) -> Usage:
    read, written = details.prompt_tokens or 0, details.completion_tokens or 0
    return Usage(read, written, read + written)


def refused(error: CrispdmError) -> Reply:
    """An error as OpenAI's clients read it: what cannot be done is a bad request to them."""
    status = BadRequest.status if error.status == _NOT_HERE else error.status
    headers = {"Retry-After": str(error.details["retry_after"])} if "retry_after" in error.details else {}
    return Reply(_error(error), status, headers)


def _error(error: CrispdmError) -> ErrorReply:
    body = error.body()
    code = "model_not_found" if isinstance(error, NotFound) else body.code
    param = "model" if isinstance(error, NotFound) else body.details.get("field")
    told = ErrorTold(body.message, _KINDS.get(error.status, _INVALID), param, code)
    return ErrorReply(told, body.message, body.reason, body.code, body.details)
