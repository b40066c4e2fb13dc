"""Estimators of scikit-learn answer as they do by themselves; what does not fit is told by its column."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from crispdm import predictors
from crispdm.algorithms._tensors import Refusal
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

X, Y = load_iris(return_X_y=True)
TABLE = pd.DataFrame({"age": [20.0, 30, 40, 50, 25, 60], "city": ["Bonn", "Ulm", "Bonn", "Jena", "Ulm", "Jena"]})
BOUGHT = np.array(["no", "yes", "no", "yes", "no", "yes"])


def stored(estimator: Any, path: Path, **header: Any) -> Any:
    """An estimator, by skops through a file and back, as a worker has it."""
    skops.io.dump(estimator, path / "model.skops")
    known = skops.io.get_untrusted_types(file=path / "model.skops")
    told = {"format": "skops", "path": str(path / "model.skops"), "metadata": {}, "trusted": known, **header}
    predictors.ready(told)
    return predictors.load(told)


def shop(handle_unknown: str = "error") -> Any:
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), ["age"]), ("city", OneHotEncoder(handle_unknown=handle_unknown), ["city"])]
    )
    return make_pipeline(columns, LogisticRegression()).fit(TABLE, BOUGHT)


def texts(*values: str) -> np.ndarray:
    return np.array(values, object)


@pytest.mark.proves("models.tabular")
def test_rows_of_numbers_are_answered_as_the_estimator_does(tmp_path: Path) -> None:
    forest = RandomForestClassifier(5, random_state=0).fit(X, Y)
    predictor = stored(forest, tmp_path)
    answer = predictor.infer({"rows": X})
    assert np.array_equal(answer["predict"], forest.predict(X))
    assert np.array_equal(answer["predict_proba"], forest.predict_proba(X))
    assert predictor.classes == ["0", "1", "2"]
    assert predictor.batch > 1
    assert predictor.signature["inputs"] == [{"name": "rows", "datatype": "FP64", "shape": [-1, 4]}]
    assert predictor.signature["outputs"] == [
        {"name": "predict", "datatype": "INT64", "shape": [-1]},
        {"name": "predict_proba", "datatype": "FP64", "shape": [-1, 3]},
    ]


@pytest.mark.proves("models.tabular")
def test_a_table_is_answered_by_its_columns(tmp_path: Path) -> None:
    pipeline = shop()
    predictor = stored(pipeline, tmp_path)
    answer = predictor.infer({"city": texts(*TABLE["city"]), "age": TABLE["age"].to_numpy()})
    assert answer["predict"].tolist() == pipeline.predict(TABLE).tolist()
    assert np.array_equal(answer["predict_proba"], pipeline.predict_proba(TABLE))
    assert predictor.signature["columns"] == [
        {"name": "age", "type": "number"},
        {"name": "city", "type": "text", "categories": ["Bonn", "Jena", "Ulm"]},
    ]
    assert [one["datatype"] for one in predictor.signature["inputs"]] == ["FP64", "BYTES"]
    assert predictor.signature["outputs"][0] == {"name": "predict", "datatype": "BYTES", "shape": [-1]}
    assert predictor.classes == ["no", "yes"]
    assert predictor.batch == 1


def test_named_columns_of_numbers_are_taken_as_rows_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 2]})
    line = LinearRegression().fit(frame, [1.0, 2, 4])
    predictor = stored(line, tmp_path)
    expected = line.predict(frame)
    for inputs in (
        {"rows": frame.to_numpy()}, {"anything": frame.to_numpy()},
        {"b": frame["b"].to_numpy(), "a": frame["a"].to_numpy()},
        {"b": frame[["b"]].to_numpy(), "a": frame[["a"]].to_numpy()},
    ):  # fmt: skip
        assert np.array_equal(predictor.infer(inputs)["predict"], expected)
    assert [column["name"] for column in predictor.signature["columns"]] == ["a", "b"]
    alone = stored(LinearRegression().fit(frame[["a"]], [1.0, 2, 3]), tmp_path)
    assert np.allclose(alone.infer({"a": np.array([5.0])})["predict"], [5])
    assert np.allclose(alone.infer({"rows": np.array([[5.0]])})["predict"], [5])


@pytest.mark.parametrize(
    ("estimator", "outputs"),
    [
        (LinearRegression().fit(X, Y), [("predict", "FP64", [-1])]),
        (LinearRegression().fit(X, X[:, :2]), [("predict", "FP64", [-1, 2])]),
        (KMeans(2, n_init=1, random_state=0).fit(X), [("predict", "INT64", [-1])]),
        (RidgeClassifier().fit(X, Y), [("predict", "INT64", [-1]), ("decision_function", "FP64", [-1, 3])]),
        (
            IsolationForest(n_estimators=3, random_state=0).fit(X),
            [("predict", "INT64", [-1]), ("decision_function", "FP64", [-1])],
        ),
        (
            LogisticRegression(max_iter=999).fit(X, Y == 1),
            [("predict", "BOOL", [-1]), ("predict_proba", "FP64", [-1, 2])],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_estimator_says_what_it_gives(estimator: Any, outputs: list[Any], tmp_path: Path) -> None:
    predictor = stored(estimator, tmp_path)
    told = [(one["name"], one["datatype"], one["shape"]) for one in predictor.signature["outputs"]]
    assert told == outputs
    for name, array in predictor.infer({"rows": X[::40]}).items():
        assert np.allclose(array, getattr(estimator, name)(X[::40]))


@pytest.mark.proves("models.tabular-faults")
@pytest.mark.parametrize(
    ("inputs", "field", "message"),
    [
        ({"age": np.array([20.0])}, "city", "The column 'city' is missing; there must be 'age', 'city'"),
        ({"age": np.array([20.0]), "town": texts("Bonn")}, "city", r"'city' is missing \('town' is not known\)"),
        ({"age": np.array([2.0]), "city": texts("Bonn"), "x": texts("")}, "x", "'x' is not known"),
        ({"age": np.array([20.0]), "city": texts("Rome")}, "city", "category 'Rome' in row 0; .* Bonn, Jena, Ulm"),
        ({"age": np.array([1.0, 2]), "city": texts("Ulm", "ulm")}, "city", "category 'ulm' in row 1"),
        ({"age": np.array([1.0, 2]), "city": texts("Ulm")}, "city", "'city' has 1 rows and 'age' 2"),
        ({"age": texts("20"), "city": texts("Ulm")}, "age", "'age' must be FP64, not BYTES"),
        ({"age": np.array([20.0]), "city": np.array([1.0])}, "city", "'city' must be BYTES, not FP64"),
        ({"age": np.array([np.nan]), "city": texts("Ulm")}, "age", r"no missing values; .* in 'age' \(row 0\)"),
        ({"age": np.zeros((1, 2)), "city": texts("Ulm")}, "age", r"'age' must have shape \[-1\]"),
        ({"rows": np.zeros((1, 2))}, "age", "'age' is missing"),
        ({}, "age", "'age' is missing"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_by_its_column(
    inputs: dict[str, np.ndarray], field: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=message) as told:
        stored(shop(), tmp_path).infer(inputs)
    assert told.value.field == field


@pytest.mark.proves("models.tabular-faults")
@pytest.mark.parametrize("rows", [X[:, :3], X[0], X[:0], X.astype(str).astype(object)])
def test_rows_of_another_shape_or_type_name_the_tensor(rows: np.ndarray, tmp_path: Path) -> None:
    predictor = stored(LinearRegression().fit(X, Y), tmp_path)
    with pytest.raises(Refusal, match="'rows'") as told:
        predictor.infer({"rows": rows})
    assert told.value.field == "rows"
    with pytest.raises(Refusal, match="The model takes one tensor: 'rows'"):
        predictor.infer({"rows": X, "more": X})


@pytest.mark.proves("models.tabular-faults")
def test_values_may_be_missing_where_the_model_can_do_without(tmp_path: Path) -> None:
    boosted = HistGradientBoostingClassifier(max_iter=3).fit(X, Y)
    rows = X[:3].copy()
    rows[1, 2] = np.nan
    assert np.array_equal(stored(boosted, tmp_path).infer({"rows": rows})["predict"], boosted.predict(rows))
    with pytest.raises(Refusal, match=r"missing in 'column2' \(row 1\)"):
        stored(LinearRegression().fit(X, Y), tmp_path).infer({"rows": rows})


def test_categories_that_the_model_may_not_know_are_its_own_affair(tmp_path: Path) -> None:
    pipeline = shop("ignore")
    predictor = stored(pipeline, tmp_path)
    assert predictor.signature["columns"][1] == {"name": "city", "type": "text"}
    answer = predictor.infer({"age": np.array([20.0, 20]), "city": texts("Rome", "")})
    assert answer["predict"].tolist() == ["no", "no"]


@pytest.mark.proves("models.code", "models.trusted-types")
def test_types_that_nobody_trusted_are_not_built(tmp_path: Path) -> None:
    skops.io.dump(shop(), tmp_path / "model.skops")
    bad = LinearRegression()
    bad.coef_ = pd.DataFrame  # a type of a package that skops does not trust
    skops.io.dump(bad, tmp_path / "bad.skops")
    header = {"format": "skops", "path": str(tmp_path / "bad.skops"), "metadata": {}, "trusted": ["builtins.int"]}
    with pytest.raises(ValueError, match="nobody has trusted"):
        predictors.load(header)


class Bomb:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.target),)


@pytest.mark.proves("models.code", "models.pickle-allowed")
@pytest.mark.parametrize("trusted", [[], ["sklearn.linear_model._base.LinearRegression"], ["Pickle"]])
def test_a_pickle_that_no_admin_allowed_is_not_read(trusted: list[str], tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Bomb(tmp_path / "executed")))
    header = {"format": "pickle", "path": str(tmp_path / "model.pkl"), "metadata": {}, "trusted": trusted}
    with pytest.raises(ValueError, match="no admin has allowed"):
        predictors.ready(header)
    with pytest.raises(ValueError, match="no admin has allowed"):
        predictors.load(header)
    assert not (tmp_path / "executed").exists()


@pytest.mark.proves("models.pickle-allowed")
@pytest.mark.parametrize("write", [joblib.dump, lambda it, path: path.write_bytes(pickle.dumps(it))])
def test_a_pickle_that_an_admin_allowed_answers(write: Callable[[Any, Path], Any], tmp_path: Path) -> None:
    forest = RandomForestClassifier(3, random_state=0).fit(X, Y)
    write(forest, tmp_path / "model.pkl")
    header = {"format": "pickle", "path": str(tmp_path / "model.pkl"), "metadata": {}, "trusted": ["pickle"]}
    predictors.ready(header)
    assert np.array_equal(predictors.load(header).infer({"rows": X})["predict"], forest.predict(X))


def test_columns_that_were_registered_are_believed_where_they_fit(tmp_path: Path) -> None:
    columns = [{"name": "length"}, "width", {"name": "kind", "type": "number", "categories": [0, 1]}]
    tree = RandomForestClassifier(2, random_state=0).fit(X[:, :3], Y)
    predictor = stored(tree, tmp_path, metadata={"columns": columns, "classes": ["setosa", "versicolor", "virginica"]})
    assert predictor.classes == ["setosa", "versicolor", "virginica"]
    inputs = {"length": X[:2, 0], "width": X[:2, 1], "kind": np.array([0.0, 1])}
    assert np.array_equal(predictor.infer(inputs)["predict"], tree.predict(np.column_stack(list(inputs.values()))))
    with pytest.raises(Refusal, match=r"unknown category '7\.0' in row 1; the model knows 0, 1"):
        predictor.infer({**inputs, "kind": np.array([0.0, 7])})


@pytest.mark.parametrize(
    "columns",
    ["age", [1], [], ["age", "age"], [{"type": "number"}], [{"name": "a", "type": "code"}], ["city", "age"], ["age"]],
)
def test_columns_that_cannot_be_are_refused(columns: Any, tmp_path: Path) -> None:
    if columns:
        with pytest.raises(ValueError, match="column"):
            stored(shop(), tmp_path, metadata={"columns": columns})


def test_what_cannot_predict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="StandardScaler, which has no 'predict'"):
        stored(StandardScaler().fit(X), tmp_path)
    with pytest.raises(ValueError, match=r"metadata\.columns"):
        stored(LinearRegression(), tmp_path)
