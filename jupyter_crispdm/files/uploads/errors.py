"""What the tus protocol refuses, with the statuses it gives.

CrispdmError
├── WrongVersion       412  another version of the protocol
├── WrongMedia         415  not the media type of pieces
├── ChecksumMismatch   460  what came is not what was sent
└── Gone               410  the upload is over, or its time is
"""

from __future__ import annotations

from jupyter_crispdm.base.errors import CrispdmError, ErrorBody


class WrongVersion(CrispdmError):
    """The client speaks another version of the protocol, or does not say which."""

    status = 412


class WrongMedia(CrispdmError):
    """The body is not of the media type that pieces of uploads have."""

    status = 415


class Gone(CrispdmError):
    """There was such an upload."""

    status = 410


class ChecksumMismatch(CrispdmError):
    """What came is not what was sent; nothing of it is kept."""

    status = 460

    def body(self) -> ErrorBody:
        """The protocol's own status has no phrase among HTTP's."""
        return ErrorBody(self.message, "Checksum Mismatch", self.code, self.details)
