"""Widgets for notebooks and dashboards.

Their views live in the browser and ask the server's API with the page's own login. So they show the same facts as
the Lab panel, and stay alive when the kernel that made them dies. The Python side only holds what is configured.
"""

from .dashboard import Dashboard
from .files import FileBrowser
from .jobs import JobTable, LogView
from .keeping.kept import Kept
from .models import EnvironmentPicker, ModelTable, NotebookFrame
from .monitor import LiveMonitor
from .pages import Page
from .predict import PredictForm
from .shared import Chat, Presence, SharedText, Whiteboard
from .snapshots import SnapshotBar
from .text import StreamText
from .training import MediaView, TrainingPlot

__all__ = [
    "Chat",
    "Dashboard",
    "EnvironmentPicker",
    "FileBrowser",
    "JobTable",
    "Kept",
    "LiveMonitor",
    "LogView",
    "MediaView",
    "ModelTable",
    "NotebookFrame",
    "Page",
    "PredictForm",
    "Presence",
    "SharedText",
    "SnapshotBar",
    "StreamText",
    "TrainingPlot",
    "Whiteboard",
]
