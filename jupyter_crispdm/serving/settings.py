"""The settings of serving."""

from __future__ import annotations

from traitlets import Bool, Int

from jupyter_crispdm.base.settings import BaseSettings


class ServingSettings(BaseSettings):
    """The prediction service."""

    serving_port = Int(
        8503, config=True, help="Port of the model service on this machine; 0 means any free one. Default: 8503."
    )
    serving_grpc_port = Int(
        None, allow_none=True, config=True,
        help="Port on which the model service answers the Open Inference Protocol by gRPC, too, which needs "
        "`jupyter_crispdm[grpc]`; 0 means any free one. Default: None, no gRPC.",
    )
    serving_outlives_server = Bool(
        False, config=True,
        help="Whether predictions go on when this server is stopped in order. They always go on when it is killed. "
        "Default: False.",
    )
    serving_memory = Int(
        None, allow_none=True, config=True,
        help="Bytes that all deployed models may take together. When another needs room, those that nobody has asked "
        "for longest rest until the next request; one that does not fit is refused. Default: None, no limit.",
    )
