"""CrispdmApp: every setting, and the one place where objects are built and wired."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from jupyter_core.paths import jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import Bool, Enum, Float, Int, Tuple, Unicode, default

from jupyter_crispdm import __version__
from jupyter_crispdm.auth.handlers import TokenRoutes, UserRoutes
from jupyter_crispdm.auth.jupyter.safety import check_safe, has_our_users, install_door, keep_secrets
from jupyter_crispdm.auth.manager import UserManager
from jupyter_crispdm.auth.people import People
from jupyter_crispdm.base.clock import SystemClock
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.files.directory import DirectoryInUse, DirectoryLock
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.base.http.gateway import NoSuchRoute, build_handlers
from jupyter_crispdm.base.http.handlers import BaseRoutes
from jupyter_crispdm.base.http.request import only_person
from jupyter_crispdm.base.http.route import Routes, tables
from jupyter_crispdm.base.live.hub import Hub
from jupyter_crispdm.base.live.socket import LiveHandler
from jupyter_crispdm.base.live.topic import Topic
from jupyter_crispdm.base.readiness import Readiness, Stage
from jupyter_crispdm.base.secrets import take_secret
from jupyter_crispdm.base.traits import TextList
from jupyter_crispdm.environments import topics as environments_topics
from jupyter_crispdm.environments.building.builder import EnvironmentBuilder
from jupyter_crispdm.environments.handlers import EnvironmentRoutes
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.environments.types import Environment
from jupyter_crispdm.jobs import topics as jobs_topics
from jupyter_crispdm.jobs.environment_jobs import EnvironmentJobs
from jupyter_crispdm.jobs.executors.cluster import Cluster, ClusterExecutor
from jupyter_crispdm.jobs.executors.local import LocalExecutor
from jupyter_crispdm.jobs.executors.port import CannotUse, Executor
from jupyter_crispdm.jobs.executors.ray import Ray, take_token
from jupyter_crispdm.jobs.executors.slurm import Slurm
from jupyter_crispdm.jobs.handlers import JobRoutes
from jupyter_crispdm.jobs.manager import JobManager
from jupyter_crispdm.jobs.queue import machine
from jupyter_crispdm.jobs.retention import Policy, Retention
from jupyter_crispdm.jobs.submitting.preparation import JobLimits
from jupyter_crispdm.jobs.topics import JobTopics
from jupyter_crispdm.models import topics as models_topics
from jupyter_crispdm.models.files import ModelFiles
from jupyter_crispdm.models.handlers import ModelRoutes
from jupyter_crispdm.models.manager import ModelManager
from jupyter_crispdm.models.store import ModelStore
from jupyter_crispdm.notices.manager import Notices
from jupyter_crispdm.notices.messengers import Mail, Messenger, Webhook
from jupyter_crispdm.schedules import topics as schedules_topics
from jupyter_crispdm.schedules.handlers import ScheduleRoutes
from jupyter_crispdm.schedules.manager import ScheduleManager
from jupyter_crispdm.schedules.store import ScheduleStore
from jupyter_crispdm.serving import topics as serving_topics
from jupyter_crispdm.serving.handlers import DeploymentRoutes, ServingRoutes
from jupyter_crispdm.serving.manager import DeploymentManager
from jupyter_crispdm.serving.process import InferenceProcess
from jupyter_crispdm.serving.store import DeploymentStore
from jupyter_crispdm.tracking.manager import TrackingManager

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

#: Every group of verbs there is: the OpenAPI document and the tests are made from it.
ROUTES: list[type[Routes]] = [
    BaseRoutes, JobRoutes, ScheduleRoutes, EnvironmentRoutes, ModelRoutes, DeploymentRoutes, ServingRoutes, UserRoutes,
    TokenRoutes,
]

#: Every topic of the live socket, as the rooms declare them.
TOPICS: list[Topic] = [
    *jobs_topics.TOPICS, *schedules_topics.TOPICS, *environments_topics.TOPICS, *models_topics.TOPICS,
    *serving_topics.TOPICS,
]

_ON_A_CLUSTER = 1000  # jobs that are followed at a time; the cluster has a queue of its own


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
    executor = Enum(
        ["local", "ray", "slurm"], "local", config=True,
        help="Where jobs run: on this machine (local), or on a cluster that sees data_dir and the root directory under "
        "the same paths (ray, slurm). Default: local.",
    )
    ray_address = Unicode(
        "", config=True,
        help="Address of the dashboard of the Ray cluster that runs the jobs, like http://head.example.org:8265. "
        "Default: empty; the executor ray needs one.",
    )
    ray_token_file = Unicode(
        "", config=True,
        help="File with the token of the Ray cluster; a new one in it counts at once. Default: empty, which means the "
        "environment variable RAY_AUTH_TOKEN; where that is not set either, Ray is asked without a token.",
    )
    slurm_partition = Unicode("", config=True, help="The partition for jobs. Default: empty, SLURM's own default.")
    slurm_account = Unicode("", config=True, help="The account that pays for jobs. Default: empty, the user's own.")
    slurm_options = TextList(
        config=True,
        help="More arguments for sbatch, each an element of its own, for example ['--qos=long']. They win over ours. "
        "Default: none.",
    )
    cluster_python = Unicode(
        "", config=True,
        help="The interpreter (Python 3.8 or newer) that looks after jobs on a cluster's machines. Default: empty, the "
        "path of the server's own.",
    )
    cluster_seconds = Float(
        5.0, min=0.5, config=True,
        help="How often a cluster is asked which jobs wait and run, in seconds; once for all jobs. Default: 5.",
    )
    max_running_jobs = Int(
        None, allow_none=True, config=True,
        help="How many jobs run at the same time; the others wait. Default: None, the number of cores. On a cluster: "
        "how many it is sent at the same time; None means 1000.",
    )
    cpu_slots = Int(
        None, allow_none=True, min=1, config=True,
        help="How many CPUs running jobs may ask for in all; each asks for one unless it says more. Nothing keeps a "
        "job from using more than it asked for. Default: None, the number of cores, or max_running_jobs if that is "
        "greater. Not used where a cluster runs the jobs.",
    )
    memory_slots = Int(
        None, allow_none=True, min=1, config=True,
        help="Bytes of memory that running jobs may ask for in all; a job that does not ask is not counted. "
        "Default: None, the memory of this machine or container. Not used where a cluster runs the jobs.",
    )
    gpus = TextList(
        None, allow_none=True, config=True,
        help="The GPUs of jobs, as CUDA_VISIBLE_DEVICES names them: numbers in the order of nvidia-smi, or UUIDs. "
        "Each is given to one job at a time. A job that asks for none then sees none; an empty list means that no "
        "job may ask for one. Default: None, those that the driver shows (or CUDA_VISIBLE_DEVICES, where the server "
        "was started with it); a job that asks for none then sees all of them, as a program in a terminal does. "
        "Name them here where several people share the machine. Not used where a cluster runs the jobs.",
    )
    stop_grace = Tuple(
        Float(min=0.0), Float(min=0.0), default_value=(5.0, 5.0), config=True,
        help="Seconds that a job has after SIGINT and then after SIGTERM, when it is stopped without saying how long "
        "it may take; then comes SIGKILL. Default: 5 and 5.",
    )
    log_limit = Int(
        1024**3, allow_none=True, min=1, config=True,
        help="Bytes that a job's log may have on the disk; then its middle is dropped, and the log says so. "
        "None means no limit. Default: 1 GiB.",
    )
    stalled_after = Float(
        600.0, min=1.0, allow_none=True, config=True,
        help="Seconds after which a job counts as stalled when neither its log nor its metrics grew and it did not "
        "compute. Default: 600. None: never.",
    )
    environment_paths = TextList(
        config=True,
        help="More directories in which Python environments are looked for. Default: none.",
    )
    package_urls = Bool(
        False, config=True,
        help="Whether packages may be named by an address (name @ https://…), and files of requirements may name "
        "another index or channel. Who may run jobs can run pip with anything; this keeps it from happening by a form. "
        "Default: False.",
    )
    serving_port = Int(8503, config=True, help="Port of the model service on this machine. 0 means any free one.")
    serving_outlives_server = Bool(
        False, config=True,
        help="Whether predictions go on when this server is stopped in order. They always go on when it is killed. "
        "Default: False.",
    )
    pass_variables = TextList(
        None, allow_none=True, config=True,
        help="Variables of the server's environment that kernels, jobs and the model service get although their names "
        "say that they are secrets, as 'HF_TOKEN' or 'WANDB_*'. Jupyter's and ours must be named in full. Default: "
        "None, which means none of them where people log in, and all but Jupyter's and ours in a plain Lab.",
    )
    published = TextList(
        ["dashboards/*.ipynb"], config=True,
        help="Dashboards that viewers may open: patterns relative to the root directory; '*' stays within a directory "
        "and '**' does not. Default: ['dashboards/*.ipynb'].",
    )
    trusted_extensions = TextList(
        config=True,
        help="Packages of server extensions, like jupyterlab_git, whose routes analysts may use under jupyter crispdm "
        "lab. What the program does not know is closed there. Default: none.",
    )
    session_days = Float(14.0, config=True, help="Days after which a login ends. Default: 14.")

    webhooks = TextList(
        config=True,
        help="Addresses (https://…) to which the end of a job is posted as JSON; its field 'text' is what Slack and "
        "Mattermost show. Default: none.",
    )
    mail_server = Unicode(
        "", config=True,
        help="HOST:PORT of the server through which the end of a job is mailed. Default: empty, no mails. The password "
        "comes from the environment variable CRISPDM_MAIL_PASSWORD; without it nobody logs in.",
    )
    mail_security = Enum(
        ["none", "starttls", "tls"], "starttls", config=True,
        help="How the mail server is talked to. Default: starttls; none is for a server on this machine.",
    )
    mail_user = Unicode("", config=True, help="Whom to log in as. Default: empty, which means mail_from.")
    mail_from = Unicode("", config=True, help="The address that mails come from; needed with mail_server.")
    mail_to = TextList(
        ["{owner}"], config=True,
        help="Who gets a mail; {owner} stands for the name of the job's owner, as in {owner}@example.org. Where that "
        "makes no address, that recipient is left out. Default: the owner, where their name is an address.",
    )
    keep_jobs_days = Float(
        None, allow_none=True, config=True, min=0,
        help="Days after which a job that is over is deleted with its files, unless it is tagged 'keep'. "
        "Default: None, never.",
    )
    keep_jobs_bytes = Int(
        None, allow_none=True, config=True, min=0,
        help="Bytes that the files of all jobs that are over may take, those tagged 'keep' apart; above it the oldest "
        "are deleted. Default: None, no limit.",
    )

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return str(Path(jupyter_data_dir()) / "crispdm")

    def initialize_settings(self) -> None:
        """Build everything, from the ground up."""
        server = self._server
        self.update_config(server.config)  # JupyterLab hands its own file's settings to the server after we read them
        root = Path(server.root_dir).resolve()
        data = Path(self.data_dir).expanduser().resolve()
        keep_secrets(server, self.pass_variables)
        self.watcher = Watcher()
        self.readiness = Readiness()
        executor = self._build_executor()
        self._lock = self._take(data)
        if has_our_users(server):
            server.identity_provider.follow(self)
        check_safe(server)
        clock = SystemClock()
        self.hub = Hub(clock)
        self.database, self.users = self._open_database(data)
        self.environments = EnvironmentManager(root, data, self.environment_paths, self.hub, clock)
        self.environments.install_into(server.kernel_spec_manager)
        self.tracking = TrackingManager()
        self.jobs = JobManager(
            database=self.database, environments=self.environments, executor=executor,
            clock=clock, data_dir=data, root_dir=root, capacity=machine.capacity(
                self.max_running_jobs or (_ON_A_CLUSTER if executor.places else None),
                self.cpu_slots, self.memory_slots, self.gpus,
            ),
            limits=JobLimits(self.stop_grace, self.log_limit, self.stalled_after),
        )
        JobTopics(self.hub, self.jobs, self.watcher, clock)
        self.builder = EnvironmentBuilder(
            self.environments, EnvironmentJobs(self.jobs, [self._kernels_in, self._deployments_in]), self.package_urls
        )
        self.notices = Notices(self.jobs, self._messengers(), data / "notices", self._pages_url())
        self.retention = Retention(self.jobs, Policy(self.keep_jobs_days, self.keep_jobs_bytes), clock)
        self.schedules = self._build_schedules(clock)
        self.models = self._build_models(data, root, clock)
        self.deployments = self._build_deployments(data, clock)
        self.http = httpx.AsyncClient(timeout=httpx.Timeout(10, read=120), trust_env=False)
        self._is_built = True

    def initialize_handlers(self) -> None:
        """Offer the verbs, the live socket and the pages."""
        groups: list[Routes] = [
            BaseRoutes(__version__, lambda: tables(ROUTES), TOPICS, self.readiness),
            JobRoutes(self.jobs, self.tracking),
            ScheduleRoutes(self.schedules),
            EnvironmentRoutes(self.environments, self.builder),
            ModelRoutes(self.models),
            DeploymentRoutes(self.deployments),
            ServingRoutes(self.deployments, self.http),
            UserRoutes(self.users, People(Path(self.data_dir).expanduser())),
            TokenRoutes(self.users),
        ]
        self.handlers.extend(build_handlers(groups, self.readiness))
        self.handlers.append(("/crispdm/api/live", LiveHandler, {"hub": self.hub}))
        self.handlers.append(("/crispdm/(?:api|serving)(?:/.*)?", NoSuchRoute))
        install_door(self._server)
        owner = only_person(self._server.web_app.settings)
        if owner:
            self._server.web_app.settings.setdefault("page_config_data", {})["crispdmOwner"] = owner

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Start what runs for as long as the server does, lower rooms first."""
        await self.environments.start()
        await self.builder.start()
        await self.models.start()
        await self.jobs.start()
        await self.notices.start()
        await self.retention.start()
        await self.schedules.start()
        await self.deployments.start()
        self.readiness.stage = Stage.READY

    async def stop_extension(self) -> None:
        """Stop in the opposite order; jobs go on."""
        if not self._is_built:
            return
        self.readiness.stage = Stage.STOPPING
        await self.deployments.close(stop=not self.serving_outlives_server)
        await self.http.aclose()
        await self.schedules.close()
        await self.retention.close()
        await self.jobs.close()
        await self.notices.close()
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

    def _build_executor(self) -> Executor:
        """Where jobs run. What a cluster lacks is said as `_take` says it."""
        try:
            cluster = self.cluster()
        except CannotUse as error:
            if has_our_users(self._server):
                raise SystemExit(f"jupyter crispdm lab does not start: {error}") from error
            raise
        if cluster is None:
            return LocalExecutor(self.watcher)
        return ClusterExecutor(cluster, python=self.cluster_python or None, seconds=self.cluster_seconds)

    def cluster(self) -> Cluster | None:
        """The cluster that the settings name, None for this machine. Raises CannotUse."""
        if self.executor == "slurm":
            return Slurm(self.slurm_partition, self.slurm_account, self.slurm_options)
        if self.executor == "ray":
            return Ray(self.ray_address, self.ray_token_file, token=take_token())
        return None

    def _open_database(self, data: Path) -> tuple[Database, UserManager]:
        """The process's one database: our identity provider, where it is used, opened it before us."""
        if has_our_users(self._server):
            provider = self._server.identity_provider
            return provider.database, provider.users
        database = Database(self.database_url) if self.database_url else Database.in_directory(data)
        database.start_sync()
        return database, UserManager(database, session_days=self.session_days)

    def _messengers(self) -> list[Messenger]:
        """Who is told that a job is over. The password leaves the environment, so that no process inherits it."""
        password = take_secret("CRISPDM_MAIL_PASSWORD")
        messengers: list[Messenger] = [Webhook(url) for url in self.webhooks]
        if self.mail_server:
            messengers.append(Mail(
                self.mail_server, self.mail_from, self.mail_to, self.mail_security, self.mail_user, password,
            ))
        return messengers

    def _pages_url(self) -> str:
        """The address of Lab, as people reach it."""
        address: str = self._server.custom_display_url or self._server.connection_url
        return str(url_path_join(address, "lab"))

    def _build_schedules(self, clock: SystemClock) -> ScheduleManager:
        feed = self.hub.events("schedules", lambda: schedules.snapshot(), resource="schedules")
        schedules = ScheduleManager(ScheduleStore(self.database), self.jobs, clock, feed)
        return schedules

    async def _kernels_in(self, environment: Environment) -> list[str]:
        """The running kernels of an environment."""
        kernels = self._server.kernel_manager.list_kernels()
        return [f"kernel {one['id']}" for one in kernels if one["name"] == environment.kernel.name]

    async def _deployments_in(self, environment: Environment) -> list[str]:
        """The deployed models that an environment serves."""
        deployed = (await self.deployments.all()).deployments
        return [f"deployment {one.id}" for one in deployed if one.environment == environment.id]

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
            InferenceProcess(directory, self.watcher, port=self.serving_port), directory, self.watcher, clock, feed,
        )
        return deployments
