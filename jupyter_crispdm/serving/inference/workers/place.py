"""One deployment in the inference server, through starts, renewals and rest: which pool answers for it now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from jupyter_crispdm.base.errors import Unavailable
from jupyter_crispdm.serving.types import DeploymentSpec, DeploymentState, DeploymentStatus

from ..routing import Candidate, Fitness, fitness
from .pool import WorkerPool

Make = Callable[[DeploymentSpec], WorkerPool]
_CHANGED_IN_PLACE = ("idle_seconds", "sample")


class Place:
    """Where a deployment's pool stands, and the one that will take its place.

    `make` makes a pool, `dismiss` ends one that nobody is sent to any more, `admit` says what keeps one from being
    started; `used` is when a request was sent here last.
    """

    def __init__(
        self,
        spec: DeploymentSpec,
        make: Make,
        dismiss: Callable[[WorkerPool], None],
        admit: Callable[[Place], str] = lambda _: "",
    ) -> None:
        self._make, self._dismiss, self._admit = make, dismiss, admit
        self.spec, self.pool = spec, make(spec)
        self.coming: WorkerPool | None = None
        self.used = asyncio.get_running_loop().time()
        self.is_resting = False

    @property
    def status(self) -> DeploymentStatus:
        """How far it is; of one that is renewed in vain also why."""
        mine = self.pool.status
        if self.coming is not None and self.coming.status.state is DeploymentState.failed:
            return DeploymentStatus(mine.state, f"It goes on as it was: {self.coming.status.reason}")
        return mine

    def start(self) -> None:
        """Start the workers, if there is room for them."""
        self.used = asyncio.get_running_loop().time()
        refused = self._admit(self)
        self.is_resting = bool(refused)
        if refused:
            self.pool.status = DeploymentStatus(DeploymentState.failed, refused)
        else:
            self.pool.start()

    def take(self) -> WorkerPool:
        """The pool for a request; one that rests is woken, and the request waits in it until it is there.

        Raises Unavailable when there is no room for it.
        """
        self.used = asyncio.get_running_loop().time()
        if self.is_resting:
            self.wake()
        return self.pool

    def wake(self) -> None:
        """Start the workers again. Raises Unavailable when there is no room for them."""
        resting = self.pool
        self.pool = self._make(self.spec)
        self.pool.description = resting.description
        self.start()
        if self.is_resting:
            refused, self.pool = self.pool.status.reason, resting
            raise Unavailable(f"The model cannot be loaded now. {refused}", retry_after=5)

    def rest(self, state: DeploymentState, reason: str) -> None:
        """End the workers until the next request, or until somebody loads the model."""
        self.is_resting = True
        self._drop_coming()
        self._dismiss(self.pool)
        self.pool.status = DeploymentStatus(state, reason)

    def renew(self, spec: DeploymentSpec) -> None:
        """Follow another specification: with new workers, and the old ones answer until those can."""
        before, self.spec = self.spec, spec
        kept = {name: getattr(before, name) for name in _CHANGED_IN_PLACE}
        if msgspec.structs.replace(spec, **kept) == before:
            self.pool.spec = spec
            return
        self._drop_coming()
        if self.is_resting:
            return
        self.coming = self._make(spec)
        self.coming.start()

    def settle(self) -> None:
        """Let the new workers answer if they can, or if the old ones cannot."""
        if self.coming is not None and (self.coming.ready or not self.pool.ready):
            self._dismiss(self.pool)
            self.pool, self.coming = self.coming, None

    def withdraw(self) -> None:
        """End for good."""
        self._drop_coming()
        if not self.is_resting:
            self._dismiss(self.pool)

    def candidate(self) -> Candidate:
        """What decides whether it answers for a name."""
        spec = self.spec
        fit = fitness(self.pool.status.state)
        if fit is Fitness.ready and not self.pool.ready:
            fit = Fitness.starting
        return Candidate(spec.id, spec.model, spec.version, spec.alias, spec.created, fit)

    def _drop_coming(self) -> None:
        if self.coming is not None:
            self._dismiss(self.coming)
            self.coming = None
