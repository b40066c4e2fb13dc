"""Who asks Jupyter's own parts for files, which know of no one."""

from __future__ import annotations

from jupyter_server import CallContext

from jupyter_crispdm.auth.pages.dashboard_page import DashboardHandler
from jupyter_crispdm.auth.roles import CrispdmUser
from jupyter_crispdm.auth.types import Role

from ..folders import Person


def person_of(user: CrispdmUser) -> Person:
    """The person whose a user is, with the role of what asks for them."""
    return Person(user.person or user.username, Role(user.role))


def visitor() -> Person | None:
    """Whoever is without Lab and asks at the moment; None for everybody else, and for the server itself.

    Voila reads the dashboard that somebody opens: that one is published, which the gate has looked at.
    """
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    user = getattr(handler, "_jupyter_current_user", None)
    if not isinstance(user, CrispdmUser) or isinstance(handler, DashboardHandler):
        return None
    person = person_of(user)
    return None if person.has_lab else person
