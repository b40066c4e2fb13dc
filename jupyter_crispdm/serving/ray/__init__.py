"""Models on the machines of a Ray cluster: `app`, for the `import_path` of Ray Serve.

Each replica is the inference server, but for its port: the same checks, the same answers, the same processes that run
models. Ray hands it requests, and is imported by `application` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ray.serve import Application


def app(args: dict[str, Any]) -> Application:
    """Make the application of these arguments: see `Arguments`. Raises ValueError for what cannot be followed."""
    from .arguments import read_arguments

    arguments = read_arguments(args)
    from .application import application

    return application(arguments)
