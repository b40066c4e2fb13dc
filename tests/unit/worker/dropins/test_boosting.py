"""Callbacks of gradient boosting, and what an estimator of scikit-learn tells of its own fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import report

XGBOOST = """
import numpy as np
import xgboost
from crispdm.xgboost import CrispdmCallback
x, y = np.random.rand(80, 3), np.random.randint(0, 2, 80)
train, val = xgboost.DMatrix(x[:60], y[:60]), xgboost.DMatrix(x[60:], y[60:])
xgboost.train({"objective": "binary:logistic"}, train, 5, evals=[(train, "train"), (val, "val")], verbose_eval=False,
              callbacks=[CrispdmCallback(5)])
xgboost.cv({"objective": "binary:logistic"}, train, 3, nfold=3, callbacks=[CrispdmCallback()], metrics="auc")
"""
LIGHTGBM = """
import numpy as np
import lightgbm
from crispdm.lightgbm import CrispdmCallback
x, y = np.random.rand(80, 3), np.random.rand(80)
train = lightgbm.Dataset(x[:60], y[:60])
val = lightgbm.Dataset(x[60:], y[60:], reference=train)
params = {"objective": "regression", "metric": ["l2", "l1"], "verbose": -1, "min_data_in_leaf": 2}
lightgbm.train(params, train, 5, valid_sets=[train, val], valid_names=["train", "val"], callbacks=[CrispdmCallback()])
lightgbm.cv(params, lightgbm.Dataset(x, y), 3, nfold=2, stratified=False, callbacks=[CrispdmCallback()])
"""
SKLEARN = """
import warnings
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from crispdm.sklearn import CrispdmCallback, monitor, report
warnings.simplefilter("ignore")  # that so few iterations do not converge
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 4))
y = (x[:, 0] + 0.1 * rng.normal(size=200) > 0).astype(int)
GradientBoostingClassifier(n_estimators=5, subsample=0.5, random_state=0).fit(x, y, monitor=monitor)
"""


@pytest.mark.proves("recorder.xgboost")
def test_rounds_of_xgboost_become_curves(tmp_path: Path) -> None:
    found = report(XGBOOST, tmp_path, "xgboost")
    assert set(found.series) == {
        "train/logloss", "val/logloss", "train/auc", "train/auc std", "test/auc", "test/auc std"
    }  # fmt: skip
    assert found.steps("val/logloss") == [0, 1, 2, 3, 4]
    assert found.steps("test/auc") == [0, 1, 2]
    assert found.values("train/logloss") == sorted(found.values("train/logloss"), reverse=True)
    assert (found.of("progress")[4]["done"], found.of("progress")[4]["total"]) == (5, 5)


@pytest.mark.proves("recorder.lightgbm")
def test_rounds_of_lightgbm_become_curves(tmp_path: Path) -> None:
    found = report(LIGHTGBM, tmp_path, "lightgbm")
    assert set(found.series) == {
        "train/l1", "train/l2", "val/l1", "val/l2", "valid/l1", "valid/l1 std", "valid/l2", "valid/l2 std"
    }  # fmt: skip
    assert found.steps("val/l2") == [0, 1, 2, 3, 4]
    assert found.steps("valid/l1") == [0, 1, 2]
    assert found.params["objective"] == "regression"
    assert [(one["done"], one["total"]) for one in found.of("progress")][:2] == [(1, 5), (2, 5)]


@pytest.mark.proves("recorder.sklearn")
def test_gradient_boosting_of_scikit_learn_draws_its_loss_while_it_fits(tmp_path: Path) -> None:
    found = report(SKLEARN, tmp_path)
    assert found.steps("train/loss") == found.steps("oob/improvement") == [0, 1, 2, 3, 4]
    assert found.values("train/loss") == sorted(found.values("train/loss"), reverse=True)
    assert found.of("progress")[-1]["done"] == 5


@pytest.mark.proves("recorder.sklearn")
def test_a_fitted_estimator_tells_its_parameters_curves_and_score(tmp_path: Path) -> None:
    script = """
network = make_pipeline(StandardScaler(), MLPClassifier(max_iter=6, early_stopping=True, random_state=0)).fit(x, y)
report(network, x, y)
report(GradientBoostingClassifier(n_estimators=4, random_state=0).fit(x, y), name="boosted")
"""
    found = report(SKLEARN.rpartition("Gradient")[0] + script, tmp_path)
    assert len(found.steps("train/loss")) == len(found.steps("val/score")) == found.values("n_iter")[0]
    assert 0 <= found.values("score")[0] <= 1
    assert found.steps("boosted/train/loss") == [0, 1, 2, 3]
    assert found.params["mlpclassifier__max_iter"] == 6
    assert found.params["boosted/n_estimators"] == 4


@pytest.mark.proves("recorder.sklearn")
def test_a_search_tells_its_candidates_and_the_best(tmp_path: Path) -> None:
    script = 'report(GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(x, y), name="search")'
    found = report(SKLEARN.rpartition("Gradient")[0] + script, tmp_path)
    assert found.steps("search/mean_test_score") == [0, 1, 2]
    assert found.params["search/best/C"] in (0.1, 1.0, 10.0)
    (line,) = found.media
    table = json.loads((found.run / line["file"]).read_text())
    assert (line["name"], table["columns"][0], [row[0] for row in table["rows"]]) == (
        "search/candidates", "C", [0.1, 1.0, 10.0]
    )  # fmt: skip


@pytest.mark.proves("recorder.sklearn")
def test_scores_after_each_iteration_where_scikit_learn_tells_of_them(tmp_path: Path) -> None:
    script = """
estimator = LogisticRegression(max_iter=6, tol=0)
if hasattr(estimator, "set_callbacks"):
    estimator.set_callbacks(CrispdmCallback(validation=(x[:50], y[:50]))).fit(x, y)
else:  # before 1.9
    import crispdm
    for step in range(2): crispdm.log({"train/score": 1.0, "val/score": 1.0}, step=step)
"""
    found = report(SKLEARN.rpartition("Gradient")[0] + script, tmp_path)
    assert found.steps("train/score") == found.steps("val/score")
    assert found.steps("train/score")[:2] == [0, 1]
    assert all(0 <= value <= 1 for value in found.values("val/score"))
