"""Training curves in a notebook or dashboard."""

from __future__ import annotations

from bqplot._version import __frontend_version__ as bqplot_version
from bqscales._frontend import module_version as bqscales_version
from traitlets import Bool, CFloat, CInt, Dict, Enum, List, Tuple, Unicode, Union

from .base import CrispdmWidget


class MediaView(CrispdmWidget):
    """What a job keeps with a step: pictures, histograms, texts, tables and figures, as they come.

    A card for each name, with a slider over its steps; who has not moved it sees the newest. `names` are those to show,
    where a name may end in ``*``; an empty list shows all.

    >>> table, media = JobTable(), MediaView(names=["samples", "confusion"])
    >>> jslink((table, "selected"), (media, "job"))
    """

    _view_name = Unicode("MediaView").tag(sync=True)
    job = Unicode("", help="The job's id.").tag(sync=True)
    names = List(Unicode(), help="Names to show; empty shows all.").tag(sync=True)
    height = CInt(480, help="The greatest height in pixels.").tag(sync=True)


class TrainingPlot(CrispdmWidget):
    """The metrics of a job as bqplot figures, which grow while the job runs; or those of several over each other.

    Metrics of one measure (``train/loss``, ``val/loss``) share a figure. `metrics` are the names to show, where a
    name may end in ``*``; an empty list shows all. `period` is the least number of seconds between two updates, or
    "epoch" for one in each; None means as the values come. Only new points travel to the page.

    `jobs` lays several over each other: a figure for each metric, a line for each job. Visitors change smoothing,
    scale, axis, range and period by the tools above the figures, and the values here change with them; `tools=False`
    hides them. With `controls` a training can be ended there, by those whose role allows it: what it kept at its best
    point becomes its result.

    Examples
    --------
    >>> TrainingPlot(jobs=["20261129-101500-a1b2c", "20261129-111500-d3e4f"], metrics=["val/*"], smoothing=0.6)
    """

    _view_name = Unicode("TrainingPlotView").tag(sync=True)
    job = Unicode("", help="The job's id.").tag(sync=True)
    metrics = List(Unicode(), help="Names to show; empty shows all.").tag(sync=True)
    period = Union(
        [Enum(["epoch"]), CFloat()],
        default_value=None,
        allow_none=True,
        help="Seconds between two updates, or “epoch”; None as they come.",
    ).tag(sync=True)
    jobs = List(Unicode(), help="More jobs, laid over the first.").tag(sync=True)
    smoothing = CFloat(0, min=0, max=0.99, help="Weight of the past in the drawn mean.").tag(sync=True)
    log_scale = Bool(False, help="Whether values stand on a logarithmic scale.").tag(sync=True)
    axis = Enum(["step", "elapsed", "epoch"], "step", help="What stands along the bottom.").tag(sync=True)
    range = Tuple(
        CFloat(), CFloat(), default_value=None, allow_none=True, help="The part of the axis to look at; None for all."
    ).tag(sync=True)
    tools = Bool(True, help="Whether visitors can change how curves are shown.").tag(sync=True)
    controls = Bool(False, help="Whether a training can be stopped here.").tag(sync=True)
    height = CInt(260, help="Height of a figure in pixels.").tag(sync=True)
    _versions = Dict({"bqplot": bqplot_version, "bqscales": bqscales_version}).tag(sync=True)
