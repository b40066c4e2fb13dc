"""Who looks at a dashboard: asked of the server, with the token that it gave the kernel."""

from __future__ import annotations

import os
from dataclasses import dataclass

from jupyter_crispdm.base.errors import CrispdmError
from jupyter_crispdm.client import ClientError, connect

ROLES = ("viewer", "analyst", "admin")
LEAST = ROLES[0]
_GIVEN = ("CRISPDM_URL", "CRISPDM_TOKEN")


@dataclass(frozen=True)
class Visitor:
    """A person and their role; of whom nothing is known has the least one."""

    name: str = ""
    role: str = LEAST


def knows_its_user() -> bool:
    """Whether the server gave this kernel an address and a token of its own.

    Without them it asks nobody: what else is found on this machine may be somebody else's.
    """
    return all(os.environ.get(name) for name in _GIVEN)


def ask_visitor() -> Visitor:
    """Who the server says has started this kernel; nobody in particular where the kernel knows of no server."""
    if not knows_its_user():
        return Visitor()
    try:
        with connect() as client:
            me = client.me()
    except (ClientError, CrispdmError):
        return Visitor()
    return Visitor(me.display_name or me.name, me.role.value if me.role.value in ROLES else LEAST)
