"""From a submission to what is run: paths, environment, argument vector, variables."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any

import msgspec

import jupyter_crispdm.worker as worker
from jupyter_crispdm.base.clock import Clock, utc
from jupyter_crispdm.base.errors import BadRequest, NotFound, Unprocessable
from jupyter_crispdm.base.files.modes import users_umask
from jupyter_crispdm.environments.images.images import ContainedJob
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.environments.types import Environment, EnvironmentKind
from jupyter_crispdm.tracking.bounds import plain_parameters

from ..directory import PARAMETERS
from ..notebooks.notebookfile import check_notebook
from ..store import JobRecord
from ..types import Job, JobKind, JobState, Submission
from .interpreters import interpreter, is_runnable
from .naming import job_name
from .validation import check_cells, check_submission

SITE = Path(worker.__file__).parent / "site"
_OF_JOBS = (
    "CRISPDM_JOB_ID",
    "CRISPDM_PARAMETERS",
    "CRISPDM_PARAMETERS_FILE",
    "CRISPDM_RUN_DIR",
    "MLFLOW_RUN_CONTEXT",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
)
TOLD = ("CRISPDM_URL", "CRISPDM_TOKEN", "CRISPDM_USER")
"""What a job is told of its user and this server as it starts, by the names of the variables."""
_MAX_VARIABLE = 100_000
_MLFLOW = "MLFLOW_RUN_CONTEXT"


@dataclass(frozen=True)
class JobLimits:
    """What holds for every job: seconds after SIGINT and after SIGTERM, bytes of log (None: no limit), and after
    how many seconds without a sign of life it counts as stalled (None: never)."""

    grace: Sequence[float] = (5.0, 5.0)
    log_limit: int | None = 1024**3
    stalled_after: float | None = 600.0


@dataclass(frozen=True)
class Prepared:
    """A checked submission: the record, and the spec.json that holds it too."""

    record: JobRecord
    spec: dict[str, Any]


class Preparation:
    """Turns submissions into specs."""

    def __init__(
        self, environments: EnvironmentManager, clock: Clock, jobs_dir: Path, root_dir: Path, limits: JobLimits
    ) -> None:
        self._environments = environments
        self._clock = clock
        self._jobs_dir = jobs_dir
        self._root_dir = root_dir
        self._limits = limits

    async def prepare(
        self, submission: Submission, owner: str, *, via: str = "", schedule: str | None = None,
        rerun_of: str | None = None, service: bool = False,
    ) -> Prepared:
        """Check a submission and work out what to run. Raises BadRequest, Unprocessable."""
        check_submission(submission)
        environment = await self._environment(submission.environment)
        source = await asyncio.to_thread(_locate, submission, self._root_dir)
        check_cells(submission, source.kind)
        if source.kind is JobKind.notebook and source.file is not None:
            await asyncio.to_thread(check_notebook, source.file, submission)
        if source.kind is JobKind.notebook and not environment.kernel.ready:
            environment = await self._environments.make_kernel(environment.id)
        activation = await self._environments.activation(environment)
        command = await asyncio.to_thread(_command, submission, source, environment, activation)
        job = self._job(submission, source, environment.id, command)
        if service:  # it holds nothing that others wait for
            job = msgspec.structs.replace(job, cpus=0)
        record = JobRecord(
            job=msgspec.structs.replace(job, owner=owner, via=via, schedule=schedule, rerun_of=rerun_of),
            retries=submission.retries,
            retry_delay=submission.retry_delay,
            after=submission.after,
            digest=digest(submission),
            told=submission.env.keys().isdisjoint(TOLD),
            service=service,
        )
        spec = self._spec(submission, record, activation)
        if environment.kind is EnvironmentKind.docker:
            spec["argv"] = self._environments.command_in(environment, command, self._contained(submission, spec))
        return Prepared(record, spec)

    def _contained(self, submission: Submission, spec: dict[str, Any]) -> ContainedJob:
        return ContainedJob(
            directory=self._jobs_dir / spec["id"],
            cwd=spec["cwd"],
            writing=[self._root_dir],
            reading=[SITE],
            variables=[*_OF_JOBS, *TOLD, *submission.env],
            memory=submission.memory,
            gpus=submission.gpus,
        )

    def _job(self, submission: Submission, source: _Source, environment: str, command: list[str]) -> Job:
        now = self._clock.now()
        return Job(
            id=submission.id or f"{utc(now):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
            name=job_name(submission),
            kind=source.kind,
            state=JobState.queued,
            owner="",
            environment=environment,
            command=command,
            cwd=str(source.cwd),
            created=utc(now),
            parameters=plain_parameters(submission.parameters),
            tags=submission.tags,
            source=source.path,
            cpus=submission.cpus,
            gpus=submission.gpus,
            memory=submission.memory,
            after=submission.after,
        )

    async def _environment(self, key: str) -> Environment:
        try:
            environment = await self._environments.get(key)
        except NotFound as error:
            raise Unprocessable(f"'environment': {error.message}", field="environment") from error
        if not environment.usable:
            raise Unprocessable(
                f"The environment '{environment.name}' cannot be used: {environment.reason}",
                field="environment",
            )
        return environment

    def _spec(self, submission: Submission, record: JobRecord, activation: dict[str, str]) -> dict[str, Any]:
        job = record.job
        directory = self._jobs_dir / job.id
        return {
            "id": job.id,
            "argv": job.command,
            # The notebook runner belongs to the server: a module beside the notebook must not shadow its own.
            "cwd": str(directory) if job.kind is JobKind.notebook else job.cwd,
            "env": _variables(submission, directory, activation),
            "timeout": submission.timeout,
            "grace": list(self._limits.grace),
            "log_limit": self._limits.log_limit,
            "umask": users_umask(),
            "memory": submission.memory,
            "cpus": submission.cpus,
            "gpus": submission.gpus,
            "job": record,
            "submission": submission,
        }


@dataclass(frozen=True)
class _Source:
    kind: JobKind
    cwd: Path
    file: Path | None = None
    path: str | None = None  # of the file, below the root


def digest(submission: Submission) -> str:
    """What tells a repeated submission from another one.

    Not the owner: Jupyter's own token gives its user a new name at each call.
    """
    content = msgspec.json.encode(submission, order="deterministic")
    return hashlib.sha256(content).hexdigest()


def _locate(submission: Submission, root_dir: Path) -> _Source:
    root = root_dir.resolve()
    field = "notebook" if submission.notebook is not None else "script"
    path = submission.notebook if submission.notebook is not None else submission.script
    file = None if path is None else _below(root, path, field)
    if file is not None and not os.path.isfile(file):
        raise Unprocessable(f"There is no file '{str(path)[:200]}'.", field=field)
    cwd = file.parent if file else root
    if submission.cwd is not None:
        cwd = _below(root, submission.cwd, "cwd")
        if not os.path.isdir(cwd):
            raise Unprocessable(f"There is no folder '{submission.cwd[:200]}'.", field="cwd")
    below = None if file is None else file.relative_to(root).as_posix()
    return _Source(_kind(submission, file), cwd, file, below)


def _below(root: Path, path: str, field: str) -> Path:
    try:
        resolved = (root / path).resolve()
    except (OSError, RuntimeError) as error:  # too long, or a loop of links
        raise BadRequest(f"'{field}' is not a usable path.", field=field) from error
    if not resolved.is_relative_to(root):
        raise BadRequest(f"'{field}' must stay below the server's root folder.", field=field)
    return resolved


def _kind(submission: Submission, file: Path | None) -> JobKind:
    if file is None:
        return JobKind.command
    if file.suffix == ".ipynb":
        if submission.args:
            raise BadRequest("A notebook takes 'parameters', not 'args'.", field="args")
        unusable = [name for name in submission.parameters if not name.isidentifier() or iskeyword(name)]
        if unusable:
            raise BadRequest(f"'{unusable[0][:50]}' cannot be the name of a variable.", field="parameters")
        return JobKind.notebook
    if submission.notebook is not None:
        raise Unprocessable("'notebook' must be an .ipynb file.", field="notebook")
    if not is_runnable(file):
        message = "'script' must be a script in Python, R, shell, Julia or JavaScript, a notebook, or executable."
        raise Unprocessable(message, field="script")
    return JobKind.script


def _command(
    submission: Submission, source: _Source, environment: Environment, activation: dict[str, str]
) -> list[str]:
    if source.file is None:
        return [*(submission.command or []), *submission.args]
    if source.kind is JobKind.notebook:
        return _notebook_command(source.file, source.cwd, environment)
    path = submission.env.get("PATH", activation.get("PATH", os.defpath))
    return [*interpreter(source.file, environment.python, path), str(source.file), *submission.args]


def _notebook_command(notebook: Path, cwd: Path, environment: Environment) -> list[str]:
    options = ["--cwd", str(cwd), "--kernel", environment.kernel.name]
    return [sys.executable, "-m", "jupyter_crispdm.jobs.notebooks.run", *options, str(notebook)]


def _variables(submission: Submission, directory: Path, activation: dict[str, str]) -> dict[str, str]:
    variables = {"PYTHONUNBUFFERED": "1", **activation, **submission.env}
    if submission.parameters:
        parameters = msgspec.json.encode(submission.parameters)
        variables["CRISPDM_PARAMETERS_FILE"] = str(directory / PARAMETERS)
        if len(parameters) < _MAX_VARIABLE:
            variables["CRISPDM_PARAMETERS"] = parameters.decode()
    paths = [str(SITE), *filter(None, [variables.get("PYTHONPATH")])]
    return {
        **variables,
        "PYTHONPATH": os.pathsep.join(paths),
        "CRISPDM_RUN_DIR": str(directory),
        "CRISPDM_JOB_ID": directory.name,
        **_mark(directory.name, variables.get(_MLFLOW, "{}")),
    }


def _mark(id: str, given: str) -> dict[str, str]:
    """What MLflow writes with the runs that a job makes: whose they are can be told then, though many share a file."""
    try:
        tags = msgspec.json.decode(given, type=dict[str, str])
    except msgspec.MsgspecError:  # what it is given wrong it shall say itself
        return {}
    return {_MLFLOW: msgspec.json.encode({**tags, "crispdm.job": id}).decode()}
