"""The client of the article, written from what the mission says of it alone, against the real algorithm."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from crispdm.algorithms import unet

from tests.support import eventually_sync
from tests.unit.serving.inference.pictures import picture, zipped

from .conftest import RunningServer, running

CONFIG = {"classes": ["scratch", "dent"], "width": 4, "depth": 2}
ROIS = "rois [y_min, x_min, y_max, x_max]"


class Client:
    """Talks to the service as the article's programs do: forms whose values are texts, a JSON file, a zip."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=120)

    def choose(self) -> dict[str, str]:
        algorithm = self.http.get("/models").json()[0]
        asked = {"algorithm": algorithm, "Model_path": "parts"}
        weights = self.http.post("/models", data={**asked, "return_weights": "True"}).json()
        return {**asked, "weight": weights[-1]}

    def classes(self, chosen: dict[str, str]) -> list[str]:
        asked = {key: chosen[key] for key in ("algorithm", "Model_path")}
        return list(self.http.post("/models", data={**asked, "return_classes": "True"}).json())

    def configure(self, config: dict[str, Any]) -> httpx.Response:
        file = io.BytesIO(json.dumps(config).encode())
        return self.http.post("/configs", files={"file": ("config.json", file, "application/json")})

    def pictures(self, archive: bytes) -> list[str]:
        return list(self.http.post("/base64", files={"file": ("pictures.zip", archive)}).json())

    def predict(self, images: list[str], **more: str) -> httpx.Response:
        return self.http.post("/predict", data={"images": images, **more})


@pytest.fixture
def client(tmp_path: Path) -> Any:
    with running(tmp_path) as inference:
        client = deployed(inference)
        yield client
        client.http.close()


def deployed(inference: RunningServer) -> Client:
    weights = inference.directory / "unet.pt"
    torch.save(unet.build(CONFIG).state_dict(), weights)
    inference.deploy(algorithm="unet", dataset="parts", path=str(weights), metadata={"config": CONFIG}, wait=False)
    eventually_sync(lambda: inference.status("a").state == "ready", 120)
    return Client(str(inference.client.base_url))


@pytest.mark.proves(
    "serving.weights", "serving.classes", "serving.configs", "serving.config-keys", "serving.base64", "serving.predict",
    "serving.result-keys", "house.article-client",
)
def test_issue_7_the_article_s_client_works_unchanged(client: Client) -> None:
    chosen = client.choose()
    assert client.classes(chosen) == ["scratch", "dent"]
    config = {
        **chosen, "IMAGE_MIN_DIM": "256", "IMAGE_MAX_DIM": "512", "DETECTION_MIN_CONFIDENCE": "0.7",
        "mode": "inference", "class_show": "None",
    }  # fmt: skip
    assert client.configure(config).status_code == 200
    assert client.http.get("/configs").json() == config
    images = client.pictures(zipped(("b.png", picture(40, 30)), ("a.jpg", picture(20, 20, kind="JPEG"))))
    answer = client.predict(images)
    assert answer.status_code == 200, answer.text
    pairs = answer.json()["Responses"]
    assert len(pairs) == 2
    assert all({"class_name", "scores", ROIS} <= set(result["results"]) for result, _ in pairs)
    stored = client.predict(images, create_images="True").json()["Responses"]
    assert httpx.get(stored[0][1], timeout=60).headers["content-type"] == "image/png"

    for nothing in ("", "none", "null", "all", "All", None):
        assert client.configure({**config, "class_show": nothing}).status_code == 200, nothing
        assert client.predict(images).status_code == 200, nothing
    for some in ("scratch", "scratch, dent", '["dent"]', "['dent', 'scratch']", ["dent"]):
        assert client.configure({**config, "class_show": some}).status_code == 200, some
    for nothing in ("None", "", None, "null"):
        assert client.configure({"algorithm": nothing, "Model_path": nothing, "weight": nothing}).status_code == 200
        assert client.predict(images[:1]).status_code == 200

    assert client.configure(config).status_code == 200
    for key, value, told in (
        ("class_show", "hole", "scratch, dent"), ("class_show", "['hole']", "scratch, dent"),
        ("IMAGE_MIN_DIM", "many", "a whole number from 16"), ("IMAGE_MIN_DIM", "9" * 5000, "a whole number from 16"),
        ("DETECTION_MIN_CONFIDENCE", "70", "a number from 0.0 to 1.0"),
        ("DETECTION_MIN_CONFIDENCE", "nan", "a number from 0.0 to 1.0"),
        ("weight", "unet_parts9", "unet_parts1"), ("algorithm", "yolo", "unet_parts1"),
        ("Model_path", "/models/parts", "unet_parts1"),
    ):  # fmt: skip
        refused = client.configure({**config, key: value})
        assert (refused.status_code, key in refused.json()["message"]) == (422, True), refused.text
        assert told in refused.json()["message"]
        assert refused.json()["details"].get("field") in (key, "weight")
    assert client.http.get("/configs").json() == config

    much = client.configure({**config, "IMAGE_MIN_DIM": "2048", "IMAGE_MAX_DIM": "2048"})
    assert much.status_code == 200
    refused = client.predict(client.pictures(zipped(*[(f"{n}.png", picture()) for n in range(100)])))
    assert refused.status_code == 413
    assert "one request may have 32 million" in refused.json()["message"]
