"""Counts and times of what the inference server does, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..notes import begin_notes
from ..workers.repository import ModelRepository
from .request_log import RequestLog

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class ServiceMetrics:
    """The inference server's numbers."""

    def __init__(self, repository: ModelRepository) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "crispdm_serving_requests", "Requests answered.", ["path", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "crispdm_serving_request_seconds",
            "Time from headers to the end of the answer.",
            ["path"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._registry.register(_Deployments(repository))
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def observe(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        known = self._known.get((path, status))
        if known is None:
            known = self._requests.labels(path, str(status)), self._seconds.labels(path)
            self._known[path, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def text(self) -> bytes:
        """All numbers, in Prometheus's text format."""
        return generate_latest(self._registry)


class Measured:
    """ASGI middleware that counts, and logs; paths are those of the route table, so that their number is bounded."""

    def __init__(self, app: ASGIApp, metrics: ServiceMetrics, log: RequestLog) -> None:
        self._app, self._metrics, self._log = app, metrics, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on and count."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        came, started, status, notes = time.time(), time.perf_counter(), 500, begin_notes()

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            route = scope.get("route")
            path = getattr(route, "path", "other")
            seconds = time.perf_counter() - started
            self._metrics.observe(path, status, seconds)
            self._log.add(came, seconds, status, notes)


class _Deployments(Collector):
    def __init__(self, repository: ModelRepository) -> None:
        self._repository = repository

    def collect(self) -> Iterator[Metric]:
        """How many workers of each deployment are ready, and how many requests wait in them."""
        ready = GaugeMetricFamily(
            "crispdm_serving_workers_ready", "Workers that can answer.", labels=["model", "version"]
        )
        for pool in self._repository.pools:
            ready.add_metric([pool.spec.model, str(pool.spec.version)], len(pool.pids))
        yield ready
