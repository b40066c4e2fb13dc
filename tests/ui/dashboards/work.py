"""Pages of a dashboard with twelve widgets, for the test of work that saves itself."""

from __future__ import annotations

import datetime

from ipywidgets import (
    HTML,
    Accordion,
    Button,
    Checkbox,
    ColorPicker,
    DatePicker,
    Dropdown,
    FloatSlider,
    IntSlider,
    IntText,
    Password,
    SelectMultiple,
    Text,
    Textarea,
    ToggleButtons,
    VBox,
    Widget,
)

from jupyter_crispdm import connect
from jupyter_crispdm.widgets import Kept


def data() -> Widget:
    """What is worked on."""
    more = Accordion(children=[HTML("first"), HTML("second")], titles=("First", "Second"))
    return VBox([
        Text(description="Title"), DatePicker(value=datetime.date(2026, 1, 2), description="From"),
        SelectMultiple(options=["north", "south", "east"], description="Sites"), more,
    ])  # fmt: skip


def train() -> Widget:
    """How it is trained; the button starts what is published for viewers."""
    said, job, button = HTML(), Kept("", name="job"), Button(description="Train")

    def show() -> None:
        said.value = f"<p class='job'>{job.value}</p>"

    def start(_: object) -> None:
        job.value = connect().jobs.submit(script="published/wait.py", name="from the page").id
        show()

    button.on_click(start)
    show()
    return VBox([
        IntSlider(10, 1, 50, description="Epochs"), FloatSlider(0.1, min=0, max=1, description="Rate"),
        Dropdown(options=["Adam", "SGD"], description="Method"), Checkbox(False, description="Augment"),
        IntText(1, description="Seed"), Password(description="Key"), button, said,
    ])  # fmt: skip


def report() -> Widget:
    """What comes of it."""
    return VBox([
        Textarea(description="Notes"), ColorPicker(value="#112233", description="Color"),
        ToggleButtons(options=["table", "chart"], description="Show as"),
    ])  # fmt: skip
