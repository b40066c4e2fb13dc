"""The short way of a request to a model: what goes it, what does not, and that both are let in by the same rules."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import msgspec
import numpy as np
import pytest

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.inference.errors import DeadlineExceeded
from jupyter_crispdm.serving.inference.http.counts import Numbers
from jupyter_crispdm.serving.inference.settings import ConnectionLimits, RequestLimits
from jupyter_crispdm.serving.inference.tensors import RawTensor
from tests.support import eventually

from .wired import ADDRESS, BODY, Wired, parsed, post, wired

pytestmark = pytest.mark.usefixtures("jp_asyncio_loop")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def quiet(one: Wired) -> None:
    """Nothing is held any more."""
    assert one.budgets.is_quiet


@pytest.mark.proves("serving.short-way")
async def test_a_plain_request_is_answered_without_the_application() -> None:
    one = wired()
    one.send(post())
    [(inputs, caller, terms)] = one.pool.asked
    assert (caller, terms) == ("this machine", {"deadline": None, "trace": ""})
    assert np.frombuffer(inputs[0].data, "<f4").tolist() == [1, 2]
    assert await one.answers() == b""
    one.pool.answer()
    status, headers, body = parsed(await one.answers())
    assert (status, headers["content-type"]) == (200, "application/json")
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert json.loads(body)["outputs"] == [{"name": "x", "datatype": "FP32", "shape": [2], "data": [1, 2]}]
    assert one.long == []
    assert one.state.total_requests == 1
    quiet(one)


async def test_one_connection_is_used_for_many_requests_of_both_ways() -> None:
    one = wired()
    for number in range(3):
        one.send(post())
        one.pool.answer()
        assert parsed(await one.answers())[0] == 200
        one.send(post(address="/predict"))
        assert (await one.answers()).endswith(b"long")
        assert len(one.pool.asked) == len(one.long) == number + 1
    quiet(one)


@pytest.mark.parametrize(
    "sent",
    [
        post(idempotency_key="a"),
        post(expect="100-continue"),
        post(origin="http://127.0.0.1:8503"),
        post(content_encoding="gzip"),
        post(host="evil.example"),
        post(sec_fetch_site="cross-site"),
        post(grpc_timeout="soon"),
        post(version="1.0"),
        post(address=ADDRESS + "?a=b"),
        post(address="/v2/models/a%20b/infer"),
        post(address="/v2/models/lamp/versions/x/infer"),
        post(b""),
        post().replace(b"POST", b"GET"),
        post().replace(b"host", b"x-a: 1\r\nx-a: 2\r\nhost"),
        post(b"2\r\n{}\r\n0\r\n\r\n", content_length="", transfer_encoding="chunked"),
    ],
    ids=str,
)
async def test_what_is_unusual_goes_the_long_way_and_loses_nothing(sent: bytes) -> None:
    one = wired()
    one.send(sent)
    answer = await one.answers()
    assert answer.endswith(b"long")
    [(scope, body)] = one.long
    assert one.pool.asked == []
    head, _, whole = sent.partition(b"\r\n\r\n")
    assert scope["method"].encode() == head.split(b" ")[0]
    assert len(scope["headers"]) == head.count(b"\r\n")
    assert body == (b"{}" if b"chunked" in head else whole)
    quiet(one)


async def test_a_request_may_come_in_any_pieces() -> None:
    sent = post() + post(address="/predict")
    pieces = [[sent[:cut], sent[cut:]] for cut in range(1, len(sent))]
    pieces.append([sent[place : place + 1] for place in range(len(sent))])
    for piece in pieces:
        one = wired()
        one.send(*piece)
        one.pool.answer()
        answer = await one.answers()
        assert answer.count(b"HTTP/1.1 200 ") == 2
        assert answer.endswith(b"long")
        assert one.long[0][1] == BODY
        quiet(one)


async def test_what_is_sent_before_the_answer_waits_for_it() -> None:
    one = wired()
    one.send(post() + post(address="/predict") + post())
    assert await one.answers() == b""
    assert len(one.pool.asked) == 1
    one.pool.answer()
    answer = await one.answers()
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"200"]
    assert len(one.pool.asked) == 1
    assert [scope["path"] for scope, _ in one.long] == ["/predict", ADDRESS]
    quiet(one)


async def test_the_version_and_the_address_are_the_asked_ones() -> None:
    one = wired()
    one.send(post(address="/v2/models/lamp/versions/3/infer"))
    one.pool.answer()
    assert json.loads(parsed(await one.answers())[2])["model_version"] == "3"
    one.send(post(address="/v2/models/none/infer"))
    status, _, body = parsed(await one.answers())
    assert (status, json.loads(body)["code"]) == (404, "not_found")
    text = one.metrics.text().decode()
    assert 'crispdm_serving_requests_total{path="/v2/models/{model}/infer",status="404"} 1.0' in text
    assert 'crispdm_serving_requests_total{path="/v2/models/{model}/versions/{version}/infer",status="200"} 1.0' in text


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (Unavailable("Too many wait.", retry_after=3), 503, "3"),
        (DeadlineExceeded("It is late."), 504, None),
        (ZeroDivisionError(), 500, None),
    ],
)
async def test_what_goes_wrong_is_told(
    error: Exception, status: int, retry: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    one = wired()
    one.send(post())
    one.pool.futures[0].set_exception(error)
    found, headers, body = parsed(await one.answers())
    assert (found, headers.get("retry-after"), set(json.loads(body))) == (
        status, retry, {"message", "reason", "code", "details"},
    )  # fmt: skip
    assert headers["content-type"] == "application/json"
    assert one.metrics.of("lamp", 3).errors == 1
    quiet(one)


async def test_a_body_that_is_no_request_is_a_400_and_the_connection_goes_on() -> None:
    one = wired()
    one.send(post(b"{}"))
    assert parsed(await one.answers())[0] == 400
    one.send(post())
    one.pool.answer()
    assert parsed(await one.answers())[0] == 200
    quiet(one)


@pytest.mark.proves("serving.client-left")
async def test_a_client_that_leaves_takes_its_request_along() -> None:
    one = wired()
    one.send(post())
    one.protocol.connection_lost(None)
    assert one.pool.futures[0].cancelled()
    quiet(one)
    assert [(entry["status"], entry["model"]) for entry in one.log._taken()] == [(499, "lamp")]
    assert one.metrics.model("lamp", 3).in_flight == 0
    half = wired()
    half.send(post()[:-3])
    half.protocol.connection_lost(None)
    quiet(half)


async def test_what_the_model_says_to_nobody_is_not_sent() -> None:
    one = wired()
    one.send(post())
    one.pool.futures[0].set_exception(Unavailable("x"))
    one.protocol.connection_lost(None)
    assert await one.answers() == b""
    quiet(one)


@pytest.mark.proves("serving.v2-binary")
async def test_bytes_come_and_go() -> None:
    sent = np.arange(20_000, dtype="<f4")
    tensor = {"name": "x", "shape": [20_000], "datatype": "FP32", "parameters": {"binary_data_size": sent.nbytes}}
    text = msgspec.json.encode({"inputs": [tensor], "parameters": {"binary_data_output": True}})
    one = wired()
    one.send(post(text + sent.tobytes(), inference_header_content_length=str(len(text))))
    one.pool.answer()
    status, headers, body = parsed(await one.answers())
    length = int(headers["inference-header-content-length"])
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert json.loads(body[:length])["outputs"][0]["parameters"] == {"binary_data_size": sent.nbytes}
    assert body[length:] == sent.tobytes()


async def test_long_json_goes_the_long_way_and_long_bytes_do_not() -> None:
    one, many = wired(), 300_000
    one.send(post(b" " * many + BODY))
    assert (await one.answers()).endswith(b"long")
    raw = bytes(many)
    tensor = {"name": "x", "shape": [many], "datatype": "UINT8", "parameters": {"binary_data_size": many}}
    text = msgspec.json.encode({"inputs": [tensor]})
    one.send(post(text + raw, inference_header_content_length=str(len(text))))
    assert bytes(one.pool.asked[0][0][0].data) == raw
    one.pool.answer(RawTensor("y", "UINT8", (many,), raw))
    await eventually(lambda: one.transport.written)
    answer = await one.answers()
    assert len(json.loads(answer.partition(b"\r\n\r\n")[2])["outputs"][0]["data"]) == many
    quiet(one)


@pytest.mark.proves("serving.trace")
async def test_a_trace_is_passed_on_logged_and_answered() -> None:
    one = wired()
    one.send(post(traceparent=PARENT))
    trace = one.pool.asked[0][2]["trace"]
    assert trace[:36] == PARENT[:36]
    assert trace != PARENT
    one.pool.answer()
    assert parsed(await one.answers())[1]["traceresponse"] == trace
    assert [entry["trace"] for entry in one.log._taken()] == [trace]


@pytest.mark.proves("serving.deadline")
@pytest.mark.parametrize(
    ("headers", "parameters", "seconds"),
    [
        ({"grpc_timeout": "500m"}, {}, 0.5),
        ({}, {"timeout": 250_000}, 0.25),
        ({"grpc_timeout": "1S"}, {"timeout": 250_000}, 0.25),
        ({"grpc_timeout": "100m"}, {"timeout": 250_000}, 0.1),
    ],
)
async def test_the_earlier_deadline_holds(headers: Any, parameters: dict[str, int], seconds: float) -> None:
    one, before = wired(), asyncio.get_running_loop().time()
    one.send(post(msgspec.json.encode({**json.loads(BODY), "parameters": parameters}), **headers))
    after = asyncio.get_running_loop().time()
    assert before + seconds <= one.pool.asked[0][2]["deadline"] <= after + seconds


async def test_a_token_is_asked_for_at_every_request_of_a_connection() -> None:
    one = wired(token="a" * 16)
    shown: dict[str, Any] = {"authorization": f"Bearer {'a' * 16}"}
    one.send(post(**shown))
    one.pool.answer()
    assert parsed(await one.answers())[0] == 200
    assert one.pool.asked[0][1] == "token 1"
    others: list[dict[str, Any]] = [{}, {"authorization": f"Bearer {'b' * 16}"}]
    for wrong in others:
        one.send(post(**wrong))
        assert (await one.answers()).endswith(b"long")  # where it is refused
    assert len(one.pool.asked) == 1


async def test_what_a_caller_may_have_under_way_is_bounded() -> None:
    one = wired(RequestLimits(requests_each=1))
    one.budgets.enter("this machine")
    one.send(post())
    assert (await one.answers()).endswith(b"long")
    small = wired(RequestLimits(in_flight_each=10))
    small.send(post())
    assert (await small.answers()).endswith(b"long")
    assert small.long[0][1] == BODY
    quiet(small)


async def test_a_body_that_does_not_come_is_a_408() -> None:
    one = wired(connections=ConnectionLimits(body=10))
    one.send(post()[:-3])
    one.wait(9)
    assert await one.answers() == b""
    one.wait(2)
    assert (await one.answers()).startswith(b"HTTP/1.1 408 ")
    assert one.transport.ended
    quiet(one)


def refused(limits: ConnectionLimits) -> Wired:
    """A connection whose client sends on, though it was told that this is no HTTP."""
    one = wired(connections=limits)
    one.send(b"rubbish\r\n\r\n", post())
    assert parsed(one.transport.written)[0] == 400
    assert one.transport.ended
    assert not one.transport.closed  # closed with bytes unread, the client would see a reset in place of the answer
    return one


async def test_who_is_refused_may_send_for_a_while_and_is_not_listened_to() -> None:
    one = refused(ConnectionLimits(linger=5))
    one.send(post(), b"x" * 100_000)
    one.wait(4)
    assert not one.transport.closed
    one.wait(2)
    assert one.transport.closed
    assert parsed(one.transport.written)[0] == 400
    assert one.pool.asked == one.long == []


async def test_who_is_refused_and_sends_without_end_is_cut() -> None:
    one = refused(ConnectionLimits(linger_bytes=1000))
    one.send(b"x" * (1000 - len(post())))
    assert not one.transport.closed
    one.send(b"x")
    assert one.transport.closed


async def test_what_was_asked_for_before_a_refusal_is_dropped() -> None:
    short, long = wired(), wired()
    for one, address in ((short, ADDRESS), (long, "/predict")):
        one.send(post(address=address), b"rubbish\r\n\r\n")
        assert parsed(await one.answers())[0] == 400
        assert one.transport.ended
        quiet(one)
    assert short.pool.futures[0].cancelled()


async def test_a_body_that_comes_slowly_may_take_as_long_as_it_needs() -> None:
    one = wired(connections=ConnectionLimits(body=10, rate=1))
    head, end, body = post().partition(b"\r\n\r\n")
    one.send(head + end)
    for place in range(len(body)):
        one.send(body[place : place + 1])
        one.clock.advance(0.9)
        one.connections.sweep()
    one.pool.answer()
    assert parsed(await one.answers())[0] == 200
    one.wait(11)
    assert not one.transport.closed


async def test_a_connection_that_rests_for_long_is_closed() -> None:
    one = wired(connections=ConnectionLimits(rest=75))
    one.send(post())
    one.wait(100)
    assert not one.transport.closed  # it works
    one.pool.answer()
    await one.answers()
    one.wait(74)
    assert not one.transport.closed
    one.wait(2)
    assert one.transport.closed


async def test_a_client_that_wants_to_close_is_told_that_it_is_done() -> None:
    one = wired()
    one.send(post(connection="close"))
    one.pool.answer()
    assert parsed(await one.answers())[1]["connection"] == "close"
    assert one.transport.closed


async def test_a_service_that_ends_answers_before_it_closes() -> None:
    one = wired()
    one.send(post())
    one.protocol.shutdown()
    assert not one.transport.closed
    one.pool.answer()
    assert parsed(await one.answers())[1]["connection"] == "close"
    assert one.transport.closed


async def test_a_model_that_is_withdrawn_is_told() -> None:
    one = wired()
    one.send(post())
    one.pool.futures[0].cancel()
    status, headers, _ = parsed(await one.answers())
    assert (status, headers["retry-after"]) == (503, "1")


async def test_it_is_counted_and_logged() -> None:
    one = wired()
    one.send(post())
    assert one.metrics.model("lamp", 3).in_flight == 1
    one.pool.answer(RawTensor("y", "FP32", (2,), np.array([1, 2], "<f4").tobytes()))
    await one.answers()
    [entry] = one.log._taken()
    told = [entry[name] for name in ("model", "version", "rows", "score", "status")]
    assert told == ["lamp", 3, 2, 1.5, 200]
    numbers = one.metrics.of("lamp", 3)
    assert (numbers.requests, numbers.errors) == (1, 0)
    assert numbers.p50 == numbers.p99 is not None
    assert one.metrics.of("lamp", 4) == Numbers()
