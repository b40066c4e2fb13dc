"""Users, sessions, tokens and the audit log, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from jupyter_crispdm.auth import store
from jupyter_crispdm.auth.manager import UserManager, opened_users
from jupyter_crispdm.auth.passwords import Passwords
from jupyter_crispdm.auth.types import NewToken, NewUser, Role, Scope, TokenChange, UserChange, UserRole
from jupyter_crispdm.base.database import Database
from jupyter_crispdm.base.errors import BadRequest, Conflict, Forbidden, NotFound, TooManyRequests
from tests.support import FakeClock

PASSWORD = "correct horse"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database.in_directory(tmp_path)
    made.start_sync()
    yield made
    made.close_sync()


@pytest.fixture
def users(database: Database, clock: FakeClock) -> Iterator[UserManager]:
    made = UserManager(
        database,
        clock=clock,
        session_days=14,
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
    )
    yield made
    made.close()


def new(name: str = "anna", role: UserRole = UserRole.ANALYST) -> NewUser:
    return NewUser(name=name, password=PASSWORD, role=role)


async def test_a_user_is_added_listed_and_removed(users: UserManager, clock: FakeClock) -> None:
    assert not users.anybody()
    added = await users.add(new())
    assert (added.name, added.role, added.last_login) == ("anna", UserRole.ANALYST, None)
    assert users.anybody()
    assert await users.users() == [added]
    with pytest.raises(Conflict, match="anna"):
        await users.add(new())
    await users.remove("anna")
    with pytest.raises(NotFound):
        await users.get("anna")


@pytest.mark.proves("door.odd-names")
@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a/b", "../a", ".a", "a.", "x" * 65, "ä", "a\n", "token:x", "<b>"]
)
async def test_impossible_names(users: UserManager, name: str) -> None:
    with pytest.raises(BadRequest, match="name"):
        await users.add(new(name))
    with pytest.raises(BadRequest, match="name"):
        await users.login(name, PASSWORD)


async def test_no_secret_is_stored_readable(users: UserManager, database: Database) -> None:
    await users.add(new())
    login = await users.login("anna", PASSWORD)
    token = await users.create_token(NewToken(name="robot"))

    def everything(connection: sa.Connection) -> str:
        return str(
            [
                connection.execute(sa.select(table)).all()
                for table in (store.users, store.sessions, store.tokens, store.audit)
            ]
        )

    content = await database.read(everything)
    assert "$argon2id$" in content
    assert not any(secret in content for secret in (PASSWORD, login.secret, token.token))


@pytest.mark.proves("settings.session-days", "door.old-cookies")
async def test_a_session_ends_by_logout_time_password_role_and_removal(
    users: UserManager, clock: FakeClock
) -> None:
    await users.add(new())

    async def opened() -> str:
        secret = (await users.login("anna", PASSWORD)).secret
        found = await users.session(secret)
        assert found is not None
        assert found.name == "anna"
        return secret

    secret = await opened()
    await users.logout(secret)
    assert await users.session(secret) is None
    secret = await opened()
    await users.change("anna", UserChange(role=UserRole.VIEWER))
    assert await users.session(secret) is None
    secret = await opened()
    await users.change("anna", UserChange(password=PASSWORD))
    assert await users.session(secret) is None
    secret = await opened()
    clock.advance(14 * 86_400 + 1)
    assert await users.session(secret) is None
    secret = await opened()
    await users.remove("anna")
    assert await users.session(secret) is None


async def test_a_login_replaces_the_session_it_came_with(users: UserManager) -> None:
    await users.add(new())
    first = (await users.login("anna", PASSWORD)).secret
    second = (await users.login("anna", PASSWORD, replaces=first)).secret
    assert first != second
    assert await users.session(first) is None
    assert await users.session(second) is not None


async def test_wrong_passwords_are_refused_then_throttled_for_that_name(
    users: UserManager, clock: FakeClock
) -> None:
    await users.add(new())
    messages = set()
    for name in ("anna", "nobody"):
        for _ in range(5):
            with pytest.raises(Forbidden) as refused:
                await users.login(name, "wrong")
            messages.add(str(refused.value))
        with pytest.raises(TooManyRequests):
            await users.login(name, PASSWORD)
    assert len(messages) == 1
    clock.advance(301)
    assert (await users.login("anna", PASSWORD)).user.name == "anna"
    assert (await users.get("anna")).last_login is not None


@pytest.mark.proves("limits.strangers")
async def test_over_long_passwords_are_refused_before_they_count(users: UserManager) -> None:
    await users.add(new())
    for _ in range(10):
        with pytest.raises(BadRequest, match="at most 1,024"):
            await users.login("anna", "x" * 1025)
    assert (await users.login("anna", PASSWORD)).user.name == "anna"


@pytest.mark.proves("floods.logins")
async def test_a_flood_of_wrong_logins_costs_no_user_his_and_few_rows(
    database: Database, clock: FakeClock, users: UserManager
) -> None:
    """Sixty connections of wrong logins kept everybody out, and each was a row."""
    await users.add(new())

    async def wrong(name: str) -> None:
        with pytest.raises(Forbidden):
            await users.login(name, "wrong", address="10.6.6.6")

    flood = [asyncio.ensure_future(wrong(f"nobody{n}")) for n in range(300)]
    await asyncio.sleep(0)
    assert (await users.login("anna", PASSWORD, address="10.6.6.6")).user.name == "anna", "a first time from there"
    await asyncio.gather(*flood)
    rows = [row for row in await users.audit(1000) if row.event == "login refused"]
    assert len(rows) == 1
    clock.advance(60)
    await wrong("one.more")
    assert "10.6.6.6; 299 more" in (await users.audit(1))[0].detail


@pytest.mark.proves("limits.strangers")
async def test_an_address_that_floods_costs_no_more_hashes(
    users: UserManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(users._passwords, "_verify", lambda *_: asked.append(1))
    for number in range(200):
        with pytest.raises(Forbidden, match="Wrong user name or password"):
            await users.login(f"nobody{number}", "wrong", address="10.6.6.6")
    assert len(asked) == 30


async def test_a_new_password_lifts_the_throttle(users: UserManager) -> None:
    await users.add(new())
    for _ in range(5):
        with pytest.raises(Forbidden):
            await users.login("anna", "wrong")
    await users.change("anna", UserChange(password="another one"))
    await users.login("anna", "another one")


async def test_an_old_hash_is_made_anew_at_login(
    database: Database, clock: FakeClock, users: UserManager
) -> None:
    await users.add(new())
    stronger = UserManager(database, clock=clock, passwords=Passwords(PasswordHasher(1, 16, 1)))

    def stored(connection: sa.Connection) -> str:
        row = store.find_user(connection, "anna")
        assert row is not None
        return row.password

    before = await database.read(stored)
    await stronger.login("anna", PASSWORD)
    after = await database.read(stored)
    stronger.close()
    assert "m=8," in before
    assert "m=16," in after


async def test_somebody_stays_admin(users: UserManager) -> None:
    await users.add(new("boss", UserRole.ADMIN))
    for attempt in (users.remove("boss"), users.change("boss", UserChange(role=UserRole.VIEWER))):
        with pytest.raises(Conflict, match="only admin"):
            await attempt
    await users.add(new("deputy", UserRole.ADMIN))
    await users.remove("boss")


async def test_tokens(users: UserManager, clock: FakeClock) -> None:
    token = await users.create_token(NewToken(name="robot", scope=Scope.PREDICT, days=1))
    assert token.token.startswith("crispdm_")
    found = await users.program(token.token)
    assert found is not None
    assert (found.name, found.role) == ("robot", Role.PREDICT)
    assert (await users.tokens())[0].last_used is not None
    with pytest.raises(Conflict):
        await users.create_token(NewToken(name="robot"))
    assert (await users.change_token("robot", TokenChange(scope=Scope.WRITE, days=2))).scope is Scope.WRITE
    clock.advance(86_400 * 2 + 1)
    assert await users.program(token.token) is None
    assert await users.program("crispdm_made-up") is None
    await users.revoke_token("robot")
    with pytest.raises(NotFound):
        await users.revoke_token("robot")


@pytest.mark.parametrize("days", [0, -1, 1e9, float("nan"), float("inf")])
async def test_impossible_expiry(users: UserManager, days: float) -> None:
    with pytest.raises(BadRequest, match="days"):
        await users.create_token(NewToken(name="robot", days=days))


@pytest.mark.proves("http.audit")
async def test_the_audit_log_is_newest_first_and_bounded(
    users: UserManager, clock: FakeClock, database: Database
) -> None:
    await users.add(new(), by="boss")
    with pytest.raises(Forbidden):
        await users.login("anna", "wrong")
    entries = await users.audit()
    assert [(entry.event, entry.user) for entry in entries] == [
        ("login refused", "anna"),
        ("user added", "boss"),
    ]
    await users.note("x" * 100, "y" * 100, "z" * 9000)
    assert len((await users.audit(1))[0].detail) == 500
    clock.advance(200 * 86_400)
    await users.login("anna", PASSWORD)
    assert [entry.event for entry in await users.audit()] == ["login"]
    for limit in (0, 1001):
        with pytest.raises(BadRequest, match="limit"):
            await users.audit(limit)


async def test_the_command_line_opens_the_same_database(tmp_path: Path, users: UserManager) -> None:
    async with opened_users(tmp_path, shortest_password=2) as other:
        await other.add(NewUser(name="bert", password="pw"))
    assert (await users.get("bert")).role is UserRole.VIEWER
