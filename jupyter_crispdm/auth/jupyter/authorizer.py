"""The authorizer: asked by every verb of ours, and by those of Jupyter's that ask at all."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import User

from jupyter_crispdm.base.http.gateway import GatewayHandler

from ..roles import JUPYTER_ADMIN_ONLY, Role, may, role_of
from .gate import FILES


class CrispdmAuthorizer(Authorizer):
    """Our resources by the role table; Jupyter's for analysts, and for viewers the kernels they started."""

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        """Whether `user` may do `action` on `resource` through `handler`."""
        role = role_of(user, handler)
        if role is None:
            return False
        if isinstance(handler, GatewayHandler):
            return may(role, resource, action)
        if role.includes(Role.ANALYST):
            return role is Role.ADMIN or resource not in JUPYTER_ADMIN_ONLY
        return role is Role.VIEWER and self._viewer_may(handler, user, resource)

    def _viewer_may(self, handler: Any, user: User, resource: str) -> bool:
        if resource == "kernels":
            kernel_id = handler.path_kwargs.get("kernel_id", "")
            return bool(handler.settings["kernel_manager"].owner_of(kernel_id) == user.username)
        return resource == "contents" and isinstance(handler, FILES)  # the gate has looked at each path
