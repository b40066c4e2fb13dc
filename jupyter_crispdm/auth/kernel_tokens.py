"""Tokens of kernels: kept in memory, each ends with its kernel and opens no more than its owner may at that moment."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import sqlalchemy as sa

from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.database import Database

from . import store
from .types import Program, Role, Scope

PROGRAM = "a kernel"
"""What people call whoever shows such a token; no token of a person can have a name with a space."""

Lives = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Starter:
    """Who starts a kernel: the person, what they may do, and by which of their tokens they came, if by one."""

    person: str
    role: Role
    token: str = ""


@dataclass
class _Issued:
    """A token that was handed to a kernel, with what must still be as it was then."""

    kernel: str
    starter: Starter
    lives: Lives
    password: str
    token_digest: str


class KernelTokens:
    """Which kernel works for whom. Whoever runs code under the server's account can read the environment of every
    kernel, so no such token opens what only an admin may."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._issued: dict[str, _Issued] = {}

    async def issue(self, kernel: str, starter: Starter, lives: Lives) -> str | None:
        """A token for one life of a kernel, in place of the one before; None for a person who is unknown by now."""
        self.revoke(kernel)
        found = await self._look(starter)
        if found is None:
            return None
        secret = f"crispdm_kernel_{secrets.token_urlsafe(32)}"
        person, token = found
        self._issued[digest(secret)] = _Issued(
            kernel, starter, lives, person.password if person else "", token.digest if token else ""
        )
        return secret

    def revoke(self, kernel: str) -> None:
        """End the token of a kernel; one that has none is no error."""
        for shown in [shown for shown, issued in self._issued.items() if issued.kernel == kernel]:
            del self._issued[shown]

    def rehashed(self, name: str, before: str, after: str) -> None:
        """The password of a person is the same, and only stored in another way."""
        for issued in self._issued.values():
            if issued.starter.person == name and issued.password == before:
                issued.password = after

    async def program(self, secret: str) -> Program | None:
        """The kernel that shows this secret; None when its owner may nothing more, or it runs no more."""
        shown = digest(secret)
        issued = self._issued.get(shown)
        if issued is None:
            return None
        found = await self._look(issued.starter)
        if found is None or not _as_then(issued, *found) or not await issued.lives():
            self._issued.pop(shown, None)
            return None
        starter, (person, token) = issued.starter, found
        own = person.role if person else starter.role
        least = min((own, starter.role, Role.ANALYST, *([token.scope.role] if token else [])), key=lambda one: one.rank)
        reads_only = token is not None and token.scope is Scope.READ
        return Program(PROGRAM, starter.person, least, reads_only, own)

    async def _look(self, starter: Starter) -> tuple[store.UserRow | None, store.TokenRow | None] | None:
        """The starter as they are now; None when they, or the token by which they came, are gone."""
        now = self._clock.now()

        def look(connection: sa.Connection) -> tuple[store.UserRow | None, store.TokenRow | None]:
            token = store.find_token(connection, starter.token) if starter.token else None
            is_over = token is not None and token.expires is not None and token.expires <= now
            return store.find_user(connection, starter.person), None if is_over else token

        person, token = await self._database.read(look)
        is_known = person is not None or starter.person == account()
        return (person, token) if is_known and (token is not None or not starter.token) else None


def digest(secret: str) -> str:
    """What is kept of a secret that has enough randomness of its own."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _as_then(issued: _Issued, person: store.UserRow | None, token: store.TokenRow | None) -> bool:
    """Whether password and token are those with which the kernel was started."""
    same_person = (person.password if person else "") == issued.password
    return same_person and (token.digest if token else "") == issued.token_digest
