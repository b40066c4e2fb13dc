"""Training curves in a notebook or dashboard."""

from __future__ import annotations

from bqplot._version import __frontend_version__ as bqplot_version
from bqscales._frontend import module_version as bqscales_version
from traitlets import CFloat, CInt, Dict, List, Unicode

from .base import CrispdmWidget


class TrainingPlot(CrispdmWidget):
    """The metrics of a job as bqplot figures, which grow while the job runs.

    Metrics of one measure (``train/loss``, ``val/loss``) share a figure. `metrics` are the names to show, where a
    name may end in ``*``; an empty list shows all. `period` is the least number of seconds between two updates;
    None means as the values come. Only new points travel to the page.
    """

    _view_name = Unicode("TrainingPlotView").tag(sync=True)
    job = Unicode("", help="The job's id.").tag(sync=True)
    metrics = List(Unicode(), help="Names to show; empty shows all.").tag(sync=True)
    period = CFloat(None, allow_none=True, help="Seconds between two updates; None as they come.").tag(sync=True)
    height = CInt(260, help="Height of a figure in pixels.").tag(sync=True)
    _versions = Dict({"bqplot": bqplot_version, "bqscales": bqscales_version}).tag(sync=True)
