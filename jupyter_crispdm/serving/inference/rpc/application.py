"""The protocol's calls as an ASGI application, so that they are measured, logged and done once as all others are.

A call is a POST to its name; its body and its answer are messages. What goes wrong is told as HTTP tells it, and made
into a status of gRPC by whoever sends it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

import jupyter_crispdm
from jupyter_crispdm.base.errors import BadRequest, CrispdmError, Unavailable

from ..http.call import Call
from ..http.rendering import send_error
from ..notes import note
from ..protocols.open_inference import OpenInference, aside
from ..protocols.terms import TRACE_ANSWER, read_terms
from ..settings import RequestLimits
from .messages import MESSAGES, SERVICE
from .tensors import read, written

_log = logging.getLogger(__name__)
_LEFT = 499
"""How the counts and the log tell of a client that left; nobody is sent this."""


@dataclass(frozen=True)
class Named:
    """What an address means, as the counts ask for it."""

    path: str


@dataclass(frozen=True)
class Reply:
    """An answer as bytes, and what is told beside it."""

    message: bytes
    headers: tuple[tuple[str, str], ...] = ()


_Verb = Callable[[Call, bytes], Awaitable[Reply]]


class RpcApplication:
    """ASGI application: a call's name leads to what answers it."""

    def __init__(self, protocol: OpenInference, limits: RequestLimits) -> None:
        self._protocol, self._limits = protocol, limits
        self._verbs: dict[str, _Verb] = {
            "ServerLive": self._live,
            "ServerReady": self._server_ready,
            "ServerMetadata": self._server,
            "ModelReady": self._model_ready,
            "ModelMetadata": self._model,
            "ModelInfer": self._infer,
            "RepositoryIndex": self._index,
            "RepositoryModelLoad": self._load,
            "RepositoryModelUnload": self._unload,
        }

    @property
    def names(self) -> frozenset[str]:
        """What can be called."""
        return frozenset(f"/{SERVICE}/{name}" for name in self._verbs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call of one of the names."""
        scope["route"] = Named(scope["path"])
        request = Request(scope, receive)
        try:
            reply = await self._verbs[scope["path"].rpartition("/")[2]](Call(request), await request.body())
        except asyncio.CancelledError:
            await send({"type": "http.response.start", "status": _LEFT, "headers": []})
            raise
        except CrispdmError as error:
            await send_error(send, error)
        except Exception:  # whatever it is: the client is told that it is our fault
            _log.exception("%s", scope["path"])
            await send_error(send, CrispdmError("Something went wrong inside the service."))
        else:
            told = [(name.encode(), value.encode()) for name, value in reply.headers]
            await send({"type": "http.response.start", "status": 200, "headers": told})
            await send({"type": "http.response.body", "body": reply.message})

    async def _live(self, call: Call, body: bytes) -> Reply:
        _parsed("ServerLive", body)
        return _reply("ServerLive", live=True)

    async def _server_ready(self, call: Call, body: bytes) -> Reply:
        _parsed("ServerReady", body)
        try:
            return _reply("ServerReady", ready=self._protocol.all_ready().ready)
        except Unavailable:
            return _reply("ServerReady", ready=False)

    async def _server(self, call: Call, body: bytes) -> Reply:
        _parsed("ServerMetadata", body)
        extensions = ["model_repository"]
        return _reply(
            "ServerMetadata", name="jupyter_crispdm", version=jupyter_crispdm.__version__, extensions=extensions
        )

    async def _model_ready(self, call: Call, body: bytes) -> Reply:
        asked = _parsed("ModelReady", body)
        try:
            return _reply("ModelReady", ready=self._protocol.ready(asked.name, _version(asked.version)).ready)
        except Unavailable:
            return _reply("ModelReady", ready=False)

    async def _model(self, call: Call, body: bytes) -> Reply:
        asked = _parsed("ModelMetadata", body)
        found = self._protocol.described(asked.name, _version(asked.version))
        return _reply(
            "ModelMetadata",
            name=found.name,
            versions=found.versions,
            platform=found.platform,
            inputs=[dict(tensor) for tensor in found.inputs],
            outputs=[dict(tensor) for tensor in found.outputs],
        )

    async def _infer(self, call: Call, body: bytes) -> Reply:
        terms = read_terms(call.header)

        def parsed() -> Any:
            asked = _parsed("ModelInfer", body)
            return asked.model_name, _version(asked.model_version, "model_version"), read(asked, self._limits)

        model, version, question = await aside(len(body), parsed)
        spec, outputs = await self._protocol.asked(question, model, version, call.caller.name, terms)
        message, score = await aside(
            sum(len(tensor.data) for tensor in outputs),
            lambda: written(question, spec.model, str(spec.version), outputs, self._limits),
        )
        note(score=score)
        return Reply(message, ((TRACE_ANSWER, terms.trace),) if terms.trace else ())

    async def _index(self, call: Call, body: bytes) -> Reply:
        asked = _parsed("RepositoryIndex", body)
        entries = [entry for entry in self._protocol.index() if entry.state == "READY" or not asked.ready]
        models = [
            {"name": one.name, "version": one.version, "state": one.state, "reason": one.reason} for one in entries
        ]
        return _reply("RepositoryIndex", models=models)

    async def _load(self, call: Call, body: bytes) -> Reply:
        await self._protocol.load(_parsed("RepositoryModelLoad", body).model_name)
        return _reply("RepositoryModelLoad")

    async def _unload(self, call: Call, body: bytes) -> Reply:
        await self._protocol.unload(_parsed("RepositoryModelUnload", body).model_name)
        return _reply("RepositoryModelUnload")


def _parsed(name: str, /, body: bytes) -> Any:
    try:
        return MESSAGES[f"{name}Request"].FromString(body)
    except DecodeError:
        raise BadRequest(f"The message is no {name}Request.") from None


def _reply(name: str, /, **fields: Any) -> Reply:
    return Reply(MESSAGES[f"{name}Response"](**fields).SerializeToString())


def _version(text: str, field: str = "version") -> int | None:
    """The version that is meant; None for the newest. Raises BadRequest."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(f"'{field}' must be a whole number, or empty for the newest.", field=field)
    return int(text)
