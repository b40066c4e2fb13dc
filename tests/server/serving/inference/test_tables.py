"""Tables over HTTP, sent by NVIDIA's own client too: columns of text as bytes, values that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tritonclient.http import InferenceServerClient, InferInput
from tritonclient.utils import InferenceServerException

from .conftest import RunningServer, running
from .test_formats import Asked

TABLE = pd.DataFrame({"age": [20.0, 30, 40, 50], "city": ["Bonn", "Ulm", "Jena", "Ülm"]})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running(tmp_path) as server:
        yield server


def deployed(server: RunningServer, estimator: Any, path: Path) -> Asked:
    """A deployment of an estimator that skops wrote."""
    skops.io.dump(estimator, path / "model.skops")
    types = skops.io.get_untrusted_types(file=path / "model.skops")
    return Asked(server, format="skops", path=str(path / "model.skops"), task="tabular", trusted=types).ready()


def column(name: str, datatype: str, values: np.ndarray, binary: bool) -> InferInput:
    made = InferInput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


@pytest.mark.proves("models.tabular", "serving.triton-client")
@pytest.mark.parametrize("binary", [True, False])
def test_columns_of_text_travel_as_bytes(binary: bool, server: RunningServer, tmp_path: Path) -> None:
    columns = ColumnTransformer([("age", StandardScaler(), ["age"]), ("city", OneHotEncoder(), ["city"])])
    pipeline = make_pipeline(columns, LogisticRegression()).fit(TABLE, ["no", "yes", "no", "jawohl ü"])
    deployed(server, pipeline, tmp_path)
    cities = np.array([text.encode() for text in TABLE["city"]], object)
    with InferenceServerClient(str(server.client.base_url).removeprefix("http://")) as client:
        sent = [column("age", "FP64", TABLE["age"].to_numpy(), True), column("city", "BYTES", cities, binary)]
        answer = client.infer("lamp", sent)
        assert [text.decode() for text in answer.as_numpy("predict")] == pipeline.predict(TABLE).tolist()
        assert np.allclose(answer.as_numpy("predict_proba"), pipeline.predict_proba(TABLE))
        unknown = np.array([b"Rome"] * 4, object)
        with pytest.raises(InferenceServerException, match="unknown category 'Rome' in row 0"):
            client.infer("lamp", [sent[0], column("city", "BYTES", unknown, binary)])


@pytest.mark.proves("models.tabular-faults")
def test_values_may_be_missing_in_json_and_in_bytes(server: RunningServer, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(60, 2))
    rows[::5, 1] = np.nan
    boosted = HistGradientBoostingClassifier(max_iter=5).fit(rows, rows[:, 0] > 0)
    asked = deployed(server, boosted, tmp_path)
    some = rows[:6]
    tensor = {"name": "rows", "datatype": "FP64", "shape": [6, 2],
              "data": [None if np.isnan(value) else value for value in some.ravel().tolist()]}  # fmt: skip
    answer = server.client.post("/v2/models/lamp/infer", json={"inputs": [tensor]})
    assert answer.status_code == 200, answer.text
    told = {one["name"]: one["data"] for one in answer.json()["outputs"]}
    assert told["predict"] == boosted.predict(some).tolist()
    with InferenceServerClient(str(server.client.base_url).removeprefix("http://")) as client:
        answered = client.infer("lamp", [column("rows", "FP64", some, True)])
        assert answered.as_numpy("predict").tolist() == told["predict"]
    assert asked.told()["inputs"][0]["name"] == "rows"
