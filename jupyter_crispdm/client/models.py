"""Models, as a program sees them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_crispdm.models.types import (
    AliasHistory,
    AliasTarget,
    Comparison,
    Model,
    ModelList,
    ModelVersion,
    Registration,
    RollBack,
    TrustDecision,
    TrustReport,
)

from .transport import Transport, quoted

_PIECE = 2**20
_SILENCE = 600.0  # a large file is looked through before it is answered


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
        metrics: Mapping[str, float] | None = None,
        input_example: Any = None,
        note: str = "",
        script: str | None = None,
        data: str | None = None,
        reason: str = "",
    ) -> ModelVersion:
        """Register a file, or an artefact of a job, as the next version of a model.

        `script` is Python with a class that loads and predicts; `reason` is why an admin registers a pickle.
        """
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
            metrics=dict(metrics or {}),
            input_example=input_example,
            note=note,
            script=script,
            data=data,
            reason=reason,
        )
        return self._transport.decode(self._transport.request("POST", "models", body=body), ModelVersion)

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Let an alias point to a version."""
        path = f"models/{quoted(name)}/aliases/{quoted(alias)}"
        self._transport.request("PUT", path, body=AliasTarget(version=version))

    def remove_alias(self, name: str, alias: str) -> None:
        """Forget an alias."""
        self._transport.request("DELETE", f"models/{quoted(name)}/aliases/{quoted(alias)}")

    def history(self, name: str) -> AliasHistory:
        """Which version bore which alias from when until when, newest first."""
        return self._transport.ask(f"models/{quoted(name)}/history", AliasHistory)

    def roll_back(self, name: str, alias: str, *, if_version: int | None = None) -> ModelVersion:
        """Let an alias point to the version before; not if it has left `if_version` meanwhile."""
        path = f"models/{quoted(name)}/aliases/{quoted(alias)}/rollback"
        answer = self._transport.request("POST", path, body=RollBack(if_version=if_version))
        return self._transport.decode(answer, ModelVersion)

    def trust_report(self, name: str, version: int) -> TrustReport:
        """Which types a version's file would build beyond everybody's, and which of them are trusted."""
        return self._transport.ask(f"models/{quoted(name)}/versions/{version}/trust", TrustReport)

    def trust(self, name: str, version: int, types: Sequence[str], reason: str) -> TrustReport:
        """Trust types that a version's file would build, as an admin."""
        body = TrustDecision(types=list(types), reason=reason)
        answer = self._transport.request("POST", f"models/{quoted(name)}/versions/{version}/trust", body=body)
        return self._transport.decode(answer, TrustReport)

    def compare(self, name: str, versions: Sequence[int]) -> Comparison:
        """Versions beside each other, field by field."""
        query = {"versions": ",".join(map(str, versions))}
        return self._transport.ask(f"models/{quoted(name)}/compare", Comparison, query)

    def download(self, name: str, version: int, to: str | os.PathLike[str] = ".") -> Path:
        """Fetch a version's file into a local folder or under a local name; whole or not at all."""
        return self._fetch(f"models/{quoted(name)}/versions/{version}/file", f"{name}-{version}", to)

    def export(self, name: str, version: int, to: str | os.PathLike[str] = ".") -> Path:
        """Fetch a version with all that is known about it, as a zip that another server imports."""
        return self._fetch(f"models/{quoted(name)}/versions/{version}/export", f"{name}-{version}.zip", to)

    def import_(self, path: str | os.PathLike[str], *, name: str | None = None) -> ModelVersion:
        """Send an export; it becomes the next version of the model that it names, or of `name`."""
        with open(path, "rb") as file:
            pieces = iter(lambda: file.read(_PIECE), b"")
            where = "models/import" if name is None else f"models/import?name={quoted(name)}"
            headers = {"Content-Type": "application/zip"}
            answer = self._transport.send("POST", where, content=pieces, headers=headers, silence=_SILENCE)
        return self._transport.decode(answer, ModelVersion)

    def _fetch(self, what: str, named: str, to: str | os.PathLike[str]) -> Path:
        target = Path(to) / named if Path(to).is_dir() else Path(to)
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with self._transport.stream(what) as reply, part.open("xb") as file:
                for piece in reply.iter_bytes():
                    file.write(piece)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def delete(self, name: str, version: int) -> None:
        """Delete one version with its file."""
        self._transport.request("DELETE", f"models/{quoted(name)}/versions/{version}")
