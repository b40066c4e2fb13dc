"""What the inference server answers besides the errors of the house.

CrispdmError
├── Unauthorized       401  no token, or a wrong one
├── TooSlow            408  the body did not come in time
├── UnsupportedMedia   415  a body in a form that is not read
├── WorkerDied         503  the model's process ended at it: it may be asked once more
└── DeadlineExceeded   504  the answer would come later than it is wanted
"""

from __future__ import annotations

from jupyter_crispdm.base.errors import CrispdmError, Unavailable


class Unauthorized(CrispdmError):
    """No token, or a wrong one."""

    status = 401


class TooSlow(CrispdmError):
    """The body did not come in time."""

    status = 408


class UnsupportedMedia(CrispdmError):
    """A body in a form that is not read."""

    status = 415


class WorkerDied(Unavailable):
    """The model's process ended while it worked on this; asked once more, it may be answered."""


class DeadlineExceeded(CrispdmError):
    """The answer would come later than it is wanted."""

    status = 504
