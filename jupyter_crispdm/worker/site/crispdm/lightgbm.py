"""LightGBM: `train(…, callbacks=[CrispdmCallback()])`, `fit(callbacks=[…])`. Each evaluation is a curve."""

from __future__ import annotations

from typing import Any

from ._events import params, progress
from ._harmless import harmless
from ._metrics import log


def _nothing(*_: Any, **__: Any) -> None:
    return


class CrispdmCallback:
    """Reports `<data>/<metric>` of each round, such as `valid_0/l2`; of a cross-validation mean and spread."""

    order = 15  # among LightGBM's own: after the evaluation is printed, before it may stop the training
    before_iteration = False

    @harmless(_nothing)
    def __call__(self, env: Any) -> None:
        """Report the evaluations of a round, as LightGBM hands them over."""
        if env.iteration == env.begin_iteration and env.params:
            params(env.params)
        found: dict[str, float] = {}
        for data, metric, value, _, *spread in env.evaluation_result_list or ():
            name = metric.replace(" ", "/", 1) if data == "cv_agg" else f"{data}/{metric}"
            found[name] = value
            if spread:
                found[f"{name} std"] = spread[0]
        log(found, step=env.iteration)
        progress(env.iteration + 1 - env.begin_iteration, env.end_iteration - env.begin_iteration, "training")
