"""A deployed model that is asked about samples, and all that may be wrong with it."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from jupyter_crispdm.streams.detectors.model import Model
from jupyter_crispdm.streams.detectors.port import Verdict
from tests.support import FakeClock

ENVIRON = {"CRISPDM_URL": "http://here:1/base/", "CRISPDM_TOKEN": "secret"}
Answer = Callable[[httpx.Request], httpx.Response]


class Service:
    """The prediction service: scores are the sum of each row, and what was asked is remembered."""

    def __init__(self, **infer: Any) -> None:
        self.asked: list[httpx.Request] = []
        self.broken: Answer | None = None
        self._infer = infer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.broken is not None:
            return self.broken(request)
        if request.method == "GET":
            return httpx.Response(200, json={"inputs": [{"name": "rows", "datatype": "FP64", "shape": [-1, 2]}]})
        if self._infer:
            return httpx.Response(200, json=self._infer)
        [tensor] = json.loads(request.content)["inputs"]
        rows = np.array(tensor["data"]).reshape(tensor["shape"])
        outputs = [
            {"name": "both", "data": np.column_stack([-rows.sum(1), rows.sum(1)]).ravel().tolist()},
            {"name": "first", "data": rows[:, 0].tolist()},
        ]
        return httpx.Response(200, json={"outputs": outputs})


def model(service: Service, clock: FakeClock | None = None, output: str = "") -> Model:
    transport = httpx.MockTransport(service)
    return Model("a/b", ["value", "other"], output, ENVIRON, clock=clock or FakeClock(), transport=transport)


async def judged(asked: Model, *values: float) -> Verdict:
    value = np.array(values, np.float64)
    return await asked.judge({"time": value, "value": value, "other": np.ones(len(value))})


def judged_once(service: Service, *values: float, output: str = "") -> Verdict:
    async def once() -> Verdict:
        asked = model(service, output=output)
        try:
            return await judged(asked, *values)
        finally:
            await asked.close()

    return asyncio.run(once())


def test_a_model_scores_each_sample() -> None:
    service = Service()
    assert judged_once(service, 1, 2, 3).score.tolist() == [2, 3, 4]
    described, inferred = service.asked
    assert str(described.url) == "http://here:1/base/crispdm/serving/v2/models/a%2Fb"
    assert described.headers["authorization"] == "token secret"
    assert str(inferred.url).endswith("/infer")
    assert json.loads(inferred.content)["inputs"][0] == {
        "name": "rows", "datatype": "FP64", "shape": [3, 2], "data": [1, 1, 2, 1, 3, 1],
    }  # fmt: skip


def test_the_named_output_counts() -> None:
    assert judged_once(Service(), 1, 2, output="first").score.tolist() == [1, 2]


def test_rows_that_lack_a_column_are_not_asked_about() -> None:
    service = Service()
    score = judged_once(service, 1, math.nan, 3).score
    assert [score[0], score[2]] == [2, 4]
    assert math.isnan(score[1])
    assert judged_once(service, math.nan).score.shape == (1,)
    assert len(service.asked) == 2


def test_many_samples_are_asked_about_in_several_calls() -> None:
    service = Service()
    assert len(judged_once(service, *range(2500)).score) == 2500
    assert len(service.asked) == 1 + 3


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def silent(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("")


BROKEN: list[tuple[Answer, str]] = [
    (refused, "refused"),
    (silent, "ReadTimeout"),
    (lambda _: httpx.Response(404, json={"message": "no such model"}), "404, no such model"),
    (lambda _: httpx.Response(503, json={"error": "busy"}), "503, busy"),
    (lambda _: httpx.Response(500, json={}), "500, without a reason"),
    (lambda _: httpx.Response(200, text="<html>"), "200, and no JSON"),
    (lambda _: httpx.Response(200, json=[]), "200, and no JSON"),
    (lambda _: httpx.Response(200, json={"inputs": []}), "it does not say what it takes"),
    (lambda _: httpx.Response(200, json={"inputs": [3]}), "it does not say what it takes"),
]


@pytest.mark.proves("detectors.model")
@pytest.mark.parametrize(("answer", "reason"), BROKEN)
def test_a_model_that_cannot_be_asked_holds_nothing_up(answer: Answer, reason: str) -> None:
    async def scenario() -> None:
        service, clock = Service(), FakeClock()
        asked = model(service, clock)
        service.broken = answer
        assert np.isnan((await judged(asked, 1, 2)).score).all()
        assert asked.trouble == f"The model 'a/b' cannot be asked: {reason}"
        calls = len(service.asked)
        await judged(asked, 1)
        assert len(service.asked) == calls, "it is not asked again at once"
        service.broken = None
        clock.advance(1)
        assert (await judged(asked, 1)).score.tolist() == [2]
        assert asked.trouble == ""
        await asked.close()

    asyncio.run(scenario())


def test_the_pauses_grow() -> None:
    async def scenario() -> None:
        service, clock = Service(), FakeClock()
        asked = model(service, clock)
        service.broken = refused
        for _ in range(100):
            await judged(asked, 1)
            clock.advance(1)
        assert len(service.asked) < 10
        await asked.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("outputs", [
    [], {}, 3, [{"name": "x"}], [{"name": "x", "data": [1]}], [{"name": "x", "data": ["a", "b"]}],
    [{"name": "x", "data": []}], [3],
])  # fmt: skip
def test_an_answer_that_is_none_is_told_of(outputs: Any) -> None:
    async def scenario() -> None:
        asked = model(Service(outputs=outputs))
        assert np.isnan((await judged(asked, 1, 2)).score).all()
        assert asked.trouble.endswith("its answer has no number for each sample")
        await asked.close()

    asyncio.run(scenario())


def test_an_output_that_is_not_there_is_told_of() -> None:
    assert np.isnan(judged_once(Service(), 1, output="nothing").score).all()


def test_an_address_that_is_none_is_told_of() -> None:
    async def scenario() -> None:
        asked = Model("m", ["value"], "", {"CRISPDM_URL": "http://[/"}, clock=FakeClock())
        value = np.array([1.0])
        assert np.isnan((await asked.judge({"time": value, "value": value})).score).all()
        assert asked.trouble
        await asked.close()

    asyncio.run(scenario())
