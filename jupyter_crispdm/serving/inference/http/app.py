"""The inference server's application: one table of calls; routes, OpenAPI document and page come from it."""

from __future__ import annotations

import asyncio
import html
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

import jupyter_crispdm
from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.watch import Watcher

from ..protocols.configuration import Configurations
from ..protocols.four_calls import FourCalls
from ..protocols.open_inference import OpenInference
from ..protocols.results import ResultStore
from ..settings import InferenceSettings
from ..workers.repository import ModelRepository
from .admission import Admission
from .connections import Connections
from .fast_path import FastPath
from .metrics import Measured, ServiceMetrics
from .rendering import plain_error, rendered
from .uvicorn_protocol import sweep

_log = logging.getLogger(__name__)
Fields = dict[str, tuple[str, str]]
_FILE = {
    "multipart/form-data": {"file": ("string", "binary")},
    "application/x-www-form-urlencoded": {"file": ("string", "")},
    "application/json": {"file": ("string", "")},
}
_MODEL = {
    "algorithm": ("string", ""),
    "Model_path": ("string", ""),
    "return_weights": ("string", ""),
    "return_classes": ("string", ""),
}
_TENSORS: dict[str, Fields] = {"application/json": {"inputs": ("array", "")}}
_IMAGES = {"images": ("array", ""), "create_images": ("string", "")}


@dataclass(frozen=True)
class Call:
    """One call: where it is, who answers, and the fields of its body by content type."""

    method: str
    path: str
    answer: Callable[[Request], Awaitable[Response]]
    body: dict[str, Fields] | None = None
    often: bool = False


@dataclass(frozen=True)
class InferenceServer:
    """The application and what lives as long as it."""

    application: ASGIApp
    repository: ModelRepository
    calls: list[Call]
    connections: Connections


def build(settings: InferenceSettings) -> InferenceServer:
    """Wire the inference server."""
    watcher = Watcher()
    repository = ModelRepository(settings, watcher)
    metrics = ServiceMetrics(repository)
    connections = Connections(settings.connection_limits, SystemClock())
    calls = _calls(settings, repository, metrics)
    calls += [
        Call("GET", "/openapi.json", _fixed(msgspec.json.encode(openapi(calls)), "application/json")),
        Call("GET", "/docs", _fixed(page(calls), "text/html")),
    ]
    routes = [Route(call.path, call.answer, methods=[call.method]) for call in calls]
    starlette = Starlette(
        routes=routes,
        exception_handlers=_HANDLERS,
        lifespan=lambda _: _life(repository, watcher, connections),
    )
    starlette.router.redirect_slashes = False
    often = [(route, call.answer) for route, call in zip(routes, calls, strict=True) if call.often]
    direct = FastPath(starlette, often, _HANDLERS)
    return InferenceServer(Admission(Measured(direct, metrics), settings), repository, calls, connections)


def _calls(settings: InferenceSettings, repository: ModelRepository, metrics: ServiceMetrics) -> list[Call]:
    limits, directory = settings.limits, settings.directory
    configuration = Configurations(directory, repository, limits)
    four = FourCalls(
        repository, configuration, ResultStore(directory / "results", limits.results, limits.result_bytes), limits
    )
    tensors = OpenInference(repository, limits)
    versions = "/v2/models/{model}/versions/{version}"
    return [
        Call("POST", "/v2/models/{model}/infer", tensors.infer, _TENSORS, often=True),
        Call("POST", f"{versions}/infer", tensors.infer, _TENSORS, often=True),
        Call("POST", "/predict", four.predict, _any(_IMAGES)),
        Call("GET", "/models", four.models),
        Call("POST", "/models", four.model, _any(_MODEL)),
        Call("GET", "/configs", four.configuration),
        Call("POST", "/configs", four.configure, _FILE),
        Call("POST", "/base64", four.base64, _FILE),
        Call("GET", "/results/{name}", four.result),
        Call("GET", "/v2/health/live", tensors.live),
        Call("GET", "/v2/health/ready", tensors.ready),
        Call("GET", "/v2", tensors.service),
        Call("GET", "/v2/models/{model}", tensors.model),
        Call("GET", versions, tensors.model),
        Call("GET", "/v2/models/{model}/ready", tensors.model_ready),
        Call("GET", f"{versions}/ready", tensors.model_ready),
        Call("POST", "/v2/repository/index", tensors.index),
        Call("GET", "/v2/repository/index", tensors.index),
        Call("GET", "/metrics", metrics.show),
    ]


@asynccontextmanager
async def _life(repository: ModelRepository, watcher: Watcher, connections: Connections) -> AsyncIterator[None]:
    following = asyncio.create_task(repository.run())
    following.add_done_callback(_log_end)
    sweeping = asyncio.create_task(sweep(connections))
    try:
        yield
    finally:
        following.cancel()
        sweeping.cancel()
        await asyncio.gather(following, sweeping, return_exceptions=True)
        await repository.stop()
        await watcher.close()


def _log_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        _log.error("The deployments are no longer followed.", exc_info=task.exception())


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, CrispdmError)
    status, headers, body = rendered(error)
    return Response(body, status, headers, "application/json")


async def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = "There is nothing at this address." if error.status_code == 404 else f"{error.detail}."
    body = plain_error(error.status_code, message)
    return Response(body, error.status_code, error.headers, "application/json")


async def _left(request: Request, error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it: the client left in the middle of the body


async def _ours(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return Response(plain_error(500, "Something went wrong inside the service."), 500, None, "application/json")


_HANDLERS = {CrispdmError: _told, HTTPException: _not_here, ClientDisconnect: _left, Exception: _ours}


def _any(fields: Fields) -> dict[str, Fields]:
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
    return {kind: dict(fields) for kind in kinds}


def _fixed(content: bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        """Describe these calls."""
        return Response(content, media_type=media_type)

    return show


def openapi(calls: list[Call]) -> dict[str, Any]:
    """The calls as an OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for call in calls:
        names = [part[1:-1] for part in call.path.split("/") if part.startswith("{")]
        operation: dict[str, Any] = {
            "summary": _summary(call),
            "operationId": call.method.lower() + re.sub(r"\W+", "_", call.path),
            "parameters": [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names],
            "responses": {
                "200": {"description": "The answer."},
                "default": {
                    "description": "An error.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                },
            },
        }
        if call.body:
            operation["requestBody"] = {"content": {kind: _schema(fields) for kind, fields in call.body.items()}}
        paths.setdefault(call.path, {})[call.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "jupyter_crispdm serving", "version": jupyter_crispdm.__version__},
        "paths": paths,
        "components": {
            "schemas": {
                "Error": {
                    "type": "object",
                    "required": ["message", "reason", "code", "details"],
                    "properties": {
                        **{name: {"type": "string"} for name in ("message", "reason", "code")},
                        "details": {"type": "object"},
                    },
                }
            }
        },
    }


def _schema(fields: Fields) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, (kind, form) in fields.items():
        extra: dict[str, Any] = {"format": form} if form else {"items": {}} if kind == "array" else {}
        properties[name] = {"type": kind, **extra}
    return {"schema": {"type": "object", "properties": properties}}


def page(calls: list[Call]) -> bytes:
    """The calls as a page without scripts."""
    rows = "".join(
        f"<tr><td><code>{call.method}</code></td><td><code>{html.escape(call.path)}</code></td>"
        f"<td>{html.escape(_summary(call))}</td></tr>"
        for call in calls
    )
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Serving</title></head>"
        f"<body><h1>Calls of this service</h1><table>{rows}</table>"
        "<p>As OpenAPI: <a href='openapi.json'>openapi.json</a></p></body></html>"
    ).encode()


def _summary(call: Call) -> str:
    return (call.answer.__doc__ or "").strip()
