"""CrispdmApp: every setting, and the one place where objects are built and wired."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Enum, Float, Int, List, Unicode, default

from jupyter_crispdm import __version__
from jupyter_crispdm.auth.handlers import TokenRoutes, UserRoutes
from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.safety import check_safe, has_our_users, install_door
from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.directory import DirectoryInUse, DirectoryLock
from jupyter_crispdm.base.gateway import NoSuchRoute, build_handlers
from jupyter_crispdm.base.handlers import BaseRoutes
from jupyter_crispdm.base.hub import Hub
from jupyter_crispdm.base.live import LiveHandler
from jupyter_crispdm.base.route import Routes, only_person, tables
from jupyter_crispdm.base.watch import Watcher
from jupyter_crispdm.environments.handlers import EnvironmentRoutes
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.handlers import JobRoutes
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.preparation import Limits
from jupyter_crispdm.jobs.topics import JobTopics
from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.handlers import ModelRoutes
from jupyter_crispdm.models.manager import ModelManager
from jupyter_crispdm.models.store import ModelStore
from jupyter_crispdm.schedules.handlers import ScheduleRoutes
from jupyter_crispdm.schedules.manager import ScheduleManager
from jupyter_crispdm.schedules.store import ScheduleStore
from jupyter_crispdm.serving.handlers import DeploymentRoutes, ServingRoutes
from jupyter_crispdm.serving.manager import DeploymentManager
from jupyter_crispdm.serving.process import FrontProcess
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.tracking.manager import TrackingManager

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

#: Every group of verbs there is: the OpenAPI document and the tests are made from it.
ROUTES: list[type[Routes]] = [
    BaseRoutes, JobRoutes, ScheduleRoutes, EnvironmentRoutes, ModelRoutes, DeploymentRoutes, ServingRoutes, UserRoutes,
    TokenRoutes,
]


class CrispdmApp(ExtensionApp):
    """The server extension."""

    name = "jupyter_crispdm"
    extension_url = "/lab"
    _is_built = False
    load_other_extensions = True

    data_dir = Unicode(
        config=True,
        help="Directory of the database, the jobs and the models. Default: 'crispdm' in Jupyter's data directory.",
    )
    database_url = Unicode(
        "", config=True,
        help="Address of the database (SQLAlchemy), for example postgresql+psycopg://…. Default: empty, which "
        "means the SQLite file crispdm.db in data_dir.",
    )
    executor = Enum(["local"], "local", config=True, help="Where jobs run. Default: local, this machine.")
    max_running_jobs = Int(
        None, allow_none=True, config=True,
        help="How many jobs run at the same time; the others wait. Default: None, the number of cores.",
    )
    stalled_after = Float(
        600.0, min=1.0, allow_none=True, config=True,
        help="Seconds after which a job counts as stalled when neither its log nor its metrics grew and it did not "
        "compute. Default: 600. None: never.",
    )
    environment_paths = List(
        Unicode(), config=True,
        help="More directories in which Python environments are looked for. Default: none.",
    )
    serving_port = Int(8503, config=True, help="Port of the model service on this machine. 0 means any free one.")
    serving_outlives_server = Bool(
        False, config=True,
        help="Whether predictions go on when this server is stopped in order. They always go on when it is killed. "
        "Default: False.",
    )
    published = List(
        Unicode(), ["dashboards/*.ipynb"], config=True,
        help="Dashboards that viewers may open: patterns relative to the root directory.",
    )
    session_days = Float(14.0, config=True, help="Days after which a login ends. Default: 14.")

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return str(Path(jupyter_data_dir()) / "crispdm")

    def initialize_settings(self) -> None:
        """Build everything, from the ground up."""
        server = self._server
        root = Path(server.root_dir).resolve()
        data = Path(self.data_dir).expanduser().resolve()
        self._lock = self._take(data)
        check_safe(server)
        clock = SystemClock()
        self.hub = Hub(clock)
        self.watcher = Watcher()
        self.database, self.users = self._open_database(data)
        self.environments = EnvironmentManager(root, data, self.environment_paths, self.hub, clock)
        self.environments.install_into(server.kernel_spec_manager)
        self.tracking = TrackingManager()
        self.jobs = JobManager(
            database=self.database, environments=self.environments, executor=LocalExecutor(self.watcher),
            clock=clock, data_dir=data, root_dir=root, max_running=self.max_running_jobs or os.cpu_count() or 1,
            limits=Limits(stalled_after=self.stalled_after),
        )
        JobTopics(self.hub, self.jobs, self.watcher, clock)
        self.schedules = self._build_schedules(clock)
        self.models = self._build_models(data, root, clock)
        self.deployments = self._build_deployments(data, clock)
        self.http = httpx.AsyncClient(timeout=httpx.Timeout(10, read=120), trust_env=False)
        self._is_built = True

    def initialize_handlers(self) -> None:
        """Offer the verbs, the live socket and the pages."""
        groups: list[Routes] = [
            BaseRoutes(__version__, lambda: tables(ROUTES)),
            JobRoutes(self.jobs, self.tracking),
            ScheduleRoutes(self.schedules),
            EnvironmentRoutes(self.environments),
            ModelRoutes(self.models),
            DeploymentRoutes(self.deployments),
            ServingRoutes(self.deployments, self.http),
            UserRoutes(self.users),
            TokenRoutes(self.users),
        ]
        self.handlers.extend(build_handlers(groups))
        self.handlers.append(("/crispdm/api/live", LiveHandler, {"hub": self.hub}))
        self.handlers.append(("/crispdm/(?:api|serving)(?:/.*)?", NoSuchRoute))
        install_door(self._server)
        owner = only_person(self._server.web_app.settings)
        if owner:
            self._server.web_app.settings.setdefault("page_config_data", {})["crispdmOwner"] = owner

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Start what runs for as long as the server does, lower rooms first."""
        await self.environments.start()
        await self.models.start()
        await self.jobs.start()
        await self.schedules.start()
        await self.deployments.start()

    async def stop_extension(self) -> None:
        """Stop in the opposite order; jobs go on."""
        if not self._is_built:
            return
        await self.deployments.close(stop=not self.serving_outlives_server)
        await self.http.aclose()
        await self.schedules.close()
        await self.jobs.close()
        await self.models.close()
        await self.environments.close()
        await self.watcher.close()
        self._close_door()
        await self.database.close()
        self._lock.release()

    def _close_door(self) -> None:
        if has_our_users(self._server):
            self._server.identity_provider.close()
        else:
            self.users.close()

    @property
    def _server(self) -> Any:
        assert self.serverapp is not None
        return self.serverapp

    def _take(self, data: Path) -> DirectoryLock:
        """Hold the data directory. A plain Lab then starts without us; with our users nothing starts."""
        try:
            return DirectoryLock(data)
        except DirectoryInUse as error:
            if has_our_users(self._server):
                raise SystemExit(f"jupyter crispdm lab does not start: {error}") from error
            raise

    def _open_database(self, data: Path) -> tuple[Database, UserManager]:
        """The process's one database: our identity provider, where it is used, opened it before us."""
        if has_our_users(self._server):
            provider = self._server.identity_provider
            return provider.database, provider.users
        database = Database(self.database_url) if self.database_url else Database.in_directory(data)
        database.start_sync()
        return database, UserManager(database, session_days=self.session_days)

    def _build_schedules(self, clock: SystemClock) -> ScheduleManager:
        feed = self.hub.events("schedules", lambda: schedules.snapshot(), resource="schedules")
        schedules = ScheduleManager(ScheduleStore(self.database), self.jobs, clock, feed)
        return schedules

    def _build_models(self, data: Path, root: Path, clock: SystemClock) -> ModelManager:
        feed = self.hub.events("models", lambda: models.snapshot(), resource="models")
        models = ModelManager(
            ModelStore(self.database), ModelFiles(data / "models"), self.jobs, root, clock, feed
        )
        self.jobs.on_event(models.on_job_event)
        return models

    def _build_deployments(self, data: Path, clock: SystemClock) -> DeploymentManager:
        directory = data / "serving"
        feed = self.hub.events("deployments", lambda: deployments.snapshot(), resource="deployments")
        deployments = DeploymentManager(
            DeploymentStore(self.database), self.models, self.environments,
            FrontProcess(directory, self.watcher, port=self.serving_port), directory, self.watcher, clock, feed,
        )
        return deployments
