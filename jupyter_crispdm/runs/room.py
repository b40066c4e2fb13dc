"""Runs as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.environments.room import EnvironmentsRoom
from jupyter_crispdm.jobs.room import JobsRoom
from jupyter_crispdm.tracking.room import TrackingRoom

from .again import Repeater
from .handlers import RunRoutes
from .index.indexer import Places, RunIndexer
from .index.memory import RunIndex
from .inputs.capture import Bounds, Capture
from .inputs.environment import OldEnvironments
from .manager import RunManager
from .pushing.checks import look
from .pushing.pusher import Bounds as PushBounds
from .pushing.pusher import Pusher
from .pushing.server import Credentials, TrackingServer
from .pushing.store import PushStore
from .settings import RunSettings
from .store import RunStore
from .topics import TOPICS, RunTopics
from .views import Views


class RunsRoom(Room):
    """Found, compared, run again, merged."""

    routes = (RunRoutes,)
    topics = TOPICS
    settings = RunSettings
    checks = (look,)
    roles = {
        # a run shows the code that it ran; what viewers see of runs is what they see of jobs
        ("runs", "read"): Role.ANALYST,
        ("runs", "write"): Role.ANALYST,
        ("runs", "admin"): Role.ADMIN,
    }

    def __init__(self, context: Context) -> None:
        settings = context.settings(RunSettings)
        places = Places(
            context.root_dir, settings.run_folders_depth, context.data_dir / "runs" / "merged",
            settings.run_quiet_seconds,
        )  # fmt: skip
        jobs = context.room(JobsRoom).manager
        index, store = RunIndex(), RunStore(context.database)
        self._indexer = RunIndexer(index, store, jobs, context.clock, places, account())
        environments = context.room(EnvironmentsRoom)
        self._capture = Capture(
            environments.manager, context.root_dir,
            Bounds(settings.run_code_bytes, settings.run_data_bytes), jobs.directory, self._indexer.noted,
        )  # fmt: skip
        jobs.on_submit(self._capture.submitted)
        old = OldEnvironments(environments.builder, self._capture)
        self.pusher = None if not settings.mlflow_tracking_uri else Pusher(
            TrackingServer(settings.mlflow_tracking_uri, Credentials.given()), index, self._indexer,
            PushStore(context.database),
            PushBounds(settings.mlflow_experiment, settings.mlflow_points, settings.mlflow_artifact_bytes),
        )  # fmt: skip
        self.manager = RunManager(
            index, self._indexer, store, context.room(TrackingRoom).manager, Views(store, context.clock),
            Repeater(jobs, self._capture, old, context.clock, context.root_dir), context.clock, self.pusher,
        )  # fmt: skip
        RunTopics(context.hub, self.manager, self._indexer, context.watcher)

    def groups(self) -> Sequence[Routes]:
        """Verbs of runs."""
        return [RunRoutes(self.manager)]

    async def start(self) -> None:
        """Begin to read what there is."""
        self._indexer.start()
        self._capture.start()
        if self.pusher is not None:
            self.pusher.start()

    async def close(self) -> None:
        """Let go of it."""
        if self.pusher is not None:
            await self.pusher.close()
        await self._capture.close()
        await self._indexer.close()
