"""Phase 3: scenes from scanned digits, and who is trained on what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from ipywidgets import HTML, Image, IntRangeSlider, IntSlider, IntText, Layout, Widget

from jupyter_crispdm.widgets import Kept

from . import parts, project

_JOB_NAME = "Write scenes"


class _Scenes:
    """The form, and what the newest job made of it."""

    def __init__(self) -> None:
        wide = {"style": parts.LABELS, "layout": parts.WIDE}
        self.scenes = IntSlider(value=6, min=1, max=30, description="Scenes", **wide)
        self.digits = IntRangeSlider(value=(4, 9), min=1, max=20, description="Digits in one", **wide)
        self.height = IntRangeSlider(value=(16, 56), min=8, max=100, description="Height in pixels", **wide)
        self.seed = IntText(value=1, description="Seed", style=parts.LABELS, layout=parts.NUMBER)
        self.job = Kept(value="", name="scenes job")
        self.action = parts.Action("Write scenes", self._write)
        self.split = HTML()
        self.picture = Image(format="png", layout=Layout(width="100%", max_width="720px"))
        self.found = parts.Later(self.picture, parts.heading("The split"), self.split)
        if self.job.value:
            self.action.start(self._take_up)

    def page(self) -> Widget:
        """Everything."""
        action = parts.row(self.action.button, self.action.said)
        form = (self.scenes, self.digits, self.height, self.seed, action)
        return parts.column(*form, self.found)

    async def _write(self) -> str:
        chosen = {
            "scenes": self.scenes.value, "least": self.digits.value[0], "most": self.digits.value[1],
            "small": self.height.value[0], "large": self.height.value[1], "seed": self.seed.value,
        }
        environment = await asyncio.to_thread(project.training_environment)
        submit = project.client().jobs.submit
        job = await asyncio.to_thread(
            submit, script="prepare.py", parameters=chosen, environment=environment, name=_JOB_NAME
        )
        self.job.value = job.id
        return await self._show(job.id)

    async def _take_up(self) -> str:
        """Show what was there when the page was left."""
        try:
            return await self._show(self.job.value)
        except project.CrispdmError:
            return "The scenes of last time are gone. Write new ones."

    async def _show(self, id: str) -> str:
        self.action.say("Writing …")
        jobs = project.client().jobs
        job = await asyncio.to_thread(jobs.wait, id)
        if job.state.value != "succeeded":
            return f"The job is {job.state.value}: {job.reason or 'see its log on the page Jobs'}."
        self.picture.value = await asyncio.to_thread(jobs.artifact, id, "scenes.png")
        found = json.loads(await asyncio.to_thread(jobs.artifact, id, "data.json"))
        self.split.value = _split(found["split"]).value
        self.found.appear()
        return f"{len(found['scenes'])} scenes with {sum(found['scenes'])} digits."


def page() -> Widget:
    """A form for scenes, the scenes, and the split of the scanned digits."""
    return _Scenes().page()


def _split(split: Mapping[str, Mapping[str, int]]) -> HTML:
    rows = [
        (name, *(counts[label] for label in project.CLASSES), sum(counts.values())) for name, counts in split.items()
    ]
    return parts.table(["split", *project.CLASSES, "all"], rows)
