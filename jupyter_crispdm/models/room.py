"""The registry of models as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.base.tasks import spawn
from jupyter_crispdm.environments.room import EnvironmentsRoom
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.jobs.types import Job
from jupyter_crispdm.runs.pushing.pusher import Pusher
from jupyter_crispdm.runs.room import RunsRoom
from jupyter_crispdm.tracking.diagnosis.types import Best

from .exchange.exchange import Exchange
from .exchange.handlers import ExchangeRoutes
from .files import ModelFiles
from .handlers import AliasRoutes, ModelRoutes, TrustRoutes
from .manager import ModelFeed, ModelManager
from .registering.facts import RoomFacts
from .store import ModelStore
from .topics import MODELS, TOPICS


class _Both:
    """Tells everybody of a change of the registry, and who pushes runs."""

    def __init__(self, feed: ModelFeed, pusher: Pusher) -> None:
        self._feed, self._pusher = feed, pusher

    def changed(self) -> None:
        self._feed.changed()
        self._pusher.look()


class ModelsRoom(Room):
    """Versions, aliases, lineage."""

    routes = (ModelRoutes, AliasRoutes, TrustRoutes, ExchangeRoutes)
    topics = TOPICS
    roles = {
        ("models", "read"): Role.VIEWER,
        ("models", "write"): Role.ANALYST,
        ("models", "download"): Role.ANALYST,
        # whether a file may be loaded that builds more than everybody trusts, or is a pickle
        ("models", "trust"): Role.ADMIN,
        ("models", "admin"): Role.ADMIN,
    }

    def __init__(self, context: Context) -> None:
        feed = context.hub.value(MODELS, lambda: self.manager.snapshot())
        jobs, pusher = context.room(JobsRoom).manager, context.room(RunsRoom).pusher
        self.manager = ModelManager(
            ModelStore(context.database), ModelFiles(context.data_dir / "models"), jobs, context.root_dir,
            context.clock, feed if pusher is None else _Both(feed, pusher),
            RoomFacts(context.room(EnvironmentsRoom).manager),
        )  # fmt: skip
        if pusher is not None:
            pusher.use_models(self.manager.of_jobs)
        jobs.on_event(self.manager.on_job_event)
        context.room(JobsRoom).diagnoses.on_kept(self._point_to_best)

    def groups(self) -> Sequence[Routes]:
        """Verbs of models."""
        return [
            ModelRoutes(self.manager), AliasRoutes(self.manager.aliases), TrustRoutes(self.manager.trust),
            ExchangeRoutes(Exchange(self.manager.shelf)),
        ]  # fmt: skip

    def _point_to_best(self, job: Job, best: Best) -> None:
        if best.model is not None:
            spawn("the best model of a job", self.manager.on_best(job.id, best.model, job.owner))

    async def prepare(self) -> None:
        """Make the database say what the files say, before a job tells of a model that it made."""
        await self.manager.start()

    async def close(self) -> None:
        """Let what is being registered be finished."""
        await self.manager.close()
