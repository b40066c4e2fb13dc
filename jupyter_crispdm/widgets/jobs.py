"""Jobs in a notebook or dashboard."""

from __future__ import annotations

from traitlets import Bool, CInt, Unicode

from .base import CrispdmWidget


class JobTable(CrispdmWidget):
    """The jobs of the server, live. `selected` is the id of the chosen job.

    With `follow_newest` the newest job is chosen until somebody chooses another. With `controls` jobs can be
    stopped from the table, by those whose role allows it.

    >>> table, log = JobTable(), LogView()
    >>> jslink((table, "selected"), (log, "job"))  # works without a kernel
    """

    _view_name = Unicode("JobTableView").tag(sync=True)
    selected = Unicode("").tag(sync=True)
    follow_newest = Bool(True).tag(sync=True)
    controls = Bool(False).tag(sync=True)
    height = CInt(320, help="The greatest height in pixels.").tag(sync=True)


class LogView(CrispdmWidget):
    """The log of a job, live: its end is followed until the reader scrolls up.

    All of it can be searched, and its errors are gone to, however long it is. With `times` each line tells when it was
    printed; with `folds` lines that are repeated are shown once. Readers can change both for themselves.
    """

    _view_name = Unicode("LogView").tag(sync=True)
    job = Unicode("", help="The job's id.").tag(sync=True)
    times = Bool(False, help="Whether each line tells when it was printed.").tag(sync=True)
    folds = Bool(True, help="Whether lines that are repeated are shown once.").tag(sync=True)
    height = CInt(320, help="Height in pixels.").tag(sync=True)
