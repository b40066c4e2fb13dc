"""What the server refuses to start with, and the plain server that the extension leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_crispdm.app import CrispdmApp
from jupyter_crispdm.auth.jupyter.safety import check_safe, install_door
from jupyter_crispdm.auth.types import NewUser, UserRole

Start = Callable[..., None]
#: The second one keeps pytest-jupyter from making up a token.
NO_TOKEN = {"IdentityProvider": {"token": ""}, "ServerApp": {"token": ""}}


@pytest.fixture
def start(jp_configurable_serverapp: Any, jp_server_config: Config, jp_asyncio_loop: Any) -> Start:
    """Build a server with further options, and users if asked for, and check it."""

    def build(options: dict[str, Any], with_users: bool = False) -> None:
        config = Config(jp_server_config)
        config.ServerApp.jpserver_extensions = {}  # ours would ask by itself, before there are users
        config.merge(Config(options))
        app = jp_configurable_serverapp(config=config)
        app.identity_provider.follow(CrispdmApp(config=config))
        if with_users:
            new = NewUser(name="admin", password="correct horse", role=UserRole.ADMIN)
            jp_asyncio_loop.run_until_complete(app.identity_provider.users.add(new))
        check_safe(app)

    return build


@pytest.mark.proves("door.open-server")
@pytest.mark.parametrize(
    ("options", "with_users", "named"),
    [
        (NO_TOKEN, False, "IdentityProvider.token"),
        ({"ServerApp": {"ip": "0.0.0.0"}}, False, "ServerApp.ip"),
        ({"ServerApp": {"allow_origin": "*"}}, True, "ServerApp.allow_origin"),
        ({"ServerApp": {"allow_origin_pat": ".*"}}, True, "ServerApp.allow_origin_pat"),
        ({"ServerApp": {"disable_check_xsrf": True}}, True, "ServerApp.disable_check_xsrf"),
    ],
)
def test_an_open_server_does_not_start(start: Start, options: dict[str, Any], with_users: bool, named: str) -> None:
    with pytest.raises(SystemExit) as refused:
        start(options, with_users)
    assert named in str(refused.value)
    assert "eave" in str(refused.value) or "user add" in str(refused.value), "says what to do"


@pytest.mark.proves("cli.lab")
@pytest.mark.parametrize(
    ("options", "with_users"),
    [
        ({}, False),
        (NO_TOKEN, True),
        ({"ServerApp": {"ip": "0.0.0.0"}}, True),
    ],
)
def test_a_safe_one_does(start: Start, options: dict[str, Any], with_users: bool) -> None:
    start(options, with_users)


class TestPlainServer:
    """``jupyter lab`` with the extension installed: its own identity, everybody with access is admin."""

    @pytest.fixture
    def jp_server_config(self) -> Config:
        return Config({"ServerApp": {"jpserver_extensions": {}}})

    @pytest.fixture
    def jp_serverapp(self, jp_configurable_serverapp: Any) -> Any:
        app = jp_configurable_serverapp()
        install_door(app)
        check_safe(app)
        return app

    @pytest.mark.proves("login.other-identity", "cli.plain-lab")
    async def test_the_home_page_needs_the_servers_own_login(
        self, jp_fetch: Any, http_server_client: Any, jp_base_url: str
    ) -> None:
        page = (await jp_fetch("crispdm/", headers={"Accept": "text/html"})).body.decode()
        assert "Open JupyterLab" in page
        refused = await http_server_client.fetch(f"{jp_base_url}crispdm/", follow_redirects=False, raise_error=False)
        assert refused.code == 302

    @pytest.mark.proves("card.file-browsing", "cli.plain-lab")
    async def test_contents_work_as_ever(self, jp_fetch: Any) -> None:
        assert (await jp_fetch("api", "contents")).code == 200
