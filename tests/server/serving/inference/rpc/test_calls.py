"""Calls of gRPC go through the same hands as requests by HTTP: tokens, budgets, deadlines, limits, keys."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from tritonclient.grpc.service_pb2 import (
    ModelInferRequest,
    ModelReadyRequest,
    ServerLiveRequest,
    ServerReadyRequest,
)

from jupyter_crispdm.serving.inference.settings import ConnectionLimits, RequestLimits
from tests.support import eventually

from .rpc import answering, asked, calling, doubled, told

TOKEN = "t" * 16
SERVICE = "/inference.GRPCInferenceService"


async def refused(call: Any, code: str) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code().name == code, caught.value.details()
    return caught.value


@pytest.mark.proves("serving.grpc")
async def test_it_counts_logs_and_answers_as_the_other_way_does(tmp_path: Path) -> None:
    async with answering(tmp_path) as (running, address), calling(address) as stub:
        assert (await stub.ServerReady(ServerReadyRequest())).ready
        pool = await running.deploy()
        assert doubled(await stub.ModelInfer(asked(1, 2))) == [2, 4]
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        call = stub.ModelInfer(asked(3), metadata=[("traceparent", trace)])
        assert doubled(await call) == [6]
        answered = dict(await call.trailing_metadata())
        assert answered["traceresponse"].startswith("00-0af7651916cd43dd8448eb211c80319c-")
        error = await refused(stub.ModelInfer(asked(1, model="none")), "NOT_FOUND")
        assert error.details() == "Nothing is deployed for model 'none'."
        assert (told(error)["code"], told(error)["message"]) == ("not_found", error.details())
        assert pool.batch_rows == {2: 1, 1: 1}
        assert running.inference.direct.metrics.of("lamp", 1).requests == 2
        metrics = (await running.client().get("/metrics")).text
        name = f"{SERVICE}/ModelInfer"
        assert f'crispdm_serving_requests_total{{path="{name}",status="200"}} 2.0' in metrics
        assert f'crispdm_serving_requests_total{{path="{name}",status="404"}} 1.0' in metrics
        await eventually(lambda: running.inference.direct.budgets.is_quiet)


@pytest.mark.proves("serving.grpc", "serving.tokens")
async def test_it_asks_for_the_token_before_it_reads_a_message(tmp_path: Path) -> None:
    async with answering(tmp_path, token=TOKEN, token_rate=2.0) as (_, address), calling(address) as stub:
        error = await refused(stub.ServerLive(ServerLiveRequest()), "UNAUTHENTICATED")
        assert "Authorization: Bearer" in error.details()
        async with grpc.aio.insecure_channel(address) as channel:  # which never sends a message
            await refused(channel.stream_unary(f"{SERVICE}/ModelInfer")(), "UNAUTHENTICATED")
        shown = [("authorization", f"Bearer {TOKEN}")]
        assert (await stub.ServerLive(ServerLiveRequest(), metadata=shown)).live
        wrong = [("authorization", f"Bearer {TOKEN[1:]}")]
        await refused(stub.ServerLive(ServerLiveRequest(), metadata=wrong), "UNAUTHENTICATED")
        found = await asyncio.gather(
            *(stub.ServerLive(ServerLiveRequest(), metadata=shown) for _ in range(20)), return_exceptions=True
        )
        errors = [one for one in found if isinstance(one, grpc.aio.AioRpcError)]
        assert errors
        assert {one.code().name for one in errors} == {"RESOURCE_EXHAUSTED"}
        assert {one.details() for one in errors} == {"This token may be used 2 times a second."}
        assert int(dict(errors[0].trailing_metadata())["retry-after"]) >= 1


@pytest.mark.proves("serving.grpc", "serving.client-left")
async def test_who_leaves_or_whose_time_is_over_is_worked_for_no_more(tmp_path: Path) -> None:
    async with answering(tmp_path) as (running, address), calling(address) as stub:
        pool = await running.deploy()
        os.kill(pool.pids[0], signal.SIGSTOP)
        first = stub.ModelInfer(asked(1))
        await eventually(lambda: pool.working == 1)
        others = [stub.ModelInfer(asked(1)) for _ in range(8)]
        late = stub.ModelInfer(asked(1, timeout=1))
        own = stub.ModelInfer(asked(1), timeout=0.05)
        assert "within the time" in (await refused(late, "DEADLINE_EXCEEDED")).details()
        await refused(own, "DEADLINE_EXCEEDED")
        await eventually(lambda: pool.waiting == 8)
        for call in (first, *others):
            call.cancel()
        await eventually(lambda: pool.waiting == 0)
        os.kill(pool.pids[0], signal.SIGCONT)
        await eventually(lambda: pool.working == 0)
        assert sum(rows * count for rows, count in pool.batch_rows.items()) == 1
        await eventually(lambda: running.inference.direct.budgets.is_quiet)


@pytest.mark.proves("serving.grpc")
async def test_a_caller_has_one_budget_for_both_ways(tmp_path: Path) -> None:
    limits = replace(RequestLimits(), requests_each=2)
    async with answering(tmp_path, limits=limits) as (running, address), calling(address) as stub:
        pool = await running.deploy()
        os.kill(pool.pids[0], signal.SIGSTOP)
        calls = [stub.ModelInfer(asked(1)) for _ in range(2)]
        await eventually(lambda: pool.waiting + pool.working == 2)
        # the client itself keeps to the number of calls on a connection, so this one has another
        async with calling(address) as other:
            error = await refused(other.ServerLive(ServerLiveRequest()), "RESOURCE_EXHAUSTED")
        assert error.details() == "You have 2 requests under way; wait for an answer."
        assert (await running.client().get("/v2")).status_code == 429
        os.kill(pool.pids[0], signal.SIGCONT)
        assert [doubled(await call) for call in calls] == [[2], [2]]


@pytest.mark.proves("serving.grpc")
async def test_what_is_too_large_squeezed_or_unknown_is_refused(tmp_path: Path) -> None:
    limits = replace(RequestLimits(), body=100_000, elements=10)
    async with answering(tmp_path, limits=limits) as (running, address), calling(address) as stub:
        await running.deploy()
        large = ModelInferRequest(model_name="lamp", raw_input_contents=[bytes(200_000)])
        assert "larger than max" in (await refused(stub.ModelInfer(large), "RESOURCE_EXHAUSTED")).details()
        many = asked(*range(12))
        many.inputs[0].shape[:] = [2, 6]
        error = await refused(stub.ModelInfer(many), "RESOURCE_EXHAUSTED")
        assert error.details() == "'inputs[0].shape' promises 12 numbers; at most 10 are allowed at once."
        await refused(stub.ModelInfer(asked(1), compression=grpc.Compression.Gzip), "UNIMPLEMENTED")
        async with grpc.aio.insecure_channel(address) as channel:
            await refused(channel.unary_unary(f"{SERVICE}/ModelConfig")(b""), "UNIMPLEMENTED")
            broken = await refused(channel.unary_unary(f"{SERVICE}/ModelInfer")(b"\xff\xff"), "INVALID_ARGUMENT")
            assert broken.details() == "The message is no ModelInferRequest."
            nothing = channel.stream_unary(f"{SERVICE}/ServerLive")(iter(()))
            assert (await refused(nothing, "INVALID_ARGUMENT")).details() == "The call has no message."
        version = ModelReadyRequest(name="lamp", version="new")
        assert "'version' must be" in (await refused(stub.ModelReady(version), "INVALID_ARGUMENT")).details()
        assert doubled(await stub.ModelInfer(asked(1))) == [2]
        await eventually(lambda: running.inference.direct.budgets.is_quiet)


@pytest.mark.proves("serving.grpc")
async def test_a_message_that_never_comes_is_not_waited_for(tmp_path: Path) -> None:
    patience = replace(ConnectionLimits(), answer=0.2)
    async with answering(tmp_path, connection_limits=patience) as (running, address):
        async with grpc.aio.insecure_channel(address) as channel:
            silent = channel.stream_unary(f"{SERVICE}/ServerLive")()
            assert "must be here within 0.2 s" in (await refused(silent, "DEADLINE_EXCEEDED")).details()
        await eventually(lambda: running.inference.direct.budgets.is_quiet)


@pytest.mark.proves("serving.grpc")
async def test_a_call_with_a_key_is_done_once(tmp_path: Path) -> None:
    async with answering(tmp_path) as (running, address), calling(address) as stub:
        pool = await running.deploy()
        key = [("idempotency-key", "abc")]
        assert doubled(await stub.ModelInfer(asked(1), metadata=key)) == [2]
        again = stub.ModelInfer(asked(1), metadata=key)
        assert doubled(await again) == [2]
        assert dict(await again.trailing_metadata())["idempotency-replayed"] == "true"
        assert pool.batch_rows == {1: 1}
        error = await refused(stub.ModelInfer(asked(2), metadata=key), "INVALID_ARGUMENT")
        assert "was used for another request" in error.details()


@pytest.mark.proves("serving.grpc")
async def test_calls_under_way_are_told_that_the_service_ends(tmp_path: Path) -> None:
    async with AsyncExitStack() as client:
        async with answering(tmp_path) as (running, address):
            stub = await client.enter_async_context(calling(address))
            pool = await running.deploy()
            os.kill(pool.pids[0], signal.SIGSTOP)
            call = stub.ModelInfer(asked(1))
            await eventually(lambda: pool.working == 1)
        assert (await refused(call, "UNAVAILABLE")).details() == "The service is ending. Try again."
        await refused(stub.ServerLive(ServerLiveRequest()), "UNAVAILABLE")
