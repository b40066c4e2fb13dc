"""The settings of snapshots."""

from __future__ import annotations

from traitlets import HasTraits, Int

_MIB = 1024 * 1024


class SnapshotSettings(HasTraits):
    """How much of their work people may have saved, and how much is kept of what files were."""

    snapshot_fields = Int(
        1000, allow_none=True, min=1, config=True,
        help="How many fields (values of widgets) a page may save. Default: 1000. None: no limit.",
    )
    snapshot_value_bytes = Int(
        4 * _MIB, allow_none=True, min=1, config=True,
        help="Bytes of JSON that the value of one field may have. Default: 4 MiB. None: no limit but that of a "
        "request's body, 8 MiB.",
    )
    snapshot_bytes = Int(
        16 * _MIB, allow_none=True, min=1, config=True,
        help="Bytes that all fields of a page may have together. Default: 16 MiB. None: no limit.",
    )
    snapshot_pages = Int(
        500, allow_none=True, min=1, config=True,
        help="How many pages may be saved by themselves for one person. Default: 500. None: no limit.",
    )
    saved_works = Int(
        500, allow_none=True, min=1, config=True,
        help="How much work one person may save under a name, over all pages. Default: 500. None: no limit.",
    )
    person_snapshot_bytes = Int(
        256 * _MIB, allow_none=True, min=1, config=True,
        help="Bytes that all pages and all saved work of one person may have. Default: 256 MiB. None: no limit.",
    )
    history_bytes = Int(
        1024 * _MIB, allow_none=True, min=0, config=True,
        help="Bytes that the kept versions of all files may have; above it the oldest go, but for the newest of each "
        "file. 0 keeps none. Default: 1 GiB. None: no limit.",
    )
    history_file_bytes = Int(
        20 * _MIB, allow_none=True, min=1, config=True,
        help="Bytes that a file may have for its versions to be kept. Default: 20 MiB. None: no limit.",
    )
