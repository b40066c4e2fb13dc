"""Phase 4: a network learns; its curves and its log grow while it does."""

from __future__ import annotations

import asyncio

from ipywidgets import FloatLogSlider, IntSlider, IntText, Widget, jslink

from jupyter_crispdm.widgets import EnvironmentPicker, JobTable, LogView, TrainingPlot

from . import parts, project

_TO_KEEP_THE_BEST = (120.0, 10.0)
"""Seconds in which a training that is stopped may measure and hand over its best model."""


class _Training:
    """The form, and the training that is chosen."""

    def __init__(self) -> None:
        wide = {"style": parts.LABELS, "layout": parts.WIDE}
        self.environment = EnvironmentPicker(value=project.training_environment())
        self.numbers = {
            "epochs": IntSlider(value=10, min=1, max=50, description="Epochs", **wide),
            "steps": IntSlider(value=40, min=2, max=200, description="Steps an epoch", **wide),
            "batch": IntSlider(value=32, min=2, max=128, description="Scenes a step", **wide),
            "lr": FloatLogSlider(value=6e-3, min=-5, max=-1, description="Learning rate", **wide),
            "width": IntSlider(value=16, min=4, max=64, step=4, description="Channels", **wide),
            "seed": IntText(value=1, description="Seed", style=parts.LABELS, layout=parts.NUMBER),
        }
        self.table = JobTable(height=200)
        self.train = parts.Action("Train", self._train)
        self.stop = parts.Action("Stop and keep the best", self._stop, style="")

    def page(self) -> Widget:
        """Everything."""
        plot, log = TrainingPlot(), LogView(height=220)
        jslink((self.table, "selected"), (plot, "job"))
        jslink((self.table, "selected"), (log, "job"))
        actions = parts.row(self.train.button, self.stop.button, self.train.said, self.stop.said)
        return parts.column(self.environment, *self.numbers.values(), actions, self.table, plot, log)

    async def _train(self) -> str:
        chosen = {name: widget.value for name, widget in self.numbers.items()}
        job = await asyncio.to_thread(
            project.client().jobs.submit, script="train.py", parameters=chosen,
            environment=self.environment.value or "server", name=f"U-Net, {chosen['epochs']} epochs",
        )
        self.table.selected = job.id
        return "Started. It goes on when you close this page."

    async def _stop(self) -> str:
        if not self.table.selected:
            return "Choose a training in the table first."
        job = await asyncio.to_thread(project.client().jobs.stop, self.table.selected, _TO_KEEP_THE_BEST)
        return "It is over already." if job.state.final else "It ends, and hands over its best model."


def page() -> Widget:
    """Environment, parameters, and the trainings live."""
    return _Training().page()
