"""Which executor the settings name."""

from __future__ import annotations

from jupyter_crispdm.base.files.watch import Watcher

from ..settings import JobSettings
from .cluster import Cluster, ClusterExecutor
from .local import LocalExecutor
from .port import Executor
from .ray import Ray, take_token
from .slurm import Slurm


def cluster_of(settings: JobSettings) -> Cluster | None:
    """The cluster that runs the jobs, None for this machine. Raises CannotUse."""
    if settings.executor == "slurm":
        return Slurm(settings.slurm_partition, settings.slurm_account, settings.slurm_options)
    if settings.executor == "ray":
        return Ray(settings.ray_address, settings.ray_token_file, token=take_token())
    return None


def executor_of(settings: JobSettings, watcher: Watcher) -> Executor:
    """Where jobs run. Raises CannotUse."""
    cluster = cluster_of(settings)
    if cluster is None:
        return LocalExecutor(watcher)
    return ClusterExecutor(cluster, python=settings.cluster_python or None, seconds=settings.cluster_seconds)
