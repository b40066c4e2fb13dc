"""The settings of serving."""

from __future__ import annotations

from traitlets import Bool, Int

from jupyter_crispdm.base.settings import BaseSettings


class ServingSettings(BaseSettings):
    """The prediction service."""

    serving_port = Int(
        8503, config=True, help="Port of the model service on this machine; 0 means any free one. Default: 8503."
    )
    serving_outlives_server = Bool(
        False, config=True,
        help="Whether predictions go on when this server is stopped in order. They always go on when it is killed. "
        "Default: False.",
    )
