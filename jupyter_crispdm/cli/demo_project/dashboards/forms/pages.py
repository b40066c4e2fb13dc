"""The pages: each shows one form of a stream, as it arrives."""

from __future__ import annotations

import asyncio

from ipywidgets import Widget, jslink
from phases import parts, project

from jupyter_crispdm.widgets import JobTable, LogView, ModelTable, StreamText, TrainingPlot

from . import sources
from .shown import Shown

SCRIPT = "train_text.py"
TEXT = (
    "A model writes on from a beginning. Each character is sent as soon as there is one; Stop ends the model's "
    "work."
)
LINES = (
    "Lines of JSON, as they are produced. On their way they are cut into pieces of 7 bytes: each object comes "
    "whole all the same."
)
EVENTS = (
    "What happens to jobs, told by the server as Server-Sent Events. The number before each is where one goes on "
    "after a cut."
)
UPSTREAM = (
    "A stream of another service, passed on message by message: here what the model writes, asked of its own "
    "port. Analysts may, for services that whoever runs the server allows."
)
FILE = (
    "A file of 16 MiB is sent to your folder in pieces, read back while it comes, cut in the middle, and gone on "
    "with. Then it is removed."
)
PROGRESS = (
    "A model learns to write. Its loss, its log and its progress come while it does. Once it is deployed, the "
    "page 'Text' asks it."
)


def text() -> Widget:
    """Text, token by token."""
    about = parts.words(TEXT)
    return parts.column(about, StreamText("The class statement", max_tokens=400))


def lines() -> Widget:
    """JSON as it is produced."""
    about = parts.words(LINES)
    return Shown("Measure", sources.lines).page(about)


def events() -> Widget:
    """Server-Sent Events."""
    about = parts.words(EVENTS)
    return Shown("Listen", sources.events).page(about)


def upstream() -> Widget:
    """Another service's stream, passed on."""
    about = parts.words(UPSTREAM)
    return Shown("Ask the upstream", sources.upstream).page(about)


def file() -> Widget:
    """A large file, piece by piece."""
    about = parts.words(FILE)
    return Shown("Send and read", sources.file).page(about)


def progress() -> Widget:
    """A computation, as it runs."""
    table, plot, log = JobTable(height=150), TrainingPlot(), LogView(height=220)
    jslink((table, "selected"), (plot, "job"))
    jslink((table, "selected"), (log, "job"))

    async def train() -> str:
        environment = await asyncio.to_thread(project.training_environment)
        submit = project.client().jobs.submit
        job = await asyncio.to_thread(submit, script=SCRIPT, environment=environment, name="Learn to write")
        table.selected = job.id
        return "Started: it takes a minute and a half, and goes on when you close this page."

    async def stop() -> str:
        if not table.selected:
            return "Choose a job in the table first."
        await asyncio.to_thread(project.client().jobs.stop, table.selected)
        return "It ends, and hands over what it learned."

    begun, stopped = parts.Action("Train it", train), parts.Action("Stop", stop, style="")
    actions = parts.row(begun.button, stopped.button, begun.said, stopped.said)
    about = parts.words(PROGRESS)
    return parts.column(about, actions, table, plot, log, ModelTable(controls=True))
