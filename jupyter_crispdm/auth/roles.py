"""Who may do what: one table of our API's resources, to which each room adds its rows, and one for Jupyter's own.

A route whose (resource, action) has no row is closed, and fails the tests: no noun is born outside the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.identity import User

from .types import Role

__all__ = [
    "JUPYTER_ADMIN_ONLY", "OWN_ROWS", "ROLE_TABLE", "CrispdmUser", "Role", "declare", "least_role", "may", "role_of",
]

Rows = Mapping[tuple[str, str], Role]

#: The rows of the ground, which knows no roles, and of the door.
OWN_ROWS: Rows = {
    ("live", "read"): Role.VIEWER,
    ("health", "read"): Role.PREDICT,
    # errors of background loops name files and jobs
    ("health", "details"): Role.ANALYST,
    ("me", "read"): Role.PREDICT,
    ("users", "read"): Role.ADMIN,
    ("users", "write"): Role.ADMIN,
    ("users", "admin"): Role.ADMIN,
    ("tokens", "read"): Role.ADMIN,
    ("tokens", "write"): Role.ADMIN,
    ("tokens", "admin"): Role.ADMIN,
    ("audit", "read"): Role.ADMIN,
}

#: The least role for each (resource, action). Every room declares its own rows.
ROLE_TABLE: dict[tuple[str, str], Role] = {}

#: Resources of Jupyter's own handlers that an analyst may not touch (`server` is the shutdown button).
JUPYTER_ADMIN_ONLY = frozenset({"server"})


@dataclass
class CrispdmUser(User):
    """A caller with a role. Names of programs contain a colon, which no person's name can.

    `person` is whose program it is, `program` what people call it; both are empty for a person. `person_role` is what
    the owner of a kernel or a job may do themselves, where that calls.
    """

    role: str = Role.VIEWER.value
    person: str = ""
    program: str = ""
    person_role: str = ""


def declare(rows: Rows) -> None:
    """Add a room's rows. Raises ValueError for a row that another room has declared otherwise."""
    for row, role in rows.items():
        if ROLE_TABLE.setdefault(row, role) is not role:
            raise ValueError(f"Two rooms declare different roles for {row}: {ROLE_TABLE[row].value}, {role.value}.")


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
