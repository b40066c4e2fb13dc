"""Each format, made by its own library, is deployed and asked over HTTP, and answers as that library does."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import onnxruntime
import pandas as pd
import pytest
import skops.io
import torch
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from torch import Tensor, nn
from torch.export import Dim

from tests.support import eventually_sync

from .conftest import RunningServer, running, wanted

ROWS = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
X, Y = load_iris(return_X_y=True)
TABLE = pd.DataFrame({"age": [20.0, 30, 40, 50], "city": ["Bonn", "Ulm", "Jena", "Ulm"]})


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x).relu()  # type: ignore[no-any-return]


class Asked:
    """A deployment of a file, and tensors sent to it in JSON."""

    def __init__(self, server: RunningServer, id: str = "a", **spec: Any) -> None:
        self._server, self._id = server, id
        wanted(server.directory, id, **{"algorithm": "", "dataset": "things", "classes": [], "metadata": {}, **spec})

    def ready(self) -> Asked:
        """Wait until it is."""
        eventually_sync(lambda: self._server.status(self._id).state in ("ready", "failed"), 120)
        assert self._server.status(self._id).state == "ready", self._server.status(self._id).reason
        return self

    def failed(self) -> str:
        """Wait until it cannot be loaded, and say why."""
        eventually_sync(lambda: self._server.status(self._id).state == "failed", 120)
        return self._server.status(self._id).reason

    def told(self) -> dict[str, Any]:
        """What the service says of the model."""
        return dict(self._server.client.get("/v2/models/lamp").json())

    def infer(self, **inputs: tuple[str, Any]) -> Any:
        """The answer to some tensors, whatever it is."""
        tensors = [{"name": name, "datatype": kind, "shape": list(np.shape(data)), "data": np.ravel(data).tolist()}
                   for name, (kind, data) in inputs.items()]  # fmt: skip
        return self._server.client.post("/v2/models/lamp/infer", json={"inputs": tensors})

    def outputs(self, **inputs: tuple[str, Any]) -> dict[str, np.ndarray]:
        """The tensors of an answer."""
        answer = self.infer(**inputs)
        assert answer.status_code == 200, answer.text
        return {one["name"]: np.array(one["data"]).reshape(one["shape"]) for one in answer.json()["outputs"]}

    def log(self) -> str:
        """What its process printed."""
        return (self._server.directory / "logs" / f"{self._id}.log").read_text()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """An inference server with the real predictors."""
    with running(tmp_path) as server:
        yield server


def expected() -> np.ndarray:
    with torch.no_grad():
        answer: np.ndarray = Net()(torch.from_numpy(ROWS)).numpy()
    return answer


@pytest.mark.proves("serving.formats")
def test_a_pipeline_by_skops_takes_a_table_and_gives_one(server: RunningServer, tmp_path: Path) -> None:
    columns = ColumnTransformer([("age", StandardScaler(), ["age"]), ("city", OneHotEncoder(), ["city"])])
    pipeline = make_pipeline(columns, LogisticRegression()).fit(TABLE, ["no", "yes", "no", "yes"])
    skops.io.dump(pipeline, tmp_path / "model.skops")
    asked = Asked(server, format="skops", path=str(tmp_path / "model.skops"), task="tabular").ready()
    told = asked.told()
    assert [(one["name"], one["datatype"]) for one in told["inputs"]] == [("age", "FP64"), ("city", "BYTES")]
    assert told["parameters"]["classes"] == ["no", "yes"]
    answer = asked.outputs(age=("FP64", TABLE["age"]), city=("BYTES", list(TABLE["city"])))
    assert answer["predict"].tolist() == pipeline.predict(TABLE).tolist()
    assert np.allclose(answer["predict_proba"], pipeline.predict_proba(TABLE))
    refused = asked.infer(age=("FP64", [20.0]), city=("BYTES", ["Rome"]))
    assert refused.status_code == 422
    assert refused.json()["details"]["field"] == "city"
    assert "unknown category 'Rome' in row 0; the model knows Bonn, Jena, Ulm" in refused.json()["message"]


@pytest.mark.proves("serving.formats")
def test_a_graph_that_torch_exported_answers_as_onnxruntime_does(server: RunningServer, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Net().eval(), (torch.zeros(2, 4),), str(path), input_names=["x"], output_names=["y"],
            dynamic_shapes={"x": {0: Dim("rows")}}, dynamo=True, external_data=False, verbose=False,
        )  # fmt: skip
    (known,) = onnxruntime.InferenceSession(str(path)).run(None, {"x": ROWS})
    asked = Asked(server, format="onnx", path=str(path)).ready()
    assert asked.told()["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}]
    assert np.array_equal(asked.outputs(x=("FP32", ROWS))["y"], known.astype(float))
    assert np.allclose(known, expected(), atol=1e-6)
    assert asked.infer(x=("FP32", ROWS[:, :2])).status_code == 422


@pytest.mark.proves("serving.formats")
def test_an_exported_program_answers_as_torch_does(server: RunningServer, tmp_path: Path) -> None:
    program = torch.export.export(Net().eval(), (torch.zeros(2, 4),), dynamic_shapes={"x": {0: Dim("n")}})
    torch.export.save(program, tmp_path / "model.pt2")
    asked = Asked(server, format="exported", path=str(tmp_path / "model.pt2")).ready()
    (answer,) = asked.outputs(x=("FP32", ROWS)).values()
    assert np.array_equal(answer, expected().astype(float))


@pytest.mark.proves("serving.formats")
def test_torchscript_answers_as_torch_does(server: RunningServer, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(Net()).save(tmp_path / "model.ts")  # type: ignore[no-untyped-call]
    signature = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}],
                 "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 3]}]}  # fmt: skip
    asked = Asked(server, format="torchscript", path=str(tmp_path / "model.ts"), signature=signature).ready()
    assert np.array_equal(asked.outputs(x=("FP32", ROWS))["y"], expected().astype(float))


@pytest.mark.proves("serving.formats", "models.third-party")
def test_a_graph_of_somebody_elses_package_keeps_its_state_with_the_client(server: RunningServer) -> None:
    from silero_vad import load_silero_vad

    model = load_silero_vad(onnx=True)
    asked = Asked(server, format="onnx", path=str(files("silero_vad.data").joinpath("silero_vad.onnx"))).ready()
    wave = np.random.default_rng(0).normal(size=(4, 512)).astype(np.float32) * 0.3
    state, context = np.zeros((2, 1, 128), np.float32), np.zeros((1, 64), np.float32)
    for chunk in wave:
        piece = np.concatenate([context, chunk[None]], 1)
        answer = asked.outputs(input=("FP32", piece), state=("FP32", state), sr=("INT64", [16_000]))
        state, context = answer["stateN"], piece[:, -64:]
        assert answer["output"].item() == pytest.approx(float(model(torch.from_numpy(chunk)[None], 16_000)), abs=1e-6)


@pytest.mark.proves("serving.formats", "models.pickle-allowed")
def test_a_pickle_is_served_only_where_an_admin_allowed_it(server: RunningServer, tmp_path: Path) -> None:
    forest = RandomForestClassifier(3, random_state=0).fit(X, Y)
    joblib.dump(forest, tmp_path / "model.pkl")
    refused = Asked(server, format="pickle", path=str(tmp_path / "model.pkl")).failed()
    assert "no admin has allowed this one" in refused
    asked = Asked(server, "b", format="pickle", path=str(tmp_path / "model.pkl"), trusted=["pickle"]).ready()
    answer = asked.outputs(rows=("FP64", X[::30]))
    assert answer["predict"].tolist() == forest.predict(X[::30]).tolist()
    assert np.allclose(answer["predict_proba"], forest.predict_proba(X[::30]))


@pytest.mark.proves("serving.formats", "serving.script-faults")
def test_a_script_answers_and_its_faults_are_in_its_log(server: RunningServer, tmp_path: Path) -> None:
    script = tmp_path / "serve.py"
    script.write_text(
        "class Model:\n"
        "    def load(self, path, metadata):\n"
        "        self.factor = float(open(path).read())\n"
        "    def predict(self, inputs):\n"
        "        if inputs['x'][0] < 0:\n"
        "            raise KeyError('negative')\n"
        "        return {'y': inputs['x'] * self.factor}\n"
    )
    (tmp_path / "factor.txt").write_text("3")
    asked = Asked(server, format="script", path=str(tmp_path / "factor.txt"), script=str(script)).ready()
    assert asked.outputs(x=("FP32", [1, 2]))["y"].tolist() == [3, 6]
    failed = asked.infer(x=("FP32", [-1]))
    assert failed.status_code in (422, 500)
    assert "negative" in failed.json()["message"]
    assert 'serve.py", line 6, in predict' in asked.log()
    assert asked.outputs(x=("FP32", [5]))["y"].tolist() == [15]


@pytest.mark.proves("serving.formats")
def test_a_model_of_pictures_in_any_format_answers_the_four_calls(server: RunningServer, tmp_path: Path) -> None:
    from tests.unit.serving.inference.pictures import picture, text

    network = nn.Sequential(nn.Conv2d(3, 2, 8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Softmax(1)).eval()
    program = torch.export.export(network, (torch.zeros(2, 3, 8, 8),), dynamic_shapes=({0: Dim("n")},))
    torch.export.save(program, tmp_path / "model.pt2")
    Asked(
        server, format="exported", path=str(tmp_path / "model.pt2"), task="image classification", classes=["cat", "dog"]
    ).ready()
    answer = server.client.post("/predict", json={"images": [text(picture(64, 48))]})
    results = answer.json()["Responses"][0][0]["results"]
    assert set(results["class_name"]) <= {"cat", "dog"}
    assert results["rois [y_min, x_min, y_max, x_max]"] == [[0, 0, 48, 64]]


@pytest.mark.proves("models.bombs")
@pytest.mark.parametrize("format", ["skops", "onnx", "torchscript", "exported", "safetensors", "torch"])
def test_a_file_that_is_nothing_fails_with_a_reason(format: str, server: RunningServer, tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(io.BytesIO(b"\x00" * 100).getvalue())
    reason = Asked(server, format=format, path=str(tmp_path / "model"), algorithm="unet",
                   signature={"inputs": [{"name": "x", "datatype": "FP32", "shape": [1]}]}).failed()  # fmt: skip
    assert reason.startswith("The model cannot be loaded: ")
    assert "Traceback" not in reason


@pytest.mark.proves("serving.onnxruntime")
@pytest.mark.parametrize("algorithm", ["cnn", "unet"])
def test_a_network_is_served_by_onnxruntime(algorithm: str, server: RunningServer, tmp_path: Path) -> None:
    from crispdm import algorithms

    config = {"classes": ["a", "b"], **({"size": [16, 16]} if algorithm == "cnn" else {"width": 4})}
    module = algorithms.get(algorithm)
    torch.save(module.build(config).state_dict(), tmp_path / "model.pt")
    metadata = {"config": config, "engine": "onnxruntime"}
    asked = Asked(server, algorithm=algorithm, path=str(tmp_path / "model.pt"), metadata=metadata).ready()
    images = np.random.default_rng(0).random((2, 3, 16, 16), np.float32)
    answer = asked.outputs(images=("FP32", images))
    for name, array in module.load(tmp_path / "model.pt", {"config": config}).infer({"images": images}).items():
        assert np.allclose(answer[name], array, atol=1e-3)
    assert "by torch" not in asked.log()
