"""scikit-learn: what an estimator knows of its own fit, and curves while it fits where scikit-learn tells of it.

- `report(estimator)` after `fit`: its parameters, its curves (losses of networks, scores of boosting), its search.
- `monitor` for `GradientBoosting….fit(monitor=…)`: the curve while it is made.
- `CrispdmCallback` for `estimator.set_callbacks(…)` of scikit-learn 1.9 and later: a score after each iteration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._events import params, progress
from ._harmless import harmless
from ._libraries import as_number, numbers
from ._media import table
from ._metrics import log

#: Attributes of fitted estimators that hold a number for each iteration, and what they are called here.
_CURVES = {
    "loss_curve_": "train/loss",
    "validation_scores_": "val/score",
    "train_score_": "train/score",
    "validation_score_": "val/score",
    "oob_scores_": "oob/loss",
    "oob_improvement_": "oob/improvement",
    "scores_": "scores",
}
_NUMBERS = ("best_score_", "oob_score_", "inertia_", "lower_bound_", "n_iter_", "reconstruction_err_", "score")


def _nothing(*_: Any, **__: Any) -> None:
    return


def _goes_on(*_: Any, **__: Any) -> bool:
    return False


@harmless(_nothing)
def report(estimator: Any, X: Any = None, y: Any = None, name: str = "") -> None:
    """Report a fitted estimator: parameters, curves, numbers, the table of a search; with `X` its score on that.

    `name` comes before each of its own names, so that several can be told apart.
    """
    before = f"{name}/" if name else ""
    inner = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    params({f"{before}{key}": value for key, value in estimator.get_params().items() if _is_plain(value)})
    for attribute, called in _CURVES.items():
        if attribute == "train_score_" and not hasattr(inner, "validation_score_"):
            called = "train/loss"  # what gradient boosting calls a score is its loss; with histograms it is a score
        for step, value in enumerate(_curve(getattr(inner, attribute, None))):
            log({f"{before}{called}": value}, step=step)
    log({f"{before}{key.rstrip('_')}": value for key, value in numbers(_attributes(inner)).items()})
    if X is not None:
        log({f"{before}score": estimator.score(X, y)})
    if isinstance(getattr(inner, "cv_results_", None), Mapping):
        _search(inner, before)


@harmless(_goes_on)
def monitor(round: int, estimator: Any, variables: Mapping[str, Any]) -> bool:
    """What `fit(monitor=…)` of gradient boosting calls after each round; answers that it goes on."""
    found = {"train/loss": estimator.train_score_[round]}
    if getattr(estimator, "subsample", 1.0) < 1.0 and hasattr(estimator, "oob_improvement_"):
        found["oob/improvement"] = estimator.oob_improvement_[round]
    log(found, step=round)
    progress(round + 1, estimator.n_estimators, "training")
    return False


class CrispdmCallback:
    """After each iteration of an estimator its score on the training data, and on `validation`, an (X, y)."""

    def __init__(self, validation: tuple[Any, Any] | None = None) -> None:
        self._validation = validation

    def setup(self, estimator: Any, context: Any) -> None:
        """Begin: note the parameters."""
        params({key: value for key, value in estimator.get_params().items() if _is_plain(value)})

    def teardown(self, estimator: Any, context: Any) -> None:
        """End."""

    def on_fit_task_begin(self, estimator: Any, context: Any, **given: Any) -> None:
        """Begin an iteration."""

    @harmless(_goes_on)
    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any = None, y: Any = None, fitted_estimator: Any = None, **_: Any
    ) -> bool:
        """After an iteration, with an estimator that is as if the fit had ended here."""
        if fitted_estimator is None or context.parent is None:
            return False
        found: dict[str, float] = {}
        if X is not None:
            found["train/score"] = fitted_estimator.score(X, y)
        if self._validation is not None:
            found["val/score"] = fitted_estimator.score(*self._validation)
        log(numbers(found), step=context.task_id)
        if context.parent.max_subtasks:
            progress(context.task_id + 1, context.parent.max_subtasks, str(context.task_name))
        return False


def _search(search: Any, before: str) -> None:
    results = search.cv_results_
    names = [name for name in results if not name.startswith("param_") and name != "params"]
    rows = [
        {
            **{key: value for key, value in chosen.items() if _is_plain(value)},
            **{name: results[name][row] for name in names},
        }
        for row, chosen in enumerate(results["params"])
    ]
    table(f"{before}candidates", rows)
    for step, value in enumerate(_curve(results.get("mean_test_score"))):
        log({f"{before}mean_test_score": value}, step=step)
    params({f"{before}best/{key}": value for key, value in getattr(search, "best_params_", {}).items()})


def _curve(values: Any) -> list[float]:
    if values is None or not hasattr(values, "__len__"):
        return []
    found = [as_number(value) for value in values]
    return [] if any(value is None for value in found) else [value for value in found if value is not None]


def _attributes(estimator: Any) -> dict[str, Any]:
    found = {name: getattr(estimator, name, None) for name in _NUMBERS}
    return {name: value for name, value in found.items() if value is not None and not callable(value)}


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))
