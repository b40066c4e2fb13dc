"""Users, sessions, tokens and the audit log, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

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
    "name", ["", " ", "a b", "a/b", "../a", ".a", "a.", "x" * 65, "ä", "a\n", "token:x", "<b>", "me"]
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


Meanwhile = Callable[[], Awaitable[object]]


def while_checked(users: UserManager, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile) -> None:
    """Let something happen once, while the next password is checked."""
    real, waiting = users._passwords.matches, [meanwhile]

    async def matches(*asked: Any) -> bool:
        right = await real(*asked)
        while waiting:
            await waiting.pop()()
        return right

    monkeypatch.setattr(users._passwords, "matches", matches)


@pytest.mark.proves("door.old-cookies")
async def test_a_password_that_changes_while_the_old_one_is_checked_lets_nobody_in(
    users: UserManager, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session that the old one opened outlived the change, which ends all of them."""
    await users.add(new())
    while_checked(users, monkeypatch, lambda: users.change("anna", UserChange(password="another horse")))
    with pytest.raises(Forbidden, match="Wrong user name or password"):
        await users.login("anna", PASSWORD)

    def sessions(connection: sa.Connection) -> int:
        return len(connection.execute(sa.select(store.sessions)).all())

    assert await database.read(sessions) == 0
    assert (await users.login("anna", "another horse")).user.name == "anna"


async def test_a_user_who_is_removed_while_their_password_is_checked_is_refused(
    users: UserManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was a fault of ours: a session of nobody."""
    await users.add(new())
    while_checked(users, monkeypatch, lambda: users.remove("anna"))
    with pytest.raises(Forbidden, match="Wrong user name or password"):
        await users.login("anna", PASSWORD)


async def test_an_old_hash_that_is_made_anew_replaces_no_newer_password(
    database: Database, clock: FakeClock, users: UserManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever knew the old password had it back."""
    await users.add(new())
    stronger = UserManager(database, clock=clock, passwords=Passwords(PasswordHasher(1, 16, 1)))
    while_checked(stronger, monkeypatch, lambda: users.change("anna", UserChange(password="another horse")))
    with pytest.raises(Forbidden):
        await stronger.login("anna", PASSWORD)
    stronger.close()
    assert (await users.login("anna", "another horse")).user.name == "anna"


async def test_two_who_come_at_once_with_an_old_hash_are_both_let_in(
    database: Database, clock: FakeClock, users: UserManager
) -> None:
    await users.add(new())
    stronger = UserManager(database, clock=clock, passwords=Passwords(PasswordHasher(1, 16, 1)))
    logins = await asyncio.gather(*(stronger.login("anna", PASSWORD) for _ in range(4)))
    assert all([await users.session(login.secret) is not None for login in logins])
    stronger.close()


async def test_a_role_that_changes_while_the_password_is_checked_counts_at_once(
    users: UserManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    await users.add(new())
    while_checked(users, monkeypatch, lambda: users.change("anna", UserChange(role=UserRole.VIEWER)))
    assert (await users.login("anna", PASSWORD)).user.role is UserRole.VIEWER


async def test_a_change_of_nothing_ends_no_session(users: UserManager) -> None:
    await users.add(new())
    secret = (await users.login("anna", PASSWORD)).secret
    noted = len(await users.audit())
    assert (await users.change("anna", UserChange())).name == "anna"
    assert await users.session(secret) is not None
    assert len(await users.audit()) == noted
    with pytest.raises(NotFound):
        await users.change("bert", UserChange())


async def test_a_name_that_is_given_anew_does_not_wait_for_whom_it_was(users: UserManager) -> None:
    await users.add(new())
    for _ in range(5):
        with pytest.raises(Forbidden):
            await users.login("anna", "wrong")
    await users.remove("anna")
    await users.add(new())
    assert (await users.login("anna", PASSWORD)).user.name == "anna"


async def test_two_who_add_the_same_name_at_once_make_one_user(users: UserManager) -> None:
    added = await asyncio.gather(*(users.add(new()) for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in added) == ["Conflict"] * 4 + ["User"]


async def test_the_last_two_admins_cannot_both_step_down_at_once(users: UserManager) -> None:
    for name in ("one", "two"):
        await users.add(new(name, UserRole.ADMIN))
    left = await asyncio.gather(
        users.change("one", UserChange(role=UserRole.VIEWER)), users.remove("two"), return_exceptions=True
    )
    assert [isinstance(one, Conflict) for one in left].count(True) == 1
    assert [user.role for user in await users.users()].count(UserRole.ADMIN) == 1
