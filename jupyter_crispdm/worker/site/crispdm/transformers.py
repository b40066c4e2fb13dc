"""Transformers: `Trainer(callbacks=[CrispdmCallback()])`. Losses and scores become curves, steps the progress."""

from __future__ import annotations

from typing import Any

from ._artifacts import artifact
from ._events import params, progress
from ._harmless import harmless
from ._libraries import first_of, numbers
from ._metrics import log

_callbacks = first_of("Transformers", "transformers.trainer_callback")
_GROUPS = ("eval", "test")  # `train_loss` is the mean of all steps, told at the end, not a point of `train/loss`
_ABOUT = frozenset(["total_flos", "epoch"])


def _nothing(*_: Any, **__: Any) -> None:
    return


class CrispdmCallback(_callbacks.TrainerCallback):  # type: ignore[misc, name-defined]
    """Reports what the trainer logs: `train/loss`, `eval/loss`, …; with `keep_checkpoints` keeps the newest one."""

    def __init__(self, keep_checkpoints: bool = False) -> None:
        self._keep_checkpoints = keep_checkpoints

    @harmless(_nothing)
    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Note the arguments of the training."""
        if state.is_world_process_zero:
            said = args.to_sanitized_dict() if hasattr(args, "to_sanitized_dict") else dict(vars(args))
            params({name: value for name, value in said.items() if value not in (None, "", "None")})

    @harmless(_nothing)
    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        """Report numbers under the names that put training and evaluation into one figure."""
        if state.is_world_process_zero:
            log({_named(name): value for name, value in numbers(logs).items()}, step=state.global_step)

    @harmless(_nothing)
    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Move the bar."""
        if state.is_world_process_zero and state.max_steps > 0:
            progress(state.global_step, state.max_steps, "training")

    @harmless(_nothing)
    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Keep the checkpoint, where that is wanted."""
        if self._keep_checkpoints and state.is_world_process_zero:
            artifact(f"{args.output_dir}/checkpoint-{state.global_step}", "checkpoint")


def _named(name: str) -> str:
    if name in _ABOUT:
        return name
    group, _, rest = name.partition("_")
    return f"{group}/{rest}" if group in _GROUPS and rest else f"train/{name}"
