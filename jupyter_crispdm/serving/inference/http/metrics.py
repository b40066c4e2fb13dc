"""Counts and times of what the inference server does, for Prometheus and for the list of deployments."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jupyter_crispdm.serving.types import DeploymentNumbers

from ..notes import begin_notes
from ..workers.repository import ModelRepository
from .counts import BUCKETS, ModelSeries, Numbers, Series
from .request_log import RequestLog

_MOST_MODELS = 500
_OTHERS = ("other", "0")
_MODEL = ["model", "version"]
_ROWS = (1, 2, 4, 8, 16, 32, 64, 128)


class ServiceMetrics:
    """The inference server's numbers."""

    def __init__(self, repository: ModelRepository) -> None:
        self._registry = CollectorRegistry()
        self._paths: dict[str, Series] = {}
        self._models: dict[tuple[str, str], ModelSeries] = {}
        self._registry.register(_Answers(self._paths, self._models))
        self._registry.register(_Deployments(repository))

    def observe(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.path(path).add(status, seconds)

    def path(self, path: str) -> Series:
        """What was answered at an address of the route table."""
        found = self._paths.get(path)
        if found is None:
            found = self._paths[path] = Series()
        return found

    def model(self, model: str, version: int) -> ModelSeries:
        """What a version of a model answered; beyond a number of them they share one."""
        key = (model, str(version))
        found = self._models.get(key)
        if found is None:
            key = key if len(self._models) < _MOST_MODELS else _OTHERS
            found = self._models.setdefault(key, ModelSeries())
        return found

    def of(self, model: str, version: int) -> Numbers:
        """How a version of a model does."""
        found = self._models.get((model, str(version)))
        return found.numbers() if found else Numbers()

    def told(self, model: str, version: int) -> DeploymentNumbers:
        """The same, as the server shows it."""
        found = self.of(model, version)
        p50, p99 = (None if one is None else round(1000 * one, 3) for one in (found.p50, found.p99))
        return DeploymentNumbers(round(found.rate, 3), p50, p99, requests=found.requests, errors=found.errors)

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
        came, started, status, notes = time.time(), time.monotonic(), 500, begin_notes()

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            now = time.monotonic()
            self._metrics.observe(getattr(scope.get("route"), "path", "other"), status, now - started)
            if notes.get("model") and "version" in notes:
                self._metrics.model(notes["model"], notes["version"]).note(status, now - started, now)
            self._log.add(came, now - started, status, notes)


class _Answers(Collector):
    def __init__(self, paths: Mapping[str, Series], models: Mapping[tuple[str, str], ModelSeries]) -> None:
        self._paths, self._models = paths, models

    def collect(self) -> Iterator[Metric]:
        """What was answered, by address and by model."""
        by_path = [([path], series) for path, series in self._paths.items()]
        yield from _counted("crispdm_serving_request", "", ["path"], by_path)
        yield from _counted("crispdm_serving_model_request", " by a version of a model", _MODEL, self._models.items())
        flying = GaugeMetricFamily("crispdm_serving_in_flight", "Requests that are being answered.", labels=_MODEL)
        for key, series in self._models.items():
            flying.add_metric(key, series.in_flight)
        yield flying


def _counted(
    name: str, what: str, labels: list[str], found: Iterable[tuple[Iterable[str], Series]]
) -> Iterator[Metric]:
    requests = CounterMetricFamily(f"{name}s", f"Requests answered{what}.", labels=[*labels, "status"])
    seconds = HistogramMetricFamily(
        f"{name}_seconds", f"Time from headers to the end of the answer{what}.", labels=labels
    )
    for key, series in found:
        for status, count in series.statuses.items():
            requests.add_metric([*key, str(status)], count)
        seconds.add_metric(list(key), _buckets(BUCKETS, series.counts), series.total)
    yield requests
    yield seconds


def _buckets(bounds: tuple[float, ...], counts: list[int]) -> list[tuple[str, float]]:
    """How many were up to each bound, as Prometheus wants them."""
    names, total, told = [*(str(float(bound)) for bound in bounds), "+Inf"], 0, []
    for name, count in zip(names, counts, strict=True):
        total += count
        told.append((name, float(total)))
    return told


class _Deployments(Collector):
    def __init__(self, repository: ModelRepository) -> None:
        self._repository = repository

    def collect(self) -> Iterator[Metric]:
        """How many workers of each deployment are ready, how many requests wait for them, and how many they take."""
        ready = GaugeMetricFamily("crispdm_serving_workers_ready", "Workers that can answer.", labels=_MODEL)
        waiting = GaugeMetricFamily("crispdm_serving_queue_length", "Requests that wait for a worker.", labels=_MODEL)
        rows = HistogramMetricFamily("crispdm_serving_batch_rows", "Rows that were sent at once.", labels=_MODEL)
        for pool in self._repository.pools:
            key = [pool.spec.model, str(pool.spec.version)]
            ready.add_metric(key, len(pool.pids))
            waiting.add_metric(key, getattr(pool, "waiting", 0))
            sent: Mapping[int, int] = getattr(pool, "batch_rows", {})
            rows.add_metric(key, _by_rows(sent), sum(size * count for size, count in sent.items()))
        yield from (ready, waiting, rows)


def _by_rows(sent: Mapping[int, int]) -> list[tuple[str, float]]:
    def up_to(bound: float) -> float:
        return float(sum(count for rows, count in sent.items() if rows <= bound))

    return [*((str(float(bound)), up_to(bound)) for bound in _ROWS), ("+Inf", up_to(math.inf))]
