"""Models, deployments and predictions through a real server, behind its login."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from crispdm.algorithms import unet

from jupyter_crispdm.app import CrispdmApp
from tests.support import eventually
from tests.unit.serving.inference.pictures import picture, text, zipped

from .house import CONFIG, METADATA

Call = Callable[..., Awaitable[Any]]
MULTIPART = {"Content-Type": "multipart/form-data; boundary=cut"}
SHAPE = {"message", "reason", "code", "details"}


def part(data: bytes) -> bytes:
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    return head + data + b"\r\n--cut--\r\n"


@pytest.fixture
def call(crispdm: CrispdmApp, jp_fetch: Any) -> Call:
    """Calls any address of ours; answers (status, body)."""

    async def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = {} if headers or method in ("GET", "DELETE") else {"Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await jp_fetch(
            "crispdm", *path.split("/"), method=method, headers={**kind, **named}, raise_error=False,
            body=sent if method not in ("GET", "DELETE") else None, request_timeout=60,
        )  # fmt: skip
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.code, json.loads(answer.body) if is_json and answer.body else answer.body

    return call


@pytest.fixture
def trained(jp_root_dir: Path) -> str:
    torch.save(unet.build(CONFIG).state_dict(), jp_root_dir / "model.pt")
    return "model.pt"


@pytest.mark.proves(
    "http.models-list", "http.models-register", "http.models-alias", "serving.behind-login", "serving.v2-models",
)
async def test_the_road_from_a_file_to_predictions(call: Call, trained: str) -> None:
    request = {"name": "unet_digits", "path": trained, "task": "segmentation", "classes": ["a", "b"],
               "metadata": METADATA}  # fmt: skip
    status, version = await call("POST", "api/models", request)
    assert (status, version["version"], version["format"], version["aliases"]) == (201, 1, "torch", [])
    status, named = await call("PUT", "api/models/unet_digits/aliases/best", {"version": 1})
    assert (status, named["aliases"]) == (200, ["best"])
    status, deployment = await call("POST", "api/deployments", {"model": "unet_digits@best"})
    assert (status, deployment["state"]) == (201, "starting")

    async def ready() -> bool:
        return bool((await call("GET", f"api/deployments/{deployment['id']}"))[1]["state"] == "ready")

    await eventually(ready, 60)
    assert await call("GET", "serving/models") == (200, ["unet"])
    asked = {"algorithm": "unet", "Model_path": "digits"}
    assert await call("POST", "serving/models", {**asked, "return_weights": True}) == (200, ["unet_digits1"])
    assert await call("POST", "serving/models", {**asked, "return_classes": True}) == (200, ["a", "b"])
    config = {**asked, "weight": "unet_digits1", "DETECTION_MIN_CONFIDENCE": "0.1"}
    body = part(json.dumps(config).encode())
    assert await call("POST", "serving/configs", body, Content_Type=MULTIPART["Content-Type"]) == (
        200,
        config,
    )
    assert await call("GET", "serving/configs") == (200, config)
    zipfile = part(zipped(("a.png", picture())))
    status, images = await call("POST", "serving/base64", zipfile, Content_Type=MULTIPART["Content-Type"])
    assert (status, images) == (200, [text(picture())])
    status, answer = await call("POST", "serving/predict", {"images": [text(picture(64, 64))], "create_images": True})
    assert status == 200
    result, url = answer["Responses"][0]
    assert set(result["results"]) == {"class_name", "scores", "rois [y_min, x_min, y_max, x_max]"}
    address = url.partition("/crispdm/")[2]
    status, stored = await call("GET", address)
    assert (status, stored[:4]) == (200, b"\x89PNG")
    assert (await call("GET", "serving/v2/models/unet_digits"))[1]["versions"] == ["1"]
    assert (await call("GET", "serving/v2/health/ready"))[0] == 200
    tensor = {"name": "images", "shape": [1, 3, 8, 8], "datatype": "FP32", "data": [0.5] * 192}
    status, answer = await call("POST", "serving/v2/models/unet_digits/infer", {"inputs": [tensor]})
    assert (status, answer["model_version"]) == (200, "1")
    status, error = await call("POST", "serving/predict", {"images": [base64.b64encode(b"no").decode()]})
    assert (status, set(error)) == (422, SHAPE)
    assert (await call("DELETE", "api/models/unet_digits/versions/1"))[0] == 409
    assert (await call("DELETE", f"api/deployments/{deployment['id']}"))[0] == 204
    assert (await call("DELETE", "api/models/unet_digits/versions/1"))[0] == 204
    assert await call("GET", "api/models") == (200, {"models": []})
    assert await call("GET", "api/deployments") == (200, {"deployments": []})


@pytest.mark.proves("serving.v2-health", "serving.openapi", "serving.behind-login")
async def test_the_service_behind_the_login_says_how_it_is_and_what_it_offers(call: Call, trained: str) -> None:
    request = {"name": "unet_digits", "path": trained, "classes": ["a", "b"], "metadata": METADATA}
    await call("POST", "api/models", request)
    await call("POST", "api/deployments", {"model": "unet_digits"})

    async def ready() -> bool:
        return bool((await call("GET", "serving/v2/health/ready"))[0] == 200)

    await eventually(ready, 60)
    assert (await call("GET", "serving/v2/health/live"))[0] == 200
    assert "name" in (await call("GET", "serving/v2"))[1]
    status, document = await call("GET", "serving/openapi.json")
    assert (status, document["openapi"][:2]) == (200, "3.")
    assert {"/predict", "/models", "/configs", "/base64"} <= {*document["paths"]}


async def test_nothing_deployed_is_said(call: Call) -> None:
    for method, path in (("GET", "serving/models"), ("POST", "serving/predict"), ("GET", "serving/v2")):
        status, error = await call(method, path, b"{}")
        assert (status, set(error)) == (503, SHAPE)
        assert "nothing is deployed" in error["message"]


@pytest.mark.parametrize(
    "path", ["v2/models/%2e%2e%2fx", "results/..%2fconfig.json", "v2/models/a%2fb/ready", "v2/health/a%3fb"]
)
async def test_an_address_cannot_become_another(call: Call, path: str) -> None:
    status, error = await call("GET", f"serving/{path}")
    assert (status in (400, 404), set(error)) == (True, SHAPE)


@pytest.mark.proves("http.deployments")
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "api/models", {"name": "../x", "path": "m"}, 400),
        ("POST", "api/models", {"name": "x", "path": "../../etc/passwd"}, 400),
        ("POST", "api/models", {"name": "x", "path": "gone"}, 404),
        ("POST", "api/models", {"name": "x", "path": "m", "unknown": 1}, 400),
        ("POST", "api/models", {"name": "x", "job": "gone", "artifact": "m"}, 404),
        ("POST", "api/models", {"name": "x", "path": "m", "format": "word"}, 400),
        ("GET", "api/models/none", None, 404),
        ("GET", "api/models/none/versions/1", None, 404),
        ("GET", "api/models/none/versions/x", None, 404),
        ("DELETE", "api/models/none/versions/1", None, 404),
        ("PUT", "api/models/none/aliases/best", {"version": 1}, 404),
        ("PUT", "api/models/none/aliases/best", {"version": "1"}, 400),
        ("DELETE", "api/models/none/aliases/best", None, 404),
        ("POST", "api/deployments", {"model": "none"}, 404),
        ("POST", "api/deployments", {"model": "none", "workers": "2"}, 400),
        ("POST", "api/deployments", {}, 400),
        ("GET", "api/deployments/none", None, 404),
        ("DELETE", "api/deployments/none", None, 404),
    ],
)
async def test_mistakes(call: Call, method: str, path: str, body: Any, status: int) -> None:
    answered, error = await call(method, path, body)
    assert (answered, set(error)) == (status, SHAPE), error


@pytest.mark.proves("crispdm.model")
async def test_a_job_s_model_is_registered_by_itself(call: Call, crispdm: CrispdmApp, jp_root_dir: Path) -> None:
    (jp_root_dir / "train.py").write_text(
        "import crispdm, torch\n"
        "from crispdm.algorithms import unet\n"
        f"config = {CONFIG!r}\n"
        "torch.save(unet.build(config).state_dict(), 'trained.pt')\n"
        "crispdm.model('trained.pt', name='unet_digits', format='torch', task='segmentation',\n"
        "              classes=config['classes'], algorithm='unet', dataset='digits', config=config)\n"
    )
    status, job = await call("POST", "api/jobs", {"script": "train.py"})
    assert status == 201

    async def registered() -> Any:
        return (await call("GET", "api/models"))[1]["models"]

    versions = (await eventually(registered, 60))[0]["versions"]
    assert [(item["job"], item["environment"], item["metadata"]) for item in versions] == [
        (job["id"], "server", METADATA)
    ]
