"""The settings of uploads."""

from __future__ import annotations

from traitlets import Float, HasTraits, Int


class UploadSettings(HasTraits):
    """How much may be on its way, and for how long."""

    upload_hours = Float(
        48.0, min=0.01, config=True,
        help="Hours after the last byte for which an upload that was cut can go on; then what came of it is deleted. "
        "Default: 48.",
    )
    open_uploads = Int(
        200, min=1, config=True,
        help="Files of one person that may be on their way at a time, those that were cut among them. Default: 200.",
    )
    largest_upload = Int(
        None, allow_none=True, min=0, config=True,
        help="Bytes that one uploaded file may have. Default: None, no limit but the disk and the home's quota.",
    )
