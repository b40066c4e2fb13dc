"""NVIDIA's own client of the Open Inference Protocol by gRPC, and a real process that answers it."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tritonclient.grpc import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from tests.support import eventually_sync

from ..conftest import SITE, RunningServer, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running(tmp_path, "--site", str(SITE), "--grpc-port", "0") as server:
        server.deploy()
        yield server


@pytest.fixture
def client(server: RunningServer) -> Iterator[InferenceServerClient]:
    with InferenceServerClient(server.read("front.json")["grpc"]) as client:
        yield client


def tensor(values: np.ndarray, datatype: str) -> InferInput:
    made = InferInput("x", list(values.shape), datatype)
    made.set_data_from_numpy(values)
    return made


@pytest.mark.proves("serving.grpc")
def test_it_finds_asks_loads_and_is_told_its_mistakes(client: InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("lamp")
    assert client.is_model_ready("lamp", "1")
    with pytest.raises(InferenceServerException, match="Nothing is deployed for model 'lamp', version 2"):
        client.is_model_ready("lamp", "2")
    assert client.get_server_metadata().name == "jupyter_crispdm"
    metadata = client.get_model_metadata("lamp", "1")
    assert (metadata.name, list(metadata.versions), metadata.inputs[0].datatype) == ("lamp", ["1"], "FP32")
    assert [(one.name, one.state) for one in client.get_model_repository_index().models] == [("lamp", "READY")]
    values = [tensor(np.arange(4, dtype="f4"), "FP32")]
    with pytest.raises(InferenceServerException, match="no output 'z'") as caught:
        client.infer("lamp", values, outputs=[InferRequestedOutput("z")])
    assert caught.value.status() == "StatusCode.INVALID_ARGUMENT"
    with pytest.raises(InferenceServerException, match="within the time") as caught:
        client.infer("lamp", values, timeout=1)
    assert caught.value.status() == "StatusCode.DEADLINE_EXCEEDED"
    client.unload_model("lamp")
    eventually_sync(lambda: not client.is_model_ready("lamp"))
    assert client.get_model_repository_index().models[0].state == "UNAVAILABLE"
    client.load_model("lamp")
    eventually_sync(lambda: client.is_model_ready("lamp"))
    assert client.infer("lamp", values).as_numpy("double").tolist() == [0, 2, 4, 6]


@pytest.mark.proves("serving.grpc")
def test_it_sends_and_gets_tensors_of_every_kind(client: InferenceServerClient) -> None:
    kinds = {"FP32": "f4", "FP64": "f8", "INT64": "i8", "INT8": "i1", "UINT8": "u1", "FP16": "f2"}
    for (datatype, kind), named in itertools.product(kinds.items(), (True, False)):
        values = np.arange(6, dtype=kind).reshape(2, 3)
        outputs = [InferRequestedOutput("double")] if named else None
        answer = client.infer("lamp", [tensor(values, datatype)], outputs=outputs, request_id="7")
        assert answer.get_response().id == "7"
        told = answer.as_numpy("double")
        assert (told.dtype, told.tolist()) == (values.dtype, (values * 2).tolist())
        assert (answer.as_numpy("sum") is None) == named
    large = np.arange(1 << 20, dtype="f4")
    assert (client.infer("lamp", [tensor(large, "FP32")]).as_numpy("double") == large * 2).all()


@pytest.mark.proves("serving.grpc")
def test_it_is_answered_again_after_the_front_was_killed(server: RunningServer, client: InferenceServerClient) -> None:
    values, before = [tensor(np.arange(4, dtype="f4"), "FP32")], server.front
    address = server.read("front.json")["grpc"]
    client.infer("lamp", values)
    os.kill(before, signal.SIGKILL)
    eventually_sync(lambda: server.read("front.json").get("front") not in (None, before))
    assert server.read("front.json")["grpc"] == address

    def answered() -> bool:
        try:
            return bool(client.infer("lamp", values).as_numpy("double").tolist() == [0, 2, 4, 6])
        except InferenceServerException:
            return False

    eventually_sync(answered)
    log = server.directory / "requests" / "requests.jsonl"
    eventually_sync(lambda: log.exists() and b'"status":200' in log.read_bytes())
    [first, *_] = map(msgspec.json.decode, log.read_bytes().splitlines())
    assert (first["model"], first["version"], first["rows"]) == ("lamp", 1, 4)
