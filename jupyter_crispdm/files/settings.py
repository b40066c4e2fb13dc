"""The settings of files."""

from __future__ import annotations

from traitlets import Dict, Enum, Float, Int, Unicode

from jupyter_crispdm.base.settings import BaseSettings

from .uploads.settings import UploadSettings

_GIB = 1024**3


class FilesSettings(UploadSettings, BaseSettings):
    """Which folders people without Lab have, and how much they may keep."""

    home_folders = Unicode(
        "people/{user}", config=True,
        help="The folder of each person, theirs to read and write: a path relative to the root directory, with {user} "
        "in its second step or later. It is made at first need. People without Lab reach it and the shared folders, "
        "and nothing else. Default: 'people/{user}'. Empty: nobody has one.",
    )
    shared_folders = Dict(
        value_trait=Enum(["read", "write"]), key_trait=Unicode(), default_value={"data": "read"}, config=True,
        help="Folders that everybody reaches: paths relative to the root directory, each with 'read' or 'write'. The "
        "deeper one counts where one lies in another. Default: {'data': 'read'}.",
    )
    home_quota = Int(
        None, allow_none=True, min=0, config=True,
        help="Bytes that the files in a home folder may take, of people without Lab. Default: None, no limit.",
    )
    keep_disk_free = Int(
        _GIB // 2, min=0, config=True,
        help="Bytes that stay free on the disk with the files: what would take more is refused. Default: 512 MiB.",
    )
    trash_days = Float(
        30.0, min=0, allow_none=True, config=True,
        help="Days after which what was put into the trash is deleted. Default: 30. None: never.",
    )
    trash_bytes = Int(
        10 * _GIB, min=0, allow_none=True, config=True,
        help="Bytes that the trash of one person may hold; above it the oldest is deleted. Default: 10 GiB. None: no "
        "limit.",
    )
