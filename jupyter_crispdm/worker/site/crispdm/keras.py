"""Keras: `model.fit(callbacks=[CrispdmCallback()])`. Losses and metrics of each epoch become curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._events import params, progress
from ._harmless import harmless
from ._libraries import first_of, numbers
from ._metrics import log

_callbacks = first_of("Keras", "keras.callbacks", "tensorflow.keras.callbacks")


def _nothing(*_: Any, **__: Any) -> None:
    return


class CrispdmCallback(_callbacks.Callback):  # type: ignore[misc, name-defined]
    """Reports each epoch's numbers (`loss`, `val_loss`, …), and with `every` also every so manieth batch's."""

    def __init__(self, every: int | None = None) -> None:
        super().__init__()
        self._every = every
        self._batches = self._first = 0

    @harmless(_nothing)
    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Note how it is trained: epochs, batches, the optimizer and its settings."""
        said = {name: value for name, value in (self.params or {}).items() if value is not None and name != "verbose"}
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None and hasattr(optimizer, "get_config"):
            said["optimizer"] = optimizer.get_config()
        params(said)

    @harmless(_nothing)
    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report an epoch's numbers, and move the bar."""
        log(numbers(logs), step=epoch)
        total = (self.params or {}).get("epochs")
        progress(epoch + 1, total, "training")

    @harmless(_nothing)
    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report a batch's numbers, below `batch/`."""
        self._batches += 1
        if self._every and self._batches % self._every == 0:
            log({f"batch/{name}": value for name, value in numbers(logs).items()}, step=self._batches)
