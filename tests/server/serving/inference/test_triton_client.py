"""NVIDIA's own client of the Open Inference Protocol, which knows nothing of us."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

from tests.support import eventually_sync

from .conftest import RunningServer


@pytest.fixture
def client(inference: RunningServer) -> Iterator[InferenceServerClient]:
    inference.deploy()
    with InferenceServerClient(str(inference.client.base_url).removeprefix("http://")) as client:
        yield client


def tensor(values: np.ndarray, datatype: str, binary: bool) -> InferInput:
    made = InferInput("x", list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


@pytest.mark.proves("serving.triton-client")
def test_it_finds_out_what_is_served(client: InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("lamp")
    assert client.is_model_ready("lamp", "1")
    assert not client.is_model_ready("lamp", "2")
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    assert client.get_model_metadata("lamp", "1")["name"] == "lamp"
    assert [entry["name"] for entry in client.get_model_repository_index()] == ["lamp"]


@pytest.mark.proves("serving.triton-client", "serving.v2-binary")
def test_it_sends_and_gets_tensors_in_every_way(client: InferenceServerClient) -> None:
    kinds = {"FP32": "f4", "FP64": "f8", "INT64": "i8", "UINT8": "u1", "FP16": "f2"}
    for (datatype, kind), sent, wanted in itertools.product(kinds.items(), (True, False), (True, False, None)):
        if datatype == "FP16" and not sent:
            continue  # the client itself sends these only as bytes
        values = np.arange(6, dtype=kind).reshape(2, 3)
        outputs = None if wanted is None else [InferRequestedOutput("double", binary_data=wanted)]
        answer = client.infer("lamp", [tensor(values, datatype, sent)], outputs=outputs, request_id="7")
        assert answer.get_response()["id"] == "7"
        told = answer.as_numpy("double")
        assert (told.dtype, told.tolist()) == (values.dtype, (values * 2).tolist())
        assert (answer.as_numpy("sum") is None) == (wanted is not None)


@pytest.mark.proves("serving.triton-client")
def test_several_may_be_under_way(client: InferenceServerClient) -> None:
    under_way = [
        client.async_infer("lamp", [tensor(np.full(4, number, "f4"), "FP32", True)], model_version="1")
        for number in range(8)
    ]
    answers = [each.get_result().as_numpy("double").tolist() for each in under_way]
    assert answers == [[2.0 * number] * 4 for number in range(8)]


@pytest.mark.proves("serving.triton-client")
def test_its_mistakes_reach_it_in_words(client: InferenceServerClient) -> None:
    values = np.arange(4, dtype="f4")
    with pytest.raises(InferenceServerException, match="Nothing is deployed for model 'none'"):
        client.infer("none", [tensor(values, "FP32", True)])
    with pytest.raises(InferenceServerException, match="no output 'z'"):
        client.infer("lamp", [tensor(values, "FP32", True)], outputs=[InferRequestedOutput("z")])
    wrong = tensor(values, "FP32", True)
    wrong.set_shape([5])
    with pytest.raises(InferenceServerException, match="binary_data_size"):
        client.infer("lamp", [wrong])


@pytest.mark.proves("serving.deadline", "serving.triton-client")
def test_it_may_say_by_when_it_wants_an_answer(client: InferenceServerClient) -> None:
    values = [tensor(np.arange(4, dtype="f4"), "FP32", True)]
    assert client.infer("lamp", values, timeout=60_000_000).as_numpy("double") is not None
    with pytest.raises(InferenceServerException, match="within the time") as caught:
        client.infer("lamp", values, timeout=1)
    assert "504" in str(caught.value.status())


@pytest.mark.proves("serving.triton-client", "serving.v2-load")
def test_it_unloads_and_loads_a_model(client: InferenceServerClient) -> None:
    client.unload_model("lamp")
    eventually_sync(lambda: not client.is_model_ready("lamp"))
    client.load_model("lamp")
    eventually_sync(lambda: client.is_model_ready("lamp"))
    values = [tensor(np.arange(4, dtype="f4"), "FP32", True)]
    assert client.infer("lamp", values).as_numpy("double").tolist() == [0, 2, 4, 6]
    with pytest.raises(InferenceServerException, match="none"):
        client.load_model("none")
