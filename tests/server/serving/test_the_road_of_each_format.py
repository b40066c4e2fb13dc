"""From a file that another library wrote to an answer of the service: registered, trusted, deployed and asked."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import skops.io
import torch
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from torch.export import Dim

from jupyter_crispdm.app import CrispdmApp
from tests.support import eventually

Call = Callable[..., Awaitable[Any]]
X, Y = load_iris(return_X_y=True)
ROWS = X[::40]
BY_MLFLOW = """
import sys, warnings
warnings.simplefilter("ignore")
import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
x, y = load_iris(return_X_y=True, as_frame=True)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(x, y)
mlflow.sklearn.save_model(model, sys.argv[1], signature=infer_signature(x, model.predict(x)), input_example=x.head(2),
                          pip_requirements=["scikit-learn"], serialization_format=sys.argv[2])
print(model.predict_proba(x[::40]).tolist())
"""


@pytest.fixture
def call(crispdm: CrispdmApp, jp_fetch: Any) -> Call:
    """Calls an address of ours and answers what it says, which is no refusal."""

    async def call(method: str, path: str, body: Any = None, status: int = 0) -> Any:
        sent = None if body is None else json.dumps(body)
        answer = await jp_fetch(
            "crispdm", *path.split("/"), method=method, body=sent, raise_error=False, request_timeout=60
        )
        assert answer.code == status if status else answer.code < 400, answer.body
        return json.loads(answer.body)

    return call


async def answered(call: Call, model: str, **inputs: tuple[str, Any]) -> dict[str, np.ndarray]:
    """Deploy a model, ask it once it is ready, and say what came."""
    deployment = await call("POST", "api/deployments", {"model": model})

    async def over() -> Any:
        told = await call("GET", f"api/deployments/{deployment['id']}")
        return told if told["state"] in ("ready", "failed") else None

    told = await eventually(over, 120)
    assert told["state"] == "ready", told["reason"]
    tensors = [{"name": name, "datatype": kind, "shape": list(np.shape(data)), "data": np.ravel(data).tolist()}
               for name, (kind, data) in inputs.items()]  # fmt: skip
    answer = await call("POST", f"serving/v2/models/{model}/infer", {"inputs": tensors})
    return {one["name"]: np.array(one["data"]).reshape(one["shape"]) for one in answer["outputs"]}


def by_mlflow(folder: Path, serialization: str) -> np.ndarray:
    """Have MLflow itself write a pipeline, and say what that answers."""
    run = subprocess.run(
        [sys.executable, "-c", BY_MLFLOW, str(folder), serialization], capture_output=True, text=True, timeout=240
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return np.array(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.proves("models.of-mlflow")
async def test_a_pipeline_that_mlflow_wrote_answers_as_it_does_there(call: Call, jp_root_dir: Path) -> None:
    expected = by_mlflow(jp_root_dir / "iris", "skops")
    registration = {"name": "iris", "path": "iris", "format": "mlflow", "environment": "server"}
    version = await call("POST", "api/models", registration)
    assert (version["format"], version["types"]) == ("skops", [])
    answer = await answered(call, "iris", rows=("FP64", ROWS))
    assert np.allclose(answer["predict_proba"], expected)
    assert answer["predict"].tolist() == expected.argmax(1).tolist()


@pytest.mark.proves("models.of-mlflow", "models.pickle-allowed")
async def test_a_pickle_that_mlflow_wrote_waits_for_an_admins_word(call: Call, jp_root_dir: Path) -> None:
    expected = by_mlflow(jp_root_dir / "iris", "cloudpickle")
    registration = {"name": "iris", "path": "iris", "format": "mlflow", "environment": "server", "reason": "we made it"}
    version = await call("POST", "api/models", registration)
    assert (version["format"], version["trust"]["types"]) == ("pickle", ["pickle"])
    answer = await answered(call, "iris", rows=("FP64", ROWS))
    assert np.allclose(answer["predict_proba"], expected)




@pytest.mark.proves("models.trusted-types")
async def test_types_that_skops_does_not_trust_wait_for_an_admins_nod(call: Call, jp_root_dir: Path) -> None:
    scaled = make_pipeline(FunctionTransformer(np.sqrt), StandardScaler(), LogisticRegression(max_iter=500)).fit(X, Y)
    with (jp_root_dir / "iris.skops").open("wb") as file:
        skops.io.dump(make_pipeline(FunctionTransformer(joblib.hash), scaled), file)
    version = await call("POST", "api/models", {"name": "iris", "path": "iris.skops", "format": "skops"})
    assert version["types"]
    refused = await call("POST", "api/deployments", {"model": "iris"}, status=422)
    assert version["types"][0] in refused["message"]
    decision = {"types": version["types"], "reason": "looked at"}
    trusted = await call("POST", "api/models/iris/versions/1/trust", decision)
    assert trusted["untrusted"] == []
    deployment = await call("POST", "api/deployments", {"model": "iris"})
    assert deployment["state"] == "starting"


@pytest.mark.proves("serving.formats")
async def test_formats_of_torch_go_the_whole_road(call: Call, jp_root_dir: Path) -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)).eval()
    rows = ROWS.astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(rows)).numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(network, (torch.zeros(2, 4),), dynamic_shapes=({0: Dim("n")},))
        torch.export.save(program, jp_root_dir / "net.pt2")
        torch.jit.script(network).save(jp_root_dir / "net.ts")  # type: ignore[no-untyped-call]
        torch.onnx.export(
            network, (torch.zeros(2, 4),), str(jp_root_dir / "net.onnx"), input_names=["input"], output_names=["y"],
            dynamic_shapes=({0: Dim("n")},), dynamo=True, external_data=False, verbose=False,
        )  # fmt: skip
    signature = {"inputs": [{"name": "input", "datatype": "FP32", "shape": [-1, 4]}],
                 "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 3]}]}  # fmt: skip
    for format, file in (("exported", "net.pt2"), ("torchscript", "net.ts"), ("onnx", "net.onnx")):
        request = {"name": format, "path": file, "format": format, "signature": signature}
        await call("POST", "api/models", request)
        (answer,) = (await answered(call, format, input=("FP32", rows))).values()
        assert np.allclose(answer, expected, atol=1e-6), format
