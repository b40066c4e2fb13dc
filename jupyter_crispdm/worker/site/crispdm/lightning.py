"""Lightning: `Trainer(logger=CrispdmLogger())`. What the module logs becomes curves, its hyper-parameters are noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._artifacts import artifact
from ._events import params as report_params
from ._harmless import harmless
from ._libraries import first_of, numbers
from ._media import image, table, text
from ._metrics import log
from ._run import run_dir

_loggers = first_of("Lightning", "lightning.pytorch.loggers.logger", "pytorch_lightning.loggers.logger")
_rank_zero = first_of("Lightning", "lightning.pytorch.utilities.rank_zero", "pytorch_lightning.utilities.rank_zero")
_only_first: Callable[[Callable[..., None]], Callable[..., None]] = _rank_zero.rank_zero_only


def _nothing(*_: Any, **__: Any) -> None:
    return


class CrispdmLogger(_loggers.Logger):  # type: ignore[misc, name-defined]
    """A logger of Lightning that reports to this run; checkpoints go below the run's directory.

    With `keep_checkpoints` the best checkpoint is kept as an artifact, too, each time there is a better one.
    """

    def __init__(self, keep_checkpoints: bool = False) -> None:
        super().__init__()
        self._keep_checkpoints = keep_checkpoints
        self._kept = ""

    @property
    def name(self) -> str:
        """The folder below the run's directory in which Lightning keeps checkpoints."""
        return "lightning"

    @property
    def version(self) -> str:
        """None of its own: a run is one."""
        return ""

    @property
    def save_dir(self) -> str:
        """The run's directory."""
        return run_dir()

    root_dir = log_dir = save_dir

    @property
    def experiment(self) -> Any:
        """The module `crispdm`, for what a logger has no method for."""
        import crispdm

        return crispdm

    @_only_first
    @harmless(_nothing)
    def log_hyperparams(self, params: Any, *_: Any, **__: Any) -> None:
        """Note hyper-parameters: a mapping or a namespace."""
        report_params(dict(params) if hasattr(params, "keys") else dict(vars(params)))

    @_only_first
    @harmless(_nothing)
    def log_metrics(self, metrics: Any, step: int | None = None) -> None:
        """Report numbers."""
        log(numbers(metrics), step=step)

    @_only_first
    @harmless(_nothing)
    def log_image(self, key: str, images: Sequence[Any], step: int | None = None, **options: Any) -> None:
        """Keep pictures of a step, as the loggers of other trackers do."""
        image(key, list(images), step, caption="; ".join(map(str, options.get("caption") or ())))

    @_only_first
    @harmless(_nothing)
    def log_text(self, key: str, columns: Any = None, data: Any = None, step: int | None = None, **_: Any) -> None:
        """Keep texts: a table of them, or one."""
        if columns is None or isinstance(columns, str):
            text(key, columns if data is None else data, step)
        else:
            table(key, data, step, columns=columns)

    log_table = log_text

    @_only_first
    @harmless(_nothing)
    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Keep the best checkpoint, where that is wanted."""
        best = str(getattr(checkpoint_callback, "best_model_path", "") or "")
        if self._keep_checkpoints and best and best != self._kept:
            self._kept = best
            artifact(best, "best.ckpt")
