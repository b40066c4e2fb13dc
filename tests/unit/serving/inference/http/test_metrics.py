"""What the service counts of its answers, for Prometheus."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.types import Message, Receive, Scope, Send

from jupyter_crispdm.serving.inference.http.metrics import Measured, ServiceMetrics
from jupyter_crispdm.serving.inference.http.request_log import RequestLog
from jupyter_crispdm.serving.inference.notes import note

Counts = dict[str, float]


def pools(*found: tuple[str, int, int]) -> Any:
    """Deployments: model, version, how many workers."""
    made = [
        SimpleNamespace(spec=SimpleNamespace(model=model, version=version), pids=range(workers))
        for model, version, workers in found
    ]
    return cast(Any, SimpleNamespace(pools=made))


def counted(metrics: ServiceMetrics, name: str) -> Counts:
    """The values of a metric by their labels."""
    lines = re.findall(rf"^{name}(\{{.*?\}})? (\S+)$", metrics.text().decode(), re.MULTILINE)
    return {labels: float(value) for labels, value in lines}


async def nobody(*_: Any) -> Any:
    raise AssertionError("nothing is read or sent here")


def answering(status: int, path: str | None = "/predict", error: Exception | None = None) -> Any:
    """A service that answers so, and may break after it has begun to."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if path is not None:
            scope["route"] = SimpleNamespace(path=path)
        if status:
            await send({"type": "http.response.start", "status": status})
        if error is not None:
            raise error
        await send({"type": "http.response.body", "body": b"x"})

    return app


class Written(RequestLog):
    """A log that is never written to a disk."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))


async def ask(
    metrics: ServiceMetrics, app: Any, kind: str = "http", log: RequestLog | None = None
) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await Measured(app, metrics, log or Written())({"type": kind}, nobody, send)
    return sent


async def test_each_answer_is_counted_by_route_and_status_and_passed_on() -> None:
    metrics = ServiceMetrics(pools())
    for status in (200, 200, 422):
        assert [message["type"] for message in await ask(metrics, answering(status))] == [
            "http.response.start", "http.response.body",
        ]  # fmt: skip
    assert counted(metrics, "crispdm_serving_requests_total") == {
        '{path="/predict",status="200"}': 2.0, '{path="/predict",status="422"}': 1.0,
    }  # fmt: skip
    assert counted(metrics, "crispdm_serving_request_seconds_count") == {'{path="/predict"}': 3.0}


async def test_a_request_to_a_model_is_logged() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        note(model="lamp", version=2, rows=3)
        await send({"type": "http.response.start", "status": 200})

    log = Written()
    await ask(ServiceMetrics(pools()), answer, log=log)
    await ask(ServiceMetrics(pools()), answering(200), log=log)
    [entry] = log._taken()
    assert (entry["model"], entry["version"], entry["rows"], entry["status"]) == ("lamp", 2, 3, 200)


async def test_what_breaks_before_it_answers_counts_as_a_fault_of_ours() -> None:
    metrics = ServiceMetrics(pools())
    with pytest.raises(ZeroDivisionError):
        await ask(metrics, answering(0, error=ZeroDivisionError()))
    assert counted(metrics, "crispdm_serving_requests_total") == {'{path="/predict",status="500"}': 1.0}


async def test_what_breaks_later_counts_as_it_was_answered() -> None:
    metrics = ServiceMetrics(pools())
    with pytest.raises(ConnectionError):
        await ask(metrics, answering(200, error=ConnectionError()))
    assert counted(metrics, "crispdm_serving_requests_total") == {'{path="/predict",status="200"}': 1.0}


async def test_addresses_that_are_none_share_one_name() -> None:
    """A stranger who asks for a million of them makes no million of series."""
    metrics = ServiceMetrics(pools())
    for _ in range(50):
        await ask(metrics, answering(404, path=None))
    assert counted(metrics, "crispdm_serving_requests_total") == {'{path="other",status="404"}': 50.0}


async def test_the_services_own_start_is_no_request() -> None:
    metrics = ServiceMetrics(pools())

    async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.complete"})

    assert await ask(metrics, lifespan, "lifespan") == [{"type": "lifespan.startup.complete"}]
    assert counted(metrics, "crispdm_serving_requests_total") == {}


def test_ready_workers_are_counted_when_they_are_asked_for() -> None:
    found = pools(("a", 1, 2), ("a", 2, 0), ('odd "name"\n', 1, 1))
    metrics = ServiceMetrics(found)
    assert counted(metrics, "crispdm_serving_workers_ready") == {
        '{model="a",version="1"}': 2.0, '{model="a",version="2"}': 0.0,
        r'{model="odd \"name\"\n",version="1"}': 1.0,
    }  # fmt: skip
    found.pools.clear()
    assert counted(metrics, "crispdm_serving_workers_ready") == {}


def test_two_services_count_apart() -> None:
    one, other = ServiceMetrics(pools()), ServiceMetrics(pools())
    one.observe("/predict", 200, 0.02)
    assert counted(other, "crispdm_serving_requests_total") == {}
    buckets = counted(one, "crispdm_serving_request_seconds_bucket")
    assert buckets['{le="0.01",path="/predict"}'] == 0.0
    assert buckets['{le="0.025",path="/predict"}'] == 1.0


@pytest.mark.proves("serving.prometheus")
async def test_a_model_s_answers_are_counted_by_version() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        note(model="lamp", version=2)
        await send({"type": "http.response.start", "status": 503})

    metrics = ServiceMetrics(pools())
    await ask(metrics, answer)
    assert counted(metrics, "crispdm_serving_model_requests_total") == {
        '{model="lamp",status="503",version="2"}': 1.0,
    }  # fmt: skip
    assert counted(metrics, "crispdm_serving_model_request_seconds_count") == {'{model="lamp",version="2"}': 1.0}
    assert (metrics.of("lamp", 2).requests, metrics.of("lamp", 2).errors) == (1, 1)


@pytest.mark.proves("serving.prometheus")
def test_queues_and_batches_are_told_when_they_are_asked_for() -> None:
    found = pools(("lamp", 1, 1))
    found.pools[0].waiting, found.pools[0].batch_rows = 7, {1: 5, 3: 2, 500: 1}
    metrics = ServiceMetrics(found)
    assert counted(metrics, "crispdm_serving_queue_length") == {'{model="lamp",version="1"}': 7.0}
    rows = counted(metrics, "crispdm_serving_batch_rows_bucket")
    assert rows['{le="1.0",model="lamp",version="1"}'] == 5.0
    assert rows['{le="4.0",model="lamp",version="1"}'] == 7.0
    assert rows['{le="+Inf",model="lamp",version="1"}'] == 8.0
    assert counted(metrics, "crispdm_serving_batch_rows_sum") == {'{model="lamp",version="1"}': 511.0}
    metrics.model("lamp", 1).in_flight += 2
    assert counted(metrics, "crispdm_serving_in_flight") == {'{model="lamp",version="1"}': 2.0}


def test_models_without_end_share_one_series() -> None:
    metrics = ServiceMetrics(pools())
    for version in range(1000):
        metrics.model("lamp", version).note(200, 0.01, 0.0)
    assert len(counted(metrics, "crispdm_serving_model_requests_total")) == 501
    assert counted(metrics, "crispdm_serving_model_requests_total")['{model="other",status="200",version="0"}'] == 500
