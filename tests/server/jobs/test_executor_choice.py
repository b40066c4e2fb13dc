"""Which executor the settings choose, and what is said when it cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.choice import executor_of
from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.port import CannotUse


def app_of(server: ServerApp) -> CrispdmApp:
    app: CrispdmApp = next(iter(server.extension_manager.extension_apps["jupyter_crispdm"]))
    return app


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with SLURM's programs on it, which do nothing."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sbatch", "squeue", "scancel", "scontrol"):
        (folder / name).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def jp_server_config(jp_server_config: Config) -> Config:
    jp_server_config.CrispdmApp.executor = "slurm"
    jp_server_config.CrispdmApp.slurm_partition = "night"
    jp_server_config.CrispdmApp.slurm_options = ["--qos=long"]
    return jp_server_config


@pytest.mark.proves("settings.executor", "settings.slurm")
def test_slurm_is_chosen_with_its_options(programs: Path, jp_serverapp: ServerApp) -> None:
    executor = executor_of(app_of(jp_serverapp), Watcher())
    assert isinstance(executor, ClusterExecutor)
    assert executor._cluster.title == "SLURM"


def test_without_slurms_programs_it_says_so(
    programs: Path, jp_serverapp: ServerApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotUse, match="sbatch, squeue, scancel, scontrol"):
        executor_of(app_of(jp_serverapp), Watcher())
