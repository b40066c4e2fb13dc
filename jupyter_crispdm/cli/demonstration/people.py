"""The demo's three users."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from jupyter_crispdm.auth.manager import UserManager, opened_users
from jupyter_crispdm.auth.types import NewUser, UserChange, UserRole
from jupyter_crispdm.base.errors import Forbidden

PEOPLE = {"admin": UserRole.ADMIN, "analyst": UserRole.ANALYST, "viewer": UserRole.VIEWER}
PASSWORD_BYTES = 9


async def ensure(data: Path, password: str | None) -> dict[str, str]:
    """See that the three users are there; the passwords that were made up here, to be shown once."""
    made: dict[str, str] = {}
    async with opened_users(data) as users:
        known = {user.name for user in await users.users()}
        for name, role in PEOPLE.items():
            if name not in known:
                secret = password or secrets.token_urlsafe(PASSWORD_BYTES)
                await users.add(NewUser(name=name, password=secret, role=role), "demo")
                made |= {} if password else {name: secret}
            elif password:
                await use(users, name, password)
    return made


async def use(users: UserManager, name: str, password: str) -> None:
    """Set a password unless it is the user's already: changing it would end open sessions."""
    try:
        login = await users.login(name, password)
    except Forbidden:
        await users.change(name, UserChange(password=password), "demo")
    else:
        await users.logout(login.secret)


def told(made: Mapping[str, str], given: bool) -> str:
    """How to log in, in words."""
    if given:
        return "Log in as admin, analyst or viewer, with the password from CRISPDM_DEMO_PASSWORD."
    if not made:
        return "Log in as admin, analyst or viewer. A forgotten one: jupyter crispdm user passwd NAME"
    rows = [f"    {name:8} {password}" for name, password in made.items()]
    return "\n".join(["Log in with one of these; the passwords are shown only this once:", *rows])
