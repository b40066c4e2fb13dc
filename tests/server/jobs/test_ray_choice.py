"""Ray chosen in the settings, and what is said when it cannot be used."""

from __future__ import annotations

import os

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.base.files.watch import Watcher
from jupyter_crispdm.jobs.executors.choice import executor_of
from jupyter_crispdm.jobs.executors.cluster import ClusterExecutor
from jupyter_crispdm.jobs.executors.port import CannotUse
from jupyter_crispdm.jobs.executors.ray import Ray


@pytest.fixture
def jp_server_config(jp_server_config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "hush")
    jp_server_config.CrispdmApp.executor = "ray"
    jp_server_config.CrispdmApp.ray_address = "https://head.example.org:8265/"
    return jp_server_config


@pytest.fixture
def app(jp_serverapp: ServerApp) -> CrispdmApp:
    app: CrispdmApp = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))
    return app


@pytest.mark.proves("settings.executor", "settings.ray")
def test_ray_is_chosen_and_its_token_leaves_the_environment(app: CrispdmApp) -> None:
    assert "RAY_AUTH_TOKEN" not in os.environ
    executor = executor_of(app, Watcher())
    assert isinstance(executor, ClusterExecutor)
    assert isinstance(executor._cluster, Ray)


@pytest.mark.parametrize("address", ["", "auto", "ray://head:10001"])
def test_a_wrong_address_is_explained(app: CrispdmApp, address: str) -> None:
    app.ray_address = address
    with pytest.raises(CannotUse, match=r"'ray_address' must be the address of the Ray dashboard, like http://"):
        executor_of(app, Watcher())
