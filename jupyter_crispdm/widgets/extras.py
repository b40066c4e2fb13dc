"""What a dashboard offers beside its author's pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ipywidgets import VBox, Widget, jslink

from .files import FileBrowser
from .jobs import JobTable, LogView
from .models import ModelTable, NotebookFrame
from .pages import Entry, Page
from .predict import PredictForm
from .snapshots import SnapshotBar
from .training import TrainingPlot
from .visitor import LEAST, ROLES

EXTRAS = ("work", "files", "jobs", "models", "ask", "notebook", "licence")
_CODERS = tuple(role for role in ROLES if role != LEAST)


def extra_entries(wanted: Sequence[str], taken: Collection[str]) -> list[Entry]:
    """The pages among what is wanted; one whose slug the author uses gives way. Raises ValueError for an unknown."""
    if unknown := [name for name in wanted if name not in EXTRAS]:
        raise ValueError(f"There is no extra '{unknown[0]}'. There are: {', '.join(EXTRAS)}.")
    pages = _pages()
    return [Entry(slug, pages[slug][0], "", pages[slug][1]) for slug in wanted if slug in pages and slug not in taken]


def _pages() -> dict[str, tuple[str, Page]]:
    return {
        "work": ("Saved work", Page(_work, "work")),
        "files": ("Files", Page(_files, "files")),
        "jobs": ("Jobs", Page(_jobs, "jobs")),
        "models": ("Models", Page(_models, "models")),
        "ask": ("Ask the model", Page(PredictForm, "ask")),
        "notebook": ("Notebook", Page(NotebookFrame, "notebook", roles=_CODERS)),
    }


def _work(dashboard: Any) -> Widget:
    return SnapshotBar(dashboard)


def _files() -> Widget:
    """The files of whoever looks, as high as a page of its own allows."""
    return FileBrowser(height=640)


def _jobs(dashboard: Any) -> Widget:
    """The jobs, and what the chosen one prints and measures. They are joined in the browser: it needs no kernel."""
    jobs = JobTable(controls=_is_coder(dashboard), height=280)
    plot, log = TrainingPlot(), LogView()
    jslink((jobs, "selected"), (plot, "job"))
    jslink((jobs, "selected"), (log, "job"))
    return VBox([jobs, plot, log])


def _models(dashboard: Any) -> Widget:
    return ModelTable(controls=_is_coder(dashboard))


def _is_coder(dashboard: Any) -> bool:
    return dashboard.visitor["role"] in _CODERS
