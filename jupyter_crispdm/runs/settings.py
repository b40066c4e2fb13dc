"""The settings of runs."""

from __future__ import annotations

from traitlets import Float, HasTraits, Int


class RunSettings(HasTraits):
    """Where runs outside jobs are looked for, and how much of what a run was made of is kept."""

    run_folders_depth = Int(
        4, allow_none=True, min=0, config=True,
        help="How many folders deep below the server's root `crispdm-runs` is looked for, which programs outside jobs "
        "write. Default: 4. None: not at all.",
    )
    run_quiet_seconds = Float(
        60.0, min=1, config=True,
        help="After how many seconds without a word a run outside jobs counts as ended. Default: 60.",
    )
    run_code_bytes = Int(
        4_000_000, allow_none=True, min=0, config=True,
        help="Bytes of code that are kept for each run: the difference to its commit, and files that git does not "
        "track. Default: 4 MB. None: no code is kept, and no run can be run again with the code that it had.",
    )
    run_data_bytes = Int(
        500_000_000, allow_none=True, min=0, config=True,
        help="Bytes of data that are read for a run's data hash; of what is larger, samples are taken. "
        "Default: 500 MB. None: no data is looked at.",
    )
