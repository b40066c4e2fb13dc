"""Whether jobs find the place where the settings send them."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

from jupyter_crispdm.base.files.watch import is_shared
from jupyter_crispdm.base.rooms.checks import Check, Verdict

from ..settings import JobSettings
from .choice import cluster_of
from .cluster import Cluster
from .listing import Unreachable
from .port import CannotUse


async def look(settings: JobSettings) -> list[Check]:
    """The executor."""
    return [await executor(settings, settings.data_directory)]


async def executor(settings: JobSettings, data: Path) -> Check:
    """Whether jobs find the place where the settings send them."""
    try:
        cluster = cluster_of(settings)
    except CannotUse as error:
        repair = "Correct that setting, or set CrispdmApp.executor to 'local'."
        return Check("executor", Verdict.broken, str(error), repair)
    return this_machine(data) if cluster is None else await answering(cluster, data)


async def answering(cluster: Cluster, data: Path) -> Check:
    """Whether a cluster answers, and can see the data directory."""
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
