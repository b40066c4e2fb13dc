"""What `doctor` says of other doors: of settings, of extensions, and of ports that the running server opened."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
from jupyter_core.paths import jupyter_config_path

from jupyter_crispdm.auth.jupyter.doors import program_here, refusals, remarks, voila_files
from jupyter_crispdm.auth.jupyter.safety import server_config
from jupyter_crispdm.client.discovery import RunningServer, running_servers

if TYPE_CHECKING:
    from jupyter_crispdm.app import CrispdmApp


def found(app: CrispdmApp) -> tuple[list[str], list[str]]:
    """What keeps a server from starting, and what should be known."""
    here = Path.cwd()
    files = voila_files([*map(Path, jupyter_config_path()), here])
    refused = [reason for reason in [program_here(here), *refusals(app.config, server_config(), files)] if reason]
    return refused, [*remarks(app.config, enabled_extensions(), app.trusted_extensions), *own_ports(running_servers())]


def enabled_extensions() -> list[str]:
    """The server extensions that a server would load."""
    from jupyter_server.extension.config import ExtensionConfigManager

    manager: Any = ExtensionConfigManager(read_config_path=jupyter_config_path())
    return [name for name, enabled in manager.get_jpserver_extensions().items() if enabled]


def own_ports(servers: Iterable[RunningServer]) -> list[str]:
    """Ports that the processes of the running servers listen on beside their own."""
    return [
        f"The server {server.url} also listens on {address}: an extension of it opened a door of its own."
        for server in servers for address in _listening(server.pid) if address.rpartition(":")[2] != _port(server.url)
    ]


def _listening(pid: int) -> list[str]:
    try:
        connections = psutil.Process(pid).net_connections("inet")
    except (psutil.Error, AttributeError, OSError):
        return []
    return sorted({
        f"{one.laddr.ip}:{one.laddr.port}" for one in connections if one.status == psutil.CONN_LISTEN and one.laddr
    })


def _port(url: str) -> str:
    parts = urlsplit(url)
    return str(parts.port or {"https": 443}.get(parts.scheme, 80))
