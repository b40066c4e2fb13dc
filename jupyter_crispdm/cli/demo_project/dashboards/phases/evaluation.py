"""Phase 5: how well the deployed model does on handwriting that it never saw."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ipywidgets import HTML, Image, Widget

from jupyter_crispdm.widgets import Kept

from . import parts, project

sys.path.append(str(project.FOLDER))

import evaluate  # stands in the project's folder

_WORST = 4


class _Evaluation:
    """The button, and the newest result."""

    def __init__(self) -> None:
        self.result = Kept(value=None, name="evaluation")
        self.action = parts.Action("Measure the deployed model", self._measure)
        self.figures = HTML()
        self.chart = parts.Chart(project.CLASSES, [0] * len(project.CLASSES), "found and rightly named", most=1)
        self.worst = parts.row()
        self.found = parts.Later(
            self.figures, parts.heading("By class"), self.chart.figure, parts.heading("The worst pictures"), self.worst
        )
        project.goal.observe(lambda _: self._show(self.result.value), "value")
        self._show(self.result.value)

    def page(self) -> Widget:
        """Everything."""
        return parts.column(
            parts.words("The deployed model is asked for every held-out picture, and measured by the truth."),
            project.goal, parts.row(self.action.button, self.action.said), self.found,
        )

    async def _measure(self) -> str:
        self.action.say("Asking for every picture …")
        found = await asyncio.to_thread(_measured)
        self.result.value = found
        self._show(found)
        return "Measured."

    def _show(self, found: Mapping[str, Any] | None) -> None:
        if not found:
            return
        reached = "reached" if found["found_and_named"] >= project.goal.value else "not reached"
        rows = [
            ("found and rightly named", f"{found['found_and_named']:.1%}", f"goal {project.goal.value:.0%}: {reached}"),
            ("found", f"{found['found']:.1%}", ""), ("mean overlap", f"{found['mean_iou']:.3f}", ""),
            ("false finds", found["false_positives"], f"in {len(project.truth())} pictures"),
        ]
        self.figures.value = parts.table(["measure", "value", ""], rows).value
        self.chart.show([found["by_class"].get(label, 0) for label in project.CLASSES])
        self.found.appear()
        self.worst.children = [_picture(name, share) for name, share in found["worst"]]


def page() -> Widget:
    """The result on held-out pictures, by class, and the worst of them."""
    return _Evaluation().page()


def _measured() -> dict[str, Any]:
    """Ask the model for every picture, as any program would. Raises ValueError when there is nothing to ask."""
    if not any(one.state.value == "ready" for one in project.client().deployments.list()):
        raise ValueError("No model is deployed yet: deploy one on the page Deployment.")
    url, token = os.environ["CRISPDM_URL"].rstrip("/"), os.environ["CRISPDM_TOKEN"]
    predict = evaluate.http_predictor(f"{url}/crispdm/serving", token)
    pairs: list[tuple[Sequence[evaluate.Digit], Sequence[evaluate.Digit]]] = []
    names = []
    for name, digits in project.truth().items():
        pairs.append(([evaluate.Digit(**digit) for digit in digits], predict((project.PICTURES / name).read_bytes())))
        names.append(name)
    if not pairs:
        raise ValueError("There are no held-out pictures yet.")
    shares = [evaluate.measure([pair]).found_and_named for pair in pairs]
    worst = sorted(zip(names, shares, strict=True), key=lambda entry: entry[1])[:_WORST]
    return {**asdict(evaluate.measure(pairs)), "worst": worst}


def _picture(name: str, share: float) -> Widget:
    path = project.PICTURES / os.path.basename(name)
    if not path.is_file():
        return parts.words(f"{name} is gone.")
    return parts.captioned(Image(value=path.read_bytes(), format="png"), f"{share:.0%} of its digits", "160px")
