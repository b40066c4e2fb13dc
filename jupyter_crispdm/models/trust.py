"""What a version's file would build beyond what everybody trusts, and an admin's word for it."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from jupyter_crispdm.base.errors import BadRequest, Conflict

from .formats import inspect
from .shelf import Shelf
from .types import ModelFormat, ModelVersion, Trust, TrustDecision, TrustReport

_log = logging.getLogger(__name__)
_LONGEST = 1_000


class TrustDesk:
    """Shows and notes decisions. Who may take one is decided at the door."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def report(self, name: str, number: int) -> TrustReport:
        """What is to be decided about a version, and what was. Raises NotFound, Unprocessable."""
        version = await self._shelf.get(name, number)
        names = await asyncio.to_thread(self._imports, version) if version.format is ModelFormat.pickle else []
        return TrustReport(version.types, version.untrusted, names, version.trust)

    async def decide(self, name: str, number: int, decision: TrustDecision, by: str) -> TrustReport:
        """Trust types that a version would build; no types: trust none any more. Raises BadRequest, NotFound."""
        check_reason(decision.reason)
        async with self._shelf.lock:
            version = await self._shelf.get(name, number)
            strange = sorted(set(decision.types) - set(version.types))
            if not version.types:
                raise Conflict(f"Version {number} of '{name}' builds nothing that would have to be trusted.")
            if strange:
                raise BadRequest(f"'types': the file does not build '{strange[0][:200]}'.", field="types")
            trust = Trust(sorted(set(decision.types)), by, self._shelf.now(), decision.reason)
            await self._shelf.change(msgspec.structs.replace(version, trust=trust))
        log_decision(version, trust)
        return await self.report(name, number)

    def _imports(self, version: ModelVersion) -> list[str]:
        return inspect(self._shelf.files.path(version), version.format).names


def check_reason(reason: str) -> None:
    """A decision has a reason. Raises BadRequest."""
    if not reason.strip() or len(reason) > _LONGEST:
        raise BadRequest(f"'reason' must say why, in at most {_LONGEST:,} characters.", field="reason")


def log_decision(version: ModelVersion, trust: Trust) -> None:
    """Say it where operators read."""
    what = ", ".join(trust.types) or "nothing any more"
    _log.warning(
        "%s trusts version %d of the model '%s' to build %s. Reason: %r",
        trust.by or "Somebody", version.version, version.name, what[:1000], trust.reason,
    )  # fmt: skip
