"""Safe by default: what ``jupyter crispdm lab`` sets, and what it refuses to start with."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.routing import PathMatches, Rule
from traitlets.config import Config

from jupyter_crispdm.base.secrets import PASS_VARIABLE, close_process, hide_ours

from ..pages.handlers import (
    DashboardFileHandler,
    ForgetHandler,
    HomeHandler,
    LicenceHandler,
    RootHandler,
    VoilaListHandler,
)
from .bodies import BodyLimits
from .doors import program_here, refusals, voila_files
from .saving import keep_users_umask
from .voila_routes import voila_rules

_STATIC = Path(__file__).parents[1] / "static"
_NEWS = "@jupyterlab/apputils-extension:announcements"
_ANY_ORIGIN = "https://anybody.example"


def server_config() -> Config:
    """Everything ``jupyter crispdm lab`` must set before the server is built."""
    config = Config()
    config.ServerApp.identity_provider_class = "jupyter_crispdm.auth.jupyter.identity.CrispdmIdentityProvider"
    config.ServerApp.authorizer_class = "jupyter_crispdm.auth.jupyter.authorizer.CrispdmAuthorizer"
    config.ServerApp.kernel_manager_class = "jupyter_crispdm.auth.jupyter.kernels.manager.CrispdmKernelManager"
    config.ServerApp.kernel_websocket_connection_class = (
        "jupyter_crispdm.auth.jupyter.kernels.socket.CrispdmKernelWebsocket")
    config.TerminalsExtensionApp.terminal_manager_class = (
        "jupyter_crispdm.auth.jupyter.terminals.CrispdmTerminalManager")
    config.ServerApp.contents_manager_class = "jupyter_crispdm.files.jupyter.contents.CrispdmContentsManager"
    config.ServerApp.allow_unauthenticated_access = False
    config.LabApp.extension_manager = "readonly"
    config.LabApp.news_url = None  # nothing of ours asks the internet, nor lets Lab ask
    config.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.progressive_rendering = False
    config.VoilaConfiguration.show_tracebacks = False
    return config


def install_door(serverapp: Any) -> None:
    """Put our pages, and with our identity provider the guarded routes, before everything else."""
    base_url = serverapp.base_url
    rules = [
        Rule(_path(base_url, r"crispdm/?"), HomeHandler),
        Rule(_path(base_url, r"crispdm/licence"), LicenceHandler),
        Rule(_path(base_url, r"crispdm/static/(.*)"), FileFindHandler, {"path": [str(_STATIC)]}),
    ]
    if has_our_users(serverapp):
        rules.append(Rule(PathMatches(f"{base_url.rstrip('/')}/?"), RootHandler))
        rules.append(Rule(_path(base_url, r"voila/files/(.*)"), DashboardFileHandler,
                          {"path": serverapp.contents_manager.root_dir}))
        rules.append(Rule(_path(base_url, r"logout/forget"), ForgetHandler))
        rules.append(Rule(_path(base_url, r"voila(?:/tree(?:/.*)?)?/?"), VoilaListHandler))
        limits = BodyLimits(serverapp.identity_provider.caller, serverapp.max_body_size)
        limits.install(serverapp.web_app)
        keep_users_umask(serverapp.contents_manager)
        serverapp.web_app.settings["crispdm_body_limits"] = limits
        serverapp.web_app.settings.setdefault("page_config_hook", _without_news)
    rules.extend(voila_rules(serverapp))
    serverapp.web_app.default_router.rules[:0] = rules


def _without_news(handler: Any, page_config: dict[str, Any]) -> dict[str, Any]:
    """Lab's page without the plugin that offers news to each new user, even where fetching them is off, and without
    a look whether Lab should be built anew, which is closed."""
    disabled = [*page_config.get("disabledExtensions", []), _NEWS]
    return {**page_config, "disabledExtensions": disabled, "buildAvailable": False, "buildCheck": False}


def has_our_users(serverapp: Any) -> bool:
    """Whether people log in with our users, as under ``jupyter crispdm lab``."""
    return bool(getattr(serverapp.identity_provider, "gives_roles", False))


def keep_secrets(serverapp: Any, passed: Sequence[str] | None) -> None:
    """Say which variables pass, for every part that starts a process; close this one to its own account.

    None means none of them under our users; a plain Lab has one user, whose own they are.
    """
    shared = has_our_users(serverapp)
    os.environ[PASS_VARIABLE] = ",".join(passed if passed is not None else [] if shared else ["*"])
    if shared:
        hide_ours()
        close_process()


def check_safe(serverapp: Any) -> None:
    """Refuse what would leave the server open. Raises SystemExit with the option and the repair.

    Only for our own users: a plain ``jupyter lab`` answers for itself.
    """
    if has_our_users(serverapp):
        here = Path.cwd()
        files = voila_files([*map(Path, jupyter_config_path()), here])
        odd = [program_here(here), *refusals(serverapp.config, server_config(), files)]
        for reason in filter(None, [*_reasons(serverapp), *odd]):
            raise SystemExit(f"jupyter crispdm lab does not start: {reason}")


def _reasons(app: Any) -> list[str]:
    has_users = app.identity_provider.users.anybody()
    add = "add a user first: jupyter crispdm user add NAME --role admin"
    found = {
        f"IdentityProvider.token is empty and there are no users. Leave the option out, or {add}":
            not app.identity_provider.server_token and not has_users,
        f"ServerApp.ip is '{app.ip}', which other machines can reach, and there are no users. "
        f"Leave it at localhost, or {add}": not _is_loopback(app) and not has_users,
        "ServerApp.allow_origin is '*': any web page could act for those who are logged in. "
        "Name the one origin that you need, or leave the option out.": app.allow_origin == "*",
        "ServerApp.allow_origin_pat matches any origin. Name the origins that you need, or leave it out.":
            _matches_anybody(app.allow_origin_pat),
        "ServerApp.disable_check_xsrf is True: any web page could act for those who are logged in. "
        "Leave the option out.": bool(app.disable_check_xsrf),
        "ServerApp.allow_unauthenticated_access is True. Leave the option out.":
            bool(app.allow_unauthenticated_access),
    }
    return [reason for reason, holds in found.items() if holds]


def _is_loopback(app: Any) -> bool:
    if app.sock or app.ip == "localhost":
        return True
    try:
        return ipaddress.ip_address(app.ip).is_loopback
    except ValueError:
        return False


def _matches_anybody(pattern: str) -> bool:
    return bool(pattern) and re.match(pattern, _ANY_ORIGIN) is not None


def _path(base_url: str, pattern: str) -> PathMatches:
    return PathMatches(url_path_join(base_url, pattern))
