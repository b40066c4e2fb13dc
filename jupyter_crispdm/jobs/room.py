"""Jobs as a room."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_crispdm.auth.room import AuthRoom
from jupyter_crispdm.auth.types import Role
from jupyter_crispdm.base.http.route import Routes
from jupyter_crispdm.base.rooms.context import Context
from jupyter_crispdm.base.rooms.room import Room
from jupyter_crispdm.environments.room import EnvironmentsRoom
from jupyter_crispdm.files.room import FilesRoom
from jupyter_crispdm.tracking.room import TrackingRoom

from .diagnosing.handlers import DiagnosisRoutes
from .diagnosing.manager import Diagnoses
from .diagnosing.topics import TOPICS as DIAGNOSIS_TOPICS
from .diagnosing.topics import DiagnosisTopics
from .environment_jobs import EnvironmentJobs
from .executors.checks import look
from .executors.choice import executor_of
from .executors.port import Executor
from .handlers import JobRoutes
from .logs.handlers import JobLogRoutes
from .manager import JobManager
from .media.handlers import JobMediaRoutes
from .media.topics import TOPICS as MEDIA_TOPICS
from .media.topics import MediaTopics
from .programs import JobPrograms
from .queue import machine
from .queue.slots import Capacity
from .retention import Policy, Retention
from .settings import JobSettings
from .submitting.preparation import JobLimits
from .topics import TOPICS, JobTopics
from .viewers.published import PublishedJobs

_ON_A_CLUSTER = 1000  # jobs that are followed at a time; the cluster has a queue of its own


class JobsRoom(Room):
    """Submitted, queued, run, followed, kept."""

    routes = (JobRoutes, DiagnosisRoutes, JobLogRoutes, JobMediaRoutes)
    topics = [*TOPICS, *DIAGNOSIS_TOPICS, *MEDIA_TOPICS]
    settings = JobSettings
    checks = (look,)
    roles = {
        ("jobs", "read"): Role.VIEWER,
        ("jobs", "write"): Role.ANALYST,
        # what is published for viewers, and what they started themselves: jobs/viewers/published.py
        ("jobs", "submit"): Role.VIEWER,
        ("jobs", "stop"): Role.VIEWER,
        ("jobs", "admin"): Role.ADMIN,
        # a viewer is shown jobs tagged `shared`, without command, folder and notebook; "all" is everything
        ("jobs", "all"): Role.ANALYST,
    }

    def __init__(self, context: Context) -> None:
        settings = context.settings(JobSettings)
        environments = context.room(EnvironmentsRoom)
        executor = executor_of(settings, context.watcher)
        self._programs = _programs(context)
        self._tracking = context.room(TrackingRoom).manager
        self._logs = context.room(TrackingRoom).logs
        self._media = context.room(TrackingRoom).media
        self.manager = JobManager(
            database=context.database, environments=environments.manager, executor=executor, clock=context.clock,
            data_dir=context.data_dir, root_dir=context.root_dir, capacity=_capacity(settings, executor),
            limits=JobLimits(settings.stop_grace, settings.log_limit, settings.stalled_after),
            tell=self._programs.tell if self._programs else None, rules=context.room(TrackingRoom).rules.current,
        )  # fmt: skip
        self._published = PublishedJobs(
            self.manager, settings.published_scripts, context.root_dir, settings.viewer_jobs,
            context.room(FilesRoom).folders.may_be_viewers,
        )
        JobTopics(context.hub, self.manager, context.watcher)
        MediaTopics(context.hub, self.manager, context.watcher)
        self.diagnoses = Diagnoses(self.manager, context.clock)
        DiagnosisTopics(context.hub, self.manager, self.diagnoses)
        environments.above.do_work(EnvironmentJobs(self.manager))
        policy = Policy(settings.keep_jobs_days, settings.keep_jobs_bytes)
        self.retention = Retention(self.manager, policy, context.clock)

    def groups(self) -> Sequence[Routes]:
        """Verbs of jobs."""
        return [
            JobRoutes(self.manager, self._published, self._tracking, self.diagnoses),
            DiagnosisRoutes(self.manager, self.diagnoses),
            JobLogRoutes(self.manager, self._logs),
            JobMediaRoutes(self.manager, self._media),
        ]

    async def start(self) -> None:
        """Take up what the last server left."""
        await self.manager.start()
        await self.diagnoses.start()
        if self._programs:
            await self._programs.start(self.manager)

    async def tidy(self) -> None:
        """Delete what is not kept, once those who tell of ended jobs have started."""
        await self.retention.start()

    async def close(self) -> None:
        """Let go of the jobs; they go on."""
        await self.retention.close()
        await self.diagnoses.close()
        await self.manager.close()
        if self._programs:
            await self._programs.close()


def _programs(context: Context) -> JobPrograms | None:
    """None beside another program's users: there a job finds the server by Jupyter's runtime file."""
    door = context.room(AuthRoom)
    return JobPrograms(door.users.jobs, door.address) if door.knows_programs else None


def _capacity(settings: JobSettings, executor: Executor) -> Capacity:
    places = settings.max_running_jobs or (_ON_A_CLUSTER if executor.places else None)
    return machine.capacity(places, settings.cpu_slots, settings.memory_slots, settings.gpus)
