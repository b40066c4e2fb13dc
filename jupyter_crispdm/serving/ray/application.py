"""The application as Ray Serve has it: a deployment whose replicas answer HTTP. Nothing else here imports Ray."""

from __future__ import annotations

from typing import Any

from ray import serve

from jupyter_crispdm.base.errors import CrispdmError

from .arguments import Arguments
from .replica import Replica

NAME = "Model"
_TRIES = 3


class _Bare:
    """What Ray wraps around a replica's ASGI application."""


def application(arguments: Arguments) -> serve.Application:
    """An application of one deployment, `Model`; what a configuration file says of that goes before."""
    ingress: Any = serve.ingress(Replica(arguments))(_Bare)

    class Model(ingress):
        """A replica of the model."""

        async def __init__(self) -> None:  # type: ignore[misc]  # so Ray wants it
            await super().__init__()
            try:
                await self.app.open()
            except CrispdmError as error:
                raise RuntimeError(str(error)) from None

        def check_health(self) -> None:
            """What Ray asks again and again; who fails is replaced."""
            self.app.check()

    made: Any = serve.deployment(
        Model,
        name=NAME,
        num_replicas=arguments.replicas,
        ray_actor_options={"num_cpus": arguments.cpus, "num_gpus": arguments.gpus},
        max_ongoing_requests=arguments.requests,
        max_queued_requests=arguments.waiting,
        max_constructor_retry_count=_TRIES,
    )
    bound: serve.Application = made.bind()
    return bound
