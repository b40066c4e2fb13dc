"""Users, sessions and API tokens: what the login page, the HTTP API and the command line share."""

from __future__ import annotations

import contextlib
import difflib
import logging
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from jupyter_crispdm.base.account import account
from jupyter_crispdm.base.budget import TALLY
from jupyter_crispdm.base.clock import Clock, SystemClock, utc
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound

from . import store
from .passwords import LONGEST, Passwords, Priority
from .programs import store as programs
from .programs.jobs import JobTokens
from .programs.kernels import KernelTokens
from .programs.starters import digest
from .tries import Door, Refusals, network_of
from .types import (
    ME,
    NAME,
    AuditEntry,
    IssuedToken,
    Login,
    NewToken,
    NewUser,
    Program,
    Role,
    Scope,
    Token,
    TokenChange,
    User,
    UserChange,
    UserRole,
)

_log = logging.getLogger(__name__)
_DAY = 86_400.0
_AUDIT_DAYS = 180
_TOKEN_USE_SECONDS = 60.0
_LONGEST_DAYS = 36_500.0


class UserManager:
    """People and programs that may come in; no HTTP here."""

    def __init__(
        self, database: Database, *, clock: Clock | None = None, passwords: Passwords | None = None,
        session_days: float = 14,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._passwords = passwords or Passwords()
        self._door = Door(self._clock)
        self._refusals = Refusals(self._clock)
        self._session_seconds = session_days * _DAY
        self.kernels = KernelTokens(database, self._clock)
        self.jobs = JobTokens(database, self._clock)

    # People

    def anybody(self) -> bool:
        """Whether there is any user; blocks, for the checks before a server starts."""
        return self._database.read_sync(store.count_users) > 0

    async def has_users(self) -> bool:
        """Whether there is any user."""
        return await self._database.read(store.count_users) > 0

    async def users(self) -> list[User]:
        """Everybody, by name."""
        return [_user(row) for row in await self._database.read(store.all_users)]

    async def get(self, name: str) -> User:
        """One user. Raises NotFound."""
        return _user(await self._row(name))

    async def add(self, new: NewUser, by: str = "") -> User:
        """Add a user. Raises BadRequest for a bad name or password, Conflict when the name is taken."""
        name = NAME.check(new.name, "name")
        if name == ME:
            raise BadRequest("'name' cannot be 'me': that is what whoever asks is called.", field="name")
        row = store.UserRow(
            name, Role(new.role.value), await self._passwords.hash(new.password), self._clock.now(), None)
        try:
            await self._database.write(lambda c: store.add_user(c, row))
        except sa.exc.IntegrityError:
            raise Conflict(f"There is already a user '{name}'.", field="name") from None
        await self.note("user added", by, f"{name} ({new.role.value})")
        return _user(row)

    async def change(self, name: str, change: UserChange, by: str = "") -> User:
        """Change password or role; the user's sessions end at once, so that nothing old stays open. With neither,
        nothing changes.

        Raises NotFound, BadRequest, and Conflict when nobody would be left as admin.
        """
        row = await self._row(name)
        if change.role is None and change.password is None:
            return _user(row)
        role = Role(change.role.value) if change.role else None
        password = await self._passwords.hash(change.password) if change.password is not None else None

        def apply(connection: sa.Connection) -> None:
            if role is not None and role is not Role.ADMIN:
                _require_other_admin(connection, name)
            store.set_user(connection, name, role=role, password=password)
            store.delete_sessions_of(connection, name)

        await self._database.write(apply)
        self._door.forget(name)
        what = ", ".join(filter(None, ["password" if password else "", f"role {role.value}" if role else ""]))
        await self.note("user changed", by, f"{name}: {what}")
        return await self.get(row.name)

    async def remove(self, name: str, by: str = "") -> None:
        """Remove a user, end their sessions and revoke their tokens, which nobody of that name shall inherit.

        Raises NotFound, and Conflict for the last admin.
        """
        await self._row(name)

        def apply(connection: sa.Connection) -> list[str]:
            _require_other_admin(connection, name)
            store.delete_sessions_of(connection, name)
            store.delete_user(connection, name)
            programs.delete_of(connection, name)
            return store.delete_tokens_of(connection, name)

        revoked = await self._database.write(apply)
        self._door.forget(name)
        what = f", with the token{'s' * (len(revoked) > 1)} {', '.join(revoked)}" if revoked else ""
        await self.note("user removed", by, f"{name}{what}")

    # Sessions

    async def login(self, name: str, password: str, replaces: str | None = None, address: str = "") -> Login:
        """Check a password and open a session; `replaces` is the cookie's secret that came with the form.

        Raises BadRequest for an impossible name or password, TooManyRequests, Unavailable, and Forbidden with one
        message for an unknown user and a wrong password. `address` is where the try comes from.
        """
        NAME.check(name, "name")
        if len(password) > LONGEST:
            raise BadRequest(f"'password' must have at most {LONGEST:,} characters.", field="password")
        network = network_of(address)
        row = await self._database.read(lambda c: store.find_user(c, name))
        self._door.count(name, network, is_user=row is not None)
        while (login := await self._try(name, row, password, replaces, network)) is None:
            row = await self._database.read(lambda c: store.find_user(c, name))
        self._door.succeeded(name, network)
        await self.note("login", name, "")
        return login

    async def _try(
        self, name: str, row: store.UserRow | None, password: str, replaces: str | None, network: str
    ) -> Login | None:
        """Open a session if the password is right; None when it became another one meanwhile. Raises Forbidden."""
        if not await self._is_right(row, password, network) or row is None:
            self._door.failed(network)
            await self._note_refusal(name, network, is_user=row is not None)
            raise Forbidden("Wrong user name or password.")
        fresh = await self._passwords.hash(password) if self._passwords.outdated(row.password) else None
        if fresh is not None:  # before it is stored: a kernel may call as soon as it is
            self.kernels.rehashed(name, row.password, fresh)
        login = await self._open_session(row, fresh, replaces)
        if login is not None and fresh is not None:  # and of kernels that were started meanwhile
            self.kernels.rehashed(name, row.password, fresh)
        return login

    async def _is_right(self, row: store.UserRow | None, password: str, network: str) -> bool:
        """Check a password; a flood of names that nobody has is answered as late as others, without a hash."""
        if row is not None:
            priority = Priority.PROVEN if self._door.is_proven(row.name, network) else Priority.USER
            return await self._passwords.matches(row.password, password, priority)
        if self._door.is_flooding(network) or self._passwords.is_full(Priority.STRANGER):
            return await self._passwords.pretend()
        return await self._passwords.matches(None, password, Priority.STRANGER)

    async def _note_refusal(self, name: str, network: str, *, is_user: bool) -> None:
        """A row for a user once a minute, and for all names that nobody has one for each address."""
        TALLY.add("logins refused")
        left_out = self._refusals.due(f"user {name}" if is_user else f"address {network}")
        if left_out is not None:
            more = f"; {left_out:,} more before this" if left_out else ""
            await self.note("login refused", name, f"from {network or 'an unknown address'}{more}")

    async def session(self, secret: str) -> User | None:
        """Whose session a cookie's secret opens; None when it is unknown, over or revoked."""
        now = self._clock.now()
        row = await self._database.read(lambda c: store.session_user(c, digest(secret), now))
        return _user(row) if row else None

    async def logout(self, secret: str) -> None:
        """End one session; unknown ones are no error."""
        await self._database.write(lambda c: store.delete_session(c, digest(secret)))

    async def _open_session(self, checked: store.UserRow, fresh: str | None, replaces: str | None) -> Login | None:
        """Open a session of a user whose password was right, if it still is theirs."""
        secret, now, name = secrets.token_urlsafe(32), self._clock.now(), checked.name

        def apply(connection: sa.Connection) -> store.UserRow | None:
            row = store.find_user(connection, name)
            if row is None or row.password != checked.password:
                return None
            if replaces:
                store.delete_session(connection, digest(replaces))
            store.delete_expired_sessions(connection, now)
            store.delete_audit_before(connection, now - _AUDIT_DAYS * _DAY)
            store.set_user(connection, name, last_login=now, password=fresh)
            store.add_session(connection, digest(secret), name, now, now + self._session_seconds)
            return row

        row = await self._database.write(apply)
        return None if row is None else Login(_user(row), secret)

    # Programs

    async def tokens(self) -> list[Token]:
        """All API tokens, by name."""
        return [_token(row) for row in await self._database.read(store.all_tokens)]

    async def token(self, name: str) -> Token:
        """One API token, without its secret. Raises NotFound."""
        return _token(await self._token_row(name))

    async def create_token(self, new: NewToken, by: str = "") -> IssuedToken:
        """Make a token; its secret is in the answer and nowhere else. Without an owner it is the account's.

        Raises BadRequest, Conflict.
        """
        name, now = NAME.check(new.name, "name"), self._clock.now()
        owner = account() if new.owner is None else new.owner
        secret = f"crispdm_{secrets.token_urlsafe(32)}"
        row = store.TokenRow(name, owner, digest(secret), new.scope, now, _expiry(now, new.days), None)

        def apply(connection: sa.Connection) -> None:
            _require_person(connection, owner)
            _require_scope(connection, owner, new.scope)
            store.add_token(connection, row)

        try:
            await self._database.write(apply)
        except sa.exc.IntegrityError:
            raise Conflict(f"There is already a token '{name}'.", field="name") from None
        await self.note("token created", by, f"{name} ({new.scope.value}) for {owner}")
        token = _token(row)
        return IssuedToken(token.name, token.owner, token.scope, token.created, token.expires, secret)

    async def change_token(self, name: str, change: TokenChange, by: str = "") -> Token:
        """Change scope or expiry. Raises NotFound, BadRequest."""
        row = await self._token_row(name)
        expires = _expiry(self._clock.now(), change.days)

        def apply(connection: sa.Connection) -> None:
            if change.scope is not None:
                _require_scope(connection, _person_of(row), change.scope)
            store.set_token(connection, name, scope=change.scope, expires=expires)

        await self._database.write(apply)
        await self.note("token changed", by, name)
        return _token(await self._token_row(name))

    async def revoke_token(self, name: str, by: str = "") -> None:
        """Remove a token. Raises NotFound."""
        await self._token_row(name)
        await self._database.write(lambda c: store.delete_token(c, name))
        await self.note("token revoked", by, name)

    async def program(self, secret: str) -> Program | None:
        """The program, kernel or job that shows that secret; None when it is unknown, over or revoked.

        It may do what its token's scope allows, and no more than its person; one of nobody who is known may nothing.
        """
        started = await self.kernels.program(secret) or await self.jobs.program(secret)
        if started is not None:
            return started
        now = self._clock.now()

        def look(connection: sa.Connection) -> tuple[store.TokenRow, store.UserRow | None] | None:
            row = store.token_by_digest(connection, digest(secret), now)
            return None if row is None else (row, store.find_user(connection, _person_of(row)))

        found = await self._database.read(look)
        if found is None:
            return None
        row, person = found
        if person is None and _person_of(row) != account():
            return None
        if row.last_used is None or now - row.last_used > _TOKEN_USE_SECONDS:
            await self._database.write(lambda c: store.set_token(c, row.name, last_used=now))
        role = row.scope.role if person is None or person.role.includes(row.scope.role) else person.role
        return Program(row.name, _person_of(row), role, reads_only=row.scope is Scope.READ)

    # The audit log

    async def note(self, event: str, user: str, detail: str) -> None:
        """Remember that something happened."""
        row = store.AuditRow(self._clock.now(), user[:80], event[:32], detail[:500])
        _log.info("%s: user=%r %r", row.event, row.user, row.detail)
        await self._database.write(lambda c: store.add_audit(c, row))

    async def audit(self, limit: int = 100) -> list[AuditEntry]:
        """The newest entries, newest first. Raises BadRequest for a limit outside 1 to 1,000."""
        if not 1 <= limit <= 1000:
            raise BadRequest("'limit' must be 1 to 1,000.", field="limit")
        rows = await self._database.read(lambda c: store.newest_audit(c, limit))
        return [AuditEntry(utc(row.time), row.user, row.event, row.detail) for row in rows]

    def close(self) -> None:
        """Let the password threads go; the database is its owner's."""
        self._passwords.close()

    async def _row(self, name: str) -> store.UserRow:
        row = await self._database.read(lambda c: store.find_user(c, name))
        if row is None:
            raise NotFound(f"There is no user '{name[:64]}'.")
        return row

    async def _token_row(self, name: str) -> store.TokenRow:
        row = await self._database.read(lambda c: store.find_token(c, name))
        if row is None:
            raise NotFound(f"There is no token '{name[:64]}'.")
        return row


@contextlib.asynccontextmanager
async def opened_users(
    data_dir: Path, database_url: str | None = None, *, shortest_password: int = 8
) -> AsyncIterator[UserManager]:
    """A manager on the database itself, for the command line; a running server sees its changes at once."""
    database = Database(database_url) if database_url else Database.in_directory(data_dir)
    users = UserManager(database, passwords=Passwords(shortest=shortest_password))
    try:
        await database.start()
        yield users
    finally:
        users.close()
        await database.close()


def _require_other_admin(connection: sa.Connection, name: str) -> None:
    row = store.find_user(connection, name)
    if row is not None and row.role is Role.ADMIN and store.count_users(connection, Role.ADMIN) == 1:
        raise Conflict(f"'{name}' is the only admin. Make another user admin first.")


def _require_person(connection: sa.Connection, name: str) -> None:
    """Raises BadRequest unless it is a user or the account, or could be a user and there are none yet."""
    if name == account():
        return
    NAME.check(name, "owner")
    names = [row.name for row in store.all_users(connection)]
    if names and name not in names:
        close = difflib.get_close_matches(name, names, n=3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise BadRequest(f"There is no user '{name}'.{hint}", field="owner")


def _require_scope(connection: sa.Connection, person: str, scope: Scope) -> None:
    """Raises BadRequest for a scope that opens more than the person's role."""
    row = store.find_user(connection, person)
    if row is not None and not row.role.includes(scope.role):
        fitting = " or ".join(one.value for one in Scope if row.role.includes(one.role))
        raise BadRequest(
            f"The role of {person} is {row.role.value}: the scope of their tokens can be {fitting}.", field="scope")


def _expiry(now: float, days: float | None) -> float | None:
    if days is None:
        return None
    if not 0 < days <= _LONGEST_DAYS:
        raise BadRequest("'days' must be more than 0 and at most 36,500.", field="days")
    return now + days * _DAY


def _user(row: store.UserRow) -> User:
    return User(row.name, UserRole(row.role.value), utc(row.created), _time(row.last_login))


def _token(row: store.TokenRow) -> Token:
    return Token(
        row.name, _person_of(row), Scope(row.scope), utc(row.created), _time(row.expires), _time(row.last_used))


def _person_of(row: store.TokenRow) -> str:
    """Whose a token is; of one from before tokens had owners, the account's, which could read its database."""
    return row.owner or account()


def _time(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else utc(timestamp)
