"""A registry on the disk with versions of a real model, as a server leaves it behind."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import skops.io
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.history import pointed
from jupyter_crispdm.models.sources import Parts, inside
from jupyter_crispdm.models.types import AliasSpan, ModelFormat, ModelVersion

X, Y = load_iris(return_X_y=True)
ROWS = X[::30]


class Shelf:
    """Models of the iris data in `data/models/iris`, and an alias that is moved as the server moves it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.models: dict[int, LogisticRegression] = {}
        self._files, self._spans = ModelFiles(data / "models"), list[AliasSpan]()

    def add(self, strength: float = 1.0, **more: Any) -> ModelVersion:
        """Train the next version."""
        number = len(self.models) + 1
        self.models[number] = LogisticRegression(max_iter=500, C=strength).fit(X, Y)
        file = self.data / f"{number}.skops"
        skops.io.dump(self.models[number], file)
        version = ModelVersion(
            name="iris", version=number, format=ModelFormat.skops, task="tabular", classes=["a", "b", "c"],
            signature={}, metadata={"algorithm": "logistic", "dataset": "iris"}, job=None, environment="server",
            created=datetime(2026, 11, 21, tzinfo=timezone.utc), size=0, sha256="",
        )  # fmt: skip
        made = self._files.add(version, Parts(inside(self.data, file.name, "path")))
        if more:
            made = msgspec.structs.replace(made, **more)
            self._files.write_record(made)
        self._files.write_index("iris", number, self._spans)
        return made

    def point(self, alias: str, number: int) -> None:
        """Let an alias mean a version."""
        self._spans = pointed(self._spans, alias, number, "ada", utc(1.0))
        self._files.write_index("iris", len(self.models), self._spans)

    def expected(self, number: int) -> np.ndarray:
        """What scikit-learn itself answers for `ROWS`."""
        found: np.ndarray = self.models[number].predict_proba(ROWS)
        return found


def question(rows: np.ndarray = ROWS) -> dict[str, Any]:
    """Rows as the Open Inference Protocol has them."""
    tensor = {"name": "rows", "datatype": "FP64", "shape": list(rows.shape), "data": rows.ravel().tolist()}
    return {"inputs": [tensor]}


def chances(answer: Any) -> np.ndarray:
    """The chances in an answer."""
    found = {one["name"]: one for one in answer["outputs"]}["predict_proba"]
    rows: np.ndarray = np.array(found["data"]).reshape(found["shape"])
    return rows
