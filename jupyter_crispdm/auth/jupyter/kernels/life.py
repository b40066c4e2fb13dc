"""One kernel from start to end: each time its process starts it is told anew whom it works for."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

from ...programs.starters import Starter
from ...roles import CrispdmUser, Role

if TYPE_CHECKING:
    from .manager import CrispdmKernelManager

Told = Mapping[str, str]
NAMES = ("CRISPDM_URL", "CRISPDM_TOKEN", "CRISPDM_USER")
"""What a kernel is told of its user, by the names of the variables."""
_ANYWHERE = ("", "localhost", "*")


class CrispdmKernel(ServerKernelManager):
    """Jupyter's manager of one kernel. A restart is another life, with another token."""

    parent: CrispdmKernelManager
    _is_starting = False

    async def _async_pre_start_kernel(self, **kwargs: Any) -> Any:
        self._is_starting = True
        self.kernel_id = self.kernel_id or kwargs["kernel_id"]
        given = kwargs.get("env") or os.environ
        rest = {name: value for name, value in given.items() if name not in NAMES}
        kwargs["env"] = {**rest, **await self.parent.told(self)}
        return await super()._async_pre_start_kernel(**kwargs)

    async def _async_post_start_kernel(self, **kwargs: Any) -> None:
        await super()._async_post_start_kernel(**kwargs)
        self._is_starting = False

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        self.parent.revoke(self.kernel_id)
        await super()._async_cleanup_resources(restart=restart)

    async def lives(self) -> bool:
        """Whether its process runs, or is about to."""
        return self._is_starting or bool(await self._async_is_alive())


def starter_of(user: Any) -> Starter | None:
    """For whom a request starts a kernel; None for the server itself, and for whoever our users do not include."""
    if not isinstance(user, CrispdmUser):
        return None
    is_token = user.username == f"token:{user.program}"
    return Starter(user.person or user.username, Role(user.role), user.program if is_token else "")


def address_of(server: Any) -> str:
    """Where programs of this machine reach the server; empty for one that listens on a Unix socket only."""
    if server.sock:
        return ""
    host = _here(server.ip)
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if server.certfile else 'http'}://{shown}:{server.port}{server.base_url}"


def _here(host: str) -> str:
    """The address of this machine at which a server answers that listens there."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "127.0.0.1" if host in _ANYWHERE else host
    return host if not address.is_unspecified else "127.0.0.1" if address.version == 4 else "::1"
