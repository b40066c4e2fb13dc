"""Models, as a program sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_crispdm.models.types import AliasTarget, Model, ModelList, ModelVersion, Registration

from .transport import Transport, quoted


class Models:
    """The registry of trained models."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Sequence[Model]:
        """Every model with its versions."""
        return self._transport.ask("models", ModelList).models

    def get(self, name: str) -> Model:
        """One model with its versions, newest first."""
        return self._transport.ask(f"models/{quoted(name)}", Model)

    def register(
        self,
        name: str,
        *,
        job: str | None = None,
        artifact: str | None = None,
        path: str | None = None,
        format: str = "torch",
        task: str = "",
        classes: Sequence[str] = (),
        signature: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        environment: str | None = None,
    ) -> ModelVersion:
        """Register a file, or an artefact of a job, as the next version of a model."""
        body = Registration(
            name=name,
            job=job,
            artifact=artifact,
            path=path,
            format=format,
            task=task,
            classes=list(classes),
            signature=dict(signature or {}),
            metadata=dict(metadata or {}),
            environment=environment,
        )
        return self._transport.decode(self._transport.request("POST", "models", body=body), ModelVersion)

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Let an alias point to a version."""
        path = f"models/{quoted(name)}/aliases/{quoted(alias)}"
        self._transport.request("PUT", path, body=AliasTarget(version=version))

    def delete(self, name: str, version: int) -> None:
        """Delete one version with its file."""
        self._transport.request("DELETE", f"models/{quoted(name)}/versions/{version}")
