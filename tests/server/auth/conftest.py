"""A server as ``jupyter crispdm lab`` configures it, with three users, and browsers to visit it."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import nbformat
import pytest
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect
from traitlets.config import Config

from jupyter_crispdm.auth.safety import server_config
from jupyter_crispdm.auth.types import NewUser, UserRole

PASSWORD = "correct horse"
SERVER_TOKEN = "the-server's-own-token"


class Browser:
    """Keeps cookies, follows no redirect, and sends addresses exactly as they are written."""

    def __init__(self, client: Any, base_url: str, port: int) -> None:
        self._client = client
        self.base_url = base_url
        self.port = port
        self.cookies: dict[str, str] = {}

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def session_cookie(self) -> str:
        return next(name for name in self.cookies if name.startswith("username-"))

    async def fetch(
        self,
        path: str,
        method: str = "GET",
        body: Any = None,
        headers: dict[str, str] | None = None,
        xsrf: bool = True,
        **options: Any,
    ) -> HTTPResponse:
        sent = {"Cookie": self.cookie_header} if self.cookies else {}
        if xsrf and "_xsrf" in self.cookies:
            sent["X-XSRFToken"] = self.cookies["_xsrf"]
        if isinstance(body, dict):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        answer: HTTPResponse = await self._client.fetch(
            self.base_url + path,
            method=method,
            body=body,
            headers={**sent, **(headers or {})},
            follow_redirects=False,
            raise_error=False,
            allow_nonstandard_methods=True,
            **options,
        )
        assert answer.code != 599, (method, path)
        for line in answer.headers.get_list("Set-Cookie"):
            for morsel in SimpleCookie(line).values():
                self.cookies[morsel.key] = morsel.value
        return answer

    async def log_in(self, name: str, password: str = PASSWORD, next_url: str = "") -> HTTPResponse:
        await self.fetch("login")
        form = {"username": name, "password": password, "next": next_url, "_xsrf": self.cookies["_xsrf"]}
        return await self.fetch("login", "POST", urlencode(form))

    async def socket(
        self, path: str, protocols: list[str] | None = None, **headers: str
    ) -> WebSocketClientConnection:
        url = f"ws://127.0.0.1:{self.port}{self.base_url}{path}"
        request = HTTPRequest(url, headers={"Cookie": self.cookie_header, **headers})
        return await websocket_connect(request, subprotocols=protocols)


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
    return config


@pytest.fixture
def root(jp_root_dir: Path) -> Path:
    """The server's root directory, with one published and one private notebook."""
    for path in ("dashboards/curves.ipynb", "private/secret.ipynb"):
        file = jp_root_dir / path
        file.parent.mkdir()
        cells = [nbformat.v4.new_code_cell("from ipywidgets import IntSlider\nIntSlider()")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    (jp_root_dir / "dashboards/logo.png").write_bytes(b"\x89PNG")
    (jp_root_dir / "dashboards/data.csv").write_text("a\n")
    (jp_root_dir / "private/photo.png").write_bytes(b"\x89PNG")
    return jp_root_dir


@pytest.fixture
def browser(
    jp_serverapp: Any, http_server_client: Any, jp_base_url: str, jp_http_port: int
) -> Callable[[], Browser]:
    """Opens a fresh browser."""
    return lambda: Browser(http_server_client, jp_base_url, jp_http_port)


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
def as_user(people: Any, browser: Callable[[], Browser], root: Path) -> Callable[[str], Any]:
    """Opens a browser in which somebody is logged in."""

    async def open_as(name: str) -> Browser:
        opened = browser()
        answer = await opened.log_in(name)
        assert answer.code == 303, answer.body
        return opened

    return open_as
