"""Who may do what: one table for every resource of our API, and one for Jupyter's own.

A route whose (resource, action) has no row here fails the tests: no noun is born outside the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.identity import User

from .types import Role

__all__ = ["JUPYTER_ADMIN_ONLY", "ROLE_TABLE", "CrispdmUser", "Role", "least_role", "may", "role_of"]

_READERS_WRITE: dict[tuple[str, str], Role] = {
    (resource, action): role
    for resource in ("jobs", "environments", "models", "deployments", "streams", "project", "tracking")
    for action, role in (("read", Role.VIEWER), ("write", Role.ANALYST), ("admin", Role.ADMIN))
}

ROLE_TABLE: dict[tuple[str, str], Role] = {
    **_READERS_WRITE,
    # a viewer's "read" is of what is shown to them: jobs tagged `shared`, without command, folder and notebook, and
    # environments without their place; "all" is everything
    ("jobs", "all"): Role.ANALYST,
    ("environments", "all"): Role.ANALYST,
    # asking a model is what a viewer and a predict token are for; loading and unloading one is not
    ("serving", "read"): Role.PREDICT,
    ("serving", "write"): Role.PREDICT,
    ("serving", "admin"): Role.ANALYST,
    # a page of everybody's own: saved work and values shared by the sessions of a dashboard
    ("snapshots", "read"): Role.VIEWER,
    ("snapshots", "write"): Role.VIEWER,
    ("snapshots", "admin"): Role.ADMIN,
    ("state", "read"): Role.VIEWER,
    ("state", "write"): Role.VIEWER,
    ("state", "admin"): Role.ADMIN,
    # a schedule shows what it submits, variables included
    ("schedules", "read"): Role.ANALYST,
    ("schedules", "write"): Role.ANALYST,
    ("schedules", "admin"): Role.ADMIN,
    ("live", "read"): Role.VIEWER,
    ("health", "read"): Role.PREDICT,
    # errors of background loops name files and jobs
    ("health", "details"): Role.ANALYST,
    ("docs", "read"): Role.PREDICT,
    ("openapi", "read"): Role.PREDICT,
    ("proxy", "read"): Role.ANALYST,
    ("proxy", "write"): Role.ANALYST,
    ("settings", "read"): Role.ANALYST,
    ("settings", "admin"): Role.ADMIN,
    ("users", "read"): Role.ADMIN,
    ("users", "write"): Role.ADMIN,
    ("users", "admin"): Role.ADMIN,
    ("tokens", "read"): Role.ADMIN,
    ("tokens", "write"): Role.ADMIN,
    ("tokens", "admin"): Role.ADMIN,
    ("audit", "read"): Role.ADMIN,
}

#: Resources of Jupyter's own handlers that an analyst may not touch (`server` is the shutdown button).
JUPYTER_ADMIN_ONLY = frozenset({"server"})


@dataclass
class CrispdmUser(User):
    """A caller with a role. Names of programs contain a colon, which no person's name can.

    `person` is whose program it is, `program` what people call it; both are empty for a person.
    """

    role: str = Role.VIEWER.value
    person: str = ""
    program: str = ""


def least_role(resource: str, action: str) -> Role:
    """The least role that may do `action` on `resource`. Raises KeyError for a row that is missing."""
    return ROLE_TABLE[resource, action]


def may(role: Role, resource: str, action: str) -> bool:
    """Whether a caller with this role may do `action` on `resource`."""
    return role.includes(least_role(resource, action))


def role_of(user: Any, handler: Any = None) -> Role | None:
    """The role of a request's user; None is nobody.

    Under our identity provider users carry their role. Under any other (plain ``jupyter lab``, JupyterHub)
    everyone whom that provider lets in may do everything, as they may run code anyway.
    """
    if user is None:
        return None
    if isinstance(user, CrispdmUser):
        return Role(user.role)
    ours = getattr(getattr(handler, "identity_provider", None), "gives_roles", False)
    return None if ours else Role.ADMIN
