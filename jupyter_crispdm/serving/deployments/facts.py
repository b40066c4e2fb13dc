"""What the inference server tells of the deployments, and how it is shown."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec

from jupyter_crispdm.base.clock import utc
from jupyter_crispdm.base.errors import NotFound

from ..store import Wanted
from ..types import Comparison, Deployment, DeploymentNumbers, DeploymentState, DeploymentStatus, InferenceState
from .plan import explain, part_id

_STARTING = DeploymentStatus(DeploymentState.starting)
_NOTHING = InferenceState(0, "", {})


class Facts:
    """The newest state that was told, what failed on the server's own side, and what troubles all of them."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "state.json"
        self.told = _NOTHING
        self.failed: dict[str, str] = {}
        self.trouble = ""

    async def read(self) -> bool:
        """Read what is told; whether it is something else than before."""
        before = self.told
        with suppress(FileNotFoundError, msgspec.MsgspecError):
            data = await asyncio.to_thread(self._file.read_bytes)
            self.told = msgspec.json.decode(data, type=InferenceState)
        return self.told != before

    def forget(self) -> None:
        """The inference server is gone, and with it what it told; what failed stays known."""
        failed = {id: one for id, one in self.told.deployments.items() if one.state is DeploymentState.failed}
        self.told = InferenceState(0, "", failed)

    def status(self, part: str) -> DeploymentStatus:
        """How far it is with a version of a deployment."""
        if self.trouble:
            return DeploymentStatus(DeploymentState.failed, self.trouble)
        if part in self.failed:
            return DeploymentStatus(DeploymentState.failed, self.failed[part])
        return self.told.deployments.get(part, _STARTING)

    def comparison(self, wanted: Wanted) -> Comparison:
        """What a trial has shown so far. Raises NotFound when nothing is tried out."""
        found = self.told.comparisons.get(f"{wanted.model}@{wanted.alias}")
        if wanted.canary is None or found is None:
            raise NotFound(f"Nothing is tried out beside '{wanted.id}', or no request came yet.", deployment=wanted.id)
        return found

    def describe(self, wanted: Wanted, target: int, address: str) -> Deployment:
        """A deployment as it is shown."""
        part = part_id(wanted, wanted.version)
        status, numbers = self.status(part), self.told.numbers.get(part, DeploymentNumbers())
        coming = self.status(part_id(wanted, target))
        reason = status.reason or explain(wanted, target, coming.state, coming.reason)
        return Deployment(
            id=wanted.id,
            model=wanted.model,
            version=wanted.version,
            environment=wanted.environment,
            workers=wanted.workers,
            state=status.state,
            reason=reason,
            url=f"{address}/v2/models/{_name(wanted)}" if address else "",
            owner=wanted.owner,
            created=utc(wanted.created),
            alias=wanted.alias,
            coming=None if target == wanted.version else target,
            canary=wanted.canary,
            idle_seconds=wanted.idle_seconds,
            sample=wanted.sample,
            comparison=self.told.comparisons.get(f"{wanted.model}@{wanted.alias}") if wanted.canary else None,
            **msgspec.structs.asdict(numbers),
        )


def _name(wanted: Wanted) -> str:
    return f"{wanted.model}@{wanted.alias}" if wanted.alias else f"{wanted.model}/versions/{wanted.version}"
