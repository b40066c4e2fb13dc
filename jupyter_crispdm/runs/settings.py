"""The settings of runs."""

from __future__ import annotations

from traitlets import Float, HasTraits, Int


class RunSettings(HasTraits):
    """Where runs outside jobs are looked for."""

    run_folders_depth = Int(
        4, allow_none=True, min=0, config=True,
        help="How many folders deep below the server's root `crispdm-runs` is looked for, which programs outside jobs "
        "write. Default: 4. None: not at all.",
    )
    run_quiet_seconds = Float(
        60.0, min=1, config=True,
        help="After how many seconds without a word a run outside jobs counts as ended. Default: 60.",
    )
