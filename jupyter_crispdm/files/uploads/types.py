"""What is told of uploads."""

from __future__ import annotations

from typing import Annotated

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Wire

ID = NameRule(r"[0-9a-f]{32}", "32 digits, 0 to 9 and a to f")
UploadId = Annotated[str, ID.meta]


class OpenUpload(Wire, frozen=True):
    """An upload: the file's path, how much of it is there, and until when it is known (seconds since the epoch)."""

    id: str
    url: str
    path: str
    length: int
    offset: int
    expires: float


class UploadList(Wire, frozen=True):
    """The caller's uploads that go on, the newest first."""

    uploads: list[OpenUpload]
