"""Curves: in Lab, in dashboards, of one run and of several."""

from __future__ import annotations

from tests.requirements.types import Requirement, of

ROWS = (
    *of(
        "issue 12: curves",
        Requirement(
            "curves.zoom",
            "A drag, the wheel, buttons and keys look closer, all charts together; the server is asked for the range.",
        ),
        Requirement("curves.cursor", "One cursor tells the values of all charts at the same place."),
        Requirement("curves.axes", "Curves stand over steps, elapsed time, the clock, or epochs that the run logged."),
        Requirement("curves.many", "Fifty curves are found by name, made small, and pinned to the top."),
        Requirement("curves.export", "A chart is saved as PNG, as SVG, and with every point as CSV."),
        Requirement(
            "curves.own-tab", "A chart is dragged out, or opened, as a tab of its own, and comes back after a reload."
        ),
        Requirement(
            "curves.overlay",
            "The curves of up to fifty runs lie over each other, and one that is pointed at stands out.",
        ),
        Requirement(
            "curves.baseline", "Table and curves tell how far each run is from the one that is pinned as baseline."
        ),
        Requirement(
            "curves.widget",
            "TrainingPlot has smoothing, axes, ranges, several runs, interval, diagnosis, “stop, keep best”.",
        ),
    ),
)
