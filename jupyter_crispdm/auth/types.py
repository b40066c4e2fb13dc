"""What the auth room says and hears."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

from jupyter_crispdm.base.parsing.names import NameRule
from jupyter_crispdm.base.wire import Body, Wire

NAME = NameRule(
    "[A-Za-z0-9](?:[A-Za-z0-9._@+-]{0,62}[A-Za-z0-9])?",
    "1 to 64 letters, digits or . _ @ + -, the first and the last a letter or a digit, and not 'me'",
    reserved=("me",),
)
ME = "me"
"""What whoever asks is called in addresses; nobody may have the name."""
Name = Annotated[str, NAME.meta]
"""What a user or an API token is called."""


class Role(str, Enum):
    """What a caller may do; each role may also do what the ones before it may."""

    PREDICT = "predict"  # only API tokens carry it: ask deployed models, nothing else
    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """The role's place in the order."""
        return list(Role).index(self)

    def includes(self, least: Role) -> bool:
        """Whether this role may do what needs `least`."""
        return self.rank >= least.rank


class Scope(str, Enum):
    """What an API token may do."""

    PREDICT = "predict"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def role(self) -> Role:
        """The role that a program with such a token has."""
        return _ROLE_OF_SCOPE[self]


_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ROLE_OF_SCOPE = {
    Scope.PREDICT: Role.PREDICT, Scope.READ: Role.VIEWER, Scope.WRITE: Role.ANALYST, Scope.ADMIN: Role.ADMIN,
}


class UserRole(str, Enum):
    """The roles that a person can have."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"


class User(Wire, frozen=True):
    """A person who may log in."""

    name: str
    role: UserRole
    created: datetime
    last_login: datetime | None


class Me(Wire, frozen=True):
    """Whoever asks: the person and their role. A program's is what its token opens, a kernel's or job's its owner's."""

    name: str
    display_name: str
    role: Role


class UserList(Wire, frozen=True):
    """Everybody who may log in."""

    users: list[User]


class NewUser(Body, frozen=True):
    """A person to add."""

    name: str
    password: str
    role: UserRole = UserRole.VIEWER


class UserChange(Body, frozen=True):
    """What to change of a user; what is left out stays."""

    password: str | None = None
    role: UserRole | None = None


class Token(Wire, frozen=True):
    """A program's key to the API, without its secret; `owner` is the person whose program it is."""

    name: str
    owner: str
    scope: Scope
    created: datetime
    expires: datetime | None
    last_used: datetime | None


class IssuedToken(Wire, frozen=True):
    """A new token with its secret, which is shown only this once."""

    name: str
    owner: str
    scope: Scope
    created: datetime
    expires: datetime | None
    token: str


class Program(Wire, frozen=True):
    """Who comes in with a token: a program, whose it is, and what it may do.

    One that only reads changes nothing: where something is changed it has the least role, that of asking models.
    `person_role` is what the owner of a kernel or a job may do themselves; None for other programs.
    """

    name: str
    person: str
    role: Role
    reads_only: bool = False
    person_role: Role | None = None

    @property
    def username(self) -> str:
        """Whose budget it uses: a person's kernels have one, their jobs another, each of their programs its own."""
        return f"token:{self.name}" if self.person_role is None else f"{self.name.removeprefix('a ')}:{self.person}"

    def role_for(self, method: str) -> Role:
        """What it may do with an HTTP method."""
        return Role.PREDICT if self.reads_only and method not in _READING else self.role


class TokenList(Wire, frozen=True):
    """All API tokens."""

    tokens: list[Token]


class NewToken(Body, frozen=True):
    """A token to create; without `days` it never expires, and without `owner` it is whose call this is."""

    name: str
    scope: Scope = Scope.READ
    days: float | None = None
    owner: str | None = None


class TokenChange(Body, frozen=True):
    """What to change of a token; `days` count from now."""

    scope: Scope | None = None
    days: float | None = None


class AuditEntry(Wire, frozen=True):
    """Something worth remembering that happened at the door."""

    time: datetime
    user: str
    event: str
    detail: str


class AuditLog(Wire, frozen=True):
    """The newest entries of the audit log, newest first."""

    entries: list[AuditEntry]


class AuditQuery(Body, frozen=True):
    """How much of the audit log to read."""

    limit: int = 100


class Login(Wire, frozen=True):
    """A successful login: who, and the secret that their cookie carries."""

    user: User
    secret: str


