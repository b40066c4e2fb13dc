"""A server as ``jupyter crispdm lab`` configures it, with three users, and browsers to visit it."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_crispdm.auth.jupyter.safety import server_config
from jupyter_crispdm.auth.types import NewUser, UserRole
from jupyter_crispdm.base.readiness import Stage
from tests.server.auth.visitors import PASSWORD, SERVER_TOKEN, Browser, OpenAs, OpenBrowser


@pytest.fixture
def jp_server_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for stock in ("Extension endpoints without", "A `_load_jupyter_server_extension` function was not found"):
        warnings.filterwarnings("ignore", message=stock)
    monkeypatch.setenv("JUPYTER_PATH", f"{sys.prefix}/share/jupyter")  # Voila's templates, the Python kernel
    config = server_config()
    config.IdentityProvider.token = SERVER_TOKEN
    config.ServerApp.jpserver_extensions = {
        "jupyter_crispdm": True,
        "jupyter_server_terminals": True,
        "jupyterlab": True,
        "jupyter_lsp": True,
        "voila": True,
    }
    config.CrispdmApp.data_dir = str(tmp_path / "crispdm")
    config.CrispdmApp.serving_port = 0
    config.CrispdmKernelManager.warm_kernels = 0  # tests count kernels
    return config


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The server's root directory, with one published and one private notebook."""
    for path in ("dashboards/curves.ipynb", "private/secret.ipynb"):
        file = jp_root_dir / path
        file.parent.mkdir()
        cells: list[dict[str, object]] = [
            {
                "cell_type": "code",
                "source": "from ipywidgets import IntSlider\nIntSlider()",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
            }
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        file.write_text(json.dumps(notebook))
    (jp_root_dir / "dashboards/logo.png").write_bytes(b"\x89PNG")
    (jp_root_dir / "dashboards/data.csv").write_text("a\n")
    (jp_root_dir / "private/photo.png").write_bytes(b"\x89PNG")
    return jp_root_dir


@pytest.fixture
def browser(
    jp_serverapp: Any, http_server_client: Any, jp_base_url: str, jp_http_port: int, jp_asyncio_loop: Any
) -> Iterator[OpenBrowser]:
    """Opens a fresh browser. Where a test has not started the rooms they rest, and the server answers all the same.

    What a test that failed left open would be told in another one.
    """
    readiness = jp_serverapp.extension_manager.extension_points["jupyter_crispdm"].app.context.readiness
    if readiness.stage is Stage.STARTING:
        readiness.stage = Stage.READY
    opened: list[Browser] = []

    def begin() -> Browser:
        opened.append(Browser(http_server_client, jp_base_url, jp_http_port))
        return opened[-1]

    async def close() -> None:
        for socket in [one for visitor in opened for one in visitor.sockets]:
            socket.close()

    yield begin
    jp_asyncio_loop.run_until_complete(close())


@pytest.fixture
def people(jp_serverapp: Any, jp_asyncio_loop: Any) -> Any:
    """The users, with one of each role."""
    users = jp_serverapp.identity_provider.users

    async def add() -> None:
        for role in UserRole:
            await users.add(NewUser(name=role.value, password=PASSWORD, role=role))

    jp_asyncio_loop.run_until_complete(add())
    return users


@pytest.fixture
def as_user(people: Any, browser: OpenBrowser, root: Path) -> OpenAs:
    """Opens a browser in which somebody is logged in."""

    async def open_as(name: str) -> Browser:
        opened = browser()
        answer = await opened.log_in(name)
        assert answer.code == 303, answer.body
        return opened

    return open_as
