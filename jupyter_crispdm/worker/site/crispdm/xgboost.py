"""XGBoost: `train(…, callbacks=[CrispdmCallback()])`, `XGBClassifier(callbacks=[…])`. Each evaluation is a curve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._events import progress
from ._harmless import harmless
from ._libraries import first_of
from ._metrics import log

_callbacks = first_of("XGBoost", "xgboost.callback")


def _goes_on(*_: Any, **__: Any) -> bool:
    return False


class CrispdmCallback(_callbacks.TrainingCallback):  # type: ignore[misc, name-defined]
    """Reports `<data>/<metric>` of each round, such as `train/logloss`; of a cross-validation mean and spread."""

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__()
        self._rounds = rounds

    @harmless(_goes_on)
    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, list[Any]]]) -> bool:
        """Report the newest value of each curve; never ends a training."""
        found: dict[str, float] = {}
        for data, metrics in evals_log.items():
            for metric, values in metrics.items():
                newest = values[-1]
                if isinstance(newest, (tuple, list)):
                    found[f"{data}/{metric}"], found[f"{data}/{metric} std"] = newest[0], newest[1]
                else:
                    found[f"{data}/{metric}"] = newest
        log(found, step=epoch)
        progress(epoch + 1, self._rounds, "training")
        return False
