"""Environments, as a program sees them."""

from __future__ import annotations

from jupyter_crispdm.environments.types import Environment, EnvironmentDetail, EnvironmentList

from .transport import Transport, quoted

EnvironmentSequence = list[Environment]


class Environments:
    """The Python environments that jobs, kernels and models can run in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, refresh: bool = False) -> EnvironmentSequence:
        """Every environment that was found; `refresh` looks anew."""
        query = {"refresh": 1} if refresh else None
        return self._transport.ask("environments", EnvironmentList, query).environments

    def get(self, id: str) -> EnvironmentDetail:
        """One environment with its packages."""
        return self._transport.ask(f"environments/{quoted(id)}", EnvironmentDetail)

    def make_kernel(self, id: str) -> None:
        """Make an environment usable as a kernel."""
        self._transport.request("POST", f"environments/{quoted(id)}/kernel")
