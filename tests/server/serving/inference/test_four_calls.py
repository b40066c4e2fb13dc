"""The four calls as their users' programs make them, against real processes."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from jupyter_crispdm.serving.inference.http.request_log import log_of
from tests.support import eventually_sync
from tests.unit.serving.inference.pictures import picture, text, zipped

from .conftest import RunningServer

DARK, BRIGHT = text(picture(colour=(0, 0, 0))), text(picture(colour=(255, 255, 255)))
UNLUCKY, NOT_A_NUMBER = text(picture(colour=(13, 13, 13))), text(picture(colour=(14, 14, 14)))
ROIS = "rois [y_min, x_min, y_max, x_max]"


def responses(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["Responses"]
    return list(answer.json()["Responses"])


def pixel(image: bytes) -> list[int]:
    return list(np.asarray(Image.open(io.BytesIO(image)))[0, 0])


@pytest.mark.proves(
    "serving.models", "serving.weights", "serving.classes", "serving.configs", "serving.base64", "serving.predict",
    "serving.own-port", "serving.names",
)
def test_the_road_of_a_client(inference: RunningServer) -> None:
    inference.deploy(classes=["dark", "bright"])
    client = inference.client
    assert client.get("/models").json() == ["fake"]
    asked = {"algorithm": "fake", "Model_path": "rooms"}
    assert client.post("/models", data={**asked, "return_weights": "True"}).json() == ["fake_rooms1"]
    assert client.post("/models", json={**asked, "return_classes": True}).json() == ["dark", "bright"]
    assert client.get("/configs").json() == {}
    config = {**asked, "weight": "fake_rooms1", "DETECTION_MIN_CONFIDENCE": "0.5", "class_show": "dark"}
    assert inference.configure(**config).status_code == 200
    assert client.get("/configs").json() == config
    images = client.post("/base64", files={"file": zipped(("b.png", picture()), ("a.png", picture(3, 3)))}).json()
    assert images == [text(picture()), text(picture(3, 3))]
    for body in ({"data": {"images": [DARK, BRIGHT]}}, {"json": {"images": [DARK, BRIGHT]}}):
        pairs = responses(client.post("/predict", **body))  # type: ignore[arg-type]
        assert [result["results"]["class_name"] for result, _ in pairs] == [["dark"], ["bright"]]
        assert pairs[0][0]["results"][ROIS] == [[0, 0, 6, 8]]
        assert [pixel(base64.b64decode(image)) for _, image in pairs] == [[255] * 3, [0] * 3]
    told = pairs[0][0]["results"]
    assert told["options"] == {"DETECTION_MIN_CONFIDENCE": "0.5", "class_show": "dark"}
    assert "mmap_threshold" in told["malloc"]


@pytest.mark.proves("serving.predict-files")
def test_results_as_image_files(inference: RunningServer) -> None:
    inference.deploy()
    for flag in ("True", "true", "1"):
        pairs = responses(inference.client.post("/predict", data={"images": DARK, "create_images": flag}))
        stored = httpx.get(pairs[0][1], timeout=60)
        assert stored.headers["content-type"] == "image/png"
        assert pixel(stored.content) == [255] * 3
    assert inference.client.get("/results/..%2fconfig.json").status_code == 404


@pytest.mark.proves("images.bad")
def test_one_bad_image_spoils_no_other(inference: RunningServer) -> None:
    inference.deploy()
    bad = [UNLUCKY, NOT_A_NUMBER, "%%%", text(b"<svg/>"), text(picture(9000, 9000))]
    pairs = responses(inference.client.post("/predict", json={"images": [DARK, *bad, BRIGHT]}))
    assert ["results" in result for result, _ in pairs] == [True, *[False] * 5, True]
    assert [image is None for _, image in pairs] == [False, *[True] * 5, False]
    assert [result["error"]["status"] for result, _ in pairs[1:6]] == [422, 422, 400, 422, 413]
    assert "unlucky" in pairs[1][0]["error"]["message"]
    answer = inference.client.post("/predict", json={"images": bad})
    assert answer.status_code == 422
    assert set(answer.json()) == {"message", "reason", "code", "details"}


@pytest.fixture
def mistakes() -> list[tuple[str, dict[str, Any], int]]:
    return [
        ("/predict", {}, 400),
        ("/predict", {"json": {"images": []}}, 400),
        ("/predict", {"json": {"images": [1]}}, 400),
        ("/predict", {"json": {"images": ["x"] * 257}}, 413),
        ("/predict", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("/models", {"data": {"return_weights": "True"}}, 400),
        ("/models", {"data": {"algorithm": "fake"}}, 400),
        ("/models", {"data": {"algorithm": "none", "return_weights": "True"}}, 404),
        ("/models", {"data": {"algorithm": "fake", "Model_path": "none", "return_weights": "True"}}, 404),
        ("/configs", {"files": {"other": b"{}"}}, 400),
        ("/configs", {"files": {"file": b'{"weight": "fake_rooms9"}'}}, 422),
        ("/base64", {"files": {"file": b"no zip"}}, 422),
        ("/base64", {}, 400),
        ("/v2/models/none/infer", {"json": {"inputs": []}}, 400),
        (
            "/v2/models/lamp/infer",
            {"json": {"inputs": [{"name": "x", "shape": [3], "datatype": "FP32", "data": [1]}]}},
            400,
        ),
        (
            "/v2/models/lamp/infer",
            {"json": {"inputs": [{"name": "x", "shape": [1], "datatype": "BF16", "data": ["a"]}]}},
            400,
        ),
        (
            "/v2/models/lamp/infer",
            {"json": {"inputs": [{"name": "y", "shape": [1], "datatype": "FP32", "data": [1]}]}},
            422,
        ),
    ]


def test_mistakes_are_answered_in_one_shape(
    inference: RunningServer, mistakes: list[tuple[str, dict[str, Any], int]]
) -> None:
    inference.deploy()
    for path, body, status in mistakes:
        answer = inference.client.post(path, **body)
        assert (answer.status_code, set(answer.json())) == (
            status,
            {"message", "reason", "code", "details"},
        ), (path, body)
    assert responses(inference.client.post("/predict", json={"images": DARK}))


@pytest.mark.proves("serving.configs", "serving.names")
def test_the_configuration_chooses_the_version(inference: RunningServer) -> None:
    inference.deploy("a", weights="old")
    inference.deploy("b", weights="new", version=2, created=2.0)
    inference.deploy("c", weights="other", model="lamp2", dataset="streets", created=0.5)
    for config, weights in (
        ({}, "new"),
        ({"weight": "fake_rooms1"}, "old"),
        ({"algorithm": "fake", "Model_path": "streets"}, "other"),
        ({"algorithm": "fake"}, "new"),
    ):
        assert inference.configure(**config).status_code == 200
        assert (
            responses(inference.client.post("/predict", json={"images": DARK}))[0][0]["results"]["weights"] == weights
        )
    asked = {"algorithm": "fake", "Model_path": "rooms", "return_weights": "True"}
    assert inference.client.post("/models", data=asked).json() == ["fake_rooms2", "fake_rooms1"]


def test_a_request_may_name_its_version_whatever_is_configured(inference: RunningServer) -> None:
    inference.deploy("a", weights="old")
    inference.deploy("b", weights="new", version=2, created=2.0)
    inference.configure(weight="fake_rooms2", mode="refuse")

    def asked(**more: str) -> httpx.Response:
        return inference.client.post("/predict", json={"images": [DARK], **more})

    assert responses(asked(weight="fake_rooms1"))[0][0]["results"]["weights"] == "old"
    assert asked().status_code == 422
    assert asked(weight="fake_rooms2").status_code == 422
    assert asked(weight="fake_rooms9").status_code == 404


def test_a_refused_option_is_told(inference: RunningServer) -> None:
    inference.deploy()
    inference.configure(mode="refuse")
    answer = inference.client.post("/predict", json={"images": [DARK, DARK]})
    assert answer.status_code == 422
    assert "'mode' must not be refuse." in answer.json()["message"]


@pytest.mark.proves("serving.v2-health", "serving.v2-models", "serving.v2-index", "serving.v2-versions")
def test_tensors(inference: RunningServer) -> None:
    inference.deploy()
    body = {
        "id": "7",
        "inputs": [{"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [[1, 2], [3, 4.5]]}],
    }
    for path in ("/v2/models/lamp/infer", "/v2/models/lamp/versions/1/infer"):
        answer = inference.client.post(path, json=body).json()
        assert (answer["model_name"], answer["model_version"], answer["id"]) == ("lamp", "1", "7")
        assert answer["outputs"][0] == {
            "name": "double",
            "datatype": "FP32",
            "shape": [2, 2],
            "data": [2, 4, 6, 9],
        } or (answer["outputs"][0]["data"] == [[2, 4], [6, 9]])
    only = inference.client.post("/v2/models/lamp/infer", json={**body, "outputs": [{"name": "sum"}]}).json()
    assert [output["name"] for output in only["outputs"]] == ["sum"]
    assert inference.client.get("/v2/models/lamp").json()["versions"] == ["1"]
    assert inference.client.get("/v2/models/lamp/versions/2").status_code == 404
    assert inference.client.get("/v2/models/lamp/ready").json()["ready"] is True
    assert inference.client.post("/v2/repository/index").json()[0]["state"] == "READY"
    assert inference.client.get("/v2/health/ready").status_code == 200


@pytest.mark.proves("serving.metrics")
def test_metrics_count_by_route(inference: RunningServer) -> None:
    inference.deploy()
    for number in range(3):
        inference.client.get(f"/nothing/{number}")
    inference.client.post("/predict", json={"images": DARK})
    shown = inference.client.get("/metrics").text
    assert 'crispdm_serving_requests_total{path="other",status="404"} 3.0' in shown
    assert 'crispdm_serving_requests_total{path="/predict",status="200"} 1.0' in shown
    assert 'crispdm_serving_workers_ready{model="lamp",version="1"} 1.0' in shown


@pytest.mark.proves("serving.request-log")
def test_requests_are_logged_with_their_model_and_score(inference: RunningServer) -> None:
    inference.deploy()
    tensor = {"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2]}
    assert inference.client.post("/v2/models/lamp/infer", json={"inputs": [tensor]}).status_code == 200
    inference.client.get("/v2/models/lamp")
    inference.client.post("/configs", files={"file": b'{"algorithm": "fake", "Model_path": "rooms"}'})
    responses(inference.client.post("/predict", json={"images": [DARK, BRIGHT]}))
    log = log_of(inference.directory)

    def logged() -> list[dict[str, Any]]:
        lines = log.read_text().splitlines() if log.exists() else []
        return [json.loads(line) for line in lines] if len(lines) >= 2 else []

    tensors, pictures = eventually_sync(logged)
    assert (tensors["model"], tensors["version"], tensors["rows"], tensors["status"]) == ("lamp", 1, 2, 200)
    assert (pictures["model"], pictures["rows"]) == ("lamp", 2)
    assert 0 <= pictures["score"] <= 1
    assert tensors["ms"] > 0
