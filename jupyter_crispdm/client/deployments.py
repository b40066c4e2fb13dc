"""Deployed models, as a program sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from jupyter_crispdm.serving.types import Deployment, DeploymentList

from .live import Live
from .transport import Transport, present, quoted


class Deployments:
    """Models that answer predictions."""

    def __init__(self, transport: Transport, live: Live) -> None:
        self._transport = transport
        self._live = live

    def list(self) -> Sequence[Deployment]:
        """Everything that is deployed."""
        return self._transport.ask("deployments", DeploymentList).deployments

    def get(self, id: str) -> Deployment:
        """One deployment as it stands now."""
        return self._transport.ask(f"deployments/{quoted(id)}", Deployment)

    def create(self, model: str, *, workers: int | None = None, environment: str | None = None) -> Deployment:
        """Deploy a model: `name`, `name/3` or `name@alias`. It answers when its state is `ready`."""
        body = present({"model": model, "workers": workers, "environment": environment})
        return self._transport.decode(self._transport.request("POST", "deployments", body=body), Deployment)

    def watch(self, id: str, seconds: float | None = None) -> Iterator[Deployment]:
        """The deployment at each change of any, while it exists."""
        for message in self._live.follow("deployments", seconds=seconds):
            every = msgspec.convert(message.data, DeploymentList).deployments
            mine = next((deployment for deployment in every if deployment.id == id), None)
            if mine is None:
                return
            yield mine

    def delete(self, id: str) -> None:
        """Take a model out of service."""
        self._transport.request("DELETE", f"deployments/{quoted(id)}")
