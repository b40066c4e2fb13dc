"""A real server with the extension, as a plain ``jupyter lab`` runs it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from tests.support import end_all_of


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What tests leave open is told beside them, not in whichever test the collector runs next."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def nothing_goes_on(tmp_path: Path) -> Iterator[None]:
    """Jobs, collectors and services outlive their server: each would take its share of the machine from later tests."""
    yield
    end_all_of(tmp_path)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where the server keeps its things."""
    return tmp_path / "crispdm"


@pytest.fixture
def jp_server_config(data_dir: Path) -> Config:
    """Our extension, in a data directory of its own, on free ports."""
    config = Config()
    config.ServerApp.jpserver_extensions = {"jupyter_crispdm": True}
    config.CrispdmApp.data_dir = str(data_dir)
    config.CrispdmApp.serving_port = 0
    return config


@pytest.fixture
def crispdm(
    jp_serverapp: ServerApp, jp_asyncio_loop: Any
) -> CrispdmApp:
    """The extension, started; the server's own fixtures stop it."""
    app: CrispdmApp = next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_crispdm"]))
    jp_asyncio_loop.run_until_complete(app._start_jupyter_server_extension(jp_serverapp))
    return app


@pytest.fixture
def jp_ws_fetch(jp_ws_fetch: Callable[..., Any], jp_asyncio_loop: Any) -> Iterator[Callable[..., Any]]:
    """pytest-jupyter's. What a test that failed left open would be told in another one."""
    opened: list[Any] = []

    async def fetch(*path: str, **options: Any) -> Any:
        opened.append(await jp_ws_fetch(*path, **options))
        return opened[-1]

    async def close() -> None:
        for socket in opened:
            socket.close()

    yield fetch
    jp_asyncio_loop.run_until_complete(close())


Fetch = Callable[..., Coroutine[Any, Any, Any]]
