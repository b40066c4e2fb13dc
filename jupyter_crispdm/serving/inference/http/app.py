"""The inference server's application: the route table on Starlette, behind admission, with a short way for tensors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.http.route import Routes

from ..answers import AnswerStore
from ..protocols.configuration import Configurations
from ..protocols.four_calls import FourCalls
from ..protocols.generation import Generation, Writers
from ..protocols.open_inference import OpenInference
from ..protocols.openai import OpenAI
from ..protocols.results import ResultStore
from ..settings import InferenceSettings
from ..workers.repository import ModelRepository
from .admission import Admission
from .budgets import CallerBudgets
from .connections import Connections
from .direct.bounded import sweep
from .direct.calls import DirectCalls
from .endpoints import endpoints
from .gate import Gate
from .idempotency import Idempotent
from .metrics import Measured, ServiceMetrics
from .rendering import plain_error, rendered
from .request_log import RequestLog
from .routes import EXTENSIONS_OF_MANY, OF_ONE_PROCESS, FourCallRoutes, OpenInferenceRoutes, ServiceRoutes
from .text.routes import GenerationRoutes, OpenAIRoutes

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InferenceServer:
    """The application, the short way past it, and what lives as long as they."""

    application: ASGIApp
    direct: DirectCalls
    repository: ModelRepository
    connections: Connections
    life: Callable[[], AbstractAsyncContextManager[None]]
    """A block in which the models run; the application's own lifespan is one."""

    answers: AnswerStore


Beside = Callable[[InferenceServer], AbstractAsyncContextManager[None]]
"""Another way to the same models, open as long as the application lives."""


def build(settings: InferenceSettings, beside: Beside | None = None) -> InferenceServer:
    """Wire the inference server."""
    watcher = Watcher()
    repository = ModelRepository(settings, watcher)
    metrics, log = ServiceMetrics(repository), RequestLog(settings.directory)
    repository.counted = metrics.told
    connections = Connections(settings.connection_limits, SystemClock())
    without = OF_ONE_PROCESS if settings.is_one_of_many else ()

    def life() -> AbstractAsyncContextManager[None]:
        return _life(server, beside or _nothing, watcher, log)

    starlette = Starlette(
        routes=endpoints(_groups(settings, repository, metrics), settings.limits, without),
        exception_handlers=_HANDLERS,
        lifespan=lambda _: life(),
    )
    starlette.router.redirect_slashes = False
    gate, budgets = Gate(settings), CallerBudgets(settings.limits)
    answers = AnswerStore(settings.kept)
    once = Idempotent(Measured(starlette, metrics, log), answers)
    direct = DirectCalls(repository, settings.limits, gate, budgets, metrics, log)
    admission = Admission(once, settings, gate, budgets, connections.clock)
    server = InferenceServer(admission, direct, repository, connections, life, answers)
    return server


def _groups(settings: InferenceSettings, repository: ModelRepository, metrics: ServiceMetrics) -> list[Routes]:
    limits, directory = settings.limits, settings.directory
    configurations, tensors = Configurations(directory, repository, limits), OpenInference(repository, limits)
    if settings.is_one_of_many:  # text is left to one process: it knows how far each answer has come
        calls = FourCalls(repository, configurations, None, limits)
        return [FourCallRoutes(calls), OpenInferenceRoutes(tensors, EXTENSIONS_OF_MANY)]
    results = ResultStore(directory / "results", limits.results, limits.result_bytes)
    calls, writers = FourCalls(repository, configurations, results, limits), Writers(repository)
    texts = [GenerationRoutes(Generation(writers)), OpenAIRoutes(OpenAI(writers))]
    return [FourCallRoutes(calls), OpenInferenceRoutes(tensors), *texts, ServiceRoutes(metrics)]


@asynccontextmanager
async def _life(
    server: InferenceServer, beside: Beside, watcher: Watcher, log: RequestLog
) -> AsyncIterator[None]:
    repository = server.repository
    await repository.reconcile()  # who connects first finds what was deployed
    following = asyncio.create_task(repository.run())
    following.add_done_callback(_log_end)
    sweeping, writing = asyncio.create_task(sweep(server.connections)), asyncio.create_task(log.run())
    try:
        async with beside(server):
            yield
    finally:
        following.cancel()
        sweeping.cancel()
        writing.cancel()
        await asyncio.gather(following, sweeping, writing, return_exceptions=True)
        await repository.stop()
        await watcher.close()


@asynccontextmanager
async def _nothing(server: InferenceServer) -> AsyncIterator[None]:
    yield


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
