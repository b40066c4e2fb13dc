"""Who starts a program, and what they may do at any moment after that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from jupyter_crispdm.base.account import account

from .. import store
from ..types import Role, Scope


@dataclass(frozen=True)
class Starter:
    """Who starts a program: the person, what they may do, and by which of their tokens they came, if by one."""

    person: str
    role: Role
    token: str = ""


@dataclass(frozen=True)
class Standing:
    """A starter as they are now; without a row the person is the server's account."""

    person: store.UserRow | None
    token: store.TokenRow | None

    @property
    def reads_only(self) -> bool:
        """Whether they came by a token that only reads."""
        return self.token is not None and self.token.scope is Scope.READ

    def own(self, before: Role) -> Role:
        """What the person may do; the account, which is no user, as much as `before`."""
        return self.person.role if self.person else before

    def least(self, before: Role) -> Role:
        """What a program may do that was given `before` as it began: an analyst's work at most."""
        scope = [self.token.scope.role] if self.token else []
        return min((self.own(before), before, Role.ANALYST, *scope), key=lambda role: role.rank)


def standing(connection: sa.Connection, person: str, token: str, now: float) -> Standing | None:
    """How a starter stands; None when they, or the token by which they came, are gone."""
    row = store.find_token(connection, token) if token else None
    is_over = row is not None and row.expires is not None and row.expires <= now
    found = Standing(store.find_user(connection, person), None if is_over else row)
    is_known = found.person is not None or person == account()
    return found if is_known and (found.token is not None or not token) else None


def digest(secret: str) -> str:
    """What is kept of a secret that has enough randomness of its own."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
