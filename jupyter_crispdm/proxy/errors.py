"""What upstreams do wrong, as the caller is told."""

from __future__ import annotations

from jupyter_crispdm.base.errors import CrispdmError


class UpstreamFailed(CrispdmError):
    """The upstream does not answer, or not as it should."""

    status = 502


class UpstreamTimeout(CrispdmError):
    """The upstream takes too long."""

    status = 504
