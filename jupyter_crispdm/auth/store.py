"""Tables and queries of the auth room: typed in, typed out. Secrets are kept only as hashes."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from jupyter_crispdm.base.database import metadata

from .types import Role, Scope

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("last_login", sa.Float, nullable=True),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), sa.ForeignKey("users.name", name="fk_sessions_user", ondelete="CASCADE"),
              nullable=False, index=True),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("expires", sa.Float, nullable=False),
)
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("scope", sa.String(16), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("expires", sa.Float, nullable=True),
    sa.Column("last_used", sa.Float, nullable=True),
    sa.Column("owner", sa.String(255), nullable=False, server_default=""),
    sa.UniqueConstraint("digest", name="uq_tokens_digest"),
)
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("time", sa.Float, nullable=False, index=True),
    sa.Column("user", sa.String(80), nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(500), nullable=False),
)


@dataclass(frozen=True)
class UserRow:
    """A user as stored."""

    name: str
    role: Role
    password: str
    created: float
    last_login: float | None


@dataclass(frozen=True)
class TokenRow:
    """An API token as stored; `owner` is empty in rows from before tokens had one."""

    name: str
    owner: str
    digest: str
    scope: Scope
    created: float
    expires: float | None
    last_used: float | None


@dataclass(frozen=True)
class AuditRow:
    """An entry of the audit log as stored."""

    time: float
    user: str
    event: str
    detail: str


def find_user(connection: sa.Connection, name: str) -> UserRow | None:
    """The user of that name."""
    row = connection.execute(sa.select(users).where(users.c.name == name)).one_or_none()
    return _user(row) if row is not None else None


def all_users(connection: sa.Connection) -> list[UserRow]:
    """Every user, by name."""
    return [_user(row) for row in connection.execute(sa.select(users).order_by(users.c.name))]


def count_users(connection: sa.Connection, role: Role | None = None) -> int:
    """How many users there are, of one role or of all."""
    query = sa.select(sa.func.count()).select_from(users)
    if role is not None:
        query = query.where(users.c.role == role.value)
    return int(connection.execute(query).scalar_one())


def add_user(connection: sa.Connection, row: UserRow) -> None:
    """Add a user. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    connection.execute(users.insert().values(
        name=row.name, role=row.role.value, password=row.password, created=row.created,
        last_login=row.last_login))


def set_user(
    connection: sa.Connection, name: str, *, role: Role | None = None, password: str | None = None,
    last_login: float | None = None,
) -> None:
    """Change what is given."""
    values = {"role": role.value if role else None, "password": password, "last_login": last_login}
    changed = {key: value for key, value in values.items() if value is not None}
    if changed:
        connection.execute(users.update().where(users.c.name == name).values(changed))


def delete_user(connection: sa.Connection, name: str) -> None:
    """Remove a user and, by the foreign key, their sessions."""
    connection.execute(users.delete().where(users.c.name == name))


def add_session(connection: sa.Connection, digest: str, user: str, created: float, expires: float) -> None:
    """Remember a login."""
    connection.execute(sessions.insert().values(digest=digest, user=user, created=created, expires=expires))


def session_user(connection: sa.Connection, digest: str, now: float) -> UserRow | None:
    """Whose session this is, if it has not expired."""
    query = sa.select(users).join(sessions, sessions.c.user == users.c.name)
    row = connection.execute(query.where(sessions.c.digest == digest, sessions.c.expires > now)).one_or_none()
    return _user(row) if row is not None else None


def delete_session(connection: sa.Connection, digest: str) -> None:
    """Forget one login."""
    connection.execute(sessions.delete().where(sessions.c.digest == digest))


def delete_sessions_of(connection: sa.Connection, user: str) -> None:
    """Forget every login of a user."""
    connection.execute(sessions.delete().where(sessions.c.user == user))


def delete_expired_sessions(connection: sa.Connection, now: float) -> None:
    """Forget the logins that are over."""
    connection.execute(sessions.delete().where(sessions.c.expires <= now))


def add_token(connection: sa.Connection, row: TokenRow) -> None:
    """Add a token. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    connection.execute(tokens.insert().values(
        name=row.name, digest=row.digest, scope=row.scope.value, created=row.created, expires=row.expires,
        last_used=row.last_used, owner=row.owner))


def find_token(connection: sa.Connection, name: str) -> TokenRow | None:
    """The token of that name."""
    row = connection.execute(sa.select(tokens).where(tokens.c.name == name)).one_or_none()
    return _token(row) if row is not None else None


def token_by_digest(connection: sa.Connection, digest: str, now: float) -> TokenRow | None:
    """The token with that hash, if it has not expired."""
    alive = sa.or_(tokens.c.expires.is_(None), tokens.c.expires > now)
    row = connection.execute(sa.select(tokens).where(tokens.c.digest == digest, alive)).one_or_none()
    return _token(row) if row is not None else None


def all_tokens(connection: sa.Connection) -> list[TokenRow]:
    """Every token, by name."""
    return [_token(row) for row in connection.execute(sa.select(tokens).order_by(tokens.c.name))]


def set_token(
    connection: sa.Connection, name: str, *, scope: Scope | None = None, expires: float | None = None,
    last_used: float | None = None,
) -> None:
    """Change what is given."""
    values = {"scope": scope.value if scope else None, "expires": expires, "last_used": last_used}
    changed = {key: value for key, value in values.items() if value is not None}
    if changed:
        connection.execute(tokens.update().where(tokens.c.name == name).values(changed))


def delete_token(connection: sa.Connection, name: str) -> None:
    """Remove a token."""
    connection.execute(tokens.delete().where(tokens.c.name == name))


def delete_tokens_of(connection: sa.Connection, owner: str) -> list[str]:
    """Remove every token of a person; their names."""
    names = list(connection.execute(
        sa.select(tokens.c.name).where(tokens.c.owner == owner).order_by(tokens.c.name)).scalars())
    connection.execute(tokens.delete().where(tokens.c.owner == owner))
    return names


def add_audit(connection: sa.Connection, row: AuditRow) -> None:
    """Append to the audit log."""
    connection.execute(audit.insert().values(
        time=row.time, user=row.user, event=row.event, detail=row.detail))


def newest_audit(connection: sa.Connection, limit: int) -> list[AuditRow]:
    """The newest entries, newest first."""
    rows = connection.execute(sa.select(audit).order_by(audit.c.id.desc()).limit(limit))
    return [AuditRow(row.time, row.user, row.event, row.detail) for row in rows]


def delete_audit_before(connection: sa.Connection, time: float) -> None:
    """Forget entries that are older than `time`."""
    connection.execute(audit.delete().where(audit.c.time < time))


def _user(row: sa.Row[tuple[object, ...]]) -> UserRow:
    return UserRow(row.name, Role(row.role), row.password, row.created, row.last_login)


def _token(row: sa.Row[tuple[object, ...]]) -> TokenRow:
    return TokenRow(row.name, row.owner, row.digest, Scope(row.scope), row.created, row.expires, row.last_used)
