"""What workers are asked and what becomes of their answers; no process is started."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import msgspec
import pytest

from jupyter_crispdm.base.errors import CrispdmError, TooLarge, Unprocessable
from jupyter_crispdm.serving.inference.batching.batch import Misfit
from jupyter_crispdm.serving.inference.errors import DeadlineExceeded
from jupyter_crispdm.serving.inference.tensors import RawTensor
from jupyter_crispdm.serving.inference.workers.requests import Ask, Batch, Infer, Request, refusal


def tensor(*numbers: float) -> RawTensor:
    return RawTensor("x", "FP32", (len(numbers),), struct.pack(f"<{len(numbers)}f", *numbers))


def infer(*numbers: float, left: Any = lambda _: None, trace: str = "") -> Infer:
    return Infer("ada", 10.0, left, [tensor(*numbers)], trace)


def told(*outputs: Any, **more: Any) -> bytes:
    return msgspec.json.encode({"outputs": outputs, **more} if outputs else more)


@pytest.mark.parametrize(
    ("told", "kind", "details"),
    [
        ({"message": "no"}, Unprocessable, {}),
        ({"message": "no", "field": "mode"}, Unprocessable, {"field": "mode"}),
        ({"message": "much", "status": 413}, TooLarge, {}),
        ({"message": "no", "status": 500}, Unprocessable, {}),
    ],
)
def test_what_a_model_refuses(told: dict[str, object], kind: type[CrispdmError], details: dict[str, str]) -> None:
    error = refusal(told)
    assert type(error) is kind
    assert error.details == details


async def test_a_batch_is_one_request_to_the_worker_and_each_gets_their_rows() -> None:
    one, other = infer(1.0, 2.0), infer(3.0)
    batch = Batch([one, other])
    header, body = batch.frame()
    assert header == {"do": "infer", "inputs": [("x", "FP32", (3,), 12)]}
    assert b"".join(body) == struct.pack("<3f", 1, 2, 3)
    assert (batch.rows, batch.until) == (3, 10.0)
    batch.answered(told(["y", "FP32", [3], 12]), struct.pack("<3f", 2, 4, 6))
    assert [(found.name, found.shape, bytes(found.data)) for found in await one] == [
        ("y", (2,), struct.pack("<2f", 2, 4))
    ]
    assert bytes((await other)[0].data) == struct.pack("<f", 6)


async def test_who_left_a_batch_is_not_told_and_the_others_are() -> None:
    left: list[Request] = []
    one, other = infer(1.0, left=left.append), infer(3.0)
    batch = Batch([one, other])
    assert one.cancel()
    assert not one.cancel()
    assert left == [one]
    assert batch.wanted
    batch.answered(told(["y", "FP32", [2], 8]), bytes(8))
    assert (await other)[0].shape == (1,)
    assert not batch.wanted


async def test_what_was_awaited_by_a_task_is_taken_back_when_the_task_is_cancelled() -> None:
    left: list[Request] = []
    request = infer(1.0, left=left.append)

    async def wait() -> None:
        await request

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left == [request]


@pytest.mark.parametrize(
    ("header", "body", "error"),
    [
        (told(["y", "FP32", [1], 4]), bytes(4), Misfit),
        (told(["y", "FP32", [], 4]), bytes(4), Misfit),
        (told(["y", "FP32", [2], 4]), bytes(4), Misfit),
        (told(["y", "FP32", [2], 8]), bytes(9), Misfit),
        (told(["y", "BYTES", [2], 8]), bytes(8), Misfit),
        (told(error={"message": "no"}), b"", Unprocessable),
        (told(not_begun=True), b"", DeadlineExceeded),
        (b"[", b"", msgspec.DecodeError),
        (told(["y", "FP32", "no", 8]), bytes(8), msgspec.ValidationError),
    ],
)
async def test_an_answer_that_cannot_be_cut_is_nobody_s(header: bytes, body: bytes, error: type[Exception]) -> None:
    batch = Batch([infer(1.0), infer(2.0)])
    with pytest.raises(error):
        batch.answered(header, body)
    assert batch.wanted
    assert not any(request.done() for request in batch.requests)


async def test_one_alone_gets_the_whole_answer_whatever_its_shape() -> None:
    request = infer(1.0, 2.0)
    Batch([request]).answered(told(["sum", "FP32", [1], 4], ["words", "BYTES", [1], 6]), b"1234\x02\x00\x00\x00hi"[:10])
    assert [(found.name, found.shape) for found in await request] == [("sum", (1,)), ("words", (1,))]


async def test_an_ask_is_the_worker_s_own_words() -> None:
    ask = Ask("ada", 10.0, lambda _: None, {"do": "plan"}, [b"a"])
    batch = Batch([ask])
    assert batch.frame() == ({"do": "plan"}, [b"a"])
    with pytest.raises(Unprocessable):
        batch.answered(b'{"error": {"message": "no"}}', b"")
    with pytest.raises(DeadlineExceeded):
        batch.answered(b'{"not_begun": true}', b"")
    batch.answered(b'{"work": [1]}', b"b")
    assert await ask == ({"work": [1]}, b"b")
    assert ask.kind is None


async def test_traces_go_along() -> None:
    header, _ = Batch([infer(1.0, trace="00-a"), infer(2.0), infer(3.0, trace="00-b")]).frame()
    assert header["trace"] == ["00-a", "00-b"]
