"""What `doctor` looks at: each part on its own, so that a broken one does not hide the others."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_crispdm.auth.manager import opened_users
from jupyter_crispdm.auth.types import UserRole
from jupyter_crispdm.base.files.modes import open_to_others
from jupyter_crispdm.base.files.watch import is_shared
from jupyter_crispdm.base.wire import Wire
from jupyter_crispdm.client.discovery import Address, answers, running_servers
from jupyter_crispdm.environments.manager import EnvironmentManager
from jupyter_crispdm.environments.types import Environment, EnvironmentKind

from ..output import size
from ..ports import is_free
from ..settings import data_directory

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp
    from jupyter_crispdm.jobs.executors.cluster import Cluster

LEAST_FREE = 1_000_000_000
JUPYTER_PORT = 8888
OLDEST_KERNEL = (3, 8)


class Verdict(str, Enum):
    """How a part is: usable, usable with a limit, or not usable."""

    ok = "ok"
    limited = "limited"
    broken = "broken"


class Check(Wire, frozen=True):
    """One finding: what was looked at, how it is, why, and what repairs it."""

    part: str
    verdict: Verdict
    reason: str
    repair: str = ""


async def everything(app: CrispdmApp) -> list[Check]:
    """All findings, in the order in which one would repair them."""
    data = data_directory(app)
    environments = EnvironmentManager(Path.cwd(), data, app.environment_paths)
    found = await environments.all(refresh=True)
    return [
        installation(),
        data_files(data),
        privacy(data),
        await executor(app, data),
        await login(app, data),
        await asyncio.to_thread(doors, app),
        server(),
        await asyncio.to_thread(background),
        port(JUPYTER_PORT),
        serving_port(app.serving_port, data),
        images(found, environments.notes),
        *map(environment, found),
    ]


def installation() -> Check:
    """Whether Jupyter finds the two halves of the extension."""
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    half = Path("labextensions", "jupyter-crispdm", "package.json")
    missing = []
    if not any((Path(path).parent / half).is_file() for path in jupyter_path("labextensions")):
        missing.append("the panel (labextension)")
    enabled = Path("jupyter_server_config.d", "jupyter_crispdm.json")
    if not any((Path(path) / enabled).is_file() for path in jupyter_config_path()):
        missing.append("the server extension")
    if missing:
        return Check(
            "installation",
            Verdict.broken,
            f"Jupyter does not find {' and '.join(missing)}.",
            "pip install --force-reinstall jupyter_crispdm",
        )
    return Check("installation", Verdict.ok, "Panel and server extension are installed.")


def data_files(data: Path) -> Check:
    """Whether the data directory can be written, and has room."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=data):
            free = shutil.disk_usage(data).free
    except OSError as error:
        repair = "Make it writable for this user, or set CrispdmApp.data_dir to another directory."
        return Check("data directory", Verdict.broken, f"{data} cannot be written: {error.strerror}.", repair)
    if free < LEAST_FREE:
        reason = f"{data} has only {size(free)} left."
        return Check("data directory", Verdict.limited, reason, "Free some space.")
    return Check("data directory", Verdict.ok, f"{data}, {size(free)} free")


def privacy(data: Path) -> Check:
    """Whether other accounts can read what is ours, and whether our own programs can read the server's secrets."""
    try:
        found = open_to_others(data)
    except OSError as error:
        return Check("privacy", Verdict.broken, f"{data} cannot be looked at: {error.strerror}.")
    if found:
        reason = f"Other accounts can look into {', '.join(map(str, found[:3]))}."
        return Check("privacy", Verdict.broken, reason, f"chmod -R go-rwx {shlex.quote(str(data))}")
    if os.geteuid() == 0:
        reason = "The server would run as root: its kernels and jobs can read its secrets, and everything else."
        return Check("privacy", Verdict.limited, reason, "Start it under an account of its own.")
    return Check("privacy", Verdict.ok, f"{data} is closed to other accounts")


async def executor(app: CrispdmApp, data: Path) -> Check:
    """Whether jobs find the place where the settings send them."""
    from jupyter_crispdm.jobs.executors.choice import cluster_of
    from jupyter_crispdm.jobs.executors.port import CannotUse

    try:
        cluster = cluster_of(app)
    except CannotUse as error:
        repair = "Correct that setting, or set CrispdmApp.executor to 'local'."
        return Check("executor", Verdict.broken, str(error), repair)
    return this_machine(data) if cluster is None else await answering(cluster, data)


async def answering(cluster: Cluster, data: Path) -> Check:
    """Whether a cluster answers, and can see the data directory."""
    from jupyter_crispdm.jobs.executors.listing import Unreachable

    try:
        jobs = await cluster.listing()
    except Unreachable as error:
        repair = "Until it does, jobs wait. Start the cluster, or correct its settings."
        return Check("executor", Verdict.limited, f"{cluster.title} does not answer: {error}.", repair)
    finally:
        await cluster.close()
    reason = f"{cluster.title} answers; jobs that wait or run there: {len(jobs)}"
    if is_shared(data):
        return Check("executor", Verdict.ok, reason)
    repair = "Set CrispdmApp.data_dir to a directory on a network file system, unless all its machines are this one."
    return Check("executor", Verdict.limited, f"{reason}; but {data} looks like a disk of this machine alone", repair)


def this_machine(data: Path) -> Check:
    """Whether the data directory's file system can do what jobs on this machine need."""
    try:
        with tempfile.TemporaryDirectory(dir=data) as folder:
            os.mkfifo(os.path.join(folder, "control"))
            with open(os.path.join(folder, "lock"), "wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        reason = f"The file system of {data} has no pipes or locks: {error.strerror}."
        return Check("executor", Verdict.broken, reason, "Set CrispdmApp.data_dir to a local disk.")
    return Check("executor", Verdict.ok, f"local, {os.cpu_count()} cores")


async def login(app: CrispdmApp, data: Path) -> Check:
    """Whether anybody could log in."""
    from jupyter_crispdm.base.database import DatabaseTooNew

    try:
        async with opened_users(data, app.database_url or None) as door:
            users = await door.users()
    except (OSError, DatabaseTooNew) as error:
        reason = f"The database cannot be opened: {error}"
        return Check("login", Verdict.broken, reason, "Make the data directory readable and writable.")
    if not any(user.role is UserRole.ADMIN for user in users):
        repair = "jupyter crispdm user add NAME --role admin"
        return Check("login", Verdict.limited, f"{len(users)} users, and no admin among them.", repair)
    return Check("login", Verdict.ok, f"{len(users)} users")


def doors(app: CrispdmApp) -> Check:
    """Whether settings or extensions open doors of their own."""
    from .doors import found

    refused, known = found(app)
    if refused:
        return Check("doors", Verdict.broken, refused[0], "Until then jupyter crispdm lab does not start.")
    if known:
        return Check("doors", Verdict.limited, " ".join(known), "Disable what you do not need.")
    return Check("doors", Verdict.ok, "No setting and no extension opens one of its own.")


def server() -> Check:
    """Whether a server runs and answers."""
    for running in running_servers():
        if answers(running.address):
            return Check("server", Verdict.ok, f"{running.address.url} (process {running.pid})")
    return Check("server", Verdict.limited, "No server runs.", "jupyter crispdm lab")


def background(address: Address | None = None) -> Check:
    """Whether all that runs in the server's background does so."""
    from jupyter_crispdm.base.errors import CrispdmError
    from jupyter_crispdm.client import connect
    from jupyter_crispdm.client.errors import ClientError

    try:
        with connect(*(() if address is None else (address.url, address.token))) as client:
            details = client.details()
    except (ClientError, CrispdmError) as error:
        return Check("background", Verdict.ok, f"not looked at: {error}")
    troubled = [f"'{loop.name}' failed and is tried again: {loop.error}" for loop in details.loops
                if loop.state == "pausing"]
    if details.stuck_reads:
        troubled.append(f"{details.stuck_reads} reads of files hang")
    if troubled:
        return Check("background", Verdict.limited, "; ".join(troubled), "Look into the server's log.")
    failures = sum(loop.failures for loop in details.loops)
    since = f"; {failures} failures since the start, see the server's log" if failures else ""
    return Check("background", Verdict.ok, f"{len(details.loops)} tasks run{since}")


def port(number: int) -> Check:
    """Whether the usual port of Jupyter is free."""
    ours = any(f":{number}/" in running.address.url for running in running_servers())
    if ours or is_free(number):
        return Check("port", Verdict.ok, f"{number} {'is our server' if ours else 'is free'}")
    reason = f"Another program listens on {number}; the server will take the next free one."
    return Check("port", Verdict.limited, reason, "jupyter crispdm lab --port NUMBER, to choose one yourself")


def serving_port(number: int, data: Path) -> Check:
    """Whether the model service can have its port."""
    ours = (data / "serving" / "front.json").exists()
    if ours or number == 0 or is_free(number):
        return Check("serving port", Verdict.ok, f"{number} {'is our service' if ours else 'is free'}")
    repair = "Set CrispdmApp.serving_port to a free port, or to 0 for any."
    return Check("serving port", Verdict.broken, f"Another program listens on {number}.", repair)


def images(found: Sequence[Environment], notes: Sequence[str]) -> Check:
    """Whether jobs can run in images of Docker or Podman."""
    if notes:
        repair = "Nothing, unless jobs shall run in images: start Docker or Podman, and have its program on PATH."
        return Check("images", Verdict.limited, " ".join(notes), repair)
    count = sum(one.kind is EnvironmentKind.docker for one in found)
    return Check("images", Verdict.ok, f"{count} with a Python")


def environment(found: Environment) -> Check:
    """Whether jobs and kernels can run in an environment."""
    part = f"environment {found.name}"
    if not found.usable:
        repair = f"Make the environment anew, or delete {found.prefix}."
        return Check(part, Verdict.broken, found.reason, repair)
    if found.kind is EnvironmentKind.docker:
        return Check(part, Verdict.ok, f"jobs only. {found.kernel.reason}")
    if not found.kernel.ready:
        old = tuple(map(int, found.version.split(".")[:2])) < OLDEST_KERNEL
        repair = "Make one with a newer Python." if old else f"jupyter crispdm envs --kernel {found.id}"
        return Check(part, Verdict.limited, f"Jobs only. {found.kernel.reason}", repair)
    if found.kernel.old:
        reason = "The ipykernel that was lent to it is older than the server's."
        return Check(part, Verdict.limited, reason, "jupyter crispdm envs refresh")
    return Check(part, Verdict.ok, f"Python {found.version}, jobs and kernels")
