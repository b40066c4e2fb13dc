"""Whether anybody could log in."""

from __future__ import annotations

from jupyter_crispdm.base.database import DatabaseTooNew
from jupyter_crispdm.base.rooms.checks import Check, Verdict

from .manager import opened_users
from .settings import DoorSettings
from .types import UserRole


async def login(settings: DoorSettings) -> list[Check]:
    """Whether anybody could log in."""
    try:
        async with opened_users(settings.data_directory, settings.database_url or None) as door:
            users = await door.users()
    except (OSError, DatabaseTooNew) as error:
        reason = f"The database cannot be opened: {error}"
        return [Check("login", Verdict.broken, reason, "Make the data directory readable and writable.")]
    if not any(user.role is UserRole.ADMIN for user in users):
        repair = "jupyter crispdm user add NAME --role admin"
        return [Check("login", Verdict.limited, f"{len(users)} users, and no admin among them.", repair)]
    return [Check("login", Verdict.ok, f"{len(users)} users")]
