"""Tokens of kernels: kept in memory, each ends with its kernel and opens no more than its owner may at that moment."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jupyter_crispdm.base.clock import Clock
from jupyter_crispdm.base.database import Database

from ..types import Program
from .starters import Standing, Starter, digest, standing

PROGRAM = "a kernel"
"""What people call whoever shows such a token; no token of a person can have a name with a space."""

Lives = Callable[[], Awaitable[bool]]


@dataclass
class _Issued:
    """A token that was handed to a kernel, with what must still be as it was then."""

    kernel: str
    starter: Starter
    lives: Lives
    passwords: set[str]
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
        person, token = found.person, found.token
        self._issued[digest(secret)] = _Issued(
            kernel, starter, lives, {person.password if person else ""}, token.digest if token else ""
        )
        return secret

    def revoke(self, kernel: str) -> None:
        """End the token of a kernel; one that has none is no error."""
        for shown in [shown for shown, issued in self._issued.items() if issued.kernel == kernel]:
            del self._issued[shown]

    def rehashed(self, name: str, before: str, after: str) -> None:
        """The password of a person is the same, and only stored in another way, now or in a moment."""
        for issued in self._issued.values():
            if issued.starter.person == name and before in issued.passwords:
                issued.passwords.add(after)

    async def program(self, secret: str) -> Program | None:
        """The kernel that shows this secret; None when its owner may nothing more, or it runs no more."""
        shown = digest(secret)
        issued = self._issued.get(shown)
        if issued is None:
            return None
        found = await self._look(issued.starter)
        if found is None or not _as_then(issued, found) or not await issued.lives():
            self._issued.pop(shown, None)
            return None
        starter = issued.starter
        own, least = found.own(starter.role), found.least(starter.role)
        return Program(PROGRAM, starter.person, least, found.reads_only, own)

    async def _look(self, starter: Starter) -> Standing | None:
        now = self._clock.now()
        return await self._database.read(lambda c: standing(c, starter.person, starter.token, now))


def _as_then(issued: _Issued, found: Standing) -> bool:
    """Whether password and token are those with which the kernel was started."""
    same_person = (found.person.password if found.person else "") in issued.passwords
    return same_person and (found.token.digest if found.token else "") == issued.token_digest
